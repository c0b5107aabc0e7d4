"""What a person types to keep a copy of everything, and to have it back."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core import schema
from core.backup import postgresql, sqlite
from core.backup.files import CALLED, Fault, Manifest, opened, write
from core.db import db, first_line
from core.forms import day_text

DATABASES = {"sqlite": sqlite, "postgresql": postgresql}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there already.")
@with_appcontext
def backup(file: Path, force: bool) -> None:
    """Write everything that is stored to FILE. Joinery may be running, and used.

    FILE is readable by its owner only. It holds the database: not the settings, and not the secret key.
    """
    with _in_plain_words():
        database = DATABASES[db.engine.dialect.name]
        manifest = write(file, force, lambda to: database.dump(db.engine, to))
    click.echo(f"{file}: {_content(manifest)}, {file.stat().st_size / 1024**2:,.1f} MB.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Replace what is stored now without asking.")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Replace everything that is stored by what FILE holds, a file that “flask backup” made.

    All of it is restored, or nothing. A backup of an older Joinery is brought to the schema of this one.
    """
    with _in_plain_words(), opened(file) as (manifest, unpack):
        _refuse_unfit(manifest)
        click.echo(f"{file}, made on {_moment(manifest.made_at)}: {_content(manifest)}.")
        if not yes:
            _ask()
        with tempfile.TemporaryDirectory(prefix="joinery-restore-") as folder:
            unpack(data := Path(folder, "data"))
            DATABASES[manifest.database].restore(db.engine, data, manifest)
        db.engine.dispose()
    click.echo("Restored. Whoever signed in since that day may have to sign in again.")
    if manifest.revision != schema.head():
        click.echo(f"The schema was {manifest.revision}; it was brought to {schema.head()}.")


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        raise click.ClickException(str(fault)) from None
    except DBAPIError as error:
        said = first_line(error.orig)
        raise click.ClickException(f"The database does not answer, so nothing was done: {said}") from None


def _content(manifest: Manifest) -> str:
    return (
        f"{manifest.total:,} rows in {len(manifest.rows) - 1} tables "
        f"of {CALLED[manifest.database]}, schema {manifest.revision}"
    )


def _moment(made_at: str) -> str:
    try:
        made = datetime.fromisoformat(made_at)
    except ValueError:
        return made_at
    return f"{day_text(made.date())}, {made:%H:%M} UTC"


def _refuse_unfit(manifest: Manifest) -> None:
    """Refuse what this application and this database cannot take."""
    here = db.engine.dialect.name
    if manifest.database != here:
        raise Fault(
            f"This is a backup of {CALLED[manifest.database]}, and this Joinery keeps its data in "
            f"{CALLED[here]}. Nothing was restored."
        )
    if manifest.revision not in schema.known_revisions():
        raise Fault(
            f"This backup was made by a newer Joinery: its schema is {manifest.revision}, this one knows "
            f"{schema.head()}. Upgrade Joinery first. Nothing was restored."
        )
    _refuse_newer_database()


def _refuse_newer_database() -> None:
    try:
        with db.engine.connect() as connection:
            revision = schema.revision_of(connection)
    except SQLAlchemyError:
        return  # what cannot even be read is what a restore is for; if nobody answers, that is said then
    if revision is not None and revision not in schema.known_revisions():
        raise Fault(
            f"The database here is newer than this Joinery: its schema is {revision}. Upgrade Joinery, or "
            "restore into an empty database. Nothing was restored."
        )


def _ask() -> None:
    """Ask before anything is replaced; an empty database needs no question."""
    try:
        with db.engine.connect() as connection:
            rows = schema.row_counts(connection)
    except SQLAlchemyError:
        rows = {}
        click.echo("What is stored here now cannot be read.")
    else:
        there = sum(rows.values()) - rows.get(schema.VERSION_TABLE, 0)
        if not there:
            return
        click.echo(
            f"The database has {there:,} rows now. They go, with whatever was stored since the backup."
        )
    click.confirm("Replace everything?", abort=True)

"""What a person types to have everything in another database."""

import click
from flask.cli import with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core import schema
from core.backup.files import Fault
from core.database_url import in_words, shown
from core.db import first_line
from core.moving import copying, places
from core.moving.values import Sum


@click.command("move-database")
@click.argument("source")
@click.argument("target")
@with_appcontext
def move_database(source: str, target: str) -> None:
    """Copy everything that is stored in SOURCE to TARGET: records, history, accounts, jobs and files.

    Each is sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. SOURCE is only read, as it is at one
    moment; stop Joinery first, so that nothing is stored there afterwards. TARGET is empty, or holds an
    earlier move of the same source, which is replaced: so this may be run again. All of it is kept, or
    nothing.
    """
    where = source
    try:
        here, there = places.address(source), places.address(target)
        if here == there:
            raise Fault("Source and target are the same database.")
        with places.source(here) as old:
            where = there
            with places.target(there) as engine, engine.connect() as new, new.begin():
                click.echo(f"From {shown(here)}\nto   {shown(there)}, schema {schema.head()}.")
                _move(old, new)
    except Fault as fault:
        raise click.ClickException(str(fault)) from None
    except DBAPIError as error:
        raise click.ClickException(f"{in_words(error, where)} Nothing was moved.") from None
    except Exception as error:
        # What a driver says of rows that it is handed directly is not wrapped.
        if type(error).__module__.split(".")[0] not in ("psycopg", "sqlite3"):
            raise
        raise click.ClickException(
            f"{shown(where)} does not take this: {first_line(error)}. Nothing was moved. "
            "“flask doctor” on the source may say more."
        ) from None
    click.echo("Now let DATABASE_URL lead there. With the SECRET_KEY of before nobody has to sign in again.")


def _move(old: Connection, new: Connection) -> None:
    """Everything, in the transaction of the target."""
    former = places.former_try(old, new)
    if former:
        click.echo(f"The target holds {former}. It is replaced by what the source is now.")
        copying.empty(new)
    moved: dict[str, Sum] = {}
    for table, total in copying.copy(old, new):
        moved[table.name] = total
        click.echo(f"  {table.name:<28}{total}")
    for table in places.tables():
        back = copying.sum_of(new, table)
        if back != moved[table.name]:
            raise Fault(f"{table.name} came out as{back}: not what was moved. Nothing of it was kept.")
    copying.gather_statistics(new)
    rows = sum(total.rows for total in moved.values())
    click.echo(
        f"Read back from the target: {rows:,} rows in {len(moved)} tables, counts and checksums the same."
    )

"""`flask move-database`: everything in another database, of the other kind or of the same."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from core.db import db
from core.doctor import _everything
from core.moving import copying, places
from core.writing import writing
from hr.models import Department, Employee
from tests import cast as people
from tests import databases, factories, world
from tests.conftest import MIGRATIONS

KINDS = ["sqlite", "postgresql"] if databases.SERVER else ["sqlite"]
PAIRS = [(one, other) for one in KINDS for other in KINDS]


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes databases without tables: urls("sqlite")."""
    made = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            made.append(None)
            return f"sqlite:///{tmp_path}/{len(made)}.db"
        database = databases.database(tmp_path)
        made.append(database)
        return database.__enter__()

    yield make
    for database in made:
        if database is not None:
            database.__exit__(None, None, None)


@pytest.fixture
def prepared(make_app: Callable[..., Flask], urls: Callable[[str], str]) -> Callable[[str], Flask]:
    """Makes an application that has our tables, as if they were migrated, and nothing in them."""

    def make(kind: str) -> Flask:
        app = make_app(SQLALCHEMY_DATABASE_URI=urls(kind))
        with app.app_context():
            db.create_all()
            flask_migrate.stamp(MIGRATIONS)
        return app

    return make


@pytest.fixture
def filled(prepared: Callable[[str], Flask]) -> Callable[[str], Flask]:
    """Makes an application that has one of everything."""

    def make(kind: str) -> Flask:
        app = prepared(kind)
        with app.app_context():
            world.fill(people.invite(people.editor()))
            gone = factories.post(db.session.scalars(sa.select(people.User)).unique().first())
            db.session.delete(gone)  # the highest number, which is never given again
            db.session.commit()
            db.session.get_one(Employee, "1001").name = "Łucja “\t\\N” Ångström\n"
            db.session.commit()
        return app

    return make


def address(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def move(app: Flask, source: str, target: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["move-database", source, target])
    return answer.exit_code, answer.output


def content(url: str) -> dict[str, tuple[object, int]]:
    """What a database holds: of each table the rows, and the last number that was given."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: (
                sorted(copying.read(connection, table), key=repr),
                copying.last_number(connection, table) if table.autoincrement_column is not None else 0,
            )
            for table in places.tables()
        }
    engine.dispose()
    return found


def rows(found: dict[str, tuple[object, int]]) -> dict[str, object]:
    """Without the numbers given last, which SQLite keeps only of some tables."""
    return {name: rows for name, (rows, _last) in found.items()}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_everything_arrives_and_work_goes_on_there(
    filled: Callable[[str], Flask],
    make_app: Callable[..., Flask],
    urls: Callable[[str], str],
    source: str,
    target: str,
) -> None:
    app, there = filled(source), urls(target)
    before = content(address(app))
    code, said = move(app, address(app), there)
    assert code == 0, said
    assert "counts and checksums the same" in said
    assert content(address(app)) == before, "the source is only read"
    after = content(there)
    assert rows(after) == rows(before)
    assert after["post"][1] == before["post"][1] == 2, "the number of a deleted note is not given again"
    new = make_app(SQLALCHEMY_DATABASE_URI=there)
    with new.app_context():
        assert [one.words for one in _everything({}) if one.number] == []
        with writing() as work:
            work.session.add(Department(code="NEW", name="After the move"))
            work.leads_to("/", "Saved.")
        editor = db.session.scalars(sa.select(people.User).order_by(people.User.id)).unique().first()
        assert factories.post(editor).id > 2
        assert factories.user().id > max(row[0] for row in before["user"][0])


@pytest.mark.parametrize("target", KINDS)
def test_it_may_be_run_again_until_somebody_works_in_the_target(
    filled: Callable[[str], Flask], prepared: Callable[[str], Flask], target: str
) -> None:
    app, other = filled("sqlite"), prepared(target)
    there = address(other)
    assert move(app, address(app), there)[0] == 0
    with app.app_context(), writing() as work:
        work.session.add(Department(code="LATE", name="Stored after the first move"))
        work.leads_to("/", "Saved.")
    code, said = move(app, address(app), there)
    assert code == 0, said
    assert "The target holds what the source was at save " in said
    assert rows(content(there)) == rows(content(address(app)))
    with other.app_context(), writing() as work:
        work.session.add(Department(code="HERE", name="Stored in the target"))
        work.leads_to("/", "Saved.")
    before = content(there)
    code, said = move(app, address(app), there)
    assert (code, "it holds what the source does not know. Nothing was done." in " ".join(said.split())) == (
        1,
        True,
    )
    assert content(there) == before


@pytest.mark.parametrize("target", KINDS)
def test_what_would_be_different_there_is_not_kept(
    filled: Callable[[str], Flask],
    prepared: Callable[[str], Flask],
    monkeypatch: pytest.MonkeyPatch,
    target: str,
) -> None:
    app, there, read = filled("sqlite"), address(prepared(target)), copying.read

    def damaged(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[object, ...]]:
        is_back = table.name == "book" and str(connection.engine.url) == str(sa.make_url(there))
        return ((*row[:-1], "other") if is_back else row for row in read(connection, table))

    monkeypatch.setattr(copying, "read", damaged)
    code, said = move(app, address(app), there)
    assert code == 1
    assert "book came out as" in said
    monkeypatch.undo()
    assert not any(rows(content(there)).values())


def test_what_does_not_fit_is_refused_with_a_sentence(
    filled: Callable[[str], Flask], urls: Callable[[str], str]
) -> None:
    app = filled("sqlite")
    old, strange, empty = urls("sqlite"), urls("sqlite"), urls("sqlite")
    for url, statements in {
        old: [
            "CREATE TABLE alembic_version (version_num text)",
            "INSERT INTO alembic_version VALUES ('0001')",
        ],
        strange: ["CREATE TABLE guest (name text)"],
    }.items():
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(";".join(statements))
    refused = {
        (address(app), old): "has the schema 0001, and this Joinery needs",
        (old, empty): "Bring it there first",
        (address(app), strange): "holds tables that are not Joinery's: guest",
        (strange, empty): "is no database of Joinery",
        (address(app), address(app)): "are the same database",
        ("sqlite:////nowhere/at/all.db", empty): "There is no file",
        (address(app), "mysql://host/name"): "is no address of a database",
        (address(app), "postgresql://app:secret@127.0.0.1:9/joinery"): "the server does not answer",
        (address(app), "sqlite:////nowhere/at/all.db"): "Does its folder exist",
    }
    for (source, target), sentence in refused.items():
        code, said = move(app, source, target)
        assert code == 1, said
        assert sentence in said
        assert "secret" not in said
    assert not Path(empty.removeprefix("sqlite:///")).exists(), "nothing was begun"

"""A database made by `db.create_all()` and one made by `flask db upgrade` are the same, on both databases.

Alembic's own comparison sees neither triggers nor exclusion constraints, so the catalogues are compared.
"""

import shutil
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from core import schema
from core.db import db
from core.models import User
from core.schema import Catalogue, catalogue, known_revisions
from hr import queries
from hr.models import DepartmentEmployeeLink, DepartmentStep
from tests import databases, factories
from tests.conftest import MIGRATIONS, working_on


def of(app: Flask) -> Catalogue:
    """The catalogue of an application's database."""
    with app.app_context(), db.engine.connect() as connection:
        return catalogue(connection)


def migrate(app: Flask, to: str) -> None:
    with app.app_context():
        if to == "base":
            flask_migrate.downgrade(MIGRATIONS, "base")
        else:
            flask_migrate.upgrade(MIGRATIONS, to)


@pytest.fixture
def migrated(make_app: Callable[..., Flask], migrated_database: str) -> Flask:
    """An application whose database was made by the migrations."""
    return make_app(SQLALCHEMY_DATABASE_URI=migrated_database)


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The catalogue of a database that was made by the models."""
    with databases.database(tmp_path_factory.mktemp("created")) as url, working_on(url) as app:
        db.create_all()
        return of(app)


def test_the_migrations_make_what_the_models_say(migrated: Flask, created: Catalogue) -> None:
    assert of(migrated) == created


def test_up_down_up_ends_where_up_does(migrated: Flask, created: Catalogue) -> None:
    migrate(migrated, "base")
    assert all(lines == set() for lines in of(migrated).values()), "down leaves nothing behind"
    migrate(migrated, "head")
    assert of(migrated) == created


def test_alembic_finds_nothing_to_do(migrated: Flask) -> None:
    with migrated.app_context():
        flask_migrate.check(MIGRATIONS)


RECREATES_A_TABLE = """
import sqlalchemy as sa
from alembic import op
from core.parts import every_index, put_aside

revision, down_revision = "recreates", "{head}"

def upgrade():
    (index,) = (one for one in every_index() if one.table == "employee")
    with put_aside(op.get_bind(), index), op.batch_alter_table("employee") as table:
        table.alter_column("email", type_=sa.String(300))  # on SQLite: a new table, and the old one dropped
"""


@pytest.fixture
def with_another_revision(migrated: Flask, tmp_path: Path) -> str:
    """A folder of migrations with one more, which alters a table that others refer to."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    with migrated.app_context(), db.engine.connect() as connection:
        head = MigrationContext.configure(connection).get_current_revision()
    (folder / "versions" / "recreates.py").write_text(RECREATES_A_TABLE.format(head=head))
    return str(folder)


def test_rows_survive_when_the_table_they_refer_to_is_altered(
    migrated: Flask, with_another_revision: str
) -> None:
    with migrated.app_context():
        factories.stay(factories.employee("Ann Lee", "1001"), factories.department("IT"))
        db.session.remove()
        flask_migrate.upgrade(with_another_revision)
        assert db.session.scalars(sa.select(DepartmentEmployeeLink)).one().employee.name == "Ann Lee"
        db.session.remove()


@pytest.mark.skipif(bool(databases.SERVER), reason="PostgreSQL keeps its foreign keys while it migrates")
def test_a_migration_that_leaves_orphans_is_undone(
    migrated: Flask, with_another_revision: str, caplog: pytest.LogCaptureFixture
) -> None:
    with migrated.app_context():
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute(
                "INSERT INTO address (employee_number, kind, lines) VALUES ('9', 'home', 'nowhere')"
            )
            driver.execute("PRAGMA foreign_keys=ON")
        with pytest.raises(SystemExit):
            flask_migrate.upgrade(with_another_revision)
        assert "address row 1 (refers to employee)" in caplog.text
        with db.engine.connect() as connection:
            assert MigrationContext.configure(connection).get_current_revision() != "recreates"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1, (
                "and the keys are kept again"
            )


@pytest.mark.skipif(not databases.SERVER, reason="SQLite has no extensions")
def test_a_missing_extension_is_said_in_words(
    make_app: Callable[..., Flask], empty_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = sa.make_url(empty_database).set(username=f"guest_{uuid.uuid4().hex}", password="guest")
    with databases.on(empty_database) as owner:
        owner.exec_driver_sql(f"CREATE ROLE {url.username} LOGIN PASSWORD 'guest'")
        owner.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {url.username}")
    try:
        app = make_app(SQLALCHEMY_DATABASE_URI=url.render_as_string(hide_password=False))
        for extension in ("btree_gist", "pg_trgm"):
            with app.app_context(), pytest.raises(SystemExit):
                flask_migrate.upgrade(MIGRATIONS)
            assert f"Joinery needs the PostgreSQL extension {extension}" in caplog.text
            with databases.on(empty_database) as owner:
                owner.exec_driver_sql(f"CREATE EXTENSION {extension}")
    finally:
        with databases.on(empty_database) as owner:
            owner.exec_driver_sql(f"DROP OWNED BY {url.username}")
            owner.exec_driver_sql(f"DROP ROLE {url.username}")
    assert "let an administrator run this once" in caplog.text


SLIPS = {
    "a column": "ALTER TABLE subject ADD COLUMN forgotten INTEGER",
    "a default": "ALTER TABLE subject ADD COLUMN forgotten INTEGER DEFAULT 7",
    "an index": "DROP INDEX ix_author_name_key",
    "a table": "DROP TABLE address",
}
SLIPS_OF = {
    "sqlite": {"a trigger": "DROP TRIGGER ex_department_employee_link_pair_update"},
    "postgresql": {
        "an exclusion constraint": (
            "ALTER TABLE department_employee_link DROP CONSTRAINT ex_department_employee_link_pair"
        ),
        "a check": "ALTER TABLE book DROP CONSTRAINT ck_book_title",
        "a default that differs": "ALTER TABLE book ALTER COLUMN version SET DEFAULT 1",
        "what may be missing": "ALTER TABLE book ALTER COLUMN title DROP NOT NULL",
        "a type": "ALTER TABLE book ALTER COLUMN title TYPE varchar(600)",
        "a collation": 'ALTER TABLE book ALTER COLUMN title_key TYPE varchar(1000) COLLATE "default"',
        "what follows a key": (
            "ALTER TABLE address DROP CONSTRAINT fk_address_employee_number_employee, ADD CONSTRAINT "
            "fk_address_employee_number_employee FOREIGN KEY (employee_number) REFERENCES employee "
            "ON DELETE CASCADE"
        ),
    },
}


@pytest.mark.parametrize("slip", [*SLIPS, *SLIPS_OF["postgresql" if databases.SERVER else "sqlite"]])
def test_the_comparison_sees(slip: str, migrated: Flask, created: Catalogue) -> None:
    everywhere: dict[str, Any] = SLIPS
    with migrated.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(everywhere.get(slip) or SLIPS_OF[connection.dialect.name][slip])
    assert of(migrated) != created


# --- what a migration does with what is stored ---------------------------------------------------------


def test_an_update_takes_nothing_from_anybody(make_app: Callable[..., Flask], empty_database: str) -> None:
    """Whoever was no administrator could edit everything before there were roles, and still can."""
    app = make_app(SQLALCHEMY_DATABASE_URI=empty_database)
    migrate(app, "0003")
    made = "email, name, active, fs_uniquifier, created_at"
    with app.app_context(), db.engine.begin() as connection:
        for number, name in enumerate(("Adam Reed", "Édith Moss"), 1):
            values = f"'{number}@example.org', '{name}', true, '{number}', '2026-01-01 00:00:00'"
            connection.exec_driver_sql(f'INSERT INTO "user" ({made}) VALUES ({values})')
        connection.exec_driver_sql("INSERT INTO role (name) VALUES ('administrator')")
        connection.exec_driver_sql("INSERT INTO user_role (user_id, role_id) VALUES (1, 1)")
    migrate(app, "head")
    with app.app_context():
        adam, edith = db.session.scalars(sa.select(User).order_by(User.id)).unique()
        assert [role.name for role in adam.roles] == ["administrator"]
        assert [role.name for role in edith.roles] == ["HR editor", "Library editor"]
        assert edith.name_key == "edith moss"
        db.session.remove()


def test_the_figures_of_departments_are_counted_from_their_stays(
    make_app: Callable[..., Flask], empty_database: str
) -> None:
    app = make_app(SQLALCHEMY_DATABASE_URI=empty_database)
    migrate(app, "0006")
    facts = "id, department_code, employee_number, starts_on, ends_before, fte, extra_data"
    stays = (
        "1, 'IT', '1', '2024-01-01', '2025-01-01', 500, NULL",
        "2, 'IT', '2', '2024-01-01', NULL, 1000, 'part-time'",
        "3, 'IT', '3', '2025-01-01', NULL, NULL, 'full-time'",
    )
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO department (code, code_key, name, name_key, version) "
            "VALUES ('IT', 'it', 'IT', 'it', 1)"
        )
        for number in "123":
            values = ", ".join(f"'{one}'" for one in (number,) * 6)
            connection.exec_driver_sql(
                "INSERT INTO employee (number, number_key, name, name_key, sort_name, sort_key, version) "
                f"VALUES ({values}, 1)"
            )
        for stay in stays:
            connection.exec_driver_sql(
                f"INSERT INTO department_employee_link ({facts}, role, is_primary, version) "
                f"VALUES ({stay}, 'member', false, 1)"
            )
    migrate(app, "head")
    with app.app_context():
        kept = db.session.execute(queries.steps_kept().order_by(DepartmentStep.day)).all()
        assert [tuple(row) for row in kept] == [
            ("IT", date(2024, 1, 1), 2, 1500, 0, 0, 2, 1, 1),
            ("IT", date(2025, 1, 1), 0, -500, 1, 1, -1, 0, -1),
        ]
        assert {tuple(row) for row in db.session.execute(queries.steps_counted())} == set(map(tuple, kept))
        db.session.remove()


def test_the_revisions_that_are_read_as_text_are_those_that_alembic_knows(app: Flask) -> None:
    scripts = ScriptDirectory(MIGRATIONS)
    assert known_revisions() == tuple(one.revision for one in scripts.walk_revisions())


@pytest.mark.parametrize(
    "said",
    [
        "revision = '0002'\ndown_revision = '0001'",
        'revision: str = "0002"  # why\ndown_revision: str = "0001"',
    ],
)
def test_a_revision_is_known_however_its_file_is_written(tmp_path: Path, said: str) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "a.py").write_text(f'"""Größe."""\n{said}\n', encoding="utf-8")
    (versions / "b.py").write_text('revision = "0001"\ndown_revision = None\n')
    assert schema._revisions(str(tmp_path)) == ("0002", "0001")


def test_revisions_that_are_no_line_are_not_taken_for_one(tmp_path: Path) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    for name in ("0001", "0002"):
        (versions / f"{name}.py").write_text(f"revision = '{name}'\ndown_revision = None\n")
    with pytest.raises(RuntimeError, match="do not follow one another"):
        schema._revisions(str(tmp_path))

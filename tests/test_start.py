"""A worker starts with what its first page needs, and keeps what pages need; what few ask for comes then."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.db import KEPT_FOR_LONG_WORK, KEPT_FOR_PAGES, db
from core.progress import at_length
from tests.conftest import working_on

ROOT = Path(__file__).parent.parent
# Large, and of no use to a page: migrations with what they bring, spreadsheets that are written, the driver
# of the other database, passkeys, translations.
NOT_AT_THE_START = (
    "alembic",
    "flask_migrate",
    "mako",
    "pygments",
    "sqlalchemy.dialects.mssql",
    "sqlalchemy.dialects.oracle",
    "xlsxwriter",
    "psycopg",
    "webauthn",
    "babel",
)
FIRST_PAGE = """
import gc, sys
from app import create_app
from core import schema
from core.db import db

app = create_app()
if sys.argv[1] == "prepare":
    with app.app_context(), db.engine.connect() as connection:
        schema.upgrade(connection)
        connection.commit()
answers = [app.test_client().get(path).status_code for path in ("/healthz", "/sign-in")]
print(answers, gc.isenabled(), gc.get_freeze_count() > 100_000, gc.get_threshold()[0])
print(*sorted(sys.modules))
"""


def started(database: Path, how: str) -> list[str]:
    """What a process of its own says that makes the application and is asked for the first page."""
    settings = {"DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": "of this test"}
    command = [sys.executable, "-c", FIRST_PAGE, how]
    environment = {**os.environ, **settings}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_worker_loads_nothing_that_its_first_page_does_not_need(tmp_path: Path) -> None:
    database = tmp_path / "start.db"
    assert "alembic" in started(database, "prepare")[-1].split(), "where somebody migrates it is there"

    said, loaded = started(database, "serve")
    assert said == "[200, 200] True True 10000", (
        "it answers, and garbage is looked for in what is new, seldom"
    )
    assert [name for name in NOT_AT_THE_START if name in loaded.split()] == []


def test_long_work_keeps_more_of_a_sqlite_file_than_pages_do(empty_database: str) -> None:
    if not empty_database.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps its files itself")

    def kept() -> int | None:
        with db.engine.connect() as connection:
            return connection.scalar(db.text("PRAGMA cache_size"))

    with working_on(empty_database):
        assert kept() == -KEPT_FOR_PAGES
        with at_length():
            assert kept() == -KEPT_FOR_LONG_WORK

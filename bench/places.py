"""Where the databases of a run are: files, or databases of a PostgreSQL server. All are thrown away."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from bench.serving import ROOT


class Place(Protocol):
    """Makes databases, by name; each is known by its URL."""

    name: str

    def filled(self, name: str, source: Path) -> str:
        """One with everything that is in a SQLite file, in the schema of today."""

    def copy(self, name: str, url: str) -> str:
        """A copy of one that was made here."""

    def empty(self, name: str) -> str:
        """One without anything."""

    def remove(self, name: str) -> None:
        """One that is needed no more."""

    def close(self) -> None:
        """All of them."""


def flask(url: str, *command: str) -> None:
    """A command of the application, on that database."""
    own = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "of a measurement"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", *command],
        cwd=ROOT,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"flask {' '.join(command)}: {done.stdout}{done.stderr}")


class Files:
    """SQLite files in a folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def filled(self, name: str, source: Path) -> str:
        file, url = self.folder / f"{name}.db", self.empty(name)
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(file)) as copy,
        ):
            there.backup(copy)  # what stands beside the file as well
        flask(url, "db", "upgrade")
        with closing(sqlite3.connect(file)) as made:
            made.execute("ANALYZE")
            made.commit()
            made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return url

    def copy(self, name: str, url: str) -> str:
        shutil.copyfile(url.removeprefix("sqlite:///"), self.folder / f"{name}.db")
        return self.empty(name)

    def empty(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.db"

    def remove(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def close(self) -> None:
        pass


class Databases:
    """Databases of a PostgreSQL server, each named bench_…"""

    name = "PostgreSQL"

    def __init__(self, server: str, files: Files) -> None:
        self.server = server
        self.files = files
        self.made: set[str] = set()

    def filled(self, name: str, source: Path) -> str:
        url = self.empty(name)
        flask(url, "db", "upgrade")
        # A file that was made by an older Joinery gets the schema of today first.
        flask(url, "move-database", self.files.filled("moved", source), url)
        self.files.remove("moved")
        with psycopg.connect(url, autocommit=True) as made:
            made.execute("VACUUM ANALYZE")
        return url

    def copy(self, name: str, url: str) -> str:
        return self._made(name, " TEMPLATE {}", urlsplit(url).path.lstrip("/"))

    def empty(self, name: str) -> str:
        return self._made(name, "")

    def _made(self, name: str, how: str, *names: str) -> str:
        self.remove(name)
        self._say(f"CREATE DATABASE {{}}{how}", f"bench_{name}", *names)
        self.made.add(name)
        return urlunsplit(urlsplit(self.server)._replace(path=f"/bench_{name}"))

    def remove(self, name: str) -> None:
        self._say("DROP DATABASE IF EXISTS {} WITH (FORCE)", f"bench_{name}")
        self.made.discard(name)

    def close(self) -> None:
        for name in set(self.made):
            self.remove(name)

    def _say(self, statement: Any, *names: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))

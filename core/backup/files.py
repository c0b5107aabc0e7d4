"""A backup file: a ZIP archive with `manifest.json`, which says what it is, and the data for a standard tool.

The data is a SQLite database, or a dump in PostgreSQL's custom format (`pg_restore` reads it). The archive's
directory stands at its end and each part has a checksum, so half a file and a damaged one are noticed.
"""

import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfileobj

from sqlalchemy import Connection

from core import schema
from core.db import first_line

FORMAT = 1
MANIFEST = "manifest.json"
DATA = {"sqlite": "joinery.db", "postgresql": "joinery.dump"}
CALLED = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LARGEST_MANIFEST = 1024**2


class Fault(Exception):
    """Why there is no backup, or why nothing was restored, in a sentence."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    database: str
    revision: str
    rows: dict[str, int]
    made_at: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    joinery_backup: int = FORMAT

    @property
    def total(self) -> int:
        """How many rows there are in all tables."""
        return sum(self.rows.values()) - self.rows.get(schema.VERSION_TABLE, 0)


def manifest_of(connection: Connection) -> Manifest:
    """What a database holds, as this connection sees it."""
    revision = schema.revision_of(connection)
    if revision is None:
        raise Fault("The database is not prepared, so there is nothing to back up. Type: flask db upgrade")
    return Manifest(connection.dialect.name, revision, schema.row_counts(connection))


# --- writing one -----------------------------------------------------------------------------------


def write(file: Path, force: bool, dump: Callable[[Path], Manifest]) -> Manifest:
    """Make the backup beside `file`, readable by its owner only, and give it the name when it is whole.

    `dump` writes the data to the path it is given, and returns what it wrote.
    """
    _refuse_to_overwrite(file, force)
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
            data, archive = Path(folder, "data"), Path(folder, "archive")
            manifest = dump(data)
            _pack(archive, manifest, data)
            _refuse_to_overwrite(file, force)
            archive.replace(file)
    except OSError as error:
        raise Fault(f"{file} cannot be written: {error.strerror or error}. There is no backup.") from error
    return manifest


def _refuse_to_overwrite(file: Path, force: bool) -> None:
    if file.is_dir():
        raise Fault(f"{file} is a folder. Say what the file in it is to be called.")
    if file.exists() and not force:
        raise Fault(f"{file} is there already. Choose another name, or say --force to replace it.")


def _pack(archive: Path, manifest: Manifest, data: Path) -> None:
    descriptor = os.open(archive, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as packed:
            packed.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            method = zipfile.ZIP_STORED if manifest.database == "postgresql" else None  # packed by its tool
            packed.write(data, DATA[manifest.database], compress_type=method)
        file.flush()
        os.fsync(file.fileno())


def bring_up_to_date(connection: Connection, manifest: Manifest) -> None:
    """Refuse data that is not what the manifest tells of, and run the migrations that it has not seen."""
    rows = schema.row_counts(connection)
    if schema.revision_of(connection) != manifest.revision or manifest.rows.items() - rows.items():
        raise Fault("The backup does not hold what it says it holds. Nothing was restored.")
    if connection.dialect.name == "sqlite":
        connection.rollback()  # the migrations begin a transaction for writing
    try:
        schema.upgrade(connection)
    except Exception as error:
        said = first_line(getattr(error, "orig", error))
        raise Fault(
            f"The backup cannot be brought to the schema of this Joinery: {said}. Nothing was restored."
        ) from error


# --- reading one -----------------------------------------------------------------------------------


@contextmanager
def opened(file: Path) -> Iterator[tuple[Manifest, Callable[[Path], None]]]:
    """What the backup says about itself, and a function that unpacks its data and checks every byte."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = _manifest(packed, file)

            def unpack(to: Path) -> None:
                with _readable(file), packed.open(DATA[manifest.database]) as data, to.open("xb") as copy:
                    copyfileobj(data, copy, 1024**2)

            yield manifest, unpack
    except zipfile.BadZipFile as error:
        raise Fault(
            f"{file} is not a backup of Joinery, or only a part of one. Nothing was restored."
        ) from error
    except OSError as error:
        raise Fault(f"{file} cannot be read: {error.strerror or error}. Nothing was restored.") from error


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
        raise Fault(
            f"{file} is damaged: its content is not what was written. Nothing was restored."
        ) from error


def _manifest(packed: zipfile.ZipFile, file: Path) -> Manifest:
    said = None
    with _readable(file), suppress(KeyError, ValueError):
        if packed.getinfo(MANIFEST).file_size <= LARGEST_MANIFEST:
            said = json.loads(packed.read(MANIFEST))
    if not isinstance(said, dict) or not isinstance(said.get("joinery_backup"), int):
        raise Fault(f"{file} is not a backup of Joinery. Nothing was restored.")
    if said["joinery_backup"] > FORMAT:
        raise Fault(f"{file} was made by a newer Joinery. Upgrade this one first. Nothing was restored.")
    try:
        manifest = Manifest(**said)
    except TypeError:
        raise Fault(f"{file} is not a backup of Joinery. Nothing was restored.") from None
    if manifest.database not in DATA or not isinstance(manifest.rows, dict):
        raise Fault(f"{file} is not a backup of Joinery. Nothing was restored.")
    return manifest

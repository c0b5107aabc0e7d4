"""The real data sets: taken away whole, and loaded back with nothing to do."""

from pathlib import Path

from flask import Flask

from tests.conftest import Client
from tests.core.test_import_shared import STORED, files, stored
from tests.exporting import FORMATS, loaded_back, unchanged
from tests.importing import CommandLine

# Kind, list, and how many lines.
LISTS = (
    ("departments", "/hr/departments?download=departments", 9),
    ("employees", "/hr/employees?download=employees", 10_000),
    ("department-links", "/hr/stays?span=all&download=stays", 11_057),
    ("department-links", "/hr/employees?download=stays", 11_057),
    ("department-heads", "/hr/departments?download=heads", 7),
    ("job-titles", "/hr/employees?download=job-titles", 14_780),
    ("books", "/library/books?download=books", 10_000),
    ("authors", "/library/authors?download=authors", 5_833),
    ("book-links", "/library/books?download=authors-of-books", 13_209),
)


def test_what_was_imported_and_taken_away_loads_back_unchanged(
    app: Flask, client: Client, tmp_path: Path, shared_data: Path
) -> None:
    run = CommandLine(app, tmp_path)
    for kind, file, options, _count, _refused in files(shared_data):
        assert run(kind, file, "--valid-only", *options).status == 0
    for kind, url, count in LISTS:
        for format in FORMATS:
            assert loaded_back(run, client, kind, f"{url}.{format}") == unchanged(count), url
    assert stored() == STORED

"""The real data sets, whole: in by the command line and by the page, with what is known of them, and out."""

from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from core.db import Base, db
from hr.models import Department, DepartmentEmployeeLink, Employee, JobTitle
from library.models import Author, AuthorBook, Book, Edition
from tests.conftest import Client
from tests.exporting import FORMATS, loaded_back, unchanged
from tests.importing import CommandLine, Pages, counts

ZERO_LENGTH = "14539 in d006 from 17 Dec 1998"
STORED: dict[type[Base], int] = {
    Department: 9,
    Employee: 10_000,
    DepartmentEmployeeLink: 11_057,
    JobTitle: 14_780,
    Book: 10_000,
    AuthorBook: 13_209,
    Author: 5_833,
    Edition: 9_264,
}

# What is taken away whole and loaded back: kind, list, and how many lines.
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


def files(folder: Path) -> list[tuple[str, Path, tuple[str, ...], int, int]]:
    """Kind, file, answers, how many lines become records, and how many are refused."""
    staffing, books = folder / "hr10k", folder / "goodbooks" / "books.csv"
    end = ("--end-date", "first-day-away")
    return [
        ("departments", staffing / "departments.csv", (), 9, 0),
        ("employees", staffing / "employees.csv", (), 10_000, 0),
        ("department-links", staffing / "dept_emp.csv", end, 11_050, 1),
        ("department-heads", staffing / "dept_manager.csv", end, 7, 17),
        ("job-titles", staffing / "titles.csv", end, 14_780, 2),
        ("books", books, (), 10_000, 0),
    ]


def stored() -> dict[type[Base], int]:
    return {model: db.session.scalar(select(func.count()).select_from(model)) or 0 for model in STORED}


def test_by_the_command_line_again_unchanged_and_taken_away_and_back(
    app: Flask, client: Client, tmp_path: Path, shared_data: Path
) -> None:
    run, texts = CommandLine(app, tmp_path), {}
    for kind, file, options, count, refused in files(shared_data):
        said = run(kind, file, "--valid-only", *options)
        assert said.status == 0, said.text
        assert f"{count:,} added, 0 changed, 0 unchanged, {refused} refused" in said.text
        texts[kind] = said.text

    assert stored() == STORED
    assert f"line 5015: {ZERO_LENGTH}: The stay would not last a day" in texts["department-links"]
    assert texts["department-heads"].count("The time as head begins before the person was hired") == 17
    assert "Head without a stay (7)" in texts["department-heads"]
    assert "13058, Senior Staff from 5 Jul 2001: The title would not last a day" in texts["job-titles"]
    assert "14539, Engineer from 17 Dec 1998: The title would not last a day" in texts["job-titles"]
    assert "ISBN padded with zeros (6,574)" in texts["books"]
    assert "Author named twice (7)" in texts["books"]
    # 700 empty, 23 that no zeros mend, 13 paddings that the ISBN-13 contradicts
    assert "ISBN not taken (736)" in texts["books"]

    for kind, file, options, count, refused in files(shared_data):
        said = run(kind, file, "--valid-only", *options)
        assert f"0 added, 0 changed, {count:,} unchanged, {refused} refused" in said.text
        assert "not in this file" not in said.text

    for kind, url, count in LISTS:
        for format in FORMATS:
            assert loaded_back(run, client, kind, f"{url}.{format}") == unchanged(count), url
    assert stored() == STORED


def test_by_the_page_and_again_unchanged(client: Client, shared_data: Path) -> None:
    pages = Pages(client)
    for kind, file, options, count, refused in files(shared_data):
        preview = _previewed(pages, kind, file, options)
        assert counts(preview.text) == {"added": count, "changed": 0, "unchanged": 0, "refused": refused}
        if kind == "department-links":
            assert ZERO_LENGTH in preview.text
        if kind == "department-heads":
            assert preview.text.count("The time as head begins before the person was hired") == 17
        assert pages.apply("valid" if refused else "all", preview.text).status_code == 303

    assert stored() == STORED
    for kind, file, options, count, _refused in files(shared_data):
        preview = _previewed(pages, kind, file, options)
        assert (counts(preview.text)["unchanged"], counts(preview.text)["changed"]) == (count, 0)


def _previewed(pages: Pages, kind: str, file: Path, options: tuple[str, ...]) -> Any:
    preview = pages.upload(kind, file)
    return pages.mean(end_date=options[1]) if options else preview


def test_heads_as_plain_stays_are_refused_well(app: Flask, tmp_path: Path, shared_data: Path) -> None:
    """Of 24 heads, 17 begin before the person was hired: each is refused with that reason."""
    run = CommandLine(app, tmp_path)
    for kind, file, options, _count, _refused in files(shared_data)[:2]:
        run(kind, file, "--valid-only", *options)

    heads = shared_data / "hr10k" / "dept_manager.csv"
    said = run("department-links", heads, "--yes", "--end-date", "first-day-away")

    assert said.status == 1
    assert said.text.count("The stay begins before the person was hired") == 17
    assert stored()[DepartmentEmployeeLink] == 0

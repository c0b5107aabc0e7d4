"""Books, authors, shares and subjects as files: what stands in them, and that they load back as they are."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.db import db
from core.sheets.mapping import open_questions, propose
from library.models import Author, Book
from library.sheets import SHEETS, exports
from library.sheets.names import in_one_cell, people
from tests import factories
from tests.conftest import Client
from tests.exporting import FORMATS, column, lines, loaded_back, records, unchanged
from tests.importing import CommandLine

BOOKS, SHARES = "/library/books?download=books", "/library/books?download=authors-of-books"
every_format = pytest.mark.parametrize("format", FORMATS)


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture
def shelf(app: Flask) -> dict[str, Any]:
    """Books of every kind: with and without reference, ISBN, date, authors; with awkward names."""
    austen, jr = (
        factories.author("Jane Austen"),
        factories.author("Bill Hart, Jr.", sort_name="Hart, Bill, Jr."),
    )
    weird, equals = factories.author('"Weird Al" Yankovic'), factories.author("=Ann")
    emma = factories.book("Emma", reference="007", published="1815-12")
    iliad = factories.book("The Iliad", published="-750")
    odd = factories.book("+1, or: “Sums”;=1+1", reference="=7")
    plain = factories.book("Nothing Known")
    factories.share(emma, austen, "7.5")
    factories.share(
        emma, jr, "33.3334", role="editor", also_as="introduction, translator", credited_as="@hart"
    )
    factories.share(iliad, weird, "0.0001")
    factories.share(odd, equals)
    factories.share(odd, austen)
    factories.edition(emma, "9780141439518", format="paperback")
    factories.edition(emma, "9780141439587", format="ebook")
    factories.subject("Marriage", emma)
    factories.subject("Comedy", emma)
    return {"emma": emma, "iliad": iliad, "odd": odd, "plain": plain, "austen": austen}


# --- what stands in the file ---------------------------------------------------------------------------


def test_a_book_has_what_belongs_to_it(client: Client, shelf: dict[str, Any]) -> None:
    assert records(client, f"{BOOKS}.csv&q=emma") == [
        {
            "Reference": "007",
            "Title": "Emma",
            "Authors": 'Jane Austen, "Bill Hart, Jr."',
            "Published": "1815-12",
            "ISBN-13": "978-0-14-143951-8",
            "Format": "paperback",
            "Further ISBNs": "978-0-14-143958-7",
            "Subjects": "Comedy, Marriage",
        }
    ]


def test_a_share_is_exact(client: Client, shelf: dict[str, Any]) -> None:
    assert records(client, f"{SHARES}.csv&q=emma")[1] == {
        "Book reference": "007",
        "ISBN-13": "978-0-14-143951-8",
        "Title": "Emma",
        "Published": "1815-12",
        "Author": "Bill Hart, Jr.",
        "Place": "2",
        "Royalty": "33.3334",
        "Role": "editor",
        "Also as": "introduction, translator",
        "Credited as": "'@hart",
    }


def test_a_spreadsheet_keeps_what_looks_like_a_number(client: Client, shelf: dict[str, Any]) -> None:
    """References and ISBNs are texts; a year before Christ and a bare month are no days of a sheet."""
    found = {one["Title"]: one for one in records(client, f"{BOOKS}.xlsx")}
    assert found["Emma"]["Reference"] == "007"
    assert found["Emma"]["ISBN-13"] == "978-0-14-143951-8"
    assert found["Emma"]["Published"] == "1815-12"
    assert found["The Iliad"]["Published"] == "-750"


def test_a_subject_has_the_number_of_its_books(client: Client, shelf: dict[str, Any]) -> None:
    assert lines(client, "/library/subjects?download=subjects.csv") == [
        ["Subject", "Books"],
        ["Comedy", "1"],
        ["Marriage", "1"],
    ]


# --- which rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "label", "expected"),
    [
        ("/library/books?q=iliad&download=books", "Title", ["The Iliad"]),
        ("/library/books?authors=0&download=books", "Title", ["Nothing Known"]),
        ("/library/books?authors=2%2B&sort=-title&download=books", "Reference", ["007", "'=7"]),
        ("/library/books?authors=2%2B&download=authors-of-books", "Place", ["1", "2", "1", "2"]),
        ("/library/authors?q=austen&download=authors", "Filed as", ["Austen, Jane"]),
        ("/library/authors?q=weird&download=authors-of-books", "Title", ["The Iliad"]),
        ("/library/subjects?q=com&download=subjects", "Subject", ["Comedy"]),
    ],
)
def test_the_file_has_what_the_list_finds(
    client: Client, shelf: dict[str, Any], url: str, label: str, expected: list[str]
) -> None:
    assert column(client, f"{url}.csv", label) == expected


def test_archived_books_are_there_where_the_list_has_them(client: Client, shelf: dict[str, Any]) -> None:
    shelf["plain"].archived_on = date(2024, 5, 1)
    db.session.commit()
    assert "Nothing Known" not in column(client, f"{BOOKS}.csv", "Title")
    assert column(client, f"{BOOKS}.csv&state=archived", "Archived on") == ["2024-05-01"]


def test_the_page_of_a_record_gives_its_own_links(client: Client, shelf: dict[str, Any]) -> None:
    austen, subject = shelf["austen"].id, shelf["emma"].subjects[0].id
    assert column(client, f"/library/authors/{austen}?download=authors-of-books.csv", "Place") == ["2", "1"]
    assert column(client, f"/library/subjects/{subject}?download=books.csv", "Title") == ["Emma"]


# --- and back ------------------------------------------------------------------------------------------


@every_format
def test_what_was_taken_away_loads_back_unchanged(
    client: Client, run: CommandLine, shelf: dict[str, Any], format: str
) -> None:
    for kind, url, count in (
        ("books", BOOKS, 4),
        ("authors", "/library/authors?download=authors", 4),
        ("book-links", SHARES, 5),
    ):
        assert loaded_back(run, client, kind, f"{url}.{format}") == unchanged(count)


def test_the_longest_names_come_back(client: Client, run: CommandLine) -> None:
    """Filed, a name is a comma longer than as it is said."""
    factories.author(f"{'A' * 99} {'B' * 100}")
    assert loaded_back(run, client, "authors", "/library/authors?download=authors.csv") == unchanged(1)


@every_format
def test_books_of_one_title_are_told_apart(client: Client, run: CommandLine, format: str) -> None:
    """Without reference, ISBN or date, by their authors; two that nothing tells apart are both there."""
    ann, ben = factories.author("Ann Lee"), factories.author("Ben Okafor")
    for authors in ((), (), (ann,), (ben,)):
        book = factories.book("Poems")
        for author in authors:
            factories.share(book, author, "5")
    factories.edition(factories.book("Poems"), "9780141439518")
    factories.share(factories.book("Letters"), ann)
    factories.share(factories.book("Letters", published="1901"), ann)
    factories.share(factories.book("Letters", reference="7"), ann)
    assert loaded_back(run, client, "books", f"{BOOKS}.{format}") == unchanged(8)
    url = "/library/books?authors=1&download=authors-of-books"
    assert loaded_back(run, client, "book-links", f"{url}.{format}") == unchanged(5)


@every_format
def test_a_list_fills_an_empty_house(
    client: Client, run: CommandLine, shelf: dict[str, Any], format: str
) -> None:
    urls = {
        "authors": f"/library/authors?download=authors.{format}",
        "books": f"{BOOKS}.{format}",
        "book-links": f"{SHARES}.{format}",
    }
    # A subject and a second ISBN are beside the columns that an import knows.
    for subject in list(shelf["emma"].subjects):
        db.session.delete(subject)
    db.session.delete(shelf["emma"].editions[1])
    db.session.commit()
    taken = {kind: client.get(url, buffered=True).data for kind, url in urls.items()}
    before = [lines(client, url) for url in urls.values()]
    for record in [*db.session.query(Book), *db.session.query(Author)]:
        db.session.delete(record)
    db.session.commit()

    for kind, content in taken.items():
        path = run.folder / f"{kind}.{format}"
        path.write_bytes(content)
        said = run(kind, path, "--yes")
        assert said.status == 0, said.text
    # Books without a reference are numbered anew, so their shares may stand elsewhere.
    assert [sorted(map(str, one)) for one in before] == [
        sorted(map(str, lines(client, url))) for url in urls.values()
    ]


SOMEBODY = st.text(st.sampled_from("ab,\"' ;=&"), min_size=1, max_size=8).map(
    lambda name: " ".join(name.split())
)


@given(st.lists(SOMEBODY.filter(bool), min_size=1, max_size=5))
def test_names_in_one_cell_come_apart_again(names: list[str]) -> None:
    assert people(in_one_cell(names)) == tuple(names)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ('"Hart, Jr.", Ann Lee', ("Hart, Jr.", "Ann Lee")),
        ('"Weird Al" Yankovic, Ann Lee', ('"Weird Al" Yankovic', "Ann Lee")),
        ("Ann Lee,, Ben Okafor ,", ("Ann Lee", "Ben Okafor")),
        ('Ann "Annie" Lee', ('Ann "Annie" Lee',)),
    ],
)
def test_names_are_read_as_people_write_them(cell: str, names: tuple[str, ...]) -> None:
    assert people(cell) == names


# --- names of the columns ------------------------------------------------------------------------------

# Other ways to say what a field that is taken away says.
SAID_OTHERWISE = {"first_name", "last_name", "original_title", "isbn"}


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("books", exports.BOOK_COLUMNS),
        ("authors", exports.AUTHOR_COLUMNS),
        ("book-links", exports.SHARE_COLUMNS),
    ],
)
def test_an_import_knows_each_column_and_asks_nothing(kind: str, columns: Any) -> None:
    sheet = SHEETS[kind]
    mapped = propose(sheet, [one.label for one in columns])
    assert mapped == {one.name: one.label for one in columns if sheet.field(one.name)}
    assert {field.name for field in sheet.fields} - mapped.keys() <= SAID_OTHERWISE
    assert not open_questions(sheet, mapped, {})


def test_each_kind_that_is_imported_is_taken_away_too() -> None:
    assert set(SHEETS) == {"books", "authors", "book-links"}

"""Lists of books, authors and shares: what a line becomes, and why it is refused."""

from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from library.models import Author, AuthorBook, Book, Edition
from library.sheets.isbn import judge
from tests import factories
from tests.importing import CommandLine


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


def credits() -> dict[str, list[str]]:
    books = db.session.scalars(select(Book).order_by(Book.id))
    return {book.title: [str(link.author) for link in book.author_links] for book in books}


# --- ISBN ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ten", "thirteen", "isbn", "kind"),
    [
        ("080442957X", "", "9780804429573", ""),
        ("0-8044-2957-x", "9.78080442957e+12", "9780804429573", ""),
        ("9780804429573", "", "9780804429573", ""),
        ("", "978-0-8044-2957-3", "9780804429573", ""),
        ("439023483", "9.78043902348e+12", "9780439023481", "ISBN padded with zeros"),
        ("439023483", "", "9780439023481", "ISBN padded with zeros"),
        ("439023483.0", "", "9780439023481", "ISBN padded with zeros"),
        ("7203116", "", None, "ISBN not taken"),
        ("439692393", "9.78044041579e+12", None, "ISBN not taken"),
        ("439023483", "9780439023480", None, "ISBN not taken"),
        ("1484724917", "9.78142314674e+12", "9781484724910", "ISBN-13 differs"),
        ("080442957X", "9780439023481", None, "ISBN not taken"),
        ("0804429570", "", None, "ISBN not taken"),
        ("0", "", None, "ISBN not taken"),
        ("4.39023483e+08", "", None, "ISBN not taken"),
        ("", "9.78043902348e+12", None, "ISBN not taken"),
        ("", "", None, "ISBN not taken"),
        ("none", "", None, "ISBN not taken"),
    ],
)
def test_an_isbn_is_taken_if_it_is_proved(ten: str, thirteen: str, isbn: str | None, kind: str) -> None:
    verdict = judge(ten, thirteen)

    assert (verdict.isbn, verdict.kind) == (isbn, kind)
    assert bool(verdict.sentence) == bool(kind)


def test_a_number_in_scientific_notation_is_never_read_even_where_its_check_digit_fits() -> None:
    assert judge("", "9.78080442957e+12").isbn is None
    assert judge("", "9780804429573e0").isbn is None


def test_a_damaged_isbn_does_not_keep_the_book_out(run: CommandLine) -> None:
    said = run("books", "title,isbn,isbn13\nGames,439023483,9.78043902348e+12\nOther,123,\n", "--yes")

    assert said.status == 0
    assert "line 2: “439023483” is read as ISBN 0439023483, which its check digit proves." in said.text
    assert "line 3: The ISBN is not taken: “123” is no ISBN" in said.text
    editions = db.session.scalars(select(Edition)).all()
    assert [(one.book.title, one.isbn, one.format) for one in editions] == [
        ("Games", "9780439023481", "other")
    ]


def test_an_isbn_that_another_book_has_is_not_taken(run: CommandLine) -> None:
    factories.edition(factories.book("Mine", reference="1"), "9780439023481")

    said = run(
        "books", "ref,title,isbn\n2,Yours,0439023483\n3,Mine too,080442957X\n4,Theirs,080442957X\n", "--yes"
    )

    assert "line 2: The ISBN 9780439023481 belongs to “Mine” already." in said.text
    assert "line 4: Line 3 has the ISBN 9780804429573 too." in said.text
    assert len(credits()) == 4


# --- books -----------------------------------------------------------------------------------------


def test_the_authors_of_one_cell_in_order(run: CommandLine) -> None:
    content = 'title,authors\nGood Omens,"Terry Pratchett,  Neil   Gaiman"\nSolo,neil gaiman\n'

    assert run("books", content, "--yes").status == 0

    assert credits() == {"Good Omens": ["Terry Pratchett", "Neil Gaiman"], "Solo": ["Neil Gaiman"]}
    links = db.session.scalars(select(AuthorBook).order_by(AuthorBook.book_id, AuthorBook.publication_order))
    facts = [(link.publication_order, link.role, link.royalty_percentage) for link in links]
    assert facts == [(1, "author", Decimal(0)), (2, "author", Decimal(0)), (1, "author", Decimal(0))]
    filed = {author.sort_name for author in db.session.scalars(select(Author))}
    assert filed == {"Pratchett, Terry", "Gaiman, Neil"}


def test_an_author_named_twice_is_kept_once_at_the_first_place(run: CommandLine) -> None:
    said = run("books", 'title,authors\nHoles,"Ann Lee, Louis Sachar, ann  LEE"\n', "--yes")

    assert credits() == {"Holes": ["Ann Lee", "Louis Sachar"]}
    assert "line 2: ann LEE is named twice; kept once, at the first place." in said.text


def test_the_same_file_again_changes_nothing(run: CommandLine) -> None:
    content = (
        'book_id,title,authors,year,isbn\n1,Iliad,"Homer, Robert Fagles",-720.0,080442957X\n,Untold,,,\n'
    )
    run("books", content, "--yes")

    said = run("books", content, "--yes")

    assert "0 added, 0 changed, 2 unchanged, 0 refused" in said.text
    books = db.session.scalars(select(Book).order_by(Book.id))
    assert [(book.reference, book.published, book.year) for book in books] == [
        ("1", "-720", -720),
        (None, None, None),
    ]


def test_a_book_is_found_by_reference_isbn_or_title_year_and_author(run: CommandLine) -> None:
    factories.book("By reference", reference="A1")
    factories.edition(factories.book("By ISBN"), "9780804429573")
    factories.share(factories.book("By title", published="1813"), factories.author("Jane Austen"))
    content = (
        "ref,title,year,authors,isbn\n"
        "A1,Reference now,2001,,\n"
        "A2,ISBN now,2002,,080442957X\n"
        "A3,BY TITLE,1813,Jane  Austen,\n"
        "A4,By title,1999,Jane Austen,\n"
        "A5,By title,1813,Somebody Else,\n"
    )

    said = run("books", content, "--yes")

    assert "2 added, 3 changed, 0 unchanged" in said.text
    assert "Title: By reference → Reference now; Published: empty → 2001" in said.text
    stored = {book.reference: book.title for book in db.session.scalars(select(Book))}
    titles = ["Reference now", "ISBN now", "BY TITLE", "By title", "By title"]
    assert stored == dict(zip(["A1", "A2", "A3", "A4", "A5"], titles, strict=True))


def test_our_own_id_is_never_a_reference(run: CommandLine) -> None:
    mine = factories.book("Mine")

    run("books", f"book_id,title\n{mine.id},Theirs\n", "--yes")

    assert [book.title for book in db.session.scalars(select(Book).order_by(Book.id))] == ["Mine", "Theirs"]


def test_an_author_who_is_not_named_any_more_stays_and_a_new_order_is_taken(run: CommandLine) -> None:
    run("books", 'ref,title,authors\n1,Trio,"Ann A, Ben B, Cy C"\n', "--yes")

    said = run("books", 'ref,title,authors\n1,Trio,"Cy C, Ann A, Dee D"\n', "--yes")

    assert "Authors: Ann A, Ben B, Cy C → Cy C, Ann A, Dee D, Ben B" in said.text
    assert "Ben B is not named here and stays an author." in said.text
    assert credits() == {"Trio": ["Cy C", "Ann A", "Dee D", "Ben B"]}
    orders = db.session.scalars(select(AuthorBook.publication_order).order_by(AuthorBook.publication_order))
    assert list(orders) == [1, 2, 3, 4]


def test_of_two_authors_with_one_name_the_linked_one_is_meant(run: CommandLine) -> None:
    linked = factories.author("John Smith")
    factories.author("John Smith", sort_name="Smith, John (poet)")
    factories.share(factories.book("His", reference="1"), linked)

    said = run("books", "ref,title,authors\n1,His,John Smith\n2,Whose,John Smith\n", "--valid-only")

    assert "line 3: Whose: 2 authors are called “John Smith”" in said.text
    assert list(credits()) == ["His"]


def test_the_title_may_stand_in_another_column(run: CommandLine) -> None:
    lines = ",Der Prozess,Franz Kafka\nThe Castle,Das Schloss,Franz Kafka\n"

    run("books", "title,original_title,author\n" + lines, "--yes")

    assert list(credits()) == ["Der Prozess", "The Castle"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,Book,2008.5,,", "“2008.5” is not a date of publication"),
        ("1,,,,", "A new book needs a title."),
        (f"1,{'x' * 501},,,", "has 501 characters; at most 500 fit"),
        (f"1,Book,,{'x' * 201},", "has more than 200 characters"),
        ("1,Book,,,vinyl", "“vinyl” is none of: hardcover"),
    ],
)
def test_a_book_is_refused_at_its_value(run: CommandLine, line: str, reason: str) -> None:
    said = run("books", f"ref,title,year,authors,format\n{line}\n", "--yes")

    assert said.status == 1
    assert reason in said.text
    assert credits() == {}


def test_a_refused_book_brings_no_author(run: CommandLine) -> None:
    run("books", "ref,title,year,authors\n1,Good,2001,Ann A\n2,Bad,soon,Ben B\n", "--valid-only")

    assert [author.name for author in db.session.scalars(select(Author))] == ["Ann A"]


# --- authors and shares ----------------------------------------------------------------------------


def test_authors_are_found_by_name_and_by_the_name_they_are_filed_under(run: CommandLine) -> None:
    factories.author("Ann Lee")
    content = 'name,sort_name\nANN LEE,\nJohn Smith,"Smith, John"\nJohn Smith,"Smith, John (poet)"\n'

    assert "2 added, 1 changed" in run("authors", content, "--yes").text
    assert "0 added, 0 changed, 3 unchanged" in run("authors", content, "--yes").text

    said = run("authors", "name\nJohn Smith\n", "--yes")
    assert "2 authors are called “John Smith”. Say which in a column “Filed as”" in said.text


def test_a_share_names_book_and_author(run: CommandLine) -> None:
    book = factories.book("Emma", reference="7", published="1815")
    factories.edition(book, "9780804429573")
    for name in ("Jane Austen", "Ann Lee", "Cy Bell"):
        factories.author(name)
    content = (
        "reference,isbn,title,author,royalty,order,role\n"
        "7,,,Jane Austen,12.5 %,2,\n"
        ',080442957X,,"Lee, Ann","1,5",1,illustrator\n'
        ",,emma,Cy Bell,,,\n"
        "8,,,Jane Austen,,,\n"
        "7,,,Nobody,,,\n"
    )

    said = run("book-links", content, "--valid-only")

    assert "No book has this reference: “8”." in said.text
    assert "No author is called “Nobody”." in said.text
    links = db.session.scalars(select(AuthorBook).order_by(AuthorBook.publication_order)).all()
    assert [(str(link.author), str(link.royalty_percentage), link.role) for link in links] == [
        ("Ann Lee", "1.5000", "illustrator"),
        ("Jane Austen", "12.5000", "author"),
        ("Cy Bell", "0.0000", "author"),
    ]
    assert "0 added, 0 changed, 3 unchanged, 2 refused" in run("book-links", content, "--valid-only").text


def test_places_stay_without_gaps_and_others_make_room(run: CommandLine) -> None:
    book = factories.book("Duo", reference="7")
    for name in ("Ann A", "Ben B"):
        factories.share(book, factories.author(name))
    factories.author("Cy C")
    content = "reference,author,place\n7,Cy C,1\n"

    said = run("book-links", content, "--yes")

    assert "Ann A moves from place 1 to 2." in said.text
    assert credits() == {"Duo": ["Cy C", "Ann A", "Ben B"]}
    assert "0 added, 0 changed, 1 unchanged" in run("book-links", content, "--yes").text


def test_royalties_of_a_book_are_at_most_100_percent_together(run: CommandLine) -> None:
    book = factories.book("Duo", reference="7")
    factories.share(book, factories.author("Ann A"), royalty="60")
    factories.author("Ben B")

    said = run("book-links", "reference,author,royalty\n7,Ben B,60\n", "--yes")
    assert "The royalties of the book would be 120 % together" in said.text

    said = run("book-links", "reference,author,royalty\n7,Ben B,60\n7,Ann A,40\n", "--yes")
    assert said.status == 0, said.text
    assert "Royalty: 60 % → 40 %" in said.text
    assert sum(db.session.scalars(select(AuthorBook.royalty_percentage))) == 100


@pytest.mark.parametrize(
    ("royalty", "reason"), [("101", "not between 0 and 100"), ("1,234", ""), ("1.23456", "4 decimal places")]
)
def test_a_royalty_is_read_exactly(run: CommandLine, royalty: str, reason: str) -> None:
    factories.book("Solo", reference="7")
    factories.author("Ann A")

    said = run("book-links", f"reference;author;royalty\n7;Ann A;{royalty}\n", "--yes")

    assert said.status == (1 if reason else 0)
    assert reason in said.text

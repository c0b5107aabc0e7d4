"""Authors by their other names, and stored shares that a file lacks."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.models import ChangeSet
from library.models import Author, AuthorName, Book
from tests import factories
from tests.conftest import Client
from tests.importing import CommandLine, Pages, counts


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture
def twain(app: Flask) -> Author:
    author = factories.author("Mark Twain")
    author.alternate_names.append(AuthorName(name="Samuel Clemens"))
    db.session.commit()
    return author


@pytest.fixture
def trio(app: Flask) -> None:
    """A book by Ann, Ben and Cy, and another one by Cy alone."""
    book, other = factories.book("Trio", reference="1"), factories.book("Solo", reference="2")
    for name in ("Ann A", "Ben B", "Cy C"):
        factories.share(book, factories.author(name), royalty="10")
    factories.share(other, db.session.scalars(select(Author).where(Author.name == "Cy C")).one())


def credits() -> dict[str, list[tuple[str, int]]]:
    books = db.session.scalars(select(Book).order_by(Book.id))
    return {
        book.title: [(str(link.author), link.publication_order) for link in book.author_links]
        for book in books
    }


def names() -> list[str]:
    return list(db.session.scalars(select(Author.name).order_by(Author.id)))


# --- other names -----------------------------------------------------------------------------------


def test_after_a_merge_the_next_import_finds_the_author_by_the_old_name(
    run: CommandLine, twain: Author
) -> None:
    factories.share(factories.book("Roughing It", published="1872"), twain)

    said = run("books", "title,year,authors\nRoughing It,1872,samuel clemens\n", "--yes")
    assert "0 added, 0 changed, 1 unchanged" in said.text
    assert "line 2: samuel clemens is Mark Twain here." in said.text

    said = run("books", 'title,authors\nNew,"Samuel Clemens, Mark Twain, Ann A"\n', "--yes")
    assert "Mark Twain is named twice; kept once, at the first place." in said.text
    assert credits()["New"] == [("Mark Twain", 1), ("Ann A", 2)]

    said = run("authors", "name\nSamuel Clemens\n", "--yes")
    assert "0 added, 0 changed, 1 unchanged" in said.text
    assert names() == ["Mark Twain", "Ann A"]


def test_a_share_is_found_by_another_name(run: CommandLine, twain: Author) -> None:
    factories.book("Roughing It", reference="7")

    said = run("book-links", "reference,author\n7,Samuel Clemens\n", "--yes")

    assert "line 2: Samuel Clemens is Mark Twain here." in said.text
    assert credits() == {"Roughing It": [("Mark Twain", 1)]}


def test_somebody_who_is_called_so_goes_before_another_name(run: CommandLine, twain: Author) -> None:
    factories.author("Samuel Clemens")
    factories.book("Roughing It", reference="7")

    run("book-links", "reference,author\n7,Samuel Clemens\n", "--yes")

    assert credits() == {"Roughing It": [("Samuel Clemens", 1)]}


# --- shares that the file lacks --------------------------------------------------------------------


def test_shares_that_the_file_lacks_are_left_unless_somebody_says_otherwise(
    run: CommandLine, trio: None
) -> None:
    before = credits()

    said = run("book-links", "reference,author\n1,Ann A\n")

    assert "What becomes of shares that are stored and not in this file?" in said.text
    assert "shares of the books in this file, whoever has them: 2" in said.text
    assert "shares of the authors in this file, in any book: 0" in said.text
    assert "Ben B of Trio: stays as it is" in said.text
    run("book-links", "reference,author\n1,Ann A\n", "--yes")
    assert credits() == before


def test_nothing_is_asked_where_nothing_is_lacking(run: CommandLine, trio: None) -> None:
    said = run("book-links", "reference,author\n1,Ann A\n1,Ben B\n1,Cy C\n2,Cy C\n")

    assert "What becomes of" not in said.text
    assert "Not in the file" not in said.text


def test_shares_are_deleted_with_their_number_and_a_reason(run: CommandLine, trio: None) -> None:
    content = "reference,author,place\n1,Cy C,1\n"

    said = run("book-links", content, "--yes", "--absent", "delete", "--absent-count", "1")
    assert said.status == 2
    assert "It is not 1. Look again at what this is about." in said.text
    assert "Why are these shares deleted?" in said.text
    assert len(credits()["Trio"]) == 3

    answers = ("--absent", "delete", "--absent-count", "2", "--absent-reason", "sold their rights")
    said = run("book-links", content, "--yes", *answers)
    assert said.status == 0, said.text
    assert "2 deleted that it lacks" in said.text
    assert credits() == {"Trio": [("Cy C", 1)], "Solo": [("Cy C", 1)]}
    assert (
        db.session.scalars(select(ChangeSet.reason).order_by(ChangeSet.id.desc())).first()
        == "sold their rights"
    )


def test_shares_of_the_authors_of_the_file_close_their_gaps(run: CommandLine, trio: None) -> None:
    factories.share(
        db.session.scalars(select(Book).where(Book.title == "Solo")).one(), factories.author("Dee")
    )
    answers = ("--absent-of", "authors", "--absent-count", "1", "--absent-reason", "wrong Cy")

    said = run("book-links", "reference,author\n1,Cy C\n", "--yes", "--absent", "delete", *answers)

    assert said.status == 0, said.text
    assert credits()["Solo"] == [("Dee", 1)]
    assert len(credits()["Trio"]) == 3


def test_the_royalties_of_those_who_go_make_room(run: CommandLine, trio: None) -> None:
    answers = ("--absent", "delete", "--absent-count", "2", "--absent-reason", "left")

    said = run("book-links", "reference,author,royalty\n1,Ann A,95\n", "--yes", *answers)

    assert said.status == 0, said.text


def test_a_refused_line_spares_its_book(run: CommandLine, trio: None) -> None:
    said = run("book-links", "reference,author\n1,Ann A\n1,Nobody\n")

    assert "What becomes of shares" not in said.text


def test_authors_whom_a_book_file_does_not_name_any_more_can_go(run: CommandLine, trio: None) -> None:
    content = 'ref,title,authors\n1,Trio,"Cy C, Ann A"\n2,Solo,Cy C\n'
    answers = ("--absent", "delete", "--absent-count", "1", "--absent-reason", "was a mistake")

    said = run("books", content, "--yes", *answers)

    assert said.status == 0, said.text
    assert "Authors: Ann A, Ben B, Cy C → Cy C, Ann A" in said.text
    assert "stays an author" not in said.text
    assert credits() == {"Trio": [("Cy C", 1), ("Ann A", 2)], "Solo": [("Cy C", 1)]}
    assert "0 added, 0 changed, 2 unchanged" in run("books", content, "--yes").text


def test_the_page_shows_what_the_file_lacks_as_a_group_of_its_own(client: Client, trio: None) -> None:
    pages = Pages(client)
    page = pages.upload("book-links", "reference,author\n1,Ann A\n1,Cy C\n").text
    assert "What becomes of shares that are stored and not in this file?" in page
    assert "Records that the file does not mention are never touched." in page
    assert "Not in the file" in page
    assert "Ben B of Trio" in page
    assert counts(page)["unchanged"] == 2

    page = pages.mean(absent="delete").text
    assert "How many shares are deleted? Type their number." in page
    assert "A question above is not answered" in page
    assert pages.apply(page=page).status_code == 422
    page = pages.mean(absent_count="7", absent_reason="gone").text
    assert "It is not 7. Look again at what this is about." in page

    page = pages.mean(absent_count="1").text
    assert "Of what the file lacks, 1 deleted." in page
    assert pages.apply("valid", page).status_code == 303
    assert credits()["Trio"] == [("Ann A", 1), ("Cy C", 2)]


@pytest.mark.parametrize("line", ["Trio,Benn B", "Triio,Ben B", "Triio,Benn B", "Trio,Ben B,more"])
@pytest.mark.parametrize("scope", ["books", "authors", "both"])
def test_what_a_refused_line_may_mean_is_not_lacking(
    client: Client, trio: None, line: str, scope: str
) -> None:
    pages = Pages(client)
    pages.upload("book-links", f"title,author\nTrio,Ann A\nTrio,Cy C\nSolo,Cy C\n{line}\n")
    page = pages.mean(absent="delete", absent_of=scope, absent_count="1", absent_reason="gone").text
    assert counts(page)["refused"] == 1
    pages.apply("valid", page)
    assert [name for name, _place in credits()["Trio"]] == ["Ann A", "Ben B", "Cy C"]


def test_a_share_that_is_new_hides_none_that_the_file_lacks(client: Client, trio: None) -> None:
    factories.book("New", reference="3")
    page = Pages(client).upload("book-links", "title,author\nNew,Ann A\n").text
    assert "Shares of the authors in this file, in any book: 1" in page

"""A bookkeeper changes percentages, and nothing else."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.models import ChangeSet
from core.rights import on_behalf_of
from core.writing import Refused, writing
from library import operations
from library.models import Author, AuthorBook, Book
from tests import cast as people
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def book(app: Flask) -> Book:
    book = factories.book("Emma")
    factories.share(book, factories.author("Jane Austen"), "15", credited_as="Miss Austen")
    # A gap in the credits, as imports leave it: closing it is not the bookkeeper's.
    factories.share(book, factories.author("Ann Lee"), "2.5", order=5, role="editor")
    return book


@pytest.fixture
def boris(app: Flask, book: Book) -> Client:
    return app.test_client().sign_in(people.bookkeeper())


def shares() -> list[tuple[str, Decimal, int]]:
    rows = db.session.scalars(select(AuthorBook).order_by(AuthorBook.publication_order))
    return [(one.author.name, one.royalty_percentage, one.publication_order) for one in rows]


@pytest.mark.parametrize("url", ["/library/books/{}", "/library/authors/1"])
def test_only_the_percentage_is_an_input(boris: Client, book: Book, url: str) -> None:
    page = Page(boris, url.format(book.id))
    assert 'aria-label="Royalty of' in page.html
    assert 'aria-label="Role of' not in page.html
    assert "data-remove" not in page.html
    assert "data-add-row" not in page.html
    assert page.link("Edit book") is page.link("Edit author") is page.link("Delete…") is None


def test_a_percentage_is_saved(boris: Client, book: Book) -> None:
    page = Page(boris, f"/library/books/{book.id}").change("Jane Austen", royalty_percentage="12")
    assert page.save().stored
    assert shares() == [("Jane Austen", Decimal(12), 1), ("Ann Lee", Decimal("2.5"), 5)]
    link = db.session.scalars(select(AuthorBook).where(AuthorBook.publication_order == 1)).one()
    assert link.credited_as == "Miss Austen", "what is text goes along as it is"


@pytest.mark.parametrize(
    "facts", [{"role": "translator"}, {"credited_as": "J. A."}, {"remove": "y"}, {"publication_order": "2"}]
)
def test_anything_else_is_refused_at_its_row(boris: Client, book: Book, facts: dict[str, str]) -> None:
    page = Page(boris, f"/library/books/{book.id}").change("Jane Austen", **facts)
    answer = page.save()
    assert (answer.status, answer.stored) == (422, False)
    assert "A bookkeeper changes" in answer.text
    assert shares() == [("Jane Austen", Decimal(15), 1), ("Ann Lee", Decimal("2.5"), 5)]


def test_the_deeds_on_percentages_are_open(boris: Client, book: Book) -> None:
    page = Page(boris, "/library/change?key=1-1&key=1-2")
    assert "role" not in page.fields
    shown = page.type(royalty_percentage="4").save()
    assert shown.save(do="yes").stored
    shown = Page(boris, f"/library/split?key={book.id}").type(total="10").save()
    assert shown.save(do="yes").stored
    assert [percentage for _name, percentage, _order in shares()] == [Decimal(5), Decimal(5)]


def test_the_write_path_takes_nothing_else(book: Book) -> None:
    boris, said = people.bookkeeper(), "adds or removes nothing"
    with on_behalf_of(boris), pytest.raises(Refused, match=said), writing(operations.check) as work:
        work.session.add(Author(name="Somebody New"))


def test_a_reader_stores_nothing_by_any_way(book: Book) -> None:
    lena, said = people.library_reader(), "Your account cannot change anything in Books."
    with on_behalf_of(lena), pytest.raises(Refused, match=said), writing() as work:
        work.session.delete(book)


def test_a_bookkeeper_who_edits_too_is_not_held_back(app: Flask, book: Book) -> None:
    both = app.test_client().sign_in(people.somebody("Bo Both", "bookkeeper", "Library editor"))
    page = Page(both, f"/library/books/{book.id}").change("Jane Austen", role="translator")
    assert page.save().stored


def newest() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(ChangeSet.id).order_by(ChangeSet.id.desc())) or 0)


def test_percentages_are_taken_back(boris: Client, book: Book) -> None:
    page = Page(boris, f"/library/books/{book.id}").change("Jane Austen", royalty_percentage="12")
    assert page.save().link("Undo") is not None
    assert Page(boris, f"/history/{newest()}").link("Undo…") is not None
    shown = Page(boris, f"/history/{newest()}/undo").save()
    assert shown.save(do="yes").stored
    assert shares() == [("Jane Austen", Decimal(15), 1), ("Ann Lee", Decimal("2.5"), 5)]


def test_what_is_not_theirs_is_not_taken_back_and_not_offered(
    boris: Client, client: Client, book: Book
) -> None:
    page = Page(client, f"/library/books/{book.id}").change(
        "Jane Austen", royalty_percentage="12", role="editor"
    )
    assert page.save().link("Undo") is not None
    assert Page(boris, f"/history/{newest()}").link("Undo…") is None
    assert boris.get(f"/history/{newest()}/undo").status_code == 403
    assert boris.post(f"/history/{newest()}/undo", data={"do": "yes"}).status_code == 403

"""Books, authors and subjects: a plain table where the link has no facts, an object where it has some.

See docs/relationships.md.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SAWarning

from core.db import db
from core.links import identity_of
from library import queries
from library.models import Author, AuthorBook, Book, Edition, Subject, book_subject
from tests import factories
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def emma(app: Flask) -> Book:
    """Emma, by Jane at 15 % and Ann at 2.5 %."""
    emma = factories.book("Emma")
    factories.share(emma, factories.author("Jane Austen"), "15")
    factories.share(emma, factories.author("Ann Lee"), "2.5", role="editor")
    return emma


def named(name: str) -> Author:
    return db.session.scalars(select(Author).where(Author.name == name)).one()


def pairs() -> int:
    return db.session.scalar(select(func.count()).select_from(book_subject)) or 0


# --- the simple association table ---------------------------------------------------------------------------


def test_subjects_append_and_remove_like_lists_on_either_side(app: Flask) -> None:
    book, wit = factories.book("Emma"), factories.subject("Wit")
    book.subjects.append(wit)
    assert wit.books == [book]
    db.session.commit()
    assert pairs() == 1
    wit.books.remove(book)
    db.session.commit()
    assert (pairs(), book.subjects) == (0, [])


def test_subjects_are_put_on_a_book_on_its_form(client: Client, emma: Book) -> None:
    assert Page(client, f"/library/books/{emma.id}/edit").type(**{"subject_rows-0-name": "Wit"}).save().stored
    assert [subject.name for subject in emma.subjects] == ["Wit"]
    assert Page(client, "/library/subjects/1").first_column == ["Emma"]


def test_the_pair_goes_with_either_side_and_the_other_stays(app: Flask) -> None:
    one, two = factories.book("Emma"), factories.book("Dune")
    wit = factories.subject("Wit", one, two)
    db.session.delete(one)
    db.session.commit()
    assert (wit.books, pairs()) == ([two], 1)
    db.session.delete(wit)
    db.session.commit()
    assert (pairs(), db.session.scalars(select(Book.title)).all()) == (0, ["Dune"])


def test_trap_a_list_takes_the_same_subject_twice_and_the_table_does_not(app: Flask) -> None:
    book, wit = factories.book("Emma"), factories.subject("Wit")
    book.subjects.extend([wit, wit])
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


# --- the association object ---------------------------------------------------------------------------------


def test_the_facts_belong_to_the_link(emma: Book) -> None:
    facts = [
        (link.author.name, str(link.royalty_percentage), link.publication_order) for link in emma.author_links
    ]
    assert facts == [("Jane Austen", "15.0000", 1), ("Ann Lee", "2.5000", 2)]
    assert [link.onix_code for link in emma.author_links] == ["A01", "B01"]


def test_links_come_in_their_order(emma: Book) -> None:
    first, second = emma.author_links
    first.publication_order, second.publication_order = 2, 1
    db.session.commit()
    assert [link.author.name for link in emma.author_links] == ["Ann Lee", "Jane Austen"]


def test_trap_the_order_is_that_of_the_loading(emma: Book) -> None:
    first, second = emma.author_links
    first.publication_order, second.publication_order = 2, 1
    db.session.flush()
    assert emma.author_links == [first, second], "a list that is loaded is not sorted again"
    db.session.expire(emma)
    assert emma.author_links == [second, first]


def test_the_identity_of_a_link_is_its_pair(emma: Book) -> None:
    assert identity_of(emma.author_links[0]) == f"{emma.id}-{named('Jane Austen').id}"


def test_a_pair_may_be_removed_and_added_again_in_one_save(emma: Book) -> None:
    db.session.delete(emma.author_links[0])
    jane = named("Jane Austen")
    db.session.add(AuthorBook(book=emma, author=jane, royalty_percentage=Decimal(7)))
    db.session.commit()
    assert [str(link.royalty_percentage) for link in emma.author_links] == ["7.0000", "2.5000"]


def test_two_stored_rows_may_change_their_far_sides(client: Client, emma: Book) -> None:
    page = Page(client, f"/library/books/{emma.id}")
    page.change("Jane Austen", author="Nobody Yet", is_new="y").change("Ann Lee", author="Jane Austen")
    answer = page.save()
    assert answer.stored, answer.errors
    names = [(link.author.name, link.publication_order) for link in emma.author_links]
    assert names == [("Nobody Yet", 1), ("Jane Austen", 2)]


def test_trap_two_links_cannot_swap_their_far_sides(emma: Book) -> None:
    """The far side is half of the key: between two updates both rows would be the same pair."""
    first, second = emma.author_links
    first.author, second.author = second.author, first.author
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_trap_what_is_only_constructed_is_not_stored(emma: Book) -> None:
    Edition(book=emma)
    with pytest.raises(SAWarning, match="not in session"):
        db.session.commit()
    db.session.rollback()
    emma.editions.append(Edition())
    db.session.commit()
    assert len(emma.editions) == 1


# --- the far side, view only --------------------------------------------------------------------------------


def test_far_sides_are_read_through_the_link(emma: Book) -> None:
    assert [author.name for author in emma.authors] == ["Jane Austen", "Ann Lee"]
    assert named("Ann Lee").books == [emma]


def test_trap_what_is_appended_to_a_view_is_dropped_without_a_word(emma: Book) -> None:
    ben = factories.author("Ben Ray")
    emma.authors.append(ben)
    db.session.commit()
    assert [author.name for author in emma.authors] == ["Jane Austen", "Ann Lee"]


def test_trap_a_view_does_not_see_a_link_before_it_is_read_again(emma: Book) -> None:
    assert len(emma.authors) == 2
    db.session.add(AuthorBook(book=emma, author=Author(name="Ben Ray"), publication_order=3))
    db.session.flush()
    assert (len(emma.author_links), len(emma.authors)) == (3, 2)
    db.session.expire(emma, ["authors"])
    assert len(emma.authors) == 3


# --- by far side and by count -------------------------------------------------------------------------------


@pytest.fixture
def shelf(emma: Book) -> dict[str, Book]:
    """Beside Emma: Dune by Frank, and an anonymous book."""
    dune = factories.book("Dune")
    factories.share(dune, factories.author("Frank Herbert"))
    return {"Emma": emma, "Dune": dune, "Beowulf": factories.book("Beowulf")}


def titles(*conditions) -> list[str]:
    return list(db.session.scalars(select(Book.title).where(*conditions).order_by(Book.title)))


def test_books_are_found_by_an_author_and_by_a_fact_of_the_link(shelf: dict[str, Book]) -> None:
    assert titles(Book.authors.any(Author.name == "Jane Austen")) == ["Emma"]
    assert titles(Book.authors.contains(named("Frank Herbert"))) == ["Dune"]
    assert titles(Book.author_links.any(AuthorBook.role == "editor")) == ["Emma"]
    assert titles(~Book.authors.any()) == ["Beowulf"]


def test_books_are_found_by_the_number_of_their_authors(shelf: dict[str, Book]) -> None:
    count = select(func.count()).where(AuthorBook.book_id == Book.id).correlate(Book).scalar_subquery()
    assert titles(count > 1) == ["Emma"]
    assert titles(count == 1) == ["Dune"]
    assert titles(count == 0) == ["Beowulf"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("authors=2%2B", ["Emma"]), ("exactly=1", ["Dune"]), ("exactly=0", ["Beowulf"]), ("q=emma", ["Emma"])],
)
def test_the_page_answers_the_same(
    client: Client, shelf: dict[str, Book], query: str, expected: list[str]
) -> None:
    assert Page(client, f"/library/books?{query}").first_column == expected


def test_trap_a_join_shows_a_book_once_for_each_author(shelf: dict[str, Book]) -> None:
    joined = select(Book.title).join(Book.author_links).order_by(Book.title)
    assert db.session.scalars(joined).all() == ["Dune", "Emma", "Emma"]


def test_trap_two_joins_count_every_pair_of_rows(shelf: dict[str, Book]) -> None:
    for name in ("Wit", "Marriage"):
        factories.subject(name, shelf["Emma"])
    total = func.sum(AuthorBook.royalty_percentage)
    joined = select(total).select_from(Book).join(Book.author_links).join(Book.subjects)
    assert db.session.scalar(joined) == Decimal(35), "17.5 twice, once for each subject"
    assert sum(share.percentage for share in queries.shares_of([shelf["Emma"].id])) == Decimal("17.5")


def test_trap_count_star_of_an_outer_join_is_never_zero(shelf: dict[str, Book]) -> None:
    each = select(Book.title).outerjoin(Book.author_links).group_by(Book.id, Book.title)
    assert db.session.scalars(each.having(func.count() == 0)).all() == []
    assert db.session.scalars(each.having(func.count(AuthorBook.author_id) == 0)).all() == ["Beowulf"]


# --- delete, and the far side stays -------------------------------------------------------------------------


def test_a_book_goes_with_its_links_and_the_authors_stay(emma: Book) -> None:
    db.session.delete(emma)
    db.session.commit()
    assert db.session.scalars(select(AuthorBook)).all() == []
    assert db.session.scalars(select(Author.name).order_by(Author.name)).all() == ["Ann Lee", "Jane Austen"]


def test_an_author_goes_with_the_links_and_the_books_stay(emma: Book) -> None:
    db.session.delete(named("Ann Lee"))
    db.session.commit()
    db.session.expire_all()
    assert [link.author.name for link in emma.author_links] == ["Jane Austen"]


def test_the_database_does_it_and_the_links_are_not_loaded(emma: Book, statements: Callable) -> None:
    with statements() as seen:
        db.session.delete(emma)
        db.session.commit()
    # The history reads them as plain rows: their keys, what they were, and that they are gone.
    about = [statement for statement in seen if "author_book" in statement]
    assert len(about) == 3
    assert all(statement.startswith("SELECT") for statement in about)


# --- no pair twice ------------------------------------------------------------------------------------------


def test_the_same_pair_is_refused_by_the_database(emma: Book) -> None:
    pair = {"book_id": emma.id, "author_id": named("Ann Lee").id}
    db.session.expunge_all()
    db.session.add(AuthorBook(**pair))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_the_same_pair_is_refused_on_the_page_in_words(client: Client, emma: Book) -> None:
    page = Page(client, f"/library/books/{emma.id}")
    page.add(author="Jane Austen")
    assert "Jane Austen is already here, at place 1 of the credits." in page.save().errors


def test_a_subject_name_is_there_once_whatever_its_case(app: Flask) -> None:
    factories.subject("Wit")
    with pytest.raises(IntegrityError):
        factories.subject(" WIT ")
    db.session.rollback()
    assert db.session.scalars(select(Subject.name)).all() == ["Wit"]

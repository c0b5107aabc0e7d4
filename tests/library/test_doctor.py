"""What `flask doctor` finds in the library: rules that were broken past the application."""

import pytest
from flask import Flask

from core.db import db
from library import doctor
from library.models import AuthorName
from tests import factories


def found(words: str) -> list[str]:
    """Where a rule is broken; every other one is kept."""
    broken = {one.words: one.places for one in doctor.ailments() if one.number}
    db.session.rollback()
    assert set(broken) <= {words}, broken
    return broken.get(words, [])


def test_what_is_allowed_is_no_problem(app: Flask) -> None:
    emma = factories.book("Emma", published="1815-12-23")
    factories.share(emma, factories.author("Jane Austen"), "60")
    factories.share(emma, factories.author("Ann Editor"), "40")
    factories.book("Nobody's Book", published="-0750")
    factories.subject("Marriage", emma)
    assert found("") == []


def test_more_than_a_hundred_percent(app: Flask) -> None:
    emma = factories.book("Emma")
    factories.share(emma, factories.author(), "60.0001")
    factories.share(emma, factories.author(), "40")
    assert found("the royalties of a book are 100 % at most together") == [
        f"Emma: 100.0001 % (/library/books/{emma.id})"
    ]


@pytest.mark.parametrize(("places", "said"), [((1, 3), "1, 3"), ((2, 2), "2, 2"), ((2, 1, 1), "1, 1, 2")])
def test_credits_with_gaps_or_repeats(app: Flask, places: tuple[int, ...], said: str) -> None:
    emma = factories.book("Emma")
    for place in places:
        factories.share(emma, factories.author(), order=place)
    assert found("the credits of a book are numbered 1, 2, 3, …") == [
        f"Emma: {said} (/library/books/{emma.id})"
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE book SET title_key = 'x'",
            'Emma (/library/books/{id}): title_key is "x" and should be "emma"',
        ),
        ("UPDATE book SET year = 1715", "year is 1715 and should be 1815"),
        ("UPDATE author SET name_key = 'x'", 'name_key is "x" and should be "jane austen"'),
        ("UPDATE author SET sort_name = 'Austen'", 'sort_key is "austen, jane" and should be "austen"'),
        ("UPDATE author_name SET name_key = 'x'", "A Lady, another name (/library/authors/"),
        ("UPDATE subject SET name_key = 'x'", 'should be "marriage"'),
    ],
)
def test_a_key_that_is_not_made_of_the_name(app: Flask, statement: str, said: str) -> None:
    emma = factories.book("Emma", published="1815")
    author = factories.author("Jane Austen")
    factories.subject("Marriage", emma)
    db.session.add(AuthorName(author=author, name="A Lady"))
    db.session.commit()
    book = emma.id
    db.session.rollback()  # the test has read; what is written now would not be seen
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    places = found("keys are those of the titles, names and years")
    assert said.format(id=book) in places[0]

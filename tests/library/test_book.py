"""One book: its page, its form with subjects and editions, and its end."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from library.models import Author, AuthorBook, Book, Edition, Subject
from tests import factories
from tests.conftest import Client
from tests.pages import Page

PRIDE, EMMA = "9780141439518", "9780141439587"


@pytest.fixture
def book(client: Client) -> Book:
    """Pride and Prejudice by Jane at 15 %."""
    book = factories.book("Pride and Prejudice", published="1813-01-28")
    factories.share(book, factories.author("Jane Austen"), "15")
    return book


def stored(id: int = 1) -> Book | None:
    return db.session.get(Book, id)


def edit(client: Client, id: int = 1) -> Page:
    return Page(client, f"/library/books/{id}/edit")


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- the page ------------------------------------------------------------------------------------------


def test_it_says_what_it_is(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE, "9.99", currency="EUR", format="paperback")
    factories.subject("Marriage", book)
    page = Page(client, "/library/books/1")
    assert "1813-01-28 · 1 author · 1 edition · 15 % royalties" in page.text
    assert "Printed as: Jane Austen" in page.text
    assert "paperback 978-0-14-143951-8 · 9.99 EUR" in page.text
    assert page.link("Marriage") == "/library/subjects/1"
    assert page.link("Jane Austen") == "/library/authors/1"


@pytest.mark.parametrize("address", ["2", "0", "x", "-1", "2/edit", "2/delete"])
def test_an_unknown_book_is_not_found(client: Client, book: Book, address: str) -> None:
    assert client.get(f"/library/books/{address}").status_code == 404


# --- new and edit --------------------------------------------------------------------------------------


def test_a_book_is_added_with_everything(client: Client) -> None:
    factories.author("Jane Austen")
    factories.subject("Marriage")
    page = Page(client, "/library/new-book").type(title="  Emma ", published="1815", reference=" R  1 ")
    page.add(author="Jane Austen", royalty_percentage="12,5 %")
    page.add(author="Ann Lee", is_new="y", royalty_percentage="2", role="editor")
    page.type(**{"subject_rows-0-name": "marriage", "subject_rows-1-name": "Wit"})
    page.type(
        **{"subject_rows-1-shown": "", "edition_rows-0-isbn": EMMA, "edition_rows-0-list_price": "9,99"}
    )
    answer = page.type(**{"edition_rows-0-currency": "eur", "edition_rows-0-format": "hardcover"}).save()
    assert (answer.stored, answer.url) == (True, "/library/books/1"), answer.errors
    emma = stored()
    assert (emma.title, emma.published, emma.year, emma.reference) == ("Emma", "1815", 1815, "R 1")
    assert [(str(link), str(link.royalty_percentage), link.role) for link in emma.author_links] == [
        ("Jane Austen of Emma", "12.5000", "author"),
        ("Ann Lee of Emma", "2.0000", "editor"),
    ]
    assert [subject.name for subject in emma.subjects] == ["Marriage", "Wit"]
    (edition,) = emma.editions
    assert (edition.isbn, edition.format, edition.list_price, edition.currency) == (
        EMMA,
        "hardcover",
        Decimal("9.99"),
        "EUR",
    )


def test_save_and_add_another_keeps_what_the_next_book_shares(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma", published="1815")
    answer = page.type(**{"subject_rows-0-name": "Marriage"}).save(another="yes")
    assert answer.stored
    assert (answer.fields["title"], answer.fields["published"]) == ("", "1815")
    assert answer.fields["subject_rows-0-name"] == "Marriage"
    assert answer.type(title="Persuasion").save().stored
    assert [subject.name for subject in stored(2).subjects] == ["Marriage"]
    assert (stored(2).published, count(Subject)) == ("1815", 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": " "}, "Give it a title."),
        ({"title": "x" * 501}, "longer than 500"),
        ({"published": "about 1813"}, "is not a date of publication"),
        ({"published": "1813-02-30"}, "is not a date of publication"),
        ({"reference": "R 1"}, "Another book has this reference."),
        ({"archived_on": "soon"}, "“soon” is not a day."),
        ({"edition_rows-0-isbn": "9780141439519"}, "is not an ISBN: look at the digits again."),
        ({"edition_rows-0-isbn": "0141439519"}, "is not an ISBN: look at the digits again."),
        ({"edition_rows-0-isbn": "12"}, "is not an ISBN"),
        ({"edition_rows-0-isbn": PRIDE, "edition_rows-0-currency": "EURO"}, "Three letters, such as EUR."),
        ({"edition_rows-0-list_price": "9.9999"}, "Only 2 decimal places"),
        ({"edition_rows-0-list_price": "cheap"}, "“cheap” is not a number."),
        ({"edition_rows-0-list_price": "-1"}, "at least 0"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, typed: dict[str, str], said: str
) -> None:
    factories.book("Old", reference="R 1")
    page = Page(client, "/library/new-book").type(**({"title": "Emma"} | typed))
    page.add(author="Jane Austen", is_new="y")
    answer = page.save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert {name: answer.fields[name] for name in typed} == typed
    assert answer.fields["author_rows-0-author"] == "Jane Austen"
    assert (count(Book), count(Author)) == (1, 0)


def test_its_own_fields_and_a_share_are_changed_in_one_save(client: Client, book: Book) -> None:
    page = edit(client).type(title="Pride", published="1813", archived_on="2025-01-31")
    assert page.change("Jane Austen", royalty_percentage="10").save().stored
    pride = stored()
    assert (pride.title, pride.title_key, pride.published, pride.archived_on) == (
        "Pride",
        "pride",
        "1813",
        date(2025, 1, 31),
    )
    assert str(pride.author_links[0].royalty_percentage) == "10.0000"


def test_a_stale_form_shows_both_values_and_asks(client: Client, book: Book) -> None:
    mine = edit(client).type(title="Mine")
    assert edit(client).type(title="Theirs").save().stored
    answer = mine.save()
    assert "Meanwhile this was stored as “Theirs”." in answer.errors
    assert stored().title == "Theirs"
    assert answer.save().stored
    assert stored().title == "Mine"


# --- subjects ------------------------------------------------------------------------------------------


def test_subjects_are_added_replaced_and_cleared(client: Client, book: Book) -> None:
    for name in ("Marriage", "Wit", "Dances"):
        factories.subject(name, book)
    page = edit(client)
    rows = {page.fields[f"{row}-name"]: row for row in page.prefixes("subject")}
    page.type(**{f"{rows['Dances']}-name": "", f"{rows['Wit']}-name": "Irony", f"{rows['']}-name": "England"})
    assert page.save().stored
    assert [subject.name for subject in stored().subjects] == ["England", "Irony", "Marriage"]
    assert count(Subject) == 5, "a subject that loses a book stays"


def test_a_subject_that_a_colleague_added_meanwhile_stays(client: Client, book: Book) -> None:
    mine, theirs = edit(client), edit(client)
    assert theirs.type(**{"subject_rows-0-name": "Wit"}).save().stored
    assert mine.type(**{"subject_rows-0-name": "Marriage"}).save().stored
    assert [subject.name for subject in stored().subjects] == ["Marriage", "Wit"]


def test_a_subject_is_put_on_a_book_once(client: Client, book: Book) -> None:
    factories.subject("Wit", book)
    page = edit(client)
    spare = page.prefixes("subject")[-1]
    assert page.type(**{f"{spare}-name": " wit "}).save().stored
    assert [subject.name for subject in stored().subjects] == ["Wit"]
    assert count(Subject) == 1


# --- editions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["0141439513", "0-14-143951-3", "978-0-14-143951-8", "978 0141439518", PRIDE]
)
def test_an_isbn_is_kept_as_13_digits(client: Client, book: Book, typed: str) -> None:
    assert edit(client).type(**{"edition_rows-0-isbn": typed}).save().stored
    assert [edition.isbn for edition in stored().editions] == [PRIDE]


def test_an_isbn_that_another_book_has_is_refused_at_its_row(client: Client, book: Book) -> None:
    factories.edition(factories.book("Emma"), PRIDE, format="ebook")
    answer = edit(client).type(**{"edition_rows-0-isbn": PRIDE}).save()
    assert (answer.status, answer.stored) == (422, False)
    assert "This ISBN belongs to Emma (ebook)." in answer.errors
    assert 'id="edition_rows-0-isbn-error"' in answer.html
    assert answer.fields["edition_rows-0-isbn"] == PRIDE
    assert stored().editions == []


def test_an_isbn_typed_twice_is_refused_in_words(client: Client, book: Book) -> None:
    answer = edit(client).type(**{"edition_rows-0-isbn": PRIDE, "edition_rows-1-isbn": PRIDE}).save()
    assert (answer.status, answer.stored) == (422, False)
    assert "ISBN" in answer.errors
    assert count(Edition) == 0


def test_two_editions_can_change_their_isbns(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE)
    factories.edition(book, EMMA)
    page = edit(client).type(**{"edition_rows-0-isbn": EMMA, "edition_rows-1-isbn": PRIDE})
    answer = page.save()
    assert answer.stored or "ISBN belongs to" in answer.errors, "stored, or refused in words"


def test_editions_are_changed_and_removed(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE, "9.99")
    factories.edition(book, EMMA)
    page = edit(client).type(**{"edition_rows-0-list_price": "12.50", "edition_rows-1-remove": "y"})
    assert page.save().stored
    assert [(edition.isbn, edition.list_price) for edition in stored().editions] == [
        (PRIDE, Decimal("12.50"))
    ]


def test_an_edition_may_have_no_isbn(client: Client, book: Book) -> None:
    page = edit(client).type(**{"edition_rows-0-list_price": "5", "edition_rows-0-format": "audio"})
    assert page.save().stored
    assert [(edition.isbn, edition.format) for edition in stored().editions] == [(None, "audio")]


def test_an_edition_of_another_book_is_out_of_reach(client: Client, book: Book) -> None:
    other = factories.edition(factories.book("Emma"), EMMA)
    answer = edit(client).type(**{"edition_rows-0-id": str(other.id), "edition_rows-0-isbn": PRIDE}).save()
    assert "This edition was removed meanwhile." in answer.errors
    assert db.session.scalars(select(Edition.isbn)).all() == [EMMA]


# --- delete --------------------------------------------------------------------------------------------


def test_deleting_names_what_goes_with_it(client: Client, book: Book) -> None:
    for number in range(22):
        factories.share(book, factories.author(f"Kim {number:02}"))
    factories.edition(book, PRIDE)
    page = Page(client, "/library/books/1/delete")
    assert "23 shares go with it." in page.text
    assert "Jane Austen Kim 00" in page.text
    assert "Kim 18 … and 3 more" in page.text
    assert f"1 edition goes with it. {PRIDE}" in page.text
    assert "The authors themselves stay." in page.text


def test_a_book_is_deleted_with_shares_and_editions_and_the_authors_stay(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE)
    factories.subject("Marriage", book)
    answer = Page(client, "/library/books/1/delete").save()
    assert (answer.stored, answer.url) == (True, "/library/books")
    assert "Deleted Pride and Prejudice." in answer.text
    assert [count(model) for model in (Book, AuthorBook, Edition, Author, Subject)] == [0, 0, 0, 1, 1]


# --- two people at one edition -------------------------------------------------------------------------


def price(client: Client) -> str:
    return str(db.session.get_one(Edition, 1).list_price)


def test_an_untouched_edition_stays_as_a_colleague_has_left_it(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE, "10.00")
    mine, theirs = edit(client), edit(client)
    assert theirs.type(**{"edition_rows-0-list_price": "12"}).save().stored
    assert mine.type(title="Pride").save().stored
    assert price(client) == "12.00"


def test_a_price_that_both_have_changed_is_shown_and_asked(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE, "10.00")
    mine, theirs = edit(client), edit(client)
    assert theirs.type(**{"edition_rows-0-list_price": "12"}).save().stored
    refused = mine.type(**{"edition_rows-0-list_price": "11"}).save()
    assert refused.status == 422
    assert "Meanwhile this was stored as “12”" in refused.text
    assert price(client) == "12.00"
    assert refused.save().stored
    assert price(client) == "11.00"


def test_the_credit_line_follows_the_credits_whatever_the_page_is_sorted_by(
    client: Client, book: Book
) -> None:
    factories.share(book, factories.author("Ann Lee"), "1")
    page = Page(client, "/library/books/1?sort=-publication_order")
    assert "Printed as: Jane Austen and Ann Lee" in page.text


def test_what_came_since_a_delete_page_was_shown_is_not_deleted_unseen(client: Client, book: Book) -> None:
    page = Page(client, "/library/books/1/delete")
    factories.share(book, factories.author("Ann Lee"), "1")
    answer = page.save()
    assert answer.status == 422
    assert "has changed meanwhile" in answer.text
    assert "Ann Lee" in answer.text
    assert answer.save().stored
    assert stored() is None


def test_a_new_book_that_is_refused_keeps_what_was_typed(client: Client) -> None:
    page = Page(client, "/library/new-book").type(title="Emma")
    page.add(author="Nobody Here")
    answer = page.save()
    assert answer.status == 422
    assert "No author is called “Nobody Here”" in answer.text
    assert answer.fields["title"] == "Emma"


def test_an_edition_that_a_colleague_has_changed_is_not_removed_unseen(client: Client, book: Book) -> None:
    factories.edition(book, PRIDE, "10.00")
    mine, theirs = edit(client), edit(client)
    assert theirs.type(**{"edition_rows-0-list_price": "12"}).save().stored
    refused = mine.type(**{"edition_rows-0-remove": "y"}).save()
    assert refused.status == 422
    assert refused.save().stored
    assert db.session.get(Edition, 1) is None

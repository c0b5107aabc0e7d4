"""Search over everything: what is found in both rooms, and where a whole key leads."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from core.search import FIRST, MANY
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import squeezed


@pytest.fixture
def stocked(cast: Cast) -> Cast:
    """The cast, and a few books."""
    book = factories.book("Pride and Prejudice", published="1813", reference="PP-7")
    factories.share(book, factories.author("Jane Austen"), "15")
    factories.edition(book, "9780141439518")
    factories.author("Zoë Łęcka")
    factories.subject("Marriage", book)
    return cast


def found(client: Client, q: str, **more: str) -> str:
    """The words of the page that answers."""
    page = client.get("/search", query_string={"q": q, **more})
    assert page.status_code == 200, page.location
    return squeezed(re.sub(r"<[^>]+>", " ", page.text.split("<main", 1)[1]))


def test_names_are_found_by_their_parts_in_any_order_without_marks(client: Client, stocked: Cast) -> None:
    assert "Okafor, Ben 1002" in found(client, "okaf be")
    assert "Okafor, Ben 1002" in found(client, "Okafor, B")
    assert "Pride and Prejudice 1813 · Jane Austen" in found(client, "prejud PRIDE")
    assert "Łęcka, Zoë" in found(client, "lecka zoe")
    assert "Marriage" in found(client, "marr")


def test_both_rooms_answer_at_once_each_kind_by_itself(client: Client, stocked: Cast) -> None:
    factories.employee("Jane Sales", "4711")
    factories.department("AUS", "Jane’s Austenites")
    words = found(client, "jane")
    assert "1 department · 1 person · 1 author" in words
    assert words.index("Departments Jane’s") < words.index("People Sales, Jane 4711")
    assert words.index("People Sales, Jane 4711") < words.index("Authors Austen, Jane Pride and Prejudice")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("1002", "/hr/employees/1002"),
        ("#1002", "/hr/employees/1002"),
        ("it", "/hr/departments/IT"),
        ("978-0-14-143951-8", "/library/books/{}"),
        ("9780141439518", "/library/books/{}"),
        ("0141439513", "/library/books/{}"),
        ("0-14-143951-3", "/library/books/{}"),
        ("pp-7", "/library/books/{}"),
    ],
)
def test_a_whole_key_leads_straight_to_its_record(
    client: Client, stocked: Cast, typed: str, address: str
) -> None:
    book = re.search(r"/library/books/(\d+)", client.get("/library/books").text)
    assert book
    answer = client.get("/search", query_string={"q": typed})
    assert (answer.status_code, answer.location) == (302, address.format(book.group(1)))


def test_everything_that_is_found_beside_a_whole_key_is_one_step_away(client: Client, stocked: Cast) -> None:
    factories.employee("Edith Itten", "88")
    assert client.get("/search?q=it").status_code == 302
    words = found(client, "it", all="1")
    assert "Information Technology IT" in words
    assert "Itten, Edith 88" in words
    lines = client.get("/find/everything?q=it").text
    assert 'data-url="/search?q=it&amp;all=1"' in lines


def test_two_records_with_one_key_are_both_shown(client: Client, stocked: Cast) -> None:
    factories.book("A Number", reference="1002")
    words = found(client, "1002")
    assert "Okafor, Ben 1002" in words
    assert "A Number 1002" in words


def test_an_exact_key_is_the_first_of_many(client: Client, stocked: Cast) -> None:
    for number in range(30):
        factories.employee(f"Aaron {number:02}", f"77{number:02}")
    factories.employee("Zacharias Zorn", "77")
    words = found(client, "77", all="1")
    assert words.index("Zorn, Zacharias") < words.index("Aaron")


@pytest.mark.parametrize("typed", ["14143", "0-14-1439", "978014143951"])
def test_part_of_an_isbn_finds_the_book(client: Client, stocked: Cast, typed: str) -> None:
    assert "Pride and Prejudice 1813 · Jane Austen · ISBN 978-0-14-143951-8" in found(client, typed)


def test_a_year_in_a_title_is_no_part_of_an_isbn(client: Client, stocked: Cast) -> None:
    factories.book("1439")
    words = found(client, "1439")
    assert "Pride" not in words


def test_part_of_a_number_or_code_finds_its_record(client: Client, stocked: Cast) -> None:
    words = found(client, "100")
    assert "4 people" in words
    assert "Sales SALES" in found(client, "ales")


def test_words_that_begin_as_typed_come_before_those_that_have_it_inside(
    client: Client, stocked: Cast
) -> None:
    factories.author("Aaron Viking")
    factories.author("Stephen King")
    words = found(client, "king")
    assert words.index("King, Stephen") < words.index("Viking, Aaron")


def test_more_than_a_page_leads_to_the_list_with_all_of_them(client: Client, cast: Cast) -> None:
    for number in range(FIRST + 3):
        factories.employee(f"Common {number:02}", f"55{number:02}")
    page = client.get("/search?q=common").text
    assert f"All {FIRST + 3} people found" in page
    assert page.count("/hr/employees/55") == FIRST
    listed = client.get("/hr/employees?q=common").text
    assert 'href="/hr/employees?q=common"' in page
    assert listed.count('href="/hr/employees/55') == FIRST + 3


def test_archived_records_are_found_and_counted_as_their_list_counts_them(client: Client, cast: Cast) -> None:
    for number in range(FIRST + 2):
        archived = date(2025, 1, 1) if number % 2 else None
        factories.department(f"OLD{number}", f"Former {number:02}", archived_on=archived)
    page = client.get("/search?q=former").text
    address = re.search(rf'href="([^"]+)">All {FIRST + 2} departments found', page)
    assert address
    listed = client.get(address.group(1).replace("&amp;", "&")).text
    assert listed.count('href="/hr/departments/OLD') == FIRST + 2


def test_nothing_found_says_so_and_what_to_try(client: Client, cast: Cast) -> None:
    assert "Nothing is called “xyzzy”" in found(client, "xyzzy")
    assert "Nothing is called “xyzzy”." in client.get("/find/everything?q=xyzzy").text


@pytest.mark.parametrize("q", ["", "   ", "´"])
def test_nothing_typed_finds_nothing(client: Client, cast: Cast, q: str) -> None:
    assert "Lee, Ann" not in found(client, q)
    assert "Lee, Ann" not in client.get("/find/everything", query_string={"q": q}).text


@pytest.mark.parametrize("q", ["%", "_", "\\", "<b>", "'", '"', "x" * 500, "²", "１００２"])
def test_odd_input_is_looked_for_as_it_stands(client: Client, cast: Cast, q: str) -> None:
    assert "Lee, Ann" not in found(client, q)


def test_it_costs_eight_statements_whatever_is_found(
    client: Client, stocked: Cast, statements: Callable
) -> None:
    seen = []
    for size in (0, 30):
        with statements() as few:
            found(client, "a", all="1")
        for number in range(size):
            author = factories.author(f"A{number} Anderson")
            factories.other_name(author, "Another Name")
            book = factories.book(f"About A{number}")
            factories.share(book, author)
            factories.edition(book)
            factories.former_number(factories.employee(f"A{number} Adams"), f"A-{number}")
        seen.append(len(few))
    with statements() as many:
        found(client, "a", all="1")
    assert len(many) == seen[0] <= 8
    with statements() as typing:
        client.get("/find/everything?q=a")
    assert len(typing) <= 8


def test_counting_stops_and_says_so(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.search.MANY", 20)
    for number in range(25):
        factories.employee(f"Common {number:02}", f"55{number:02}")
    assert MANY == 1_000
    assert "All 20+ people found" in client.get("/search?q=common").text


def test_every_page_has_the_search(client: Client, cast: Cast) -> None:
    for address in ("/", "/hr/employees", "/library/books", "/nothing"):
        assert 'action="/search"' in client.get(address).text

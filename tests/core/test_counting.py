"""How many links a record has: whichever way a list finds whom that means, it shows the same rows."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from sqlalchemy import insert, select

from core import listing
from core.counting import HowMany
from core.db import db
from core.filters import Filter
from core.sorts import Sort
from hr import queries as staffing
from hr.columns import EMPLOYEES
from hr.forms import EmployeeFilter
from hr.models import Department, Employee
from hr.models import DepartmentEmployeeLink as Stay
from library import queries as library
from library.columns import AUTHORS, BOOKS
from library.forms import AuthorFilter, BookFilter
from library.models import Author, AuthorBook, Book

DAY, BEFORE = date(2026, 6, 1), date(2001, 6, 1)
PEOPLE, PAGE = 240, 40
# Found by what leads to all of them, or gone through in the order of the list, for which more than two are
# enough; the third way turns back where the records so far do not fill a page.
WAYS = {"all at once": (10_000, 40_000), "in their order": (2, 40_000), "not too far": (2, 60)}
AMOUNTS = (
    {"{}": "0"},
    {"{}": "1"},
    {"{}": "2+"},
    {"exactly": "2"},
    {"exactly": "4"},
    {"{}": "2+", "exactly": "3"},
)


def fits(amount: Mapping[str, str], count: int) -> bool:
    """The plain meaning of what a list is asked."""
    said = amount.get("{}")
    choice = said is None or (count >= 2 if said == "2+" else count == int(said))
    return choice and int(amount.get("exactly", count)) == count


class Shown(NamedTuple):
    """A list: what it asks, its filters and its columns."""

    query: Any
    form: type[Filter]
    table: Any

    def keys(self, app: Flask, **asked: str) -> list[Any]:
        """The keys of its rows, leafed through from its beginning and from its end."""
        address = f"/?{urlencode(asked)}"
        forward = [key for page in self._leaf(app, address, "next_url") for key in page]
        pages = [*self._leaf(app, f"{address}&last=1", "previous_url")]
        assert [key for page in pages[::-1] for key in page] == forward
        return forward

    def _leaf(self, app: Flask, url: str | None, onwards: str) -> Iterator[list[Any]]:
        while url:
            with app.test_request_context(url):
                filters = self.form(request.args)
                assert filters.validate()
                wanted, sorts = self.query(filters.asked_for, request.args.get("q", ""))
                found = listing.Listing(wanted, sorts, next(iter(sorts)), filters, PAGE, self.table)
                yield [row[0] for row in found.rows]
                url = getattr(found, onwards)


def go(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in zip(("FEW", "FAR"), WAYS[way], strict=True):
        monkeypatch.setattr(listing, name, most)


def people_on(day: date) -> Shown:
    return Shown(lambda filters, q: staffing.employees(filters, q, day), EmployeeFilter, EMPLOYEES)


def named(amount: Mapping[str, str], name: str) -> dict[str, str]:
    return {one.replace("{}", name): said for one, said in amount.items()}


def orders(sorts: Mapping[str, Sort], model: Any) -> Iterator[tuple[str, list[Any]]]:
    """Each way to sort, and the keys of all records in it."""
    for name, sort in sorts.items():
        keys = list(db.session.scalars(select(model).order_by(*sort.keys)))
        numbers = [getattr(one, "number", None) or one.id for one in keys]
        yield from ((name, numbers), (f"-{name}", numbers[::-1]))


@pytest.fixture
def staff(app: Flask) -> None:
    """People with none to four stays, of today, ended and to come."""
    made = random.Random(7)
    names = [f"{made.choice(['Ann', 'Zoë', 'Bo'])} {made.choice('ABCXYZ')}{n % 40}" for n in range(PEOPLE)]
    people = [
        Employee(number=f"{n}", name=name, hired_on=made.choice([None, date(1990 + n % 30, 1, 1)]))
        for n, name in enumerate(names)
    ]
    departments = [Department(code=f"D{n}", name=f"Department {n}") for n in range(4)]
    db.session.add_all([*people, *departments])
    db.session.flush()
    stays = [
        {
            "employee_number": one.number,
            "department_code": there.code,
            "starts_on": (first := date(made.randint(1990, 2027), 1, 1)),
            "ends_before": made.choice([None, first + timedelta(days=made.randint(1, 9_000))]),
        }
        for one in people
        for there in made.sample(departments, made.choice([0, 1, 1, 2, 3, 4]))
    ]
    db.session.execute(insert(Stay), stays)
    db.session.commit()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("day", [DAY, BEFORE])
def test_people_in_so_many_departments(
    app: Flask, staff: None, monkeypatch: pytest.MonkeyPatch, way: str, day: date
) -> None:
    go(way, monkeypatch)
    counts = Counter(db.session.scalars(select(Stay.employee_number).where(Stay.on(day))))
    in_order = dict(orders(staffing.employees({}, "", day)[1], Employee))
    seen = set()
    for amount in AMOUNTS:
        for sort, numbers in in_order.items():
            shown = people_on(day).keys(app, **named(amount, "departments"), sort=sort)
            assert shown == [number for number in numbers if fits(amount, counts[number])]
            seen.add(len(shown))
    assert len(seen) > 4, "the filters mean others"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("beside", "sort"),
    [
        ({"department": "D1"}, "name"),
        ({"q": "bo"}, "number"),
        ({"q": "ann"}, "-hired"),
        ({"hired_from": "2001-01-01"}, "hired"),
    ],
)
def test_people_in_so_many_departments_who_are_asked_for_something_else(
    app: Flask, staff: None, monkeypatch: pytest.MonkeyPatch, way: str, beside: dict[str, str], sort: str
) -> None:
    go(way, monkeypatch)
    monkeypatch.setattr(listing, "FEW_OF_ALL", listing.FEW)
    counts = Counter(db.session.scalars(select(Stay.employee_number).where(Stay.on(DAY))))
    everybody = people_on(DAY).keys(app, **beside, sort=sort)
    assert len(everybody) > PAGE
    for amount in AMOUNTS:
        shown = people_on(DAY).keys(app, **beside, **named(amount, "departments"), sort=sort)
        assert shown == [number for number in everybody if fits(amount, counts[number])]


@pytest.fixture
def shelf(app: Flask) -> None:
    """Books with none to four authors, authors with none to very many books."""
    made = random.Random(7)
    books = [Book(title=f"{made.choice('ABCXYZ')}{n % 40}", published=made.choice([None, f"{1900 + n % 9}"]))
             for n in range(PEOPLE)]  # fmt: skip
    authors = [Author(name=f"{made.choice('ABCXYZ')} {n % 40}") for n in range(PEOPLE)]
    db.session.add_all([*books, *authors])
    db.session.flush()
    shares = [
        {"book_id": book.id, "author_id": author.id, "publication_order": place + 1}
        for book in books
        for place, author in enumerate(made.sample(authors[:200], made.choice([0, 1, 1, 2, 3, 4])))
    ]
    db.session.execute(insert(AuthorBook), shares)
    db.session.commit()


BOOK_LIST, AUTHOR_LIST = (
    Shown(library.books, BookFilter, BOOKS),
    Shown(library.authors, AuthorFilter, AUTHORS),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "shown", "model", "key"),
    [
        ("authors", BOOK_LIST, Book, AuthorBook.book_id),
        ("books", AUTHOR_LIST, Author, AuthorBook.author_id),
    ],
)
def test_books_of_so_many_authors_and_authors_of_so_many_books(
    app: Flask,
    shelf: None,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    name: str,
    shown: Shown,
    model: Any,
    key: Any,
) -> None:
    go(way, monkeypatch)
    counts = Counter(db.session.scalars(select(key)))
    for sort, ids in dict(orders(shown.query({}, "")[1], model)).items():
        for amount in AMOUNTS:
            found = shown.keys(app, **named(amount, name), sort=sort)
            assert found == [id for id in ids if fits(amount, counts[id])]


def test_a_record_without_links_is_never_found_by_them(app: Flask, shelf: None) -> None:
    shares = select(AuthorBook.book_id)
    none, any_number = (HowMany(Book.id, shares, 0, most) for most in (0, None))
    lonely = set(db.session.scalars(select(Book.id).where(Book.id.not_in(shares))))
    assert set(db.session.scalars(none.found(Book, []).with_only_columns(Book.id))) == lonely
    assert not any_number.of_each()

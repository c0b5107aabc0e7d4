"""The four screens with a link table, described once: what one promises, all of them promise.

@every_screen
def test_something(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far, was)
    page = screen.open(client, owner)
    page.row(far)["extra_data"] = "casual"
    assert page.save().stored
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import inspect, select

from core.db import db
from hr.models import Department, DepartmentEmployeeLink, Employee
from library.models import Author, AuthorBook, Book
from tests.conftest import Client
from tests.link_pages import LinkPage


@dataclass(frozen=True)
class Screen:
    """A record with a table of its links, seen from one side.

    `fact` is a text that every link has, and `amount` the number that is summed; `before`, `after` and
    `other` are values of the text. `new_far` is what a new record of the other side needs beside its name.
    """

    name: str
    rows: str
    far: str
    near: str
    url: str
    model: type[Any]
    fact: str
    before: str
    after: str
    other: str
    amount: str
    small: tuple[str, str, str]
    make_owner: Callable[[int], Any]
    make_far: Callable[[int], Any]
    new_far: Mapping[str, str] = field(default_factory=dict)

    def owner(self, number: int = 1) -> Any:
        """A record whose links the screen shows, stored."""
        return self._store(self.make_owner(number))[0]

    def far_side(self, number: int = 1) -> Any:
        """A record of the other side, stored."""
        return self.far_sides(1, number)[0]

    def far_sides(self, count: int, first: int = 1) -> list[Any]:
        """So many records of the other side, stored, with the names in order."""
        return self._store(*[self.make_far(number) for number in range(first, first + count)])

    @staticmethod
    def _store(*records: Any) -> list[Any]:
        db.session.add_all(records)
        db.session.commit()
        return list(records)

    def link(self, owner: Any, *fars: Any, **facts: Any) -> list[Any]:
        """Links from the owner to each of the others, in this order, stored."""
        facts = {self.fact: self.before, **facts}
        links = []
        for place, far in enumerate(fars, len(self.links(owner)) + 1):
            own = {"publication_order": place} if self.name == "book" else {}
            if self.model is DepartmentEmployeeLink:
                own = {"starts_on": date(2024, 1, 1)}
            links.append(self.model(**{self.near: owner, self.far: far, **own, **facts}))
        return self._store(*links)

    def links(self, owner: Any) -> list[Any]:
        """The stored links of the owner, in the order of its page."""
        wanted = select(self.model).where(getattr(self.model, self.near) == owner)
        place = [AuthorBook.publication_order] if self.model is AuthorBook else []
        return list(db.session.scalars(wanted.order_by(*place, *inspect(self.model).primary_key)))

    def link_to(self, owner: Any, far: Any) -> Any:
        """The one stored link between the two; None where there is none."""
        return next((link for link in self.links(owner) if getattr(link, self.far) is far), None)

    def fars(self, owner: Any) -> list[Any]:
        """Whom or what the owner is linked to, in the order of its page."""
        return [getattr(link, self.far) for link in self.links(owner)]

    def facts(self, owner: Any) -> list[str]:
        """The text of every link, in the order of the page."""
        return [getattr(link, self.fact) for link in self.links(owner)]

    def address(self, owner: Any) -> str:
        return self.url.format(key_of(owner))

    def typed(self, far: object) -> str:
        """How a far side is typed without looking it up."""
        return f"#{key_of(far)}"

    def open(self, client: Client, owner: Any, ask: str = "") -> LinkPage:
        """The page of the owner in a browser."""
        return LinkPage(client, self.address(owner) + ask, self)

    def amounts(self, number: int) -> Any:
        return Decimal(self.small[number])

    @property
    def far_model(self) -> type[Any]:
        model: type[Any] = inspect(self.model).relationships[self.far].mapper.class_
        return model


def key_of(record: Any) -> Any:
    return inspect(record).identity[0]


def _department(number: int) -> Department:
    return Department(code=f"D{number:03}", name=f"Department {number:03}")


def _employee(number: int) -> Employee:
    return Employee(number=f"{5000 + number}", name=f"Person {number:03}")


def _book(number: int) -> Book:
    return Book(title=f"Title {number:03}")


def _author(number: int) -> Author:
    return Author(name=f"Author {number:03}")


_stays = partial(
    Screen,
    model=DepartmentEmployeeLink,
    fact="extra_data",
    before="part-time",
    after="casual",
    other="on leave",
    amount="fte",
    small=("0.01", "0.02", "0.03"),
)
_shares = partial(
    Screen,
    model=AuthorBook,
    fact="credited_as",
    before="A. B.",
    after="C. D.",
    other="E. F.",
    amount="royalty_percentage",
    small=("1", "1.5", "2"),
)
DEPARTMENT = _stays(
    name="department",
    rows="employee_rows",
    far="employee",
    near="department",
    url="/hr/departments/{}",
    make_owner=_department,
    make_far=_employee,
)
EMPLOYEE = _stays(
    name="employee",
    rows="department_rows",
    far="department",
    near="employee",
    url="/hr/employees/{}",
    make_owner=_employee,
    make_far=_department,
    new_far={"new_code": "NEW"},
)
BOOK = _shares(
    name="book",
    rows="author_rows",
    far="author",
    near="book",
    url="/library/books/{}",
    make_owner=_book,
    make_far=_author,
)
AUTHOR = _shares(
    name="author",
    rows="book_rows",
    far="book",
    near="author",
    url="/library/authors/{}",
    make_owner=_author,
    make_far=_book,
)
SCREENS = (DEPARTMENT, EMPLOYEE, BOOK, AUTHOR)
every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)

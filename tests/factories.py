"""One function per model: it stores a record with no more than it needs, and returns it.

Dates are written as text ("2025-01-01"), amounts too ("0.500"), and stays have a last day, as people say it.
What a factory stored is committed, so the next request of a client sees it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from core.db import db
from core.history.recording import unrecorded
from core.models import Job, Post, SignIn, Upload, User
from core.sign_ins import token_hash
from hr.models import (
    Address,
    Department,
    DepartmentAlias,
    DepartmentEditor,
    DepartmentEmployeeLink,
    Employee,
    EmployeeAlias,
    JobTitle,
)
from library.models import Author, AuthorBook, AuthorName, Book, Edition, Subject

Record = TypeVar("Record")
_numbers = count(1)


_is_together: ContextVar[bool] = ContextVar("is_together", default=False)


def _stored(record: Record) -> Record:
    db.session.add(record)
    if not _is_together.get():
        with unrecorded():
            db.session.commit()
    return record


@contextmanager
def together() -> Iterator[None]:
    """Store what is made inside with one commit, in a fraction of the time; ids are known after it."""
    before = _is_together.set(True)
    try:
        with unrecorded():
            yield
            db.session.commit()
    finally:
        _is_together.reset(before)


def _day(day: str | date | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day


def user(name: str = "Somebody", email: str | None = None, **facts: Any) -> User:
    return _stored(User(name=name, email=email or f"somebody{next(_numbers)}@example.org", **facts))


def sign_in(user: User, browser: str = "Firefox on Linux", **facts: Any) -> str:
    """A browser in which this person is signed in; answers the token of its cookie."""
    token = f"token {next(_numbers)}"
    _stored(SignIn(user_id=user.id, token_hash=token_hash(token), browser=browser, **facts))
    return token


def post(owner: User, body: str = "Something to remember.", **facts: Any) -> Post:
    return _stored(Post(owner=owner, body=body, **facts))


def upload(user: User, kind: str = "departments", content: str = "code,name\nHR,People\n") -> Upload:
    meaning = '{"mapping": {}, "answers": {}}'
    facts = {"filename": f"{kind}.csv", "content": content.encode(), "settings": meaning}
    return _stored(Upload(user=user, kind=kind, **facts))


def job(user: User, state: str = "waiting", **facts: Any) -> Job:
    return _stored(Job(**({"kind": "none", "title": "Something long"} | facts), state=state, user=user))


def department(code: str | None = None, name: str | None = None, **facts: Any) -> Department:
    code = code or f"D{next(_numbers):03}"
    return _stored(Department(code=code, name=name or f"Department {code}", **facts))


def employee(name: str = "Some Body", number: str | None = None, **facts: Any) -> Employee:
    facts |= {key: _day(facts[key]) for key in ("hired_on", "left_on") if key in facts}
    return _stored(Employee(name=name, number=number or f"{9000 + next(_numbers)}", **facts))


def stay(
    employee: Employee,
    department: Department,
    starts_on: str | date = "2024-01-01",
    last_day: str | date | None = None,
    fte: str | None = None,
    **facts: Any,
) -> DepartmentEmployeeLink:
    link = DepartmentEmployeeLink(
        employee=employee,
        department=department,
        starts_on=_day(starts_on),
        fte=None if fte is None else Decimal(fte),
        **facts,
    )
    link.last_day = _day(last_day)
    return _stored(link)


def job_title(
    employee: Employee, title: str, starts_on: str | date, last_day: str | date | None = None
) -> JobTitle:
    record = JobTitle(employee=employee, title=title, starts_on=_day(starts_on))
    record.last_day = _day(last_day)
    return _stored(record)


def address(employee: Employee, lines: str = "1 Mill Lane", **facts: Any) -> Address:
    return _stored(Address(employee=employee, lines=lines, **facts))


def book(title: str = "Some Book", **facts: Any) -> Book:
    return _stored(Book(title=title, **facts))


def author(name: str = "Some Author", **facts: Any) -> Author:
    return _stored(Author(name=name, **facts))


def share(
    book: Book, author: Author, royalty: str = "0", order: int | None = None, **facts: Any
) -> AuthorBook:
    return _stored(
        AuthorBook(
            book=book,
            author=author,
            royalty_percentage=Decimal(royalty),
            publication_order=order or len(book.author_links) + 1,
            **facts,
        )
    )


def subject(name: str | None = None, *books: Book) -> Subject:
    return _stored(Subject(name=name or f"Subject {next(_numbers)}", books=list(books)))


def edition(book: Book, isbn: str | None = None, price: str | None = None, **facts: Any) -> Edition:
    return _stored(
        Edition(book=book, isbn=isbn, list_price=None if price is None else Decimal(price), **facts)
    )


def former_number(employee: Employee, old: str, name: str | None = None) -> EmployeeAlias:
    return _stored(EmployeeAlias(employee=employee, old=old, name=name))


def former_code(department: Department, old: str, name: str | None = None) -> DepartmentAlias:
    return _stored(DepartmentAlias(department=department, old=old, name=name))


def other_name(author: Author, name: str, former_id: int | None = None) -> AuthorName:
    return _stored(AuthorName(author=author, name=name, former_id=former_id))


def limit(user: User, department: Department | None) -> DepartmentEditor:
    return _stored(DepartmentEditor(user=user, department=department))

"""The people and places that the tests talk about. Nobody is linked yet: each test says who is where.

| who      | what for                                                              |
|----------|-----------------------------------------------------------------------|
| Edith    | has an account and edits both rooms; she is signed in where nothing else is said |
| Adam     | has an account and administers                                        |
| Rita, Lena | read: Rita HR, Lena the library                                     |
| Hugo, Lara | edit one room: Hugo HR, Lara the library                            |
| Boris    | keeps the books: he changes percentages                               |
| Lisa     | edits HR, but only the department IT                                  |
| Nora     | has an account without any role                                       |
| Ann Lee, Ben Okafor, John Doe, Bill Hart | work or worked here: 1001, 1002, 1003, 1007  |
| IT, SALES | departments                                                          |
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.accounts import ADMINISTRATOR, hashed
from core.db import db
from core.models import Role, User
from core.sign_ins import kind_of_browser
from hr.models import Department, Employee
from tests import factories

PASSWORD = "a joint holds without a nail"  # nosec: of people who do not exist


@dataclass(frozen=True)
class Cast:
    """Everybody at once."""

    editor: User
    administrator: User
    it: Department
    sales: Department
    ann: Employee
    ben: Employee
    john: Employee
    bill: Employee


@cache
def _hashed() -> str:
    return hashed(PASSWORD)


def somebody(name: str, *roles: str) -> User:
    """Somebody with an account that has these roles."""
    known = {role.name: role for role in db.session.scalars(select(Role).where(Role.name.in_(roles)))}
    given = [known.get(role) or Role(name=role) for role in roles]
    email = f"{name.split()[0].lower()}@example.org"
    return factories.user(name, email, password=_hashed(), roles=given)


def editor() -> User:
    """Edith, who edits both rooms."""
    return somebody("Edith Moss", "HR editor", "Library editor")


def administrator() -> User:
    """Adam, who may do everything."""
    return somebody("Adam Reed", ADMINISTRATOR)


def hr_reader() -> User:
    """Rita, who reads HR."""
    return somebody("Rita Voss", "HR reader")


def hr_editor() -> User:
    """Hugo, who edits HR."""
    return somebody("Hugo Lang", "HR editor")


def library_reader() -> User:
    """Lena, who reads the library."""
    return somebody("Lena Ortiz", "Library reader")


def library_editor() -> User:
    """Lara, who edits the library."""
    return somebody("Lara Quist", "Library editor")


def bookkeeper() -> User:
    """Boris, who changes percentages and nothing else."""
    return somebody("Boris Falk", "bookkeeper")


def limited_editor(*departments: Department) -> User:
    """Lisa, who edits HR, but only these departments."""
    user = somebody("Lisa Moor", "HR editor")
    for department in departments:
        factories.limit(user, department)
    return user


def without_role() -> User:
    """Nora, who has an account and no role."""
    return somebody("Nora Blank")


def session_of(app: Flask, user: User, browser: str = "") -> dict[str, Any]:
    """The session of somebody who came in by the sign-in page; `browser` is what theirs calls itself."""
    browser = browser or app.test_client().environ_base["HTTP_USER_AGENT"]
    with app.test_request_context(headers={"User-Agent": browser}):
        return {"_user_id": factories.sign_in(user), "_fresh": True, "browser": kind_of_browser()}


def invite(editor: User) -> Cast:
    """Everybody, with the editor who is there already."""
    with factories.together():
        return Cast(
            editor=editor,
            administrator=administrator(),
            it=factories.department("IT", "Information Technology"),
            sales=factories.department("SALES", "Sales"),
            ann=factories.employee("Ann Lee", "1001"),
            ben=factories.employee("Ben Okafor", "1002"),
            john=factories.employee("John Doe", "1003"),
            bill=factories.employee("Bill Hart", "1007"),
        )

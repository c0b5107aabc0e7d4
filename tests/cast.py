"""The people and places that the tests talk about. Nobody is linked yet: each test says who is where.

| who      | what for                                                              |
|----------|-----------------------------------------------------------------------|
| Edith    | has an account and edits; she is signed in where nothing else is said |
| Adam     | has an account and administers                                        |
| Ann Lee, Ben Okafor, John Doe, Bill Hart | work or worked here: 1001, 1002, 1003, 1007  |
| IT, SALES | departments                                                          |
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.accounts import ADMINISTRATOR, browser_key, hashed
from core.db import db
from core.models import Role, User
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


def editor() -> User:
    """Edith, who edits."""
    return factories.user("Edith Moss", "edith@example.org", password=_hashed())


def administrator() -> User:
    """Adam, who may do everything."""
    role = db.session.scalar(select(Role).where(Role.name == ADMINISTRATOR)) or Role(name=ADMINISTRATOR)
    return factories.user("Adam Reed", "adam@example.org", password=_hashed(), roles=[role])


def session_of(app: Flask, user: User, browser: str = "") -> dict[str, Any]:
    """The session of somebody who came in by the sign-in page; `browser` is what theirs calls itself."""
    browser = browser or app.test_client().environ_base["HTTP_USER_AGENT"]
    with app.test_request_context(headers={"User-Agent": browser}):
        return {"_user_id": factories.sign_in(user), "_fresh": True, "browser": browser_key()}


def invite(editor: User) -> Cast:
    """Everybody, with the editor who is there already."""
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

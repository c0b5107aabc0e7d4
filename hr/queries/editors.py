"""Accounts: who edits which departments, and whose record is whose."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from core.db import db, folded
from core.models import User
from core.sorts import words_in
from hr.models import DepartmentEditor, Employee
from hr.queries.conditions import Link

SUGGESTIONS = 12


def editors() -> Sequence[DepartmentEditor]:
    """Whoever edits only some departments: a row for each of them, by name."""
    wanted = (
        select(DepartmentEditor)
        .join(DepartmentEditor.user)
        .options(
            joinedload(DepartmentEditor.user).lazyload(User.roles), joinedload(DepartmentEditor.department)
        )
    )
    return db.session.scalars(wanted.order_by(User.name, User.id, DepartmentEditor.id)).all()


def limits_to(code: str) -> Sequence[DepartmentEditor]:
    """The rows of those who are limited to this department, among others or alone."""
    wanted = select(DepartmentEditor).where(DepartmentEditor.department_code == code)
    return db.session.scalars(wanted.order_by(DepartmentEditor.id)).all()


def find_accounts(q: str) -> Sequence[User]:
    """The first open accounts of which each word of `q` is part of the name or the address."""
    words = words_in(folded(q), func.lower(User.name), User.email)
    return _accounts(*words, User.active)[:SUGGESTIONS] if words else ()


def account_meant(typed: str, id: int | None) -> User | None:
    """The account that was chosen, or whose whole address was typed."""
    found = _accounts(User.id == id if id is not None else User.email == typed.strip().casefold())
    return found[0] if found else None


def _accounts(*conditions: object) -> Sequence[User]:
    wanted = select(User).where(*conditions)  # type: ignore[arg-type]  # conditions of several kinds
    return db.session.scalars(wanted.order_by(User.name, User.id).limit(SUGGESTIONS)).unique().all()


def person_of(user_id: int) -> Employee | None:
    """The person to whom an account belongs, with addresses and job titles."""
    return db.session.scalar(
        select(Employee)
        .where(Employee.account_id == user_id)
        .options(selectinload(Employee.addresses), selectinload(Employee.job_titles))
    )


def own_stays(number: str) -> Sequence[Link]:
    """Every stay of one person with its department, the newest first."""
    wanted = select(Link).where(Link.employee_number == number).options(joinedload(Link.department))
    return db.session.scalars(wanted.order_by(Link.starts_on.desc(), Link.id)).all()

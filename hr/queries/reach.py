"""Whether somebody who edits only some departments could set a save back by hand, as the history tells it."""

from collections.abc import Collection

from sqlalchemy import and_, not_, or_, select

from core.db import db
from core.history.written import ADDED, CHANGED, REMOVED
from core.models import Change, ChangeSubject
from core.selection import MOST_AT_ONCE
from core.subjects import subject
from hr.models import Address, Department, DepartmentAlias, DepartmentEmployeeLink, Employee, JobTitle
from hr.queries.limits import in_departments
from hr.queries.look_ups import employees_by_keys

# What was added would go, and what was removed be added: nobody is deleted, and no department added.
SET_BACK = {
    DepartmentEmployeeLink: (ADDED, CHANGED, REMOVED),
    Address: (ADDED, CHANGED, REMOVED),
    JobTitle: (ADDED, CHANGED, REMOVED),
    Employee: (CHANGED, REMOVED),
    Department: (CHANGED,),
}
OF_PEOPLE = (Employee, Address, JobTitle)


def is_within(change_set_id: int, codes: Collection[str]) -> bool:
    """Whether a save changed nothing that is not set back by whoever edits these departments alone.

    It stops at the first change that is not: of an import of all stays that is one of the first.
    """
    its_own = Change.change_set_id == change_set_id
    set_back = [
        and_(Change.kind == model.__tablename__, Change.what.in_(whats)) for model, whats in SET_BACK.items()
    ]
    if db.session.scalar(select(Change.number).where(its_own, not_(or_(*set_back))).limit(1)):
        return False
    former = select(DepartmentAlias.old).where(DepartmentAlias.department_code.in_(sorted(codes)))
    mine = {subject(Department, code) for code in (*codes, *db.session.scalars(former))}
    elsewhere = select(ChangeSubject.number).where(
        ChangeSubject.change_set_id == change_set_id,
        ChangeSubject.subject.startswith(subject(Department, ""), autoescape=True),
        ChangeSubject.subject.not_in(sorted(mine)),
    )
    return db.session.scalar(elsewhere.limit(1)) is None and _are_theirs(change_set_id, codes)


def _are_theirs(change_set_id: int, codes: Collection[str]) -> bool:
    """Whether the people whose own facts a save changed are edited by whoever edits these departments."""
    told = (ChangeSubject.change_set_id == Change.change_set_id) & (ChangeSubject.number == Change.number)
    of_people = select(ChangeSubject.subject).join(Change, told)
    of_people = of_people.where(
        Change.change_set_id == change_set_id, Change.kind.in_([model.__tablename__ for model in OF_PEOPLE])
    )
    people = db.session.scalars(of_people.distinct().limit(MOST_AT_ONCE + 1)).all()
    if len(people) > MOST_AT_ONCE:  # more than anybody changes on a page
        return False
    keys = {one.partition(":")[2] for one in people}
    known = employees_by_keys(keys) if keys else {}
    numbers = {known[key].number if key in known else key for key in keys}
    return not numbers or in_departments(numbers, codes) == numbers

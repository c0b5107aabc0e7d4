"""What somebody who edits only some departments may store, asked of whatever a save touches."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect

from core.access import is_administrator, may_edit
from core.models import ChangeSet
from core.writing import Problem, Work
from hr import queries
from hr.models import (
    Address,
    Department,
    DepartmentEditor,
    DepartmentEmployeeLink,
    Employee,
    JobTitle,
)

Link = DepartmentEmployeeLink
NOT_THEIRS = "This person is in none of the departments that you edit."
# So the history names what an account is joined by (`ChangeSet.facts`).
OF_ACCOUNTS = "employee.account_id"
# Pages that such a person has no use for, and why.
CLOSED = {
    **dict.fromkeys(
        ("hr.merge_people", "hr.merge_departments", "hr.duplicates", "hr.keep_two_apart"),
        "Whoever edits only some departments does not merge records.",
    ),
    **dict.fromkeys(
        ("hr.delete_employee", "hr.delete_department"),
        "Whoever edits only some departments does not delete people or departments.",
    ),
    **dict.fromkeys(
        ("hr.renumber", "hr.recode"),
        "Whoever edits only some departments gives nobody another number or code.",
    ),
    "hr.new_department": "Whoever edits only some departments does not add further ones.",
    "hr.employee_data": "Whoever edits only some departments takes away no file of all that is kept.",
    "core.imports": "Whoever edits only some departments imports no files: a file reaches all of them.",
}


def closes(endpoint: str) -> str:
    """Why a page is closed to this person; empty if it is not."""
    return CLOSED.get(endpoint, "") if queries.limits() is not None else ""


def takes_back(change_set: ChangeSet) -> bool:
    """Whether this person could do by hand what takes this save back; `allows` has the last word."""
    mine = queries.limits()
    joins = OF_ACCOUNTS in change_set.facts.split() and not is_administrator()
    return may_edit("hr") and not joins and (mine is None or queries.is_within(change_set.id, mine))


def allows(work: Work) -> Iterator[Problem]:
    """What this person may not store of what was touched, each at its row."""
    if any(_is_said_by_hand(work, one, before) for one, before in work.touched.items()):
        yield Problem("Only administrators say who edits which department.")
    for one, before in work.touched.items():
        if isinstance(one, Employee) and _is_joined(one, before or {}):
            yield Problem("Only an administrator says which account is somebody’s.", about=[one])
    mine = queries.limits()
    if mine is None:
        return
    theirs = _people_in(work, mine)
    for record, before in work.touched.items():
        sentence, field = _refused(work, record, before or {}, mine, theirs)
        if sentence:
            yield Problem(sentence, about=[record], field=field)


def _is_said_by_hand(work: Work, record: Any, before: dict[str, Any] | None) -> bool:
    """Whether a limit is given, changed or taken away otherwise than by the end of its department."""
    if not isinstance(record, DepartmentEditor):
        return False
    ended = {one.code for one in work.touched if isinstance(one, Department) and work.is_deleted(one)}
    return before is None or before["department_code"] not in ended


def _is_joined(person: Employee, before: dict[str, Any]) -> bool:
    """Whether somebody gets an account, or another one; it is let go together with the person."""
    added = [one.id for one in inspect(person).attrs.account.history.added or () if one is not None]
    ids = [*added, *([person.account_id] if person.account_id is not None else ())]
    return any(id != before.get("account_id") for id in ids) and not inspect(person).deleted


def _people_in(work: Work, mine: frozenset[str]) -> set[str]:
    """Those of the touched people who are, or were, in these departments, or in none yet."""
    numbers = {
        _number(one, before)
        for one, before in work.touched.items()
        if isinstance(one, Employee | Address | JobTitle)
    }
    return queries.in_departments(numbers - {""}, mine) if numbers else set()


def _number(record: Any, before: dict[str, Any] | None) -> str:
    """The number under which the person of a record is stored; empty for somebody new."""
    if isinstance(record, Employee):
        return str((before or {}).get("number") or "")
    stored = (before or {}).get("employee_number") or record.employee_number
    return str(stored or "")


def _refused(
    work: Work, record: Any, before: dict[str, Any], mine: frozenset[str], theirs: set[str]
) -> tuple[str, str]:
    """Why this record is not stored, and at which field; empty if it may be."""
    if isinstance(record, Link):
        code = record.department.code if record.department is not None else record.department_code
        elsewhere = {before.get("department_code", code), code} - mine
        return f"You do not edit the department {min(elsewhere)}." if elsewhere else "", ""
    if isinstance(record, Department):
        return _refused_department(work, record, before, mine)
    if isinstance(record, Employee):
        return _refused_person(work, record, before, theirs)
    if isinstance(record, Address | JobTitle):
        number = _number(record, before)
        return "" if not number or number in theirs else NOT_THEIRS, ""
    return "Whoever edits only some departments does not do this.", ""


def _refused_department(
    work: Work, department: Department, before: dict[str, Any], mine: frozenset[str]
) -> tuple[str, str]:
    if work.is_deleted(department):
        return "Whoever edits only some departments does not delete one.", ""
    if not before:
        return "Whoever edits only some departments does not add further ones.", "code"
    if before["code"] != department.code:
        return "Whoever edits only some departments gives none another code.", "code"
    return "" if department.code in mine else f"You do not edit the department {department.code}.", ""


def _refused_person(
    work: Work, person: Employee, before: dict[str, Any], theirs: set[str]
) -> tuple[str, str]:
    if work.is_deleted(person):
        return "Whoever edits only some departments does not delete people.", ""
    if before and before["number"] != person.number:
        return "Whoever edits only some departments does not renumber people.", "number"
    return "" if not before or before["number"] in theirs else NOT_THEIRS, ""

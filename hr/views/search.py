"""What staffing finds for the search over everything, in its own words."""

from collections.abc import Sequence

from flask import url_for

from core.forms import day_text
from core.rooms import Found, Hit
from core.search import has_words
from core.subjects import subjects_of
from hr import queries
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias


def found(q: str) -> Sequence[Found]:
    """Departments and people, of all times."""
    departments, people = queries.departments_found(q), queries.people_found(q)
    return [
        Found(
            "department",
            "departments",
            [_department(one, q, is_exact) for one, is_exact in departments.rows],
            departments.total,
            url_for("hr.departments", q=q, state="all"),
        ),
        Found(
            "person",
            "people",
            [_person(one, q, is_exact) for one, is_exact in people.rows],
            people.total,
            url_for("hr.employees", q=q),
        ),
    ]


def _department(one: Department, q: str, is_exact: bool) -> Hit:
    url = url_for("hr.department", code=one.code)
    return Hit(one.name, department_context(one, q), url, is_exact, subjects_of(one))


def _person(one: Employee, q: str, is_exact: bool) -> Hit:
    url = url_for("hr.employee", number=one.number)
    return Hit(one.sort_name, person_context(one, q), url, is_exact, subjects_of(one))


def department_context(one: Department, q: str) -> str:
    """What tells a department apart, and what it was called where `q` finds it by that."""
    archived = f"archived {day_text(one.archived_on)}" if one.archived_on else ""
    return _joined(one.code, archived, _formerly(one.aliases, q, one.name_key, one.code_key))


def person_context(one: Employee, q: str) -> str:
    """What tells people apart, and the number or name that somebody had where `q` finds them by that."""
    since = f"since {one.hired_on.year}" if one.hired_on else ""
    left = f"left {one.left_on.year}" if one.left_on else ""
    return _joined(one.number, since, left, _formerly(one.aliases, q, one.name_key, one.number_key))


def _formerly(aliases: Sequence[DepartmentAlias | EmployeeAlias], q: str, *today: str) -> str:
    """“was 1007”: the old keys in which a word of `q` is; nothing where those of today have them all."""
    if has_words(q, *today):
        return ""
    words = [word for word in q.split() if not has_words(word, *today)]
    met = [one for one in aliases if any(has_words(word, one.old_key, one.name_key) for word in words)]
    return f"was {', '.join(f'{one.name} #{one.old}' if one.name else one.old for one in met)}" if met else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)

"""Finding people and departments by words, by numbers and codes, of today or of before."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from core.db import code_key, folded
from core.parts import by_parts
from core.search import FIRST, First, begins_words, first_of, has_part
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias


def people_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a person's name or number, of today or of before."""
    before = select(EmployeeAlias.employee_number)
    return [
        or_(
            _has(word, Employee.name_key, Employee.number_key),
            Employee.number.in_(before.where(_has(word, EmployeeAlias.name_key, EmployeeAlias.old_key))),
        )
        for word in _words(q)
    ]


def people_by_parts(q: str) -> list[ColumnElement[bool]]:
    """Conditions that all those meet too, and few others: they lead to them where there are not too many."""
    return by_parts(Employee, [(folded(word), code_key(word)) for word in _words(q)])


def departments_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a department's name or code, of today or of before."""
    before = select(DepartmentAlias.department_code)
    return [
        or_(
            _has(word, Department.name_key, Department.code_key),
            Department.code.in_(before.where(_has(word, DepartmentAlias.name_key, DepartmentAlias.old_key))),
        )
        for word in _words(q)
    ]


def _words(q: str) -> list[str]:
    """The words of what was typed: “Okafor, Ben” is two; “#1007” is the number 1007, as look-ups show it."""
    return [bare for word in q.replace(",", " ").split() if (bare := word.lstrip("#"))]


def _has(word: str, name: Any, key: Any) -> ColumnElement[bool]:
    return or_(has_part(name, folded(word)), has_part(key, code_key(word)))


def people_found(q: str, most: int = FIRST) -> First:
    """The first people that `q` finds, with their old numbers; whose number it is comes first."""
    key = code_key(q.lstrip("#"))
    before = select(EmployeeAlias.employee_number).where(EmployeeAlias.old_key == key)
    return first_of(
        select(Employee).where(*people_called(q), *people_by_parts(q)),
        [Employee.number_key == key, Employee.number.in_(before)],
        begins_words(q, Employee.name_key),
        (Employee.sort_key, Employee.number),
        joinedload(Employee.aliases),
        most=most,
    )


def departments_found(q: str, most: int = FIRST, *conditions: ColumnElement[bool]) -> First:
    """The first departments that `q` finds, with their old codes; whose code it is comes first."""
    key = code_key(q.lstrip("#"))
    before = select(DepartmentAlias.department_code).where(DepartmentAlias.old_key == key)
    return first_of(
        select(Department).where(*conditions, *departments_called(q)),
        [and_(one, *conditions) for one in (Department.code_key == key, Department.code.in_(before))],
        begins_words(q, Department.name_key),
        (Department.name_key, Department.code),
        joinedload(Department.aliases),
        most=most,
    )

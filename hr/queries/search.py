"""Finding people and departments by words, by numbers and codes, of today or of before."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload

from core.db import code_key, folded
from core.parts import by_parts
from core.search import FIRST, First, begins_words, first_of, found, like
from core.typed import Typed, Word, typed
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias


def people_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a person's name or number, of today or of before."""
    return [_word_of_person(word) for word in _typed(q).words]


def people_by_parts(q: str) -> list[ColumnElement[bool]]:
    """Conditions that all those meet too, and few others: they lead to them where there are not too many."""
    return by_parts(Employee, _typed(q).words)


def departments_called(q: str) -> list[ColumnElement[bool]]:
    """Conditions that each word of `q` is part of a department's name or code, of today or of before."""
    return [_word_of_department(word) for word in _typed(q).words]


def _typed(q: str) -> Typed:
    """The words of what was typed: “Okafor, Ben” is two; “#1007” is the number 1007, as look-ups show it."""
    words = [bare for word in q.replace(",", " ").split() if (bare := word.lstrip("#"))]
    return typed(*((folded(word), code_key(word)) for word in words), whole=code_key(q.lstrip("#")))


def _word_of_person(word: Word) -> ColumnElement[bool]:
    before = select(EmployeeAlias.employee_number)
    before = before.where(_has(word, EmployeeAlias.name_key, EmployeeAlias.old_key))
    return or_(_has(word, Employee.name_key, Employee.number_key), Employee.number.in_(before))


def _word_of_department(word: Word) -> ColumnElement[bool]:
    before = select(DepartmentAlias.department_code)
    before = before.where(_has(word, DepartmentAlias.name_key, DepartmentAlias.old_key))
    return or_(_has(word, Department.name_key, Department.code_key), Department.code.in_(before))


def _has(word: Word, name: Any, key: Any) -> ColumnElement[bool]:
    return or_(like(name, word.part), like(key, word.key))


def people_found(q: str, most: int = FIRST) -> First:
    """The first people that `q` finds, with their old numbers; whose number it is comes first."""
    return found(_typed(q), _first_people, most)


def _first_people(asked: Typed, most: int) -> Select[Any]:
    key = asked.others["whole"]
    before = select(EmployeeAlias.employee_number).where(EmployeeAlias.old_key == key)
    called = [_word_of_person(word) for word in asked.words]
    return first_of(
        select(Employee).where(*called, *by_parts(Employee, asked.words)),
        [Employee.number_key == key, Employee.number.in_(before)],
        begins_words(asked.words, Employee.name_key),
        (Employee.sort_key, Employee.number),
        joinedload(Employee.aliases),
        most=most,
    )


def departments_found(q: str, most: int = FIRST, archived: bool = True) -> First:
    """The first departments that `q` finds, with their old codes; whose code it is comes first."""
    return found(_typed(q), _first_departments, most, archived)


def _first_departments(asked: Typed, most: int, archived: bool) -> Select[Any]:
    key, taken = asked.others["whole"], true() if archived else Department.archived_on.is_(None)
    before = select(DepartmentAlias.department_code).where(DepartmentAlias.old_key == key)
    called = [_word_of_department(word) for word in asked.words]
    return first_of(
        select(Department).where(taken, *called),
        [and_(one, taken) for one in (Department.code_key == key, Department.code.in_(before))],
        begins_words(asked.words, Department.name_key),
        (Department.name_key, Department.code),
        joinedload(Department.aliases),
        most=most,
    )

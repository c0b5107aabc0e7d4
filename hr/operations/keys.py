"""New numbers for people and new codes for departments. The old ones go on leading to them.

The database carries every referring row along (`ON UPDATE CASCADE`), so nothing else has to change.
"""

from typing import Any

from core.db import code_key
from core.writing import Problem, Work
from hr import queries
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias


def renumber(work: Work, person: Employee, number: str) -> list[str]:
    """Give a person another number; refused where somebody else has it, or had it."""
    if not _is_free(work, "number", person, queries.holder_of_number(number), "person"):
        return []
    _keep_old(person, EmployeeAlias, person.number, number)
    person.number = number
    return []


def recode(work: Work, department: Department, code: str) -> list[str]:
    """Give a department another code; refused where another one has it, or had it."""
    if not _is_free(work, "code", department, queries.holder_of_code(code), "department"):
        return []
    _keep_old(department, DepartmentAlias, department.code, code)
    department.code = code
    return []


def _is_free(
    work: Work, what: str, record: Employee | Department, holder: Employee | Department | None, noun: str
) -> bool:
    """Whether a key is nobody else's, now or before; else that is refused at the field."""
    if holder is None or holder is record:
        return True
    said = f"This {what} belongs to {holder}. If they are the same {noun}, merge them."
    work.refuse(Problem(said, field=what))
    return False


def _keep_old(
    record: Employee | Department, alias: type[EmployeeAlias] | type[DepartmentAlias], old: str, new: str
) -> None:
    """Let the old key lead to the record; one's own old key that is taken back is an alias no more."""
    aliases: list[Any] = record.aliases
    for one in [one for one in aliases if one.old_key == code_key(new)]:
        aliases.remove(one)
    if code_key(old) != code_key(new):
        # Appended, not alias(employee=…): only the collection takes it into the session.
        aliases.append(alias(old=old))

"""Whom and which department a line means: by number and code, by those they had before, or by name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import select

from core.db import code_key, db, folded
from core.forms import day_text
from core.sheets.bulk import rows_with
from core.sheets.plan import Line, Plan
from core.sheets.questions import Question
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias
from hr.sheets.columns import full_name

BOUNDS = (Employee.number_key, Employee.number, Employee.hired_on, Employee.left_on)
FACTS = (*BOUNDS, Employee.name)
OLD_NUMBER, OLD_CODE, BY_NAME = "Former number", "Former code", "Matched by name"
SHOWN = 200
NAMES = Question(
    "names",
    "",
    "Some people are matched by name only. Is that right?",
    {"yes": "yes, these are the people", "no": "no, leave their lines out"},
    "no",
    hint="Only names that one person has are matched.",
    kept=False,
)


class Person(NamedTuple):
    """Somebody whom lines mean, and the bounds of the employment."""

    number: str
    hired_on: date | None
    left_on: date | None


def find_people(plan: Plan) -> None:
    """Let each line know its person, as a `Person`; an open line whose person is not found is refused."""
    numbered = [line for line in plan.lines if "employee" in line.values]
    said = (line.values["employee"] for line in numbered)
    # Most numbers are their own keys: each is kept once.
    keys = (one if (key := code_key(one)) == one else key for one in said)
    known = people_by_number({key: key for key in keys})
    for line in numbered:
        said = line.values["employee"]
        person = known.get(code_key(said))
        if person is not None:
            line.whom = person
            note_old_number(plan, line, said, person.number)
        elif line.is_open:
            line.refuse(f"No employee has the number “{said}”.", "employee")
    unnumbered = [line for line in plan.open_lines if "employee" not in line.values]
    if unnumbered:
        for line, person in _confirmed(plan, _by_name(unnumbered)).items():
            line.whom = person


def people_of(plan: Plan) -> Iterator[Any]:
    """Whom the lines mean."""
    return (line.whom for line in plan.lines if line.whom is not None)


def note_old_number(plan: Plan, line: Line, said: str, number: str) -> None:
    """Say that a line names somebody by a number the person had before."""
    if line.is_open and code_key(said) != code_key(number):
        plan.notice(OLD_NUMBER, line, f"{said} is {number} now.")


def people_by_number(keys: dict[str, Any]) -> dict[str, Person]:
    """The people with these numbers, or with these old ones, by the key asked for, which is said twice.

    There are hundreds of thousands: each takes the place of its key.
    """
    session = db.session()
    # Of hundreds of thousands many were hired on one day.
    days: dict[date | None, date | None] = {}
    for row in rows_with(session, select(*BOUNDS), Employee.number_key, keys):
        key, number, *bounds = row[:4]
        hired, left = (days.setdefault(day, day) for day in bounds)
        own = keys[key]
        keys[key] = Person(own if number == own else number, hired, left)
    unknown = {key for key, person in keys.items() if not isinstance(person, Person)}
    wanted = select(EmployeeAlias.old_key, *BOUNDS[1:]).join(EmployeeAlias.employee)
    for row in rows_with(session, wanted, EmployeeAlias.old_key, unknown):
        keys[row.old_key] = Person(row.number, row.hired_on, row.left_on)
        unknown.remove(row.old_key)
    for key in unknown:
        del keys[key]
    return keys


# --- by name ---------------------------------------------------------------------------------------


def _by_name(lines: Iterable[Line]) -> dict[Line, Any]:
    """Who is meant where a line has a name only; refused unless just one person has it."""
    names = {line: folded(full_name(line.values)) for line in lines}
    people = _people_named(set(names.values()))
    found = {}
    for line, name in names.items():
        same = people.get(name, [])
        if len(same) == 1:
            found[line] = same[0]
            continue
        numbers = ", ".join(sorted(one.number for one in same)[:5])
        said = f"{len(same)} people are called" if same else "Nobody is called"
        more = f": {numbers}. Give the number." if same else "."
        line.refuse(
            f"{said} “{full_name(line.values)}”{more}", "name" if "name" in line.values else "last_name"
        )
    return found


def _people_named(names: Collection[str]) -> dict[str, list[Any]]:
    """The people of each folded name, filed name, or name that went with an old number."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    session = db.session()
    for column in (Employee.name_key, Employee.sort_key):
        for row in rows_with(session, select(column.label("called"), *FACTS), column, names):
            found[row.called][row.number] = row
    wanted = select(EmployeeAlias.name_key.label("called"), *FACTS).join(EmployeeAlias.employee)
    for row in rows_with(session, wanted, EmployeeAlias.name_key, names):
        found[row.called][row.number] = row
    return {name: list(people.values()) for name, people in found.items()}


def _confirmed(plan: Plan, found: Mapping[Line, Any]) -> dict[Line, Any]:
    """The matches by name, once a person has said that they are right."""
    if not found:
        return {}
    people: dict[str, tuple[Line, Any]] = {}
    for line, person in found.items():
        people.setdefault(person.number, (line, person))
    shown = [_match_words(line, person) for line, person in people.values()]
    count = "1 person is" if len(people) == 1 else f"{len(people):,} people are"
    more = [f"and {len(shown) - SHOWN:,} more"] if len(shown) > SHOWN else []
    sentence = f"{count} matched by name only. Is that right?"
    answer = plan.ask(replace(NAMES, sentence=sentence, shown=(*shown[:SHOWN], *more)))
    for line, person in found.items():
        name = full_name(line.values)
        if answer == "yes":
            plan.notice(BY_NAME, line, f"{name} is {person.number}.")
        else:
            line.refuse(
                f"“{name}” is matched by name only, with {person.number}: nobody has confirmed that.", "name"
            )
    return dict(found) if answer == "yes" else {}


def _match_words(line: Line, person: Any) -> str:
    since = f", since {day_text(person.hired_on)}" if person.hired_on else ""
    return f"{full_name(line.values)}: {person.name}, {person.number}{since} (line {line.number:,})"


# --- departments -----------------------------------------------------------------------------------


class Departments:
    """All departments, by code, name, former code and former name."""

    def __init__(self) -> None:
        rows = db.session.execute(select(Department.code, Department.code_key, Department.name_key)).all()
        aliases = db.session.execute(
            select(DepartmentAlias.old_key, DepartmentAlias.name_key, DepartmentAlias.department_code)
        ).all()
        self.now = {row.name_key: row.code for row in rows} | {row.code_key: row.code for row in rows}
        self.before = {row.name_key: row.department_code for row in aliases if row.name_key}
        self.before |= {row.old_key: row.department_code for row in aliases}
        self.named = cache(self._named)

    def _named(self, text: str) -> tuple[str | None, bool]:
        """The code of the one department that a text names, and whether it does so by an old key."""
        for known, is_old in ((self.now, False), (self.before, True)):
            for spellings in _spellings(text):
                codes = {
                    code for one in spellings if (code := known.get(code_key(one)) or known.get(folded(one)))
                }
                if len(codes) == 1:
                    return codes.pop(), is_old
        return self._code_and_name(text)

    def _code_and_name(self, text: str) -> tuple[str | None, bool]:
        """“d005 Development”, “Development d005”: nothing divides them, so both have to mean the same one."""
        words = text.strip(" :").split()
        for code, name in ((words[0], words[1:]), (words[-1], words[:-1])) if len(words) > 1 else ():
            found = self._known(code_key(code)), self._known(folded(" ".join(name)))
            if found[0] is not None and found[0] == found[1]:
                return found[0], code_key(code) not in self.now
        return None, False

    def _known(self, key: str) -> str | None:
        return self.now.get(key) or self.before.get(key)

    def find(self, plan: Plan, line: Line) -> str | None:
        """The code of the department of a line; a line that names none is refused."""
        said = line.values["department"]
        code, is_old = self.named(said)
        if code is None:
            line.refuse(f"There is no department “{said}”.", "department")
        elif is_old:
            plan.notice(OLD_CODE, line, f"{said} is {code} now.")
        return code


def _spellings(text: str) -> Iterator[tuple[str, ...]]:
    """What a text can name: “Development (d005)”, “d005 - Development”, “Department Development:”."""
    yield (text,)
    bare = re.sub(r"^(department|dept\.?|abteilung)\s*:?\s+", "", text.strip(" :"), flags=re.IGNORECASE)
    yield (bare,)
    parts = re.fullmatch(r"(.+?)\s*[(\[]\s*(.+?)\s*[)\]]", bare) or re.fullmatch(
        r"(.+?)(?:\s+[-–—]|:)\s+(.+)", bare
    )
    if parts:
        yield parts.groups()

"""The rules of staffing that stored data may break: by an older version, or by whoever wrote past it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.db import code_key, folded, match_key
from core.doctor import Ailment, at, stale_keys
from core.forms import day_text
from core.queries import stream
from hr import queries, staffing
from hr.models import Department, DepartmentAlias, Employee, EmployeeAlias, JobTitle
from hr.operations import span
from hr.queries import StaysOfPerson
from hr.staffing import Stay


def ailments() -> Iterator[Ailment]:
    """Every rule of staffing, with the places where what is stored breaks it."""
    yield from _of_people()
    heads = Ailment("a department has one head and one acting head a day")
    for stay, other in staffing.double_heads(queries.every_head()):
        when = span(other.starts_on, other.ends_before)
        heads.found(
            f"#{stay.department}: #{stay.employee} is {stay.role}, and so is #{other.employee} {when} "
            f"{at('hr.department', code=stay.department)}"
        )
    yield heads
    yield _steps()
    yield _keys()
    yield _aliases()


# --- the stays of each person ------------------------------------------------------------------------


def _of_people() -> list[Ailment]:
    """What is asked of all stays of one person together, in one pass over everybody."""
    outside = Ailment("a stay lies inside the employment")
    overlaps = Ailment("two stays of a person in a department do not overlap")
    primaries = Ailment("a person has one main department a day")
    refused = Ailment("nobody is above 2.000 FTE")
    unexplained = Ailment("whoever is above 1.000 FTE has a reason for it")
    for person in queries.everybody_with_stays():
        _look_outside(person, outside)
        if len(person.stays) == 1:
            continue
        _look_at_meetings(person, overlaps, primaries)
        if sum((stay.fte for stay in person.stays if stay.fte), Decimal(0)) > staffing.WARN_ABOVE:
            _look_at_sums(person, refused, unexplained)
    return [outside, overlaps, primaries, refused, unexplained]


def _line(person: StaysOfPerson, words: str) -> str:
    return f"{person.name} #{person.number}, {words} {at('hr.employee', number=person.number)}"


def _in(stay: Stay) -> str:
    return f"#{stay.department} {span(stay.starts_on, stay.ends_before)}"


def _look_outside(person: StaysOfPerson, one: Ailment) -> None:
    for stay in person.stays:
        if found := staffing.outside(stay, person.employment):
            verb = "begins before the hiring day" if found == "before" else "goes on after the last day"
            one.found(_line(person, f"{_in(stay)}: {verb}"))


def _look_at_meetings(person: StaysOfPerson, overlaps: Ailment, primaries: Ailment) -> None:
    for stay, other in staffing.overlaps(person.stays):
        overlaps.found(_line(person, f"{_in(stay)} and {_in(other)}"))
    for stay, other in staffing.double_primaries(person.stays):
        primaries.found(_line(person, f"{_in(stay)} and {_in(other)}"))


def _look_at_sums(person: StaysOfPerson, refused: Ailment, unexplained: Ailment) -> None:
    for segment in staffing.sweep(person.stays):
        if segment.fte <= staffing.WARN_ABOVE:
            continue
        end = segment.ends_before or staffing.FOREVER
        covering = (stay for stay in person.stays if stay.starts_on < end and segment.starts_on < stay.end)
        words = _line(person, f"{segment.fte} {span(segment.starts_on, segment.ends_before)}")
        if segment.fte > staffing.REFUSE_ABOVE:
            refused.found(words)
        elif not any(stay.ref in person.explained for stay in covering):
            unexplained.found(words)


def _steps() -> Ailment:
    """The steps are compared with a count of all stays; a step may say that nothing became more or less."""
    one = Ailment("the figures of departments are those of their stays (flask recount)")
    kept = {tuple(row[:2]): tuple(row[2:]) for row in stream(queries.steps_kept()) if any(row[2:])}
    for code, day, *counted in stream(queries.steps_counted()):
        if kept.pop((code, day), None) != tuple(counted):
            one.found(_step(code, day))
    for code, day in sorted(kept):
        one.found(_step(code, day))
    return one


def _step(code: str, day: date) -> str:
    return f"#{code} from {day_text(day)} on {at('hr.department', code=code, on=day.isoformat())}"


# --- keys ------------------------------------------------------------------------------------------


def _keys() -> Ailment:
    """What is sorted, searched and unique by is made from what is written."""
    one = Ailment("keys are those of the codes, numbers and names")
    _keys_of_departments(one)
    _keys_of_people(one)
    _keys_of_what_goes_along(one)
    return one


def _keys_of_departments(one: Ailment) -> None:
    keys = {
        "code_key": lambda row: code_key(row.code),
        "name_key": lambda row: folded(row.name),
        "match_key": lambda row: match_key(row.name),
    }
    stale_keys(
        one,
        stream(select(*(getattr(Department, name) for name in ("code", "name", *keys)))),
        keys,
        lambda row: f"{row.name} #{row.code} {at('hr.department', code=row.code)}",
    )


def _keys_of_people(one: Ailment) -> None:
    keys = {
        "number_key": lambda row: code_key(row.number),
        "name_key": lambda row: folded(row.name),
        "match_key": lambda row: match_key(row.name),
        "sort_key": lambda row: folded(row.sort_name),
    }
    stale_keys(
        one,
        stream(select(*(getattr(Employee, name) for name in ("number", "name", "sort_name", *keys)))),
        keys,
        lambda row: f"{row.name} #{row.number} {at('hr.employee', number=row.number)}",
    )


def _keys_of_what_goes_along(one: Ailment) -> None:
    stale_keys(
        one,
        stream(select(JobTitle.title, JobTitle.title_key, JobTitle.employee_number)),
        {"title_key": lambda row: folded(row.title)},
        lambda row: f"{row.title} of #{row.employee_number} {at('hr.employee', number=row.employee_number)}",
    )
    for alias in (DepartmentAlias, EmployeeAlias):
        stale_keys(
            one,
            stream(select(alias.old, alias.old_key, alias.name, alias.name_key)),
            {
                "old_key": lambda row: code_key(row.old),
                "name_key": lambda row: folded(row.name) if row.name else None,
            },
            lambda row: f"the old key #{row.old}",
        )


def _aliases() -> Ailment:
    """An old key that is in use again would lead to two records."""
    one = Ailment("no old code or number is in use")
    codes = select(DepartmentAlias.old, Department.code).join_from(
        DepartmentAlias, Department, Department.code_key == DepartmentAlias.old_key
    )
    numbers = select(EmployeeAlias.old, Employee.number).join_from(
        EmployeeAlias, Employee, Employee.number_key == EmployeeAlias.old_key
    )
    for old, code in stream(codes):
        one.found(f"#{old} is an old code, and that of a department {at('hr.department', code=code)}")
    for old, number in stream(numbers):
        one.found(f"#{old} is an old number, and that of a person {at('hr.employee', number=number)}")
    return one

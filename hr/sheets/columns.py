"""The columns that several sheets of staffing have: who, in which department, from when to when."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from core.forms import day_text
from core.sheets import cells
from core.sheets.plan import Line, SheetField
from core.sheets.questions import Question

# What files call the number of a person.
NUMBERS = "empno employeenumber employeeno personnelnumber personnelno staffnumber staffno employeeid empid"
PERSON = ("employee", "name", "last_name")
LAST_DAY, FIRST_DAY_AWAY = "last-day", "first-day-away"

WHO = (
    SheetField("employee", "Employee number", cells.text(20), NUMBERS + " employee number"),
    SheetField(
        "name",
        "Name of the person",
        cells.text(120),
        "fullname employeename displayname person name",
        "where there is no number",
    ),
    SheetField("first_name", "First name", cells.text(120), "firstname givenname forename"),
    SheetField("last_name", "Last name", cells.text(120), "lastname surname familyname"),
)
DEPARTMENT = SheetField(
    "department",
    "Department",
    cells.text(160),
    "deptno deptcode departmentcode departmentno dept code departmentname deptname",
    "code or name",
)
DAYS = (
    SheetField("starts_on", "First day", cells.day, "fromdate from startdate start starts begin since"),
    SheetField("ends_on", "End", cells.day_or_open, "todate to enddate end ends", "9999-01-01 means open"),
    SheetField("last_day", "Last day", cells.day_or_open, "lastday until till through"),
    SheetField("ends_before", "First day away", cells.day_or_open, "firstdayaway endsbefore"),
)
END_DATE = Question(
    "end_date",
    "ends_on",
    "What does the end date say: the last day of a stay, or the first day away?",
    {
        LAST_DAY: "the last day; somebody who changes on 1 April has 31 March here",
        FIRST_DAY_AWAY: "the first day away; somebody who changes on 1 April has 1 April here",
    },
)


def who(values: Mapping[str, Any]) -> str:
    """The person of a line, as the line says it; KeyError if it says nobody."""
    return str(values.get("employee") or full_name(values) or values["employee"])


def full_name(values: Mapping[str, Any]) -> str:
    """The name a line gives, in one cell or in two; empty if it gives none."""
    parts = (values.get("first_name", ""), values.get("last_name", ""))
    return str(values.get("name") or " ".join(filter(None, parts)))


def end_of(line: Line, end_means: str, what: str = "stay") -> tuple[date | None, ...]:
    """The first day away (None: open), if the line says anything of the end; a span lasts a day at least."""
    values, start = line.values, line.values["starts_on"]
    name = next((one for one in ("ends_on", "last_day", "ends_before") if one in values), None)
    if name is None:
        return ()
    said = values[name]
    if said is None:
        return (None,)
    is_last_day = name == "last_day" or (name == "ends_on" and end_means == LAST_DAY)
    end = said + timedelta(days=1) if is_last_day else said
    if end == start:
        line.refuse(
            f"The {what} would not last a day: it begins on {day_text(start)}, and {day_text(said)} is "
            f"the first day away. A {what} of zero length is not stored.",
            name,
        )
    elif end < start:
        line.refuse(f"The {what} ends ({day_text(said)}) before it begins ({day_text(start)}).", name)
    return (end,)


def last_day_words(value: date | None) -> str:
    """An end as people say it: the last day."""
    return day_text(value - timedelta(days=1)) if value else "open"

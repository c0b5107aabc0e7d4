"""The columns of a sheet of job titles: what a person is called at work, from when to when.

A title lies inside the employment, as a stay does: in the files at hand every title does, and one outside
it would say that somebody worked here before being hired.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Table, select

from core.db import db, folded
from core.forms import day_text
from core.links import in_words
from core.sheets import cells
from core.sheets.bulk import columns_of, insert_rows, rows_with, update_rows
from core.sheets.plan import Line, Plan, Sheet, SheetField, State, once, settle
from core.writing import Work
from hr import staffing
from hr.models import Employee, JobTitle
from hr.sheets.columns import DAYS, END_DATE, PERSON, WHO, end_of, last_day_words, who
from hr.sheets.known import Said, known_spans
from hr.sheets.owners import NAMES, find_people, people_of
from hr.sheets.rules import Rules, keep_the_rules
from hr.sheets.store import step_aside
from hr.staffing import Employment, Stay

TABLE = cast(Table, JobTitle.__table__)
LABELS = {"title": "Title", "starts_on": "First day", "ends_before": "Last day"}
COLUMNS = (
    JobTitle.id,
    JobTitle.employee_number,
    JobTitle.title,
    JobTitle.title_key,
    JobTitle.starts_on,
    JobTitle.ends_before,
)
RULES = Rules(
    "title",
    ((staffing.overlaps, "On these days the person has this title already", "starts_on"),),
    joined="as",
)


def _compare(plan: Plan) -> None:
    """A title is found by person, title and first day; the same title of a person never overlaps."""
    find_people(plan)
    for line in plan.open_lines:
        key = folded(line.values["title"])
        line.extra = (line.whom.number, key, *end_of(line, plan.answers.get("end_date", ""), "title"))
    first = once(plan, lambda line: (*line.extra[:2], line.values["starts_on"]), "title")
    touched = {person.number for person in people_of(plan)}
    stored = list(rows_with(db.session(), select(*COLUMNS), JobTitle.employee_number, touched))
    known = _known(first, stored)
    for line in first:
        _settle(line, known.get(line))
    lines = [line for line in first if line.is_stored]
    moving = {line.extra.employee for line in lines}
    beside = [_as_span(row) for row in stored if row.employee_number in moving]
    employment = {one.number: Employment(one.hired_on, one.left_on) for one in people_of(plan)}
    keep_the_rules(lines, beside, employment, rules=RULES)


def _known(lines: Iterable[Line], stored: Iterable[Any]) -> dict[Line, Any]:
    said = {line: Said(line.extra[:2], line.values["starts_on"], line.extra[2:]) for line in lines}
    return known_spans(said, stored, lambda row: (row.employee_number, row.title_key))


def _as_span(row: Any) -> Stay:
    """A stored title as the rules see it: the title stands where a stay has its department."""
    return Stay(row.id, row.employee_number, row.title_key, row.starts_on, row.ends_before)


def _settle(line: Line, found: Any | None) -> None:
    number, key, *end = line.extra
    says = columns_of(JobTitle(title=line.values["title"])) | {"starts_on": line.values["starts_on"]}
    if end:
        says["ends_before"] = end[0]
    line.key = found.id if found is not None else None
    if found is None:
        says["employee_number"] = number
    settle(line, found, says, LABELS, _words)
    old = {name: getattr(found, name) for name in ("starts_on", "ends_before")} if found is not None else {}
    now = old | (line.writes or {})
    line.extra = Stay(line, number, key, now["starts_on"], now.get("ends_before")) if line.is_stored else None


def _words(name: str, value: Any) -> str:
    return last_day_words(value) if name == "ends_before" else in_words(value)


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed; days that change are first put out of each other's way."""
    lines = list(plan.stored_lines)
    moving = [line for line in lines if line.state is State.CHANGED]
    step_aside(work.session, TABLE, [(line.key, line.extra.employee) for line in moving])
    days = [{"starts_on": line.extra.starts_on, "ends_before": line.extra.ends_before} for line in moving]
    changes = [(line.key, {**(line.writes or {}), **own}) for line, own in zip(moving, days, strict=True)]
    update_rows(work.session, TABLE, changes)
    insert_rows(work.session, TABLE, [line.writes or {} for line in lines if line.state is State.ADDED])


def _describe(values: Mapping[str, Any]) -> str:
    said = f"{who(values)}, {values['title']}"
    return f"{said} from {day_text(values['starts_on'])}" if "starts_on" in values else said


JOB_TITLES = Sheet(
    kind="job-titles",
    title="Job titles",
    about="One line per title: who, which title, from when to when. A title lies inside the employment; a "
    "person may have several at once, but not the same one twice.",
    fields=(
        *WHO,
        SheetField("title", "Title", cells.text(120), "jobtitle position jobname job designation grade"),
        *DAYS,
    ),
    needs=(PERSON, ("title",), ("starts_on",)),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Employee, JobTitle),
    endpoint="hr.employees",
    questions=(END_DATE, NAMES),
    names=PERSON,
)

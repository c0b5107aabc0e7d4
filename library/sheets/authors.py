"""The columns of a sheet of authors, and what a line becomes."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table

from core.db import folded
from core.sheets import cells
from core.sheets.bulk import columns_of, insert_rows, update_rows
from core.sheets.plan import Line, Plan, Sheet, SheetField, State, once, settle
from core.writing import Work
from library.models import Author
from library.sheets.names import MOST, authors_by_name, note_other_name, person, whole_name

TABLE = cast(Table, Author.__table__)
LABELS = {"name": "Name", "sort_name": "Filed as"}


def _compare(plan: Plan) -> None:
    """Authors are found by name, else by another name; several of one name by what they are filed under."""
    for line in plan.open_lines:
        line.extra = name, filed = whole_name(line.values)
        if len(name) > MOST or len(filed) > MOST + 1:
            line.refuse(f"The name has more than {MOST} characters.", "name")
    stored = authors_by_name({folded(line.extra[0]) for line in plan.open_lines})
    lines = once(plan, lambda line: tuple(map(folded, line.extra)), "author")
    claimed = {found.id for line in lines if (found := _exactly(line, stored)) is not None}
    for line in lines:
        _settle(plan, line, stored, claimed)


def _exactly(line: Line, stored: Mapping[str, list[Any]]) -> Any | None:
    name, filed = map(folded, line.extra)
    return next((one for one in stored.get(name, ()) if filed and one.sort_key == filed), None)


def _settle(plan: Plan, line: Line, stored: Mapping[str, list[Any]], claimed: set[int]) -> None:
    name, filed = line.extra
    found = _exactly(line, stored)
    if found is None:
        others = [one for one in stored.get(folded(name), ()) if one.id not in claimed]
        if len(others) > 1:
            said = "; ".join(sorted(one.sort_name for one in others)[:5])
            line.refuse(
                f"{len(others)} authors are called “{name}”. Say which in a column “Filed as”: {said}.",
                "name",
            )
            return
        found = others[0] if others else None
    facts = {"name": name} | ({"sort_name": filed} if filed else {})
    says = columns_of(Author(**facts))
    if found is not None and folded(name) != found.name_key:
        # Another name of somebody: it stays that, and does not rename the author.
        note_other_name(plan, line, name, [found])
        says = {}
    if found is not None and not filed:
        says = {key: value for key, value in says.items() if not key.startswith("sort_")}
    line.key = found.id if found is not None else None
    settle(line, found, says, LABELS)


def _store(work: Work, plan: Plan) -> None:
    """Store the lines that are added or changed."""
    lines = list(plan.stored_lines)
    insert_rows(work.session, TABLE, [line.writes or {} for line in lines if line.state is State.ADDED])
    update_rows(
        work.session, TABLE, [(line.key, line.writes or {}) for line in lines if line.state is State.CHANGED]
    )


def _describe(values: Mapping[str, Any]) -> str:
    return whole_name(values)[0]


AUTHORS = Sheet(
    kind="authors",
    title="Authors",
    about="One line per author: the name, and the name to be filed under.",
    fields=(
        SheetField("first_name", "First name", cells.text(MOST), "firstname givenname forename"),
        SheetField("last_name", "Last name", cells.text(MOST), "lastname surname familyname"),
        SheetField("name", "Name", person, "author authorname fullname authors"),
        SheetField("sort_name", "Filed as", cells.text(MOST + 1), "sortname filedas nameinverted authorsort"),
    ),
    needs=(("name", "last_name"),),
    compare=_compare,
    store=_store,
    describe=_describe,
    locks=(Author,),
    endpoint="library.authors",
)

"""The blueprint that all pages of staffing hang on, and what several of them say."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, has_request_context, request, url_for

from core.access import as_of, lead_on, may_edit, this_page
from core.db import db, today
from core.links import LinkRows
from core.rights import opens
from core.writing import Work
from hr import queries
from hr.models import Department, DepartmentEmployeeLink, Employee

bp = Blueprint("hr", __name__, url_prefix="/hr")


@bp.context_processor
def the_day() -> dict[str, Any]:
    """The day a page is about, for the frame."""
    day = as_of()
    return {"day": day, "day_is_today": day == today()}


@bp.context_processor
def deeds_on_a_stay() -> dict[str, Any]:
    """What can be done with one stay: labels, and addresses that end where its id is put."""

    def stay_deeds() -> list[tuple[str, str]]:
        back = this_page(("spare",))
        deeds: list[tuple[str, str, dict[str, Any]]] = [
            ("End…", "hr.end_stays", {}),
            ("Extend…", "hr.extend_stays", {}),
            ("Change…", "hr.change_stays", {}),
            ("Transfer…", "hr.transfer_stays", {}),
            ("Take back…", "hr.take_back_stay", {}),
            ("Make main…", "hr.make_primary", {}),
            ("Make head…", "hr.give_role", {"role": "head"}),
            ("Make acting head…", "hr.give_role", {"role": "acting head"}),
        ]
        return [
            (label, f"{url_for(endpoint, back=back, **args)}&key=")
            for label, endpoint, args in deeds
            if opens(endpoint)
        ]

    return {"stay_deeds": stay_deeds}


@bp.url_defaults
def carry_the_day(_endpoint: str, args: dict[str, Any]) -> None:
    """Links between the pages of staffing keep the day that one is looking at."""
    if has_request_context() and "on" in request.args and "on" not in args and as_of() != today():
        args["on"] = as_of().isoformat()


def the_person(number: str) -> Employee:
    """The person with this number; one from before leads to the same page under the number of today."""
    return queries.employee(number) or lead_on(number=queries.current_number(number))


def the_department(code: str) -> Department:
    """The department with this code; one from before leads to the same page under the code of today."""
    return db.session.get(Department, code) or lead_on(code=queries.current_code(code))


def edits(code: str) -> bool:
    """Whether this person changes anything in the department with this code."""
    mine = queries.limits()
    return may_edit("hr") and (mine is None or code in mine)


def show_as_text(rows: LinkRows, near: str | None = None) -> None:
    """Let the stays that this person may not change be read, and nothing be typed into them.

    `near` is the department whose page it is; on the page of a person anybody who edits adds stays.
    """
    rows.is_open = may_edit("hr") if near is None else edits(near)
    for row in rows.rows:
        code = row.link.department_code if row.link is not None else near
        row.is_open = rows.is_open if code is None else edits(code)
        row.hidden_facts = queries.hidden_of(code) if row.link is not None else ()


def show_the_others(rows: LinkRows, stays: Iterable[DepartmentEmployeeLink]) -> None:
    """Show the stays again that could only be read, below what was typed and refused."""
    for stay in stays:
        if not edits(stay.department_code):
            rows.append_entry(stay).form.show(stay)


def ask_why_removed(work: Work, rows: LinkRows, reason: Any) -> None:
    """Ending a stay is the normal act; taking it away is a correction and needs a reason."""
    if rows.removed_rows and not (reason.data or "").strip():
        reason.errors = [*reason.errors, "Say why. If somebody left, give a last day instead of removing."]
        work.refuse()

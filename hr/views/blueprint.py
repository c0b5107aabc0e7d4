"""The blueprint that all pages of staffing hang on, and what several of them say."""

from typing import Any

from flask import Blueprint, has_request_context, request, url_for

from core.access import as_of, lead_on, this_page
from core.db import db, today
from core.links import LinkRows
from core.writing import Work
from hr import queries
from hr.models import Department, Employee

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
        deeds = [
            ("End…", url_for(".end_stays", back=back)),
            ("Extend…", url_for(".extend_stays", back=back)),
            ("Change…", url_for(".change_stays", back=back)),
            ("Transfer…", url_for(".transfer_stays", back=back)),
            ("Take back…", url_for(".take_back_stay", back=back)),
            ("Make main…", url_for(".make_primary", back=back)),
            ("Make head…", url_for(".give_role", back=back, role="head")),
            ("Make acting head…", url_for(".give_role", back=back, role="acting head")),
        ]
        return [(label, f"{url}&key=") for label, url in deeds]

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


def ask_why_removed(work: Work, rows: LinkRows, reason: Any) -> None:
    """Ending a stay is the normal act; taking it away is a correction and needs a reason."""
    if rows.removed_rows and not (reason.data or "").strip():
        reason.errors = [*reason.errors, "Say why. If somebody left, give a last day instead of removing."]
        work.refuse()

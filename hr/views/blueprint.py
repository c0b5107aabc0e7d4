"""The blueprint that all pages of staffing hang on, and what several of them say."""

from typing import Any

from flask import Blueprint

from core.access import as_of, lead_on
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

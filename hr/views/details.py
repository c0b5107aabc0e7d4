"""The rows of what belongs to one person alone: addresses and job titles, kept by their stored identity."""

from collections.abc import Callable, Iterable
from typing import Any

from core.writing import Work
from hr.forms import EmployeeForm
from hr.models import Address, Employee, JobTitle


def keep_details(work: Work, person: Employee, form: EmployeeForm) -> None:
    """Store the addresses and the job titles of a person."""
    _keep(work, form.address_rows, person.addresses, Address, "lines", "This address")
    _keep(work, form.title_rows, person.job_titles, JobTitle, "title", "This title")


def _keep(
    work: Work, rows: Iterable[Any], stored: list[Any], new: Callable[[], Any], place: str, what: str
) -> None:
    """Keep each row; `place` is its input where it is said that a colleague took the record away."""
    by_id = {str(one.id): one for one in stored}
    for row in (entry.form for entry in rows):
        record = by_id.get(row.id.data or "")
        if row.id.data and record is None:
            row[place].errors = [f"{what} was removed meanwhile. Load the page again."]
            work.refuse()
        elif row.remove.data:
            if record is not None and row.may_go(record):
                stored.remove(record)
            elif record is not None:
                work.refuse()
        elif not row.is_empty:
            if record is None:
                # Appended, not Address(employee=…): only the collection takes it into the session.
                record = new()
                stored.append(record)
            row.record = record
            if not row.keep(work, record):
                work.refuse()


def show_details(form: EmployeeForm, person: Employee) -> None:
    """A row for each stored record, and a spare one of each kind."""
    for rows, stored in ((form.address_rows, person.addresses), (form.title_rows, person.job_titles)):
        for record in stored:
            rows.append_entry(record).form.show(record)
        rows.append_entry()

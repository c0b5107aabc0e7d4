"""What is done with people: taking them on, and what happens to their stays when they leave."""

from collections.abc import Sequence
from datetime import date

from core.db import db
from core.forms import day_text
from core.writing import Problem, Work
from hr import queries
from hr.models import DepartmentEmployeeLink, Employee, JobTitle


def add_employee(name: str, number: str | None) -> Employee:
    """A new person, with this number or the next free one (also among those that are being added)."""
    pending = {one.number for one in db.session.new if isinstance(one, Employee)}
    if not number:
        number = queries.next_number()
        while number in pending:
            number = str(int(number) + 1).zfill(len(number))
    person = Employee(number=number, name=name)
    db.session.add(person)
    return person


def end_stays(person: Employee, last_day: date) -> int:
    """End the stays of somebody who leaves: those that go on after `last_day`. Returns how many.

    A stay that only begins later is left for the rules to refuse: taking it away is a decision of its own.
    """
    ending = [
        link
        for link in person.department_links
        if link.starts_on <= last_day and (link.last_day is None or link.last_day > last_day)
    ]
    for link in ending:
        link.last_day = last_day
    return len(ending)


def leave(work: Work, people: Sequence[Employee], last_day: date, reason: str | None = None) -> list[str]:
    """Let people leave with this last day worked: their open stays and job titles end with it.

    Who has left by then already is left alone. A stay or a title that would only begin afterwards is taken
    away, which needs a reason.
    """
    gone = 0
    for person in people:
        if person.left_on is not None and person.left_on <= last_day:
            gone += 1
        elif person.hired_on is not None and last_day < person.hired_on:
            work.refuse(Problem(f"Hired only on {day_text(person.hired_on)}.", about=[person]))
        else:
            person.left_on = last_day
            end_stays(person, last_day)
            _take_away_what_is_later(work, person, last_day, reason)
            _end_job_titles(person, last_day)
    if not gone:
        return []
    have = "1 person has" if gone == 1 else f"{gone:,} people have"
    return [f"{have} left by then already; nothing changes there."]


def _take_away_what_is_later(work: Work, person: Employee, last_day: date, reason: str | None) -> None:
    later: list[DepartmentEmployeeLink | JobTitle] = [*person.department_links, *person.job_titles]
    for one in later:
        if one.starts_on > last_day and reason:
            work.session.delete(one)
        elif one.starts_on > last_day:
            said = f"It begins only on {day_text(one.starts_on)}. To take it away, say why."
            work.refuse(Problem(said, about=[one]))


def _end_job_titles(person: Employee, last_day: date) -> None:
    for title in person.job_titles:
        if title.starts_on <= last_day and (title.last_day is None or title.last_day > last_day):
            title.last_day = last_day

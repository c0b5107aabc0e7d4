"""Job titles: they lie inside the employment, and a person does not have the same one twice on a day."""

from collections.abc import Iterable, Iterator
from datetime import date

from core.forms import day_text
from core.writing import Problem, Work
from hr import staffing
from hr.models import Employee, JobTitle
from hr.staffing import Employment, Stay


def title_problems(work: Work) -> Iterator[Problem]:
    """What the touched titles would break, or those of people whose employment changes."""
    # One that was taken off its person is without one until the flush, which deletes it.
    titles = [one for one in work.touched if isinstance(one, JobTitle) and one.employee is not None]
    touched = {one for one in titles if not work.is_deleted(one)}
    people = {one.employee for one in touched} | {one for one in work.touched if _is_moved(work, one)}
    for person in sorted(people, key=lambda one: one.number):
        theirs = [one for one in person.job_titles if not work.is_deleted(one)]
        yield from _meetings(theirs, touched)
        yield from _outside(person, theirs, touched)


def _is_moved(work: Work, one: object) -> bool:
    """Whether this is a stored person whose employment changes."""
    facts = work.touched[one]
    if not isinstance(one, Employee) or facts is None or work.is_deleted(one):
        return False
    return (facts["hired_on"], facts["left_on"]) != (one.hired_on, one.left_on)


def _as_stay(title: JobTitle) -> Stay:
    """A title as the rules see it: it stands where a stay has its department."""
    return Stay(title, "", title.title_key, title.starts_on, title.ends_before)


def _span(title: JobTitle) -> str:
    first = day_text(title.starts_on)
    return f"{first} to {day_text(title.last_day)}" if title.last_day else f"from {first}, open"


def _meetings(titles: Iterable[JobTitle], touched: set[JobTitle]) -> Iterator[Problem]:
    for pair in staffing.overlaps(map(_as_stay, titles)):
        for stay, other in (pair, pair[::-1]):
            if stay.ref in touched and isinstance(other.ref, JobTitle):
                said = f"This title is there already, {_span(other.ref)}: on some days it would be twice."
                yield Problem(said, about=[stay.ref])


def _outside(person: Employee, titles: Iterable[JobTitle], touched: set[JobTitle]) -> Iterator[Problem]:
    bounds = Employment(person.hired_on, person.left_on)
    for title in titles:
        where = staffing.outside(_as_stay(title), bounds)
        if where == "before":
            said, field = f"begins before the person was hired ({day_text(bounds.hired_on)})", "hired_on"
        elif where == "after":
            said, field = f"goes on after the person's last day ({day_text(bounds.left_on)})", "left_on"
        else:
            continue
        if title in touched:
            yield Problem(f"This title {said}.", about=[title])
        else:
            yield Problem(f"The job title “{title}”, {_span(title)}, {said}.", field=field)


def end_titles(person: Employee, last_day: date) -> None:
    """End the titles of somebody who leaves; one that only begins later is left for the rules to refuse."""
    for title in person.job_titles:
        if title.starts_on <= last_day and (title.last_day is None or title.last_day > last_day):
            title.last_day = last_day

"""The deeds on stays: end, extend, change, transfer, take back, main department, head.

Each is done on stays that are locked and freshly read, and leaves the rules of the whole set to `check`.
What cannot be done is refused at its stay; what is so already is left alone, and said in the returned notes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.forms import day_text
from core.writing import Problem, Work
from hr import queries
from hr.models import Department, DepartmentEmployeeLink

Link = DepartmentEmployeeLink
# What a later part of a stay, or its continuation elsewhere, takes over from it.
KEPT = ("extra_data", "fte", "role", "is_primary", "overload_reason")


def end(work: Work, stays: Sequence[Link], last_day: date, reason: str | None = None) -> list[str]:
    """Let stays end with this day, or earlier than planned.

    A stay that only begins afterwards would be left without a day: taking it away is a correction, which
    needs a reason.
    """
    ended = 0
    work.change_set.is_separable = len(stays) > 1
    for stay in stays:
        if stay.ends_before is not None and (stay.last_day or last_day) <= last_day:
            ended += 1
        elif stay.starts_on <= last_day:
            stay.last_day = last_day
        elif reason:
            work.session.delete(stay)
        else:
            said = f"It begins only on {day_text(stay.starts_on)}. To take it away, say why."
            work.refuse(Problem(said, about=[stay]))
    return _alike(ended, "ends by then already", "end by then already")


def extend(work: Work, stays: Sequence[Link], last_day: date | None) -> list[str]:
    """Let stays go on until this day; None: without an end."""
    longer = 0
    work.change_set.is_separable = len(stays) > 1
    for stay in stays:
        if stay.last_day is None or (last_day is not None and stay.last_day >= last_day):
            longer += 1
        else:
            stay.last_day = last_day
    return _alike(longer, "goes on as long already", "go on as long already")


def change(work: Work, stays: Sequence[Link], facts: Mapping[str, Any], day: date | None) -> list[str]:
    """Change facts of stays from a day on, or correct them: they were always so (`day` None).

    A change closes the stay and opens its next part the same day; the planned end is kept.
    """
    alike = 0
    work.change_set.is_separable = day is None and len(stays) > 1
    for stay in stays:
        if all(getattr(stay, name) == value for name, value in facts.items()):
            alike += 1
            continue
        part = stay if day is None else _part_from(work, stay, day, "It was always so")
        if part is not None:
            _give(part, facts)
    return _alike(alike, "says so already", "say so already")


def transfer(
    work: Work,
    stays: Sequence[Link],
    to: Department,
    day: date,
    facts: Mapping[str, Any],
    reason: str | None = None,
) -> list[str]:
    """Let people move to another department on a day; each planned end is kept, nobody stays head.

    On the first day of a stay this is a correction: the stay was always there, which needs a reason.
    """
    there = 0
    for stay in stays:
        if stay.department is to:
            there += 1
        elif day == stay.starts_on and reason:
            stay.department = to
            _give(stay, {"role": "member", **facts})
        elif day == stay.starts_on:
            said = f"It begins on {day_text(day)}: moving it whole is a correction. Say why."
            work.refuse(Problem(said, about=[stay]))
        elif _is_within(work, stay, day):
            moved = _copy(work, stay, to, day)
            stay.ends_before = day
            _give(moved, {"role": "member", **facts})
            work.session.add(moved)
    return _alike(there, "is there already", "are there already")


def take_back(work: Work, stay: Link, before: Link) -> list[str]:
    """Take back a transfer, or a change from a day: `before` goes on as if `stay` had never begun."""
    before.ends_before = stay.ends_before
    work.session.delete(stay)
    return []


def make_primary(work: Work, stay: Link, day: date | None) -> list[str]:
    """Make a stay the person's main one, from a day or for all of it; until it ends no other one is."""
    return _hold(
        work,
        stay,
        day,
        queries.main_stays(stay, day or stay.starts_on),
        {"is_primary": True},
        {"is_primary": False},
    )


def give_role(work: Work, stay: Link, role: str, day: date | None) -> list[str]:
    """Make somebody head, acting head or a member again; who had the role until then is a member."""
    holders = queries.holders_of_role(stay, role, day or stay.starts_on) if role != "member" else []
    return _hold(work, stay, day, holders, {"role": role}, {"role": "member"})


def _hold(
    work: Work,
    stay: Link,
    day: date | None,
    holders: Sequence[Link],
    taken: Mapping[str, Any],
    given_up: Mapping[str, Any],
) -> list[str]:
    """Let one stay have what only one can have at a time, and the others not have it on those days."""
    if all(getattr(stay, name) == value for name, value in taken.items()):
        return ["It is so already."]
    if day is not None and day != stay.starts_on and not _is_within(work, stay, day):
        return []
    start = day or stay.starts_on
    for other in holders:
        _give(_between(work, other, start, stay.ends_before), given_up)
    _give(_between(work, stay, start, stay.ends_before), taken)
    return []


def add_to(work: Work, people: Sequence[Any], department: Department, facts: Mapping[str, Any]) -> list[str]:
    """Let people begin in a department; `facts` has the days, and what else is known of each stay."""
    work.change_set.is_separable = len(people) > 1
    for person in people:
        work.session.add(Link(employee=person, department=department, **facts))
    return []


# --- parts of a stay -------------------------------------------------------------------------------


def _is_within(work: Work, stay: Link, day: date) -> bool:
    """Whether the stay is there the day before and on the day; else that is refused."""
    if day <= stay.starts_on:
        work.refuse(Problem(f"It begins only on {day_text(stay.starts_on)}.", about=[stay]))
    elif stay.ends_before is not None and stay.ends_before <= day:
        work.refuse(Problem(f"It ends on {day_text(stay.last_day)}, before that.", about=[stay]))
    else:
        return True
    return False


def _part_from(work: Work, stay: Link, day: date, correction: str) -> Link | None:
    """The part of a stay from a day on; None where it is refused."""
    if day == stay.starts_on:
        said = f"It begins on that very day, so this is a correction: choose “{correction}”."
        work.refuse(Problem(said, about=[stay]))
        return None
    return split(work, stay, day) if _is_within(work, stay, day) else None


def _between(work: Work, stay: Link, start: date, end: date | None) -> Link:
    """The part of a stay that lies in the span, which it meets; what is before and after stays as it is."""
    part = split(work, stay, start) if stay.starts_on < start else stay
    if end is not None and (part.ends_before is None or part.ends_before > end):
        split(work, part, end)
    return part


def split(work: Work, stay: Link, day: date) -> Link:
    """Close a stay at a day, and open the next part of it; returns that part."""
    later = _copy(work, stay, stay.department, day)
    stay.ends_before = day
    work.session.add(later)
    return later


def _copy(work: Work, stay: Link, department: Department, day: date) -> Link:
    """The same facts from a day on, with the planned end. An old reason does not allow a higher sum."""
    facts = {name: getattr(stay, name) for name in KEPT}
    days = {"starts_on": day, "ends_before": stay.ends_before}
    later = Link(employee=stay.employee, department=department, **days, **facts)
    work.confirmed[later] = Decimal(0)
    return later


def _give(stay: Link, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(stay, name, value)


def _alike(count: int, one: str, many: str) -> list[str]:
    """A note about the stays that are left as they are."""
    if not count:
        return []
    return (
        [f"1 stay {one}; it is left as it is."]
        if count == 1
        else [f"{count:,} stays {many}; they are left as they are."]
    )

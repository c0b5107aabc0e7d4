"""Stays that meet where two people, or two departments, become one: what is asked, and what is done."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from core.merging import LOSER, WINNER, Question
from core.writing import Problem, Work
from hr import staffing
from hr.models import DepartmentEmployeeLink
from hr.operations.rules import span, stay_facts
from hr.operations.stays import split
from hr.staffing import Stay

Link = DepartmentEmployeeLink
ONE, ADD = "one", "add"
# Up to so many groups are asked about one by one; more of them all at once.
MOST_ASKED = 30
ALL = "stays"


class Group(NamedTuple):
    """Stays that cannot all be kept: those of the one that stays, and those of the one that goes."""

    mine: list[Link]
    theirs: list[Link]

    @property
    def name(self) -> str:
        """The name of the question about it."""
        return f"stays-{min(stay.id for stay in self.theirs)}"

    @property
    def stays(self) -> list[Link]:
        """All of them, the earliest first."""
        return sorted([*self.mine, *self.theirs], key=lambda stay: stay.starts_on)

    @property
    def end(self) -> date | None:
        """The day after the latest end; None: one is open."""
        ends = [stay.ends_before for stay in self.stays]
        return None if None in ends else max(end for end in ends if end)


def plain(stay: Link) -> Stay:
    """The days and the FTE of a stay as plain values, whoever's it is."""
    return Stay(stay, "", stay.department_code, stay.starts_on, stay.ends_before, stay.fte)


def groups_of(mine: Iterable[Link], theirs: Iterable[Link], same: Callable[[Link], Hashable]) -> list[Group]:
    """The groups of stays that would meet, where `same` says that it is one person in one department."""
    kept = {id(stay) for stay in mine}
    found = staffing.groups_that_meet(map(plain, [*mine, *theirs]), lambda stay: same(_link(stay)))
    groups = []
    for group in found:
        links = [_link(stay) for stay in group]
        groups.append(
            Group([one for one in links if id(one) in kept], [one for one in links if id(one) not in kept])
        )
    return groups


def _link(stay: Stay) -> Link:
    return cast(Link, stay.ref)


# --- what is asked ---------------------------------------------------------------------------------


def questions_of_groups(groups: Sequence[Group], where: Callable[[Group], str]) -> list[Question]:
    """One for each group; where these are many, one for all of them. `where` says what it is about."""
    if len(groups) > MOST_ASKED:
        kept = {
            WINNER: "Keep the stays of the one that stays",
            LOSER: "Keep the stays of the one that goes",
            ONE: "One stay each, from the earliest start to the latest end",
        }
        return [Question(ALL, f"{len(groups):,} times there are two stays on one day", kept)]
    return [Question(group.name, where(group), _choices(group), ONE) for group in groups]


def _choices(group: Group) -> dict[str, str]:
    whole = span(group.stays[0].starts_on, group.end)
    choices = {
        WINNER: f"Keep {_words(group.mine)}",
        LOSER: f"Keep {_words(group.theirs)}",
        ONE: f"One stay {whole}, otherwise as that of the one that stays",
    }
    if all(stay.fte is not None for stay in group.stays):
        choices[ADD] = f"Add up the FTE: {_added(group)}"
    return choices


def _words(stays: Iterable[Link]) -> str:
    return " and ".join(stay_words(stay) for stay in stays)


def stay_words(stay: Link) -> str:
    """A stay without its sides: “1 Jan 2024 to 31 Mar 2024, 0.500 FTE, part-time, head, main”."""
    return ", ".join([*stay_facts(stay), "main"] if stay.is_primary else stay_facts(stay))


def _added(group: Group) -> str:
    return "; ".join(f"{one.fte} {span(one.starts_on, one.ends_before)}" for one in _segments(group))


def _segments(group: Group) -> list[staffing.Segment]:
    return staffing.sweep(plain(stay)._replace(department="") for stay in group.stays)


# --- what is done ----------------------------------------------------------------------------------


def resolve(
    work: Work, group: Group, answers: Mapping[str, str], move: Callable[[Link], None]
) -> tuple[list[Link], list[Link]]:
    """Do what was decided about a group; returns what is left of each side, moved."""
    answer = answers.get(group.name) or answers[ALL]
    left: tuple[list[Link], list[Link]]
    if answer == LOSER:
        for stay in group.theirs:
            move(stay)
        left, gone = ([], group.theirs), group.mine
    elif answer == WINNER:
        left, gone = (group.mine, []), group.theirs
    else:
        gone = [stay for stay in group.stays if stay is not group.mine[0]]
        left = _made_one(work, group, answer), []
    for stay in gone:
        work.session.delete(stay)
    return left


def _made_one(work: Work, group: Group, answer: str) -> list[Link]:
    """The first stay of the one that stays covers all days; with added FTE, one stay for each sum."""
    stay, end = group.mine[0], group.end
    segments = _segments(group)
    stay.starts_on, stay.ends_before = group.stays[0].starts_on, end
    made = [stay]
    for segment in segments if answer == ADD else ():
        if segment.starts_on != stay.starts_on:
            stay = split(work, stay, segment.starts_on)
            made.append(stay)
        if segment.fte > staffing.WARN_ABOVE:
            said = f"Added up it would be {segment.fte} FTE {span(segment.starts_on, segment.ends_before)}"
            work.refuse(Problem(f"{said}; one stay has at most 1.000."))
        stay.fte = segment.fte
    return made


def hand_over(work: Work, kept: Sequence[Link], others: Iterable[Link], facts: Mapping[str, Any]) -> None:
    """Let the others give something up on the days of those who keep it; what is before and after stays."""
    waiting = list(others)
    while waiting:
        other = waiting.pop()
        meeting = next((one for one in kept if plain(one).meets(plain(other))), None)
        if meeting is None:
            continue
        part = other
        if other.starts_on < meeting.starts_on:
            part = split(work, other, meeting.starts_on)
            waiting.append(other)
        if meeting.ends_before and plain(part).end > meeting.ends_before:
            waiting.append(split(work, part, meeting.ends_before))
        for name, value in facts.items():
            setattr(part, name, value)


def any_meet(ones: Iterable[Link], others: Iterable[Link]) -> bool:
    """Whether a stay of the first shares a day with one of the others."""
    others = list(others)
    return any(plain(one).meets(plain(other)) for one in ones for other in others)

"""The rules of whole sets of stays, held against every line of a file: which lines can be taken, and why not.

Of two lines that exclude each other the later one is refused; what is stored goes before any line. A line
that is refused leaves what it would have changed as it is stored, so the rules are asked again until
nothing is found any more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.forms import day_text
from core.plain_rows import perhaps_repeated
from core.sheets.plan import Absent, Line
from hr import queries, staffing
from hr.operations import span
from hr.staffing import Bounds, Segment, Stay


def stays_beside(lines: Iterable[Line], rows: Sequence[Any]) -> list[Stay]:
    """The stored stays that can stand against these lines: of the same people, or heads beside them."""
    stored = [
        Stay(
            row.id,
            row.employee_number,
            row.department_code,
            row.starts_on,
            row.ends_before,
            row.fte,
            row.role,
            row.is_primary,
        )
        for row in rows
    ]
    headed = {line.extra.department for line in lines if line.extra.role != "member"}
    if headed:
        known = {stay.ref for stay in stored}
        stored += [stay for stay in queries.heads_of_departments(headed) if stay.ref not in known]
    return stored


@dataclass(frozen=True)
class Rules:
    """The rules of one kind of span, in its words. `meetings` are those that two of them can break.

    `joined` is the word between the person and the other side: a person is *in* a department.
    """

    what: str
    meetings: tuple[tuple[Callable[[Sequence[Stay]], Iterator[tuple[Stay, Stay]]], str, str], ...]
    sums: bool = False
    joined: str = "in"


def _overlaps(stays: Sequence[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Stays of one person in one department that meet; most people have one there, which is not sorted."""
    return staffing.overlaps(perhaps_repeated(stays, lambda stay: (stay.employee, stay.department)))


OF_STAYS = Rules(
    "stay",
    (
        (_overlaps, "On these days the person is in this department already", "starts_on"),
        (staffing.double_primaries, "On these days the person has a main department already", "is_primary"),
        (staffing.double_heads, "On these days the department has a {role} already", "role"),
    ),
    sums=True,
)


def keep_the_rules(
    lines: Sequence[Line],
    stored: Sequence[Stay],
    employment: Mapping[str, Bounds],
    absent: Iterable[Absent] = (),
    rules: Rules = OF_STAYS,
) -> None:
    """Refuse every line that would break a rule of the whole set; `absent` are stored ones that end or go."""
    for line in lines:
        refuse_outside(line, employment.get(line.extra.employee), rules.what)
    asked = lines
    ends = {one.key: one for one in absent if one.deed}
    while True:
        replaced = {line.key for line in asked if line.is_stored and line.key is not None}
        kept = [stay for stay in stored if stay.ref not in replaced]
        after = [*_after(kept, ends), *(line.extra for line in asked if line.is_stored)]
        refused = refuse_conflicts(stored, after, rules)
        if not refused:
            return
        people = {line.extra.employee for line in refused}
        departments = {line.extra.department for line in refused}
        asked = [line for line in asked if _concerns(line.extra, people, departments)]
        stored = [stay for stay in stored if _concerns(stay, people, departments)]


def _after(stored: Iterable[Stay], ends: Mapping[Any, Absent]) -> Iterator[Stay]:
    """The stored ones as they will be: some end, some go."""
    for stay in stored:
        absent = ends.get(stay.ref)
        if absent is None:
            yield stay
        elif absent.writes:
            yield stay._replace(**absent.writes)


def _concerns(stay: Stay, people: set[str], departments: set[str]) -> bool:
    """Whether a refusal among these people, or heads of these departments, can change anything for it."""
    return stay.employee in people or (stay.role != "member" and stay.department in departments)


def refuse_outside(line: Line, bounds: Bounds | None, what: str) -> None:
    """Refuse a span that does not lie inside the employment (rule 1)."""
    if bounds is None:
        return
    match staffing.outside(line.extra, bounds):
        case "before" if bounds.hired_on:
            line.refuse(
                f"The {what} begins before the person was hired ({day_text(bounds.hired_on)}).", "starts_on"
            )
        case "after" if bounds.left_on:
            line.refuse(
                f"The {what} goes on after the person's last day ({day_text(bounds.left_on)}).", "ends_on"
            )


def refuse_conflicts(before: Sequence[Stay], after: Sequence[Stay], rules: Rules) -> list[Line]:
    """Refuse the later line of each conflict whose earlier one is not refused in the same go."""
    after = _beside_others(after)
    sums = _overloads(before, after) if rules.sums else ()
    found = sorted([*_meetings(after, rules), *sums], key=lambda one: one[0].number)
    refused: dict[Line, None] = {}
    for line, earlier, reason, field in found:
        if line not in refused and not any(one in refused for one in earlier):
            line.refuse(reason, field)
            refused[line] = None
    return list(refused)


def _beside_others(stays: Sequence[Stay]) -> list[Stay]:
    """The stays of people who have several, and the heads: no other one can meet or add to anything."""
    heads = [stay for stay in stays if stay.role != "member"]
    several = perhaps_repeated(stays, lambda stay: stay.employee)
    return [*(stay for stay in several if stay.role == "member"), *heads]


Conflict = tuple[Line, tuple[Any, ...], str, str]


def _meetings(stays: Sequence[Stay], rules: Rules) -> Iterator[Conflict]:
    for find, words, field in rules.meetings:
        for pair in find(stays):
            other, stay = sorted(pair, key=_place)
            if isinstance(stay.ref, Line):
                said = words.format(role=stay.role)
                yield stay.ref, (other.ref,), f"{said}: {_words(other, rules.joined)}.", field


def _place(stay: Stay) -> int:
    return stay.ref.number if isinstance(stay.ref, Line) else 0


def _words(stay: Stay, joined: str) -> str:
    where = f"line {stay.ref.number:,}" if isinstance(stay.ref, Line) else "stored"
    return f"{stay.employee} {joined} {stay.department}, {span(stay.starts_on, stay.ends_before)} ({where})"


def _overloads(before: Sequence[Stay], after: Sequence[Stay]) -> Iterator[Conflict]:
    """Where a sum of FTE rises above 1.000 without a reason, or above 2.000."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for stay in after:
        totals[stay.employee] += stay.fte or 0
    # Only who has more than 1.000 in all can have more than that on a day.
    suspects = {number for number, total in totals.items() if total > staffing.WARN_ABOVE}
    was, now = _by_person(before, suspects), _by_person(after, suspects)
    for number in suspects:
        for segment in staffing.overloads(was[number], now[number]):
            conflict = _overload(segment, now[number])
            if conflict:
                yield conflict


def _by_person(stays: Iterable[Stay], people: set[str]) -> dict[str, list[Stay]]:
    sets: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.employee in people:
            sets[stay.employee].append(stay)
    return sets


def _overload(segment: Segment, stays: Iterable[Stay]) -> Conflict | None:
    end = segment.ends_before or staffing.FOREVER
    lines = [
        stay.ref
        for stay in stays
        if isinstance(stay.ref, Line) and stay.starts_on < end and segment.starts_on < stay.end and stay.fte
    ]
    if not lines:
        return None
    *earlier, last = sorted(lines, key=lambda line: line.number)
    said = f"The sum of FTE would be {segment.fte}, {span(segment.starts_on, segment.ends_before)}."
    if segment.fte > staffing.REFUSE_ABOVE:
        return last, tuple(earlier), f"{said} More than 2.000 cannot be stored.", "fte"
    if any("overload_reason" in line.values for line in lines):
        return None
    return last, tuple(earlier), f"{said} Above 1.000 needs a reason, in a column “Overload reason”.", "fte"

"""The rules and sums of staffing, as arithmetic on plain values: no database, no request.

Spans are half-open: a stay covers `starts_on` up to the day before `ends_before`; None means open.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple, Protocol

FOREVER = date.max
WARN_ABOVE = Decimal("1.000")
REFUSE_ABOVE = Decimal("2.000")


class Stay(NamedTuple):
    """One person in one department for a span. `ref` says which record it is."""

    ref: Hashable
    employee: str
    department: str
    starts_on: date
    ends_before: date | None
    fte: Decimal | None = None
    role: str = "member"
    is_primary: bool = False

    @property
    def end(self) -> date:
        """`ends_before` with an open end as the last day there is."""
        return self.ends_before or FOREVER

    def meets(self, other: "Stay") -> bool:
        """Whether the two spans share a day; touching is not meeting."""
        return self.starts_on < other.end and other.starts_on < self.end


class Segment(NamedTuple):
    """A span in which nothing changes: the sum of FTE, the stays without FTE, and the people."""

    starts_on: date
    ends_before: date | None
    fte: Decimal
    not_stated: int
    people: int

    @property
    def days(self) -> int | None:
        """How many days it lasts; None if it is open."""
        return (self.ends_before - self.starts_on).days if self.ends_before else None


def sweep(stays: Iterable[Stay]) -> list[Segment]:
    """The stays over time, as segments in order; equal neighbours are merged, empty spans are left out.

    A person with two stays on one day counts once. A stay without FTE counts 0 and is counted apart.
    """
    stays = list(stays)
    edges = sorted({stay.starts_on for stay in stays} | {stay.end for stay in stays})
    starting: dict[date, list[Stay]] = defaultdict(list)
    for stay in stays:
        starting[stay.starts_on].append(stay)
    active: list[Stay] = []
    segments: list[Segment] = []
    for start, end in pairwise(edges):
        active = [stay for stay in active if stay.end > start] + starting[start]
        if active:
            _append_merged(segments, _segment(active, start, end))
    return segments


def _segment(active: list[Stay], start: date, end: date) -> Segment:
    return Segment(
        start,
        None if end == FOREVER else end,
        sum((stay.fte for stay in active if stay.fte is not None), Decimal("0.000")),
        sum(stay.fte is None for stay in active),
        len({stay.employee for stay in active}),
    )


def _append_merged(segments: list[Segment], segment: Segment) -> None:
    last = segments[-1] if segments else None
    if last and last.ends_before == segment.starts_on and last[2:] == segment[2:]:
        segments[-1] = last._replace(ends_before=segment.ends_before)
    else:
        segments.append(segment)


def meetings(stays: Iterable[Stay], same: Callable[[Stay], Hashable]) -> Iterator[tuple[Stay, Stay]]:
    """Neighbouring stays with an equal key whose spans meet, the earlier one first."""
    for _key, group in groupby(sorted(stays, key=lambda s: (str(same(s)), s.starts_on)), key=same):
        latest: Stay | None = None
        for stay in group:
            if latest is not None and latest.meets(stay):
                yield latest, stay
            if latest is None or stay.end > latest.end:
                latest = stay


def groups_that_meet(stays: Iterable[Stay], same: Callable[[Stay], Hashable]) -> list[list[Stay]]:
    """Stays with an equal key that hang together: each shares a day with another one of its group."""
    groups: list[list[Stay]] = []
    for _key, some in groupby(sorted(stays, key=lambda s: (str(same(s)), s.starts_on)), key=same):
        end = date.min
        for stay in some:
            if stay.starts_on < end:
                groups[-1].append(stay)
            else:
                groups.append([stay])
            end = max(end, stay.end)
    return [group for group in groups if len(group) > 1]


def overlaps(stays: Iterable[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Stays of one person in one department that meet (rule 2)."""
    return meetings(stays, lambda stay: (stay.employee, stay.department))


def double_primaries(stays: Iterable[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Main stays of one person that meet (rule 4)."""
    return meetings((stay for stay in stays if stay.is_primary), lambda stay: stay.employee)


def double_heads(stays: Iterable[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Heads, or acting heads, of one department that meet (rule 4)."""
    heads = (stay for stay in stays if stay.role in ("head", "acting head"))
    return meetings(heads, lambda stay: (stay.department, stay.role))


def overloads(before: Iterable[Stay], after: Iterable[Stay]) -> list[Segment]:
    """Where one person's sum of FTE is above 1.000 and higher than it was (rule 3).

    Neighbouring spans with the same sum are one. Checked at every date at which anything changes.
    """
    before, after = list(before), list(after)
    old = [(segment.starts_on, segment.ends_before or FOREVER, segment.fte) for segment in sweep(before)]
    cuts = sorted({edge for stay in [*before, *after] for edge in (stay.starts_on, stay.end)})
    found: list[Segment] = []
    for segment in sweep(after):
        if segment.fte <= WARN_ABOVE:
            continue
        end = segment.ends_before or FOREVER
        for start, stop in pairwise([cut for cut in cuts if segment.starts_on <= cut <= end]):
            was = next((fte for first, last, fte in old if first <= start < last), Decimal(0))
            if segment.fte > was:
                piece = segment._replace(starts_on=start, ends_before=None if stop == FOREVER else stop)
                _append_merged(found, piece._replace(not_stated=0, people=1))
    return found


class Bounds(Protocol):
    """From the first hire to the last day worked; None: no bound."""

    @property
    def hired_on(self) -> date | None: ...
    @property
    def left_on(self) -> date | None: ...


class Employment(NamedTuple):
    """Bounds and nothing else."""

    hired_on: date | None
    left_on: date | None


def outside(stay: Stay, employment: Bounds) -> str | None:
    """“before” or “after” when a stay does not lie inside the employment (rule 1), else None."""
    if employment.hired_on and stay.starts_on < employment.hired_on:
        return "before"
    if employment.left_on and (stay.end == FOREVER or (stay.end - employment.left_on).days > 1):
        return "after"
    return None


def arrangement(remark: str | None, fte: Decimal | None) -> str:
    """“part-time” or “full-time”, as the remark on a stay or its FTE says; empty: neither."""
    if remark == "part-time" or (fte is not None and 0 < fte < 1):
        return "part-time"
    return "full-time" if remark == "full-time" or fte == 1 else ""

"""The time of one person in one department in pieces: what stays of it when days become those of a head.

Pure arithmetic on stored stays and days. The first piece of a stored stay keeps its row; the others are
new rows with the same facts, as with every change from a date.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from hr.staffing import FOREVER, Stay

# What a new row takes over from the stored stay it was part of.
TAKEN_OVER = ("employee_number", "department_code", "extra_data", "fte", "is_primary", "overload_reason")


class Piece(NamedTuple):
    """Days with one role. `row` is the stored stay they are part of (None: a stay that is made for them)."""

    row: Any
    keeps_row: bool
    starts_on: date
    end: date
    role: str
    ref: Any

    @property
    def span(self) -> tuple[date, date, str]:
        """The days and the role: what of a piece can be compared."""
        return self.starts_on, self.end, self.role

    @property
    def ends_before(self) -> date | None:
        """The first day away; None: open."""
        return None if self.end == FOREVER else self.end

    @property
    def is_own(self) -> bool:
        """Whether the stay is there for the role alone: nothing else is known of it."""
        row = self.row
        return row is None or (
            row.role != "member" and row.fte is None and not row.extra_data and not row.is_primary
        )


def pieces_of(rows: Iterable[Any]) -> list[Piece]:
    """Stored stays of one person in one department, in order."""
    ordered = sorted(rows, key=lambda row: row.starts_on)
    return [Piece(row, True, row.starts_on, row.ends_before or FOREVER, row.role, row.id) for row in ordered]


def headed(pieces: Sequence[Piece], said: Stay) -> list[Piece]:
    """The pieces once the days of `said` are those of its role.

    Where the person has that role from the same first day on until later, the time after is that of a
    member. A stay that is there for the role alone, with no other beside it, ends with it.
    """
    held = _held_until(pieces, said)
    own = next((one for one in pieces if one.span == (said.starts_on, held, said.role) and one.is_own), None)
    others = [one for one in pieces if one is not own]
    if own is not None and not any(_is_beside(one, own) or _is_beside(one, said) for one in others):
        ref = own.ref if own.end == said.end else said.ref
        return sorted([*others, own._replace(end=said.end, ref=ref)], key=lambda one: one.starts_on)
    result: list[Piece] = []
    for piece in pieces:
        for part in _cut(piece, (said.starts_on, said.end, held)):
            if said.starts_on <= part.starts_on and part.end <= said.end:
                part = part._replace(role=said.role, ref=said.ref)
            elif said.end <= part.starts_on and part.end <= held:
                part = part._replace(role="member", ref=said.ref)
            result.append(part)
    new = [Piece(None, False, start, end, said.role, said.ref) for start, end in _gaps(pieces, said)]
    return sorted([*_joined(result, pieces), *new], key=lambda one: one.starts_on)


def _is_beside(one: Piece, other: Piece | Stay) -> bool:
    """Whether two spans meet or touch."""
    return one.starts_on <= other.end and other.starts_on <= one.end


def _held_until(pieces: Iterable[Piece], said: Stay) -> date:
    """Until when the role is held already, without a break, from the first day on."""
    until = said.starts_on
    for piece in pieces:
        if piece.starts_on == until and piece.role == said.role:
            until = piece.end
    return until


def _cut(piece: Piece, days: Iterable[date]) -> list[Piece]:
    """The piece in parts that begin on these days; the first one keeps the row."""
    edges = sorted({piece.starts_on, *(day for day in days if piece.starts_on < day < piece.end)})
    ends = [*edges[1:], piece.end]
    return [
        piece._replace(starts_on=start, end=end, keeps_row=piece.keeps_row and start == piece.starts_on)
        for start, end in zip(edges, ends, strict=True)
    ]


def _joined(parts: Sequence[Piece], before: Sequence[Piece]) -> list[Piece]:
    """The parts, without cuts that changed nothing: where no stay began before, and the role is the same."""
    edges = {one.starts_on for one in before}
    result: list[Piece] = []
    for part in parts:
        last = result[-1] if result else None
        if last and last.role == part.role and last.end == part.starts_on and part.starts_on not in edges:
            result[-1] = last._replace(end=part.end)
        else:
            result.append(part)
    return result


def _gaps(pieces: Iterable[Piece], said: Stay) -> list[tuple[date, date]]:
    """The days of `said` on which the person has no stay in the department."""
    found, day = [], said.starts_on
    for piece in pieces:
        if piece.starts_on >= said.end:
            break
        if piece.starts_on > day:
            found.append((day, piece.starts_on))
        day = max(day, piece.end)
    return [*found, (day, said.end)] if day < said.end else found


def written(pieces: Iterable[Piece], number: str, code: str) -> tuple[list[Any], list[dict[str, Any]]]:
    """What has to be stored: changed rows as (id, stay, columns), and new rows."""
    changes, added = [], []
    for piece in pieces:
        days = {"starts_on": piece.starts_on, "ends_before": piece.ends_before, "role": piece.role}
        if not piece.keeps_row:
            facts = {name: getattr(piece.row, name) for name in TAKEN_OVER} if piece.row is not None else {}
            added.append({"employee_number": number, "department_code": code, **facts, **days})
            continue
        writes = {name: value for name, value in days.items() if value != getattr(piece.row, name)}
        if writes:
            row = piece.row
            stay = Stay(
                row.id, number, code, piece.starts_on, piece.ends_before, row.fte, piece.role, row.is_primary
            )
            changes.append((row.id, stay, writes))
    return changes, added

"""Which stored span a line is about: one of several of a pair, in any order, also where a boundary moved."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from core.sheets.plan import Line

FOREVER = date.max


class Said(NamedTuple):
    """What a line says of a span: whose it is, the first day, and (None: open) the first day away if any."""

    pair: Hashable
    starts_on: date
    end: tuple[date | None, ...] = ()


def known_spans(lines: Mapping[Line, Said], stored: Iterable[Any], pair: Any) -> dict[Line, Any]:
    """The stored row of each line that is about one.

    It has the same first day. Where the file lists as many spans of a pair as are stored, two or more,
    those that are left are the others in their order, if each meets its own: their boundary has moved.
    """
    by_pair: dict[Hashable, list[Any]] = defaultdict(list)
    for row in stored:
        by_pair[pair(row)].append(row)
    by_start = {(of, row.starts_on): row for of, rows in by_pair.items() for row in rows}
    found = {line: row for line, said in lines.items() if (row := by_start.get((said.pair, said.starts_on)))}
    left: dict[Hashable, list[Line]] = defaultdict(list)
    said_of: dict[Hashable, int] = defaultdict(int)
    for line, said in lines.items():
        said_of[said.pair] += 1
        if line not in found:
            left[said.pair].append(line)
    taken = {row.id for row in found.values()}
    for of, others in left.items():
        if said_of[of] > 1 and said_of[of] == len(by_pair.get(of, ())):
            rows = [row for row in by_pair[of] if row.id not in taken]
            found |= _in_order(others, rows, lines)
    return found


def _in_order(lines: Sequence[Line], rows: Sequence[Any], said: Mapping[Line, Said]) -> dict[Line, Any]:
    ordered = sorted(lines, key=lambda line: said[line].starts_on)
    pairs = list(zip(ordered, sorted(rows, key=lambda row: row.starts_on), strict=True))
    return dict(pairs) if all(_meet(said[line], row) for line, row in pairs) else {}


def _meet(said: Said, row: Any) -> bool:
    end = (said.end[0] or FOREVER) if said.end else FOREVER
    return said.starts_on < (row.ends_before or FOREVER) and row.starts_on < end

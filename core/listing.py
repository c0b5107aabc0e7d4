"""Search, filter, sort and keyset pages of any select, with the whole state in the URL.

A page is found by the sort key of its first or last row, never by its number, so that the deepest page
costs as much as the first.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from textwrap import shorten
from typing import Any

from flask import request
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from sqlalchemy import Select, bindparam, inspect, select, tuple_

from core.access import asked, day_fault, this_page
from core.among import among
from core.cells import whole
from core.columns import Column, Table
from core.counting import rows_to
from core.cursors import HOW_SHOWN, IN_AN_ORDER, WHERE_ONE_IS, cursor, mark_of
from core.db import db, today
from core.filters import Chip, Filter
from core.forms import day_text
from core.once import once
from core.plain_lists import Plain
from core.remembered import many_a_moment_ago
from core.sorts import Sort

PAGE = 100
# Counting stops here until somebody asks for the exact figure.
COUNT_TO = 10_000
# So few rows are found first and sorted then; of more, the first page is looked for in their order.
FEW = 1_000
# What is searched, or counted for each record, takes about as long for one row as for so many.
FEW_OF_ALL = 5_000
# So long is a label that tells where in a list one is.
SHORT = 32
# So many records are asked one by one for a page. Where that does not fill it, all that are meant are found.
FAR = 40_000


@dataclass
class Listing:
    """One page of a list, and the URLs that lead on from it.

    `table` says what its columns are, and `day` which day it is about, where it is about one. Where a filter
    cannot be read there are no rows: a list that leaves it out would answer another question.
    """

    select: Select[Any]
    sorts: Mapping[str, Sort]
    default_sort: str
    form: Filter | None = None
    size: int = PAGE
    table: Table | None = None
    day: date | None = None
    rows: Sequence[Any] = ()
    # What the list can be taken away as: core.sheets.export.Export, offered by `taken_away`.
    exports: Sequence[Any] = ()
    # How many there are in all, where that is known without counting; a number above `COUNT_TO` may be too
    # low where it was counted up to there only (`is_counted`).
    total: int | None = None
    is_counted: bool = False

    def __post_init__(self) -> None:
        self.q = asked()
        wanted = request.args.get("sort", self.default_sort)
        self.descending = wanted.startswith("-")
        self.sort = wanted.lstrip("-") if wanted.lstrip("-") in self.sorts else self.default_sort
        self._has_next = self._has_previous = False
        # How many there are, and whether that is exact, as far as it is known.
        self._counted: tuple[int, bool] | None = None
        if not self.problems:
            self._fetch()

    @cached_property
    def problems(self) -> list[str]:
        """Why the filters, or the day, cannot be read."""
        return [*(self.form.sentences if self.form is not None else []), *self.day_problems]

    @property
    def day_problems(self) -> list[str]:
        """Why the day cannot be read, where the list is about one."""
        fault = day_fault() if self.day else None
        return [fault] if fault else []

    @property
    def keys_only(self) -> bool:
        """Whether the list is only of rows that were chosen before."""
        return "key" in request.args

    @cached_property
    def choices(self) -> list[Any]:
        """The filters that can be set by hand; one that only a link sets is told, and not asked."""
        return [f for f in self.form or () if getattr(f.widget, "input_type", "") != "hidden"]

    @property
    def sort_value(self) -> str:
        """The sort as the address has it."""
        return f"-{self.sort}" if self.descending else self.sort

    # The rows.

    @property
    def order(self) -> list[Any]:
        """What the whole list is ordered by."""
        keys = self.sorts[self.sort].keys
        return [key.desc() if self.descending else key.asc() for key in keys]

    @property
    def in_order(self) -> Select[Any]:
        """The select by which the rows are gone through in their order, where there is one of its own.

        Rows that were chosen are few, and `select` alone knows which.
        """
        own = self.sorts[self.sort].select
        return self.select if own is None or self.keys_only else own

    @property
    def whole(self) -> Select[Any]:
        """Every row of the list, gone through in its order as a page is, and not sorted as a whole."""
        return self.in_order.order_by(*self.order)

    @property
    def can_jump(self) -> bool:
        """Whether people can go to a beginning that they type: in the order of a text."""
        is_whole = not (self._has_next or self._has_previous)
        return self.table is not None and self.sorts[self.sort].is_by_text and not is_whole

    @cached_property
    def jump(self) -> str:
        """The beginning that somebody has typed; empty: none, or this order has no such place."""
        typed = request.args.get("at", "").replace("\0", "").strip()
        return typed[:80] if self.sorts[self.sort].is_by_text else ""

    def _fetch(self) -> None:
        """Fetch one row more than the page holds, from after or before the cursor."""
        sort = self.sorts[self.sort]
        after, before = (cursor(request.args.get(name), sort.keys) for name in ("after", "before"))
        mark = before if before is not None else after
        backwards = before is not None or "last" in request.args
        in_order = self._narrowed(self.in_order)
        jumps = bool(self.jump) and mark is None and not backwards
        if jumps:
            mark = (sort.place_of(self.jump, self.descending),)
        rows = self._rows(in_order, mark, backwards, jumps)
        if mark is not None and not rows:  # nothing is there, or not any more: the end that is nearer
            mark, backwards = None, not backwards
            rows = self._rows(in_order, mark, backwards)
        more = len(rows) > self.size
        rows = rows[: self.size]
        self.rows = rows[::-1] if backwards else rows
        if mark is None and not more and self.total is None:
            self.total = len(rows)
        self._has_next = more if not backwards else mark is not None
        self._has_previous = more if backwards else mark is not None

    def _rows(
        self, in_order: Select[Any], mark: tuple[Any, ...] | None, backwards: bool, jumps: bool = False
    ) -> list[Any]:
        """One row more than the page holds, from behind a mark on; or from the place to which one jumps."""
        down, begins = self.descending != backwards, "at" if jumps else "behind" if mark else ""
        values = {f"mark_{place}": value for place, value in enumerate(mark or ())}
        if (near := self._near(in_order, down, begins, values)) is not None:
            rows = self._fetched(self._part_of(near, down, begins), values)
            if len(rows) > self.size:
                return rows
            in_order = self.select
        made_of = (self.table and self.table.name, self.sort, down, begins, self.size)
        return self._fetched(self._made(made_of, lambda: self._part_of(in_order, down, begins)), values)

    def _fetched(self, wanted: Select[Any], values: Mapping[str, Any]) -> list[Any]:
        if self.table and self.table.facts:
            # Plain rows are read several times faster than records that the session keeps an eye on.
            return list(self.table.records(db.session.connection().execute(wanted, values).all()))
        found = db.session.execute(wanted, values).unique()
        return [row[0] if len(row) == 1 else row for row in found]

    def _near(self, in_order: Select[Any], down: bool, begins: str, values: Any) -> Select[Any] | None:
        """As much of the list as is gone through for a page; None: all of it."""
        if in_order is not self.in_order or not self._is_set("of_each"):
            return None
        sort, entity = self.sorts[self.sort], in_order.column_descriptions[0]["entity"]
        end = self._fetched(self._part_of(select(entity), down, begins).offset(FAR).limit(1), values)
        first, last = sort.keys[0], sort.values(end[0])[0] if end else None
        return in_order.where(first >= last if down else first <= last) if end else None

    def _part_of(self, wanted: Select[Any], down: bool, begins: str) -> Select[Any]:
        """One row more than the page holds: from “behind” `mark_0`, `mark_1`… on, or “at” `mark_0`."""
        sort = self.sorts[self.sort]
        if begins:
            marks = [bindparam(f"mark_{place}", type_=key.type) for place, key in enumerate(sort.keys)]
            # The first key alone once more: with keys of several tables an index helps only there.
            first, bound = sort.keys[0], marks[0]
            wanted = wanted.where(first <= bound if down else first >= bound)
        if begins == "behind":
            keys, bounds = tuple_(*sort.keys), tuple_(*marks)
            wanted = wanted.where(keys < bounds if down else keys > bounds)
        order = [key.desc() if down else key.asc() for key in sort.keys]
        wanted = wanted.order_by(*order).limit(self.size + 1)
        if self.table and self.table.facts:
            return wanted.with_only_columns(*self.table.facts)
        return wanted

    @property
    def _plain(self) -> Plain | None:
        """What is remembered of this list, where nothing is asked of it."""
        sorts = self.sorts
        return sorts if isinstance(sorts, Plain) and sorts.wanted is self.select else None

    def _made(self, of: Hashable, make: Callable[[], Select[Any]]) -> Select[Any]:
        """What is made of the select; where nothing is asked of the list, what was made before."""
        made = self._plain.made if self._plain is not None else {}
        if of not in made:
            made[of] = make()
        return made[of]

    def _narrowed(self, in_order: Select[Any]) -> Select[Any]:
        """The list; where few rows are what is asked for, by their keys, which are found first in no order.

        What few rows are, is found quickest from its own side: 8 heads among 300,000 people by their stays.
        What many are, is found quickest in the order of the list, which ends with a full page.
        """
        is_asked = self.select.whereclause is not None and self._plain is None
        if not is_asked or self.table is None or self.total is not None:
            return in_order
        entity = self.select.column_descriptions[0]["entity"]
        key = inspect(entity).primary_key
        # Plain rows of one table have one key: nothing is asked of them once more.
        is_of_one = bool(self.table.facts) and self.table.made is None
        # What has to be found out of every record, or by an index of its own.
        few = FEW_OF_ALL if is_of_one and (self.q or self._is_set("counted")) else FEW
        first = self.select.with_only_columns(*key, maintain_column_froms=True).order_by(None)
        found: list[Any] = []

        def count() -> int:
            found.extend(db.session.connection().execute(first.limit(few + 1)).all())
            return len(found)

        # Who turns the pages of what is found, does not have it found again for each of them.
        number = many_a_moment_ago(self._asked, count, few, until_saved=True)
        is_whole = number <= few
        self._counted = (number if is_whole else few, is_whole)
        if not is_whole:
            return in_order
        if is_of_one:
            return select(entity).where(among(key[0])).params(keys=[row[0] for row in found])
        if len(key) == 1:
            return self.select.where(key[0].in_([row[0] for row in found]))
        return self.select.where(tuple_(*key).in_([tuple(row) for row in found]))

    @property
    def _asked(self) -> Hashable:
        """What is asked of this list: all that its rows depend on, beside who asks and what is stored."""
        asked = [pair for pair in request.args.items(multi=True) if pair[0] not in HOW_SHOWN]
        return request.path, self.day, *asked

    def _is_set(self, kind: str) -> bool:
        """Whether one of the filters of a kind is asked for: “counted” or “of_each”."""
        return self.form is not None and bool(getattr(self.form, kind) & self.form.asked_for.keys())

    # The URLs.

    def url(self, drop: Sequence[str] = (), **changes: Any) -> str:
        """This page with other arguments; cursors go unless they are given."""
        return this_page((*WHERE_ONE_IS, "spare", *drop), **changes)

    def _at(self, row: Any) -> str:
        return mark_of(self.sorts[self.sort].values(row))

    @property
    def first_url(self) -> str | None:
        """The first page, unless this is it."""
        return self.url() if self._has_previous else None

    @property
    def previous_url(self) -> str | None:
        """The page before this one."""
        return self.url(before=self._at(self.rows[0])) if self._has_previous and self.rows else None

    @property
    def next_url(self) -> str | None:
        """The page after this one."""
        return self.url(after=self._at(self.rows[-1])) if self._has_next and self.rows else None

    @property
    def last_url(self) -> str | None:
        """The last page, unless this is it."""
        return self.url(last="1") if self._has_next else None

    def sort_url(self, name: str) -> str:
        """The list sorted by `name`; the other way round if it is already."""
        turned = self.sort == name and not self.descending
        return self.url(sort=f"-{name}" if turned else name)

    @property
    def clear_url(self) -> str:
        """The list without search and filters."""
        return self.url(drop=("q", "key", *(f.name for f in self.form or ())))

    def kept(self, *drop: str) -> list[tuple[str, str]]:
        """What the address says, but for these and for where in the list one is: for hidden inputs."""
        gone = (*drop, *WHERE_ONE_IS, "spare", "download", "all", "key")
        return [(name, value) for name, value in request.args.items(multi=True) if name not in gone]

    # The words.

    @property
    def from_to(self) -> str:
        """“Bamford to Peac”; nothing where the whole list is on the page."""
        if not self.rows or not (self._has_next or self._has_previous):
            return ""
        label = self.sorts[self.sort].label
        first, last = label(self.rows[0]), label(self.rows[-1])
        return f"{_short(first)} to {_short(last)}"

    @cached_property
    def total_text(self) -> str:
        """How many there are: exact when they are few or asked for, else “10,000+”."""
        total, exact = self._total()
        return f"{total:,}" if exact else f"{total:,}+"

    @property
    def count_url(self) -> str | None:
        """Where the exact total is counted; None if it is known."""
        return None if self._total()[1] else self.url(count="1")

    def _total(self) -> tuple[int, bool]:
        if self.problems:
            return 0, True
        wants_exact = "count" in request.args
        is_known = not self.is_counted or (self.total or 0) <= COUNT_TO
        if self.total is not None and (is_known or not wants_exact):
            return self.total, is_known
        if self._counted is None or (wants_exact and not self._counted[1]):
            # Where a condition is looked at row by row, counting stops where it does for filters.
            has_to_look = self._plain is not None and self.select.whereclause is not None
            most = FEW if has_to_look else COUNT_TO
            found = self._found(None if wants_exact else most)
            is_whole = wants_exact or found <= most
            self._counted = (found if is_whole else most, is_whole)
        return self._counted

    def _found(self, most: int | None) -> int:
        """How many there are, up to just above `most`; a plain list with more is counted now and then."""

        def count() -> int:
            is_plain = self._plain is not None
            counted = self._made(("count", most), lambda: rows_to(self.select, most, is_plain))
            return db.session.connection().scalar(counted) or 0

        is_whole = not (self._has_next or self._has_previous)
        if is_whole or self._plain is None or self.table is None or most is None:
            return count()
        return many_a_moment_ago((self.table.name, self.day), count, most)

    @property
    def chips(self) -> list[Chip]:
        """The sentence above the list: its filters in the order of the form, what is looked for, the day."""
        form, chips = self.form, list[Chip]()
        if form is not None and (set_ones := form.asked_for):
            chips += [Chip(form.said(f), self.url(drop=(f.name,))) for f in form if f.short_name in set_ones]
        keys = len(set(request.args.getlist("key")))
        if keys:
            chips.insert(0, Chip(f"{keys:,} chosen", self.url(drop=("key",))))
        if self.q:
            chips.append(Chip(f"with “{shorten(self.q, 40, placeholder='…')}”", self.url(drop=("q",))))
        if self.day and self.day != today():
            chips.append(Chip(f"on {day_text(self.day)}", self.url(drop=("on",))))
        return chips

    @property
    def sort_said(self) -> str:
        """How the sentence ends: “filed from A”."""
        return self.sorts[self.sort].said[self.descending]

    # What is drawn of it, but for the rows.

    def drawn(self, draw: Macro, *told: Hashable) -> Markup:
        """What a macro draws of this list and of what it is told, but not of its rows.

        Where nothing is asked of the list but one of its orders, it is drawn once while the list is as long
        as it was. So the macro may ask only for what is told, for what `_shown` names, and for what is the
        same for everybody.
        """
        return self._once((draw.name, told), lambda: whole(draw(self, *told)))

    def _once(self, what: Hashable, draw: Callable[[], Markup]) -> Markup:
        return draw() if self._shown is None else once((what, self._shown), draw)

    @cached_property
    def _shown(self) -> Hashable | None:
        """All that what stands around the rows depends on; None: more is asked of the list than an order."""
        ordered = request.args.getlist("sort")
        in_an_order = not request.args.keys() - IN_AN_ORDER and ordered in ([], [self.sort_value])
        if self._plain is None or not in_an_order:
            return None
        offered = tuple([(one.name, one.title, one.about, one.day, one.loads_back) for one in self.exports])
        return request.path, *ordered, self.day, self.total_text, offered

    # The columns.

    @property
    def shown_table(self) -> Table:
        """The columns there are; a link table has none, and is never asked for them."""
        if self.table is None:
            raise RuntimeError("This list has no columns to choose from.")
        return self.table

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that are shown."""
        return self.shown_table.chosen(request.args.get("columns", "").split(","))

    @cached_property
    def lines(self) -> Sequence[Any]:
        """The rows with what their cells need beside them."""
        return self.shown_table.lines(self.rows, self.day or today(), self.columns)

    def head(self, sort: str, label: str, kind: str = "") -> Markup:
        """The head of a column; one that the list can be sorted by leads there, the other way round again."""
        attributes = f' class="{escape(kind)}"' if kind else ""
        words: str = escape(label)
        if not sort:
            return whole(f'<th scope="col"{attributes}>{words}</th>')
        sorted_by = ""
        if self.sort == sort:
            order, arrow = ("descending", "↓") if self.descending else ("ascending", "↑")
            attributes += f' aria-sort="{order}"'
            words, sorted_by = f'{words}<span aria-hidden="true"> {arrow}</span>', " is-sorted"
        url = escape(self.sort_url(sort))
        link = f'<a class="sort{sorted_by}" href="{url}">{words}</a>'
        return whole(f'<th scope="col"{attributes}>{link}</th>')

    def heads(self) -> Markup:
        """The heads of the columns that are shown."""
        return self._once(
            "heads",
            lambda: whole("".join([self.head(one.sort, one.label, one.kind) for one in self.columns])),
        )

    def grid(self, choose: bool) -> Markup:
        """The rows as the page shows them, with `choose` each with a box to choose it by."""
        return self.shown_table.grid(self.lines, self.columns, choose)

    @property
    def usual_columns_url(self) -> str | None:
        """The list with its usual columns, unless they are shown."""
        return this_page(("columns",)) if "columns" in request.args else None


def _short(label: str) -> str:
    """A label that is not too long for a line of its own."""
    return label if len(label) <= SHORT else shorten(label, SHORT, placeholder="…")

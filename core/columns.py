"""The columns of a list: one definition for the page, for the choice of columns, and for exports."""

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from markupsafe import Markup, escape

from core.cells import Ways, all_as_markup, all_escaped, whole
from core.forms import day_text, number_text

# Numbers of lists as people write them. They are few, and short since they are stored; what somebody types
# may be neither, so it is not remembered.
listed_number = lru_cache(20_000)(number_text)
# What a column can hold. Exports write it as it is, pages say it in words.
Value = str | int | Decimal | date | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a list.

    `name` stands in the address; `value(row)` is the plain value, for exports and for the page. `cell(row,
    ways)` is what the page shows where that is more than the value, and `shown(rows, ways)` the same for all
    rows of a page at once, as text that is markup. `sort` is the sort of the list that its head offers.
    `kind` is “num” where figures stand under each other, “day” for days, “long” and “longest” for titles.
    """

    name: str
    label: str
    value: Callable[[Any], Value]
    usual: bool = True
    kind: str = ""
    sort: str = ""
    cell: Callable[[Any, Ways], str | Markup] | None = None
    shown: Callable[[Sequence[Any], Ways], Sequence[str]] | None = None

    def opening(self, is_first: bool) -> str:
        """The tag before each cell; its label is for narrow screens, where the first column needs none."""
        kind = f' class="{escape(self.kind)}"' if self.kind else ""
        label = "" if is_first else f' data-label="{escape(self.label)}"'
        return f"<td{kind}{label}>"

    def cells(self, lines: Sequence[Any], ways: Ways) -> Sequence[str]:
        """What a page shows of each line, as markup."""
        if self.shown is not None:
            return self.shown(lines, ways)
        if self.cell is None:
            return all_escaped(self.texts(lines))
        shown = [self.cell(line, ways) for line in lines]
        has_markup = any(isinstance(one, Markup) for one in shown)
        return all_as_markup(shown) if has_markup else all_escaped(shown)

    def texts(self, lines: Sequence[Any]) -> list[str]:
        """The value of each line as people write it."""
        return [one if type(one) is str else in_words(one) for one in map(self.value, lines)]

    def text(self, row: Any) -> str:
        """The value as people write it."""
        return in_words(self.value(row))


def in_words(value: Value) -> str:
    """A value as people write it."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int):
        return f"{value:,}"
    return day_text(value) if isinstance(value, date) else listed_number(value)


def as_they_are(records: Sequence[Any], _day: date, _shown: Collection[str]) -> Sequence[Any]:
    """The rows of a table whose cells need nothing beside the records."""
    return records


@dataclass(frozen=True)
class Table:
    """The columns that a list can show. The first one names the row, and is always there.

    `rows` adds to fetched records what their cells need beside them, in a fixed number of statements; it
    gets the records, the day and the names of the columns that are shown, and answers one row for each.
    `key` of a row is how it is chosen. `facts` are the columns that are read for a page instead of whole
    records, where there are any; `made` makes of such rows what is asked as records are, where the facts are
    of several tables.
    """

    name: str
    columns: Sequence[Column]
    rows: Callable[[Sequence[Any], date, Collection[str]], Sequence[Any]]
    key: Callable[[Any], object]
    facts: Sequence[Any] = ()
    made: Callable[[Sequence[Any]], Sequence[Any]] | None = None

    @cached_property
    def _fact(self) -> Any:
        """A record of the facts."""
        return namedtuple("Fact", [fact.key for fact in self.facts])

    def records(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Rows of the facts, to be asked as records are: a tuple with names finds them faster than a row."""
        return self.made(rows) if self.made is not None else list(map(self._fact._make, rows))

    @property
    def by_name(self) -> Mapping[str, Column]:
        """Each column by its name."""
        return {one.name: one for one in self.columns}

    def lines(self, records: Sequence[Any], day: date, columns: Sequence[Column]) -> Sequence[Any]:
        """A row for each record, with what the cells of these columns need."""
        return self.rows(records, day, {column.name for column in columns}) if records else []

    def grid(self, lines: Sequence[Any], columns: Sequence[Column], choose: bool) -> Markup:
        """The lines of a page, made one column after the other; with `choose` a box to choose each by."""
        ways, first = Ways(), columns[0]
        cells = [column.cells(lines, ways) for column in columns]
        openings = [column.opening(column is first) for column in columns]
        if choose:
            cells.insert(0, self._boxes(lines))
            openings.insert(0, '<td class="choose">')
        # What stands around the cells is the same in each row.
        around = "".join([f"{opening.replace('%', '%%')}%s</td>" for opening in openings])
        return whole("\n".join([f"    <tr>{around % row}</tr>" for row in zip(*cells, strict=True)]))

    def _boxes(self, lines: Sequence[Any]) -> list[str]:
        """What the lines are chosen by, each under the name of its line."""
        keys = all_escaped([str(self.key(line)) for line in lines])
        names = all_escaped(self.columns[0].texts(lines))
        return [
            f'<input type="checkbox" name="key" value="{key}" aria-label="Choose {name}"'
            ' autocomplete="off" data-choose>'
            for key, name in zip(keys, names, strict=True)
        ]

    def chosen(self, names: Iterable[str]) -> list[Column]:
        """The columns of these names in the order of the table; the usual ones if none of them is known."""
        known = self.by_name.keys() & set(names)
        if not known:
            return [one for one in self.columns if one.usual]
        return [one for one in self.columns if one is self.columns[0] or one.name in known]

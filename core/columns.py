"""The columns of a list: one definition for the page, for the choice of columns, and for exports."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from core.cells import Ways, whole
from core.forms import day_text, number_text

# What a column can hold. Exports write it as it is, pages say it in words.
Value = str | int | Decimal | date | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a list.

    `name` stands in the address; `value(row)` is the plain value, for exports and for the page. `cell(row,
    ways)` is what the page shows where that is more than the value. `sort` is the sort of the list that its
    head offers. `kind` is “num” where figures stand under each other, “day” for days, “long” and “longest”
    for titles.
    """

    name: str
    label: str
    value: Callable[[Any], Value]
    usual: bool = True
    kind: str = ""
    sort: str = ""
    cell: Callable[[Any, Ways], str | Markup] | None = None

    def opening(self, is_first: bool) -> Markup:
        """The tag before each cell; its label is for narrow screens, where the first column needs none."""
        kind = Markup(' class="%s"') % self.kind if self.kind else ""
        label = Markup("") if is_first else Markup(' data-label="%s"') % self.label
        return Markup("<td%s%s>") % (kind, label)

    def text(self, row: Any) -> str:
        """The value as people write it."""
        value = self.value(row)
        if value is None or isinstance(value, str):
            return value or ""
        if value is True or value is False:
            return "yes" if value else ""
        if isinstance(value, date):
            return day_text(value)
        return f"{value:,}" if isinstance(value, int) else number_text(value)


def as_they_are(records: Sequence[Any], _day: date, _shown: Collection[str]) -> Sequence[Any]:
    """The rows of a table whose cells need nothing beside the records."""
    return records


class GridRow(NamedTuple):
    """A row of a list on its page: how it is chosen, what it is called, and its cells."""

    key: object
    name: str
    cells: Markup


@dataclass(frozen=True)
class Table:
    """The columns that a list can show. The first one names the row, and is always there.

    `rows` adds to fetched records what their cells need beside them, in a fixed number of statements; it
    gets the records, the day and the names of the columns that are shown, and answers one row for each.
    `key` of a row is how it is chosen. `facts` are the columns that are read for a page instead of whole
    records, where there are any.
    """

    name: str
    columns: Sequence[Column]
    rows: Callable[[Sequence[Any], date, Collection[str]], Sequence[Any]]
    key: Callable[[Any], object]
    facts: Sequence[Any] = ()

    @property
    def by_name(self) -> Mapping[str, Column]:
        """Each column by its name."""
        return {one.name: one for one in self.columns}

    def lines(self, records: Sequence[Any], day: date, columns: Sequence[Column]) -> Sequence[Any]:
        """A row for each record, with what the cells of these columns need."""
        return self.rows(records, day, {column.name for column in columns}) if records else []

    def grid(self, lines: Iterable[Any], columns: Sequence[Column]) -> Iterator[GridRow]:
        """The lines of a page as its table shows them."""
        ways, first = Ways(), columns[0]
        shown = [(column.opening(column is first), column.cell, column.text) for column in columns]
        for line in lines:
            cells: list[str] = []
            for opening, cell, text in shown:
                cells += (opening, escape(text(line) if cell is None else cell(line, ways)), "</td>")
            yield GridRow(self.key(line), first.text(line), whole(*cells))

    def chosen(self, names: Iterable[str]) -> list[Column]:
        """The columns of these names in the order of the table; the usual ones if none of them is known."""
        known = self.by_name.keys() & set(names)
        if not known:
            return [one for one in self.columns if one.usual]
        return [one for one in self.columns if one is self.columns[0] or one.name in known]

"""The columns of a list: one definition for the page, for the choice of columns, and for exports."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from core.cells import Ways
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

    @property
    def opening(self) -> Markup:
        """The tag before each cell of the column; its label stands there for screens that are narrow."""
        kind = Markup(' class="%s"') % self.kind if self.kind else ""
        return Markup('<td%s data-label="%s">') % (kind, self.label)

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


class GridRow(NamedTuple):
    """A row of a list on its page: how it is chosen, what it is called, and its cells with their tags."""

    key: object
    name: str
    cells: Sequence[tuple[Markup, str | Markup]]


@dataclass(frozen=True)
class Table:
    """The columns that a list can show. The first one names the row, and is always there.

    `rows` adds to fetched records what their cells need beside them, in a fixed number of statements; it
    gets the records and the day, and answers one row for each. `key` of a row is how it is chosen.
    """

    name: str
    columns: Sequence[Column]
    rows: Callable[[Sequence[Any], date], Sequence[Any]]
    key: Callable[[Any], object]

    @property
    def by_name(self) -> Mapping[str, Column]:
        """Each column by its name."""
        return {one.name: one for one in self.columns}

    def grid(self, lines: Iterable[Any], columns: Sequence[Column]) -> Iterator[GridRow]:
        """The lines of a page as its table shows them."""
        ways, first = Ways(), columns[0]
        openings = [Markup("<td>") if column is first else column.opening for column in columns]
        shown = [(column.cell, column.text) for column in columns]
        for line in lines:
            cells = [text(line) if cell is None else cell(line, ways) for cell, text in shown]
            yield GridRow(self.key(line), first.text(line), list(zip(openings, cells, strict=True)))

    def chosen(self, names: Iterable[str]) -> list[Column]:
        """The columns of these names in the order of the table; the usual ones if none of them is known."""
        known = self.by_name.keys() & set(names)
        if not known:
            return [one for one in self.columns if one.usual]
        return [one for one in self.columns if one is self.columns[0] or one.name in known]

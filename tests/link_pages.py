"""A page with a link table, as a browser without script reads and sends it: row by row.

page = screen.open(client, owner)
page.row(far)["fte"] = "0.6"
page.spare["employee"] = "#1002"
refused = page.save()
assert "already" in refused.all_rows[1].said
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from tests.conftest import Client
from tests.pages import Page, squeezed

if TYPE_CHECKING:
    from tests.screens import Screen

# --- what a page says of its inputs --------------------------------------------------------------------


@dataclass
class Control:
    """One input as a person meets it: what it is called, and what it sends."""

    kind: str
    value: str
    id: str
    spoken: str = ""
    options: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)


class _Controls(HTMLParser):
    """Every control outside templates by its name, and what is said below each row of a link table."""

    def __init__(self) -> None:
        super().__init__()
        self.controls: dict[str, Control] = {}
        self.said: dict[str, list[str]] = {}
        self._labels: dict[str, list[str]] = {}
        self._label: list[str] | None = None
        self._hidden = 0
        self._select: Control | None = None
        self._row = ""
        self._noting: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attributes}
        self._hidden += tag == "template"
        if self._hidden:
            return
        if tag == "label":
            self._label = self._labels.setdefault(about.get("for", f"around {self.getpos()}"), [])
        elif tag in ("input", "select", "textarea") and "name" in about:
            self._control(tag, about)
        elif tag == "option" and self._select is not None:
            self._select.options.append(about.get("value", ""))
        elif tag == "tbody" and about.get("id"):
            self._row = about["id"]
        elif tag == "p" and about.get("class") in ("error", "conflict"):
            self._noting = []

    def _control(self, tag: str, about: Mapping[str, str]) -> None:
        kind = about.get("type", "text") if tag == "input" else tag
        control = Control(kind, about.get("value", "y"), about.get("id", ""), about.get("aria-label", ""))
        control.around = self._label if self._label is not None else []
        self.controls[about["name"]] = control
        self._select = control if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._hidden -= 1
        elif tag == "label":
            self._label = None
        elif tag == "tbody":
            self._row = ""
        elif tag == "p" and self._noting is not None:
            self.said.setdefault(self._row, []).append(squeezed("".join(self._noting)))
            self._noting = None

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._label is not None:
            self._label.append(data)
        if self._noting is not None:
            self._noting.append(data)

    def accessible_name(self, name: str) -> str:
        """What a screen reader calls it: its own name, else that of its label."""
        control = self.controls[name]
        return control.spoken or squeezed("".join(self._labels.get(control.id, control.around)))


@dataclass(frozen=True)
class Row:
    """One row of the link table of a page. Only what the page offers can be typed or ticked."""

    page: "LinkPage"
    prefix: str

    def __getitem__(self, name: str) -> str:
        return self.page.fields.get(f"{self.prefix}-{name}", "")

    def __setitem__(self, name: str, typed: str) -> None:
        control = self.page.controls[f"{self.prefix}-{name}"]
        assert control.kind != "checkbox", f"{name} is ticked, not typed"
        assert not control.options or typed in control.options, f"{name} cannot be {typed}"
        self.page.fields[f"{self.prefix}-{name}"] = typed

    def tick(self, name: str) -> None:
        control = self.page.controls[f"{self.prefix}-{name}"]
        assert control.kind == "checkbox", f"{name} is typed, not ticked"
        self.page.fields[f"{self.prefix}-{name}"] = control.value

    def untick(self, name: str) -> None:
        del self.page.fields[f"{self.prefix}-{name}"]

    def offers(self, name: str) -> bool:
        return f"{self.prefix}-{name}" in self.page.controls

    def type(self, **typed: str) -> "Row":
        for name, text in typed.items():
            self[name] = text
        return self

    def remove(self) -> None:
        """Mark the row, and say why where that is asked."""
        self.tick("remove")
        if "reason" in self.page.controls:
            self.page.fields["reason"] = "Entered by mistake"

    @property
    def values(self) -> dict[str, str]:
        """Everything the row would send, by the name of its input."""
        start = f"{self.prefix}-"
        return {k.removeprefix(start): v for k, v in self.page.fields.items() if k.startswith(start)}

    @property
    def said(self) -> str:
        """What stands against this row, below it."""
        return " ".join(self.page.said.get(self.prefix, ()))


class LinkPage(Page):
    """A page with a link table, as a browser without script reads and sends it."""

    def __init__(self, client: Client, url: str, screen: "Screen", response: Any = None) -> None:
        super().__init__(client, url, response)
        self.screen = screen

    @cached_property
    def reader(self) -> _Controls:
        reader = _Controls()
        reader.feed(self.html)
        return reader

    @property
    def controls(self) -> dict[str, Control]:
        return self.reader.controls

    @property
    def said(self) -> dict[str, list[str]]:
        return self.reader.said

    @property
    def all_rows(self) -> list[Row]:
        start = f"{self.screen.rows}-"
        names = [name for name in self.controls if name.startswith(start) and name.endswith("-identity")]
        return [Row(self, name.removesuffix("-identity")) for name in names]

    @property
    def stored_rows(self) -> list[Row]:
        return [row for row in self.all_rows if row["identity"]]

    @property
    def spare(self) -> Row:
        """The first empty row."""
        return next(row for row in self.all_rows if not row["identity"] and not row[self.screen.far])

    def row(self, far: object) -> Row:
        """The stored row about this record of the other side."""
        return self.new_row(self.screen.typed(far), self.stored_rows)

    def new_row(self, typed: str, rows: Iterable[Row] | None = None) -> Row:
        """The row whose look-up holds this text, or ends with this #key."""
        rows = self.all_rows if rows is None else rows
        return next(
            row for row in rows if row[self.screen.far] == typed or row[self.screen.far].endswith(f" {typed}")
        )

    def add_new(self, name: str) -> None:
        """Type a name that is new into an empty row, and ask for a record of it."""
        row = self.spare.type(**{self.screen.far: name, self.screen.fact: self.screen.after})
        row.type(**self.screen.new_far).tick("is_new")

    def save(self, **more: Any) -> "LinkPage":
        # Staffing asks why a stay is taken away or replaced.
        typed = {**self.fields, "reason": self.fields.get("reason") or "A slip of the pen."}
        response = self.client.post(self.url, data=typed, **more)
        return LinkPage(self.client, self.url, self.screen, response)

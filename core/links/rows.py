"""The rows of a link table: what was shown, what was typed, what it means."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, cast

from flask import request
from sqlalchemy import inspect
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField

from core.access import this_page
from core.forms import LookUpField, QuickCheckbox, QuickHidden, as_text, shown_facts
from core.writing import Problem

WINDOW = 50
GONE = "gone"


def identity_of(link: Any) -> str:
    """The primary key of a stored link, as it is written into its row."""
    return "-".join(map(str, inspect(link).identity or ()))


class Suggestion(NamedTuple):
    """One line under a look-up: what is filled in, what is shown, a line of context."""

    value: str
    label: str
    context: str
    already: bool


class LinkRow(Form):
    """One row of a link table. A room's row adds the far side, the facts, and `describe`."""

    identity = HiddenField(widget=QuickHidden())
    version = HiddenField(widget=QuickHidden())
    shown = HiddenField(widget=QuickHidden())
    remove = BooleanField("Remove", widget=QuickCheckbox())
    is_new = BooleanField("New")
    take_stored = BooleanField("Take the stored values instead")
    restore = BooleanField("Put it back with these values")

    # The table of the link, by which the history knows it, and the name of its far side.
    table: ClassVar[str]
    far_name: ClassVar[str]
    facts: ClassVar[tuple[str, ...]]
    ask_names: ClassVar[tuple[str, ...]] = ()
    new_names: ClassVar[tuple[str, ...]] = ()
    shared_facts: ClassVar[tuple[str, ...]] = ()
    # How many characters the name of a new far side may have.
    longest_new: ClassVar[int] = 120

    # What of this row the person who looks at it may change: all of it, or some facts, or nothing of it; and
    # what is not even shown. The page says so; whatever is posted, the write path has the last word.
    is_open = True
    open_facts: Collection[str] = ()
    hidden_facts: Collection[str] = ()

    number = 0
    link: Any = None
    far_side: Any = None
    label = ""
    context = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: list[str] = []
        self.asks_now = False

    # What a room's row says of itself.

    def describe(self, link: Any) -> tuple[str, str]:
        """How the far side of a stored link is called, and a short line of context."""
        raise NotImplementedError

    # What the template reads.

    @property
    def far(self) -> LookUpField:
        """The look-up of the far side."""
        return cast(LookUpField, self._fields[self.far_name])

    @property
    def far_text(self) -> str:
        """What stands for the far side: of a stored row its key alone, for its name may change meanwhile."""
        stays = self.identity.data and self.far.key and not self.is_replaced
        return f"#{self.far.key}" if stays else self.far.data or ""

    @property
    def is_text(self) -> bool:
        """Whether nothing of this row can be changed here."""
        return not self.is_open and not self.open_facts

    @property
    def fact_fields(self) -> list[Field]:
        """The facts, in the order of the columns."""
        return [self._fields[name] for name in self.facts]

    @property
    def asks(self) -> list[Field]:
        """Inputs below the row, such as the reason of an overload; shown when they are asked for."""
        asked = self.asks_now or any(self._fields[name].data for name in self.ask_names)
        return [self._fields[name] for name in self.ask_names] if asked else []

    @property
    def new_fields(self) -> list[Field]:
        """Inputs that only a new far-side record needs."""
        return [self._fields[name] for name in self.new_names]

    @property
    def is_gone(self) -> bool:
        """Whether a colleague removed this link while it was being changed."""
        return bool(self.version.data == GONE)

    # What was done to the row.

    @property
    def base(self) -> dict[str, str]:
        """The facts as this row showed them."""
        return shown_facts(self.shown.data)

    @property
    def is_spare(self) -> bool:
        """Whether this is an empty row in which nothing was chosen."""
        return not self.identity.data and not self.far.data and not self.changed_facts

    @property
    def changed_facts(self) -> list[str]:
        """The facts that differ from what the row showed."""
        base = self.base
        return [
            name
            for name in (*self.facts, *self.ask_names)
            if self._fields[name].process_errors or as_text(self._fields[name].data) != base.get(name, "")
        ]

    @property
    def changed(self) -> bool:
        """Whether this row says anything that has to be stored."""
        if not self.identity.data:
            return not self.is_spare
        return bool(self.remove.data or self.changed_facts or self.is_replaced or self.is_gone)

    @property
    def is_replaced(self) -> bool:
        """Whether another far side was put into a stored row."""
        return self.far.data != self.base.get(self.far_name)

    def show(self, link: Any) -> None:
        """Fill the hidden fields from a stored link."""
        self.link = link
        self.label, self.context = self.describe(link)
        self.identity.data, self.version.data = identity_of(link), str(link.version)
        self.remember({name: as_text(getattr(link, name)) for name in (*self.facts, *self.ask_names)})

    def begin(self, near: Mapping[str, str], shared: Mapping[str, str]) -> None:
        """Make this a spare row, with facts that it shares with the one before."""
        self.far.near = near
        for name in self.shared_facts:
            if shared.get(name):
                self[name].process(MultiDict({self[name].name: shared[name]}))
        self.remember({name: as_text(self[name].data) for name in (*self.facts, *self.ask_names)})

    def remember(self, facts: dict[str, str], far: str | None = None) -> None:
        """Keep what is shown, so that a save can tell what was changed."""
        shown = {**facts, self.far_name: self.far.data if far is None else far}
        self.shown.data = json.dumps(shown, separators=(",", ":"))

    def shows_far_side_of(self, link: Any) -> bool:
        """Whether the link joins what this row showed, and not another record under the same number.

        A far side whose key was changed meanwhile says by `was_called` which ones it had.
        """
        _name, mark, key = str(self.base.get(self.far_name)).rpartition(" #")
        far = getattr(link, self.far_name)
        if not mark or key == str(getattr(far, self.far.key_name)):
            return True
        return hasattr(far, "was_called") and bool(far.was_called(key))

    def refuse(self, sentence: str, field: Field | None = None) -> None:
        """Say why this row cannot be stored, at one of its inputs if it has to do with one."""
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the row by itself; a removed, untouched or spare row is not checked."""
        if self.remove.data or not self.changed:
            return True
        valid = super().validate(extra_validators)
        if not self.far.data:
            self.refuse("Who or what is this row about? To take it away, remove the row.", self.far)
            valid = False
        elif self.is_new.data and len(self.far.data) > self.longest_new:
            self.refuse(f"A name has at most {self.longest_new} characters.", self.far)
            valid = False
        return valid


class LinkRows(FieldList):  # type: ignore[type-arg]  # generic in the stubs only
    """The rows of one link table: one window of the links, and spare rows for new ones."""

    def __init__(self, row: type[LinkRow], label: str, **kwargs: Any) -> None:
        self.row_class = row
        super().__init__(FormField(row), label, **kwargs)

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """The numbers of the posted rows; a number in other digits than 0–9 is no row."""
        for name in formdata:
            number = name.removeprefix(f"{prefix}-").partition("-")[0]
            if name.startswith(f"{prefix}-") and number.isascii() and number.isdecimal() and len(number) < 7:
                yield int(number)

    @property
    def rows(self) -> list[LinkRow]:
        """The row forms, numbered from 1."""
        for number, entry in enumerate(self.entries, 1):
            entry.form.number = number
        return [entry.form for entry in self.entries]

    @property
    def changed_rows(self) -> list[LinkRow]:
        """The rows that say anything that has to be stored."""
        return [row for row in self.rows if row.changed]

    @property
    def removed_rows(self) -> list[LinkRow]:
        """The stored rows whose link goes: marked for removal, or given another far side."""
        stored = [row for row in self.changed_rows if row.identity.data]
        return [row for row in stored if row.remove.data or row.is_replaced]

    @property
    def template_row(self) -> LinkRow:
        """An empty row under the number `__n__`, which the script copies."""
        row = self.row_class(prefix=f"{self.name}-__n__-")
        row.begin(self.near, {})
        return row

    # Whether links can be added here.
    is_open = True

    @property
    def is_text(self) -> bool:
        """Whether this table is there to be read: nothing can be added, and no row be changed."""
        return not self.is_open and all(row.is_text for row in self.rows)

    # What a look-up is told of this side, such as department="d005": for “already here”.
    near: Mapping[str, str] = {}

    def look_up_from(self, **near: str) -> None:
        """Tell the look-ups which record this table belongs to."""
        self.near = near
        for row in self.rows:
            row.far.near = near

    def fill(self, links: Iterable[Any], spare: int = 1, shared: Mapping[str, str] | None = None) -> None:
        """Show stored links, then spare rows; the first of them begins with the `shared` facts, as typed."""
        for link in links:
            self.append_entry(link).form.show(link)
        for number in range(min(spare, WINDOW)):
            self.append_entry().form.begin(self.near, shared or {} if number == 0 else {})

    @property
    def typed(self) -> dict[str, str]:
        """What stands for the far sides of the rows to be stored, with the key after “#” in it."""
        wanted = (row for row in self.changed_rows if not row.remove.data and not row.is_new.data)
        return {row.far_text: row.far.key for row in wanted if row.far.data}

    @property
    def shared(self) -> dict[str, str]:
        """The facts of the last new row as typed, for the next one to begin with."""
        new = [row for row in self.changed_rows if not row.identity.data]
        return {name: (new[-1][name].raw_data or [""])[0] for name in new[-1].shared_facts} if new else {}

    @property
    def next_url(self) -> str:
        """Where a saved page goes on: the same window, or a next row that shares facts with the last one."""
        return this_page(("spare",), **(self.shared if "another" in request.form else {}))

    def attach(self, links: Mapping[str, Any]) -> None:
        """Give posted rows their stored links again, for showing what was refused."""
        for row in self.rows:
            link = links.get(row.identity.data or "")
            if link is not None:
                row.link = link
                row.label, row.context = row.describe(link)
            elif not row.label:
                row.label = (row.far.data or "").rpartition(" #")[0]

    def saved_text(self, owner: str, merged: Sequence[str]) -> str:
        """What a save has done, in words: “Saved Development: 1 changed, 1 added.”"""
        # What a colleague has done, and this person has let be, was not done here.
        mine = [row for row in self.changed_rows if not row.take_stored.data]
        back = [row for row in mine if row.is_gone and row.restore.data and not row.remove.data]
        stored = [row for row in mine if row.identity.data and not row.is_gone]
        removed = sum(bool(row.remove.data or row.is_replaced) for row in stored)
        replaced = sum(not row.remove.data and row.is_replaced for row in stored)
        added = sum(not row.identity.data for row in mine) + replaced + len(back)
        changed = len(stored) - removed
        kinds = ((changed, "changed"), (added, "added"), (removed, "removed"))
        counts = ", ".join(f"{count} {kind}" for count, kind in kinds if count)
        said = f"Saved {owner}: {counts}." if counts else "Nothing was changed."
        if merged:
            said += (
                f" A colleague changed other facts of {', '.join(merged)} meanwhile; both changes are kept."
            )
        return said

    def identities(self) -> list[str]:
        """The identities of the stored rows, as posted."""
        return [row.identity.data for row in self.rows if row.identity.data]

    def show_problem(self, problem: Problem) -> bool:
        """Show a problem at the rows it is about; False if none of them is here."""
        shown = False
        for row in self.rows:
            if row.link is not None and row.link in problem.about:
                row.refuse(problem.sentence)
                shown = True
                if problem.confirm is not None:
                    row.ask(problem)  # type: ignore[attr-defined]  # only rows of a room that asks
        return shown

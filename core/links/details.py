"""Rows of what belongs to one record alone, such as addresses: saved by stored identity."""

import json
from typing import Any, ClassVar

from wtforms import BooleanField, Form, HiddenField

from core.forms import as_text, in_words, shown_facts
from core.writing import Work


class DetailRow(Form):
    """One such row. It counts as changed only where it differs from what it showed."""

    id = HiddenField()
    shown = HiddenField()
    remove = BooleanField("Remove")

    facts: ClassVar[tuple[str, ...]]

    def show(self, record: Any) -> None:
        """Remember the facts as they are stored."""
        self.shown.data = json.dumps({name: as_text(getattr(record, name)) for name in self.facts})

    def may_go(self, record: Any) -> bool:
        """Whether a removed record is still what the row showed; else that is said, and asked again."""
        base = shown_facts(self.shown.data)
        changed = [name for name in self.facts if as_text(getattr(record, name)) != base.get(name, "")]
        for name in changed if base else ():
            said = in_words(getattr(record, name))
            self[name].errors = [f"Meanwhile this was stored as “{said}”. Save again to remove it."]
        self.show(record)
        return not (base and changed)

    def keep(self, work: Work, record: Any) -> bool:
        """Assign what was typed; False where a colleague changed the same fact, which is said at its input.

        Facts that were not touched here stay as they are stored. The row then stands for what is stored,
        so that saving again decides.
        """
        base = shown_facts(self.shown.data)
        kept, mine_differ, theirs_differ = True, False, False
        for name in self.facts:
            field, stored = self[name], as_text(getattr(record, name))
            mine, was = as_text(field.data), base.get(name, stored)
            mine_differ, theirs_differ = mine_differ or mine != was, theirs_differ or stored != was
            if self.id.data and base and mine == was:
                continue
            if self.id.data and stored not in (was, mine):
                said = in_words(getattr(record, name))
                field.errors = [
                    *field.errors,
                    f"Meanwhile this was stored as “{said}”. Save again to replace it.",
                ]
                kept = False
            else:
                setattr(record, name, field.data)
        if not kept:
            self.show(record)
        elif self.id.data and base and mine_differ and theirs_differ:
            work.merged.append(str(record))
        return kept

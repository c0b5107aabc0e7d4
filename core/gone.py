"""A form of a record that is not there any more: what was typed is not lost with it.

The answer says who deleted the record and when, or where it is found now, shows what was typed, and offers
to make the record anew: that is the form of a new record, filled with everything that was typed, as a form
that is brought back (`core/kept_forms.py`), so that nothing is stored before the person has looked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_login import current_user

from core.forms import moment_text
from core.history import reading
from core.history.names import removal_of
from core.history.readers import reader
from core.kept_forms import is_typed, kept, new_form_key, was_given_to
from core.models import ChangeSet
from core.subjects import kinds

ANEW = "This was deleted meanwhile. Nothing is stored yet: look at it, and save to make it anew."
OF_A_ROW = re.compile(r"(\w+?)(?:_rows)?-(\d{1,6})-(\w+)")
# What a form sends and nobody types.
NOT_TYPED = {"form_key", "csrf_token", "version", "was", "shown", "account_shown", "confirmed_sum", "digest"}
NOT_TYPED_IN_ROWS = {"identity", "version", "shown", "id"}


@dataclass(frozen=True)
class Gone:
    """What can be said of the record, and what can be done with what was typed."""

    deletion: ChangeSet | None
    typed: list[tuple[str, str]]
    anew_url: str | None
    anew: str


def gone() -> Gone | None:
    """What is said to somebody whose form finds no record; None where no page of ours was typed into."""
    if not is_typed() or not was_given_to(request.form["form_key"], current_user):
        return None
    room, _dot, page = (request.endpoint or "").rpartition(".")
    # The pages `x`, `edit_x` and `delete_x` are about a record of the table x; `new_x` makes one.
    kind = page.removeprefix("edit_").removeprefix("delete_")
    key = "-".join(map(str, (request.view_args or {}).values()))
    new = f"{room}.new_{kind}" if not page.startswith("delete_") else ""
    url = url_for(new) if new in current_app.view_functions else None
    form = kept(url, [*_as_new(), ("form_key", new_form_key())], ANEW) if url else ""
    removal = removal_of(kind, key)
    return Gone(removal.change_set if removal else None, _typed(), url if form else None, form)


def removed_here() -> tuple[str, str, list[tuple[str, str]]] | None:
    """What is said where a record was, to those who may read its history; None where none is known."""
    key = next(iter((request.view_args or {}).values()), None)
    kind = next((one for one in kinds().values() if one.words.page == (request.endpoint or "none")), None)
    if kind is None or request.method != "GET" or not current_user.is_authenticated:
        return None
    removal = removal_of(kind.model.__tablename__, str(key))
    found = reading.save(removal.change_set.id, reader()) if removal else None
    if removal is None or found is None:
        return None
    by = f" by {found.user}" if found.user else ""
    words = f"{removal.called} was deleted{by} on {moment_text(found.made_at)}."
    return "This was deleted", words, [("What was deleted with it", url_for("core.change_set", id=found.id))]


def _rows() -> dict[str, dict[str, str]]:
    """What was posted of each row, by its prefix."""
    rows: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        if OF_A_ROW.fullmatch(name):
            prefix, _dash, fact = name.rpartition("-")
            rows.setdefault(prefix, {})[fact] = value
    return rows


def _as_new() -> list[tuple[str, str]]:
    """The form as one of a new record: its rows are new ones, too."""
    rows, fields = _rows(), []
    for name, value in request.form.items(multi=True):
        prefix, _dash, fact = name.rpartition("-")
        is_spare = prefix in rows and rows[prefix].get("identity") == ""
        dropped = NOT_TYPED_IN_ROWS if prefix in rows and not is_spare else NOT_TYPED if not prefix else ()
        if fact not in dropped:
            fields.append((name, value))
    return fields


def _typed() -> list[tuple[str, str]]:
    """What was typed into the fields of the record itself, and into new rows."""
    own = [
        (_words(name), value)
        for name, value in request.form.items(multi=True)
        if value.strip() and name not in NOT_TYPED and not OF_A_ROW.fullmatch(name)
    ]
    added = _new_rows().items()
    return own + [(_words(prefix.rpartition("-")[0]), _in_one_line(row)) for prefix, row in added]


def _new_rows() -> Mapping[str, dict[str, str]]:
    """The rows that were added: those of links with somebody in them, and others with a text in them."""
    rows = {prefix: row for prefix, row in _rows().items() if not row.get("identity") and not row.get("id")}
    typed = {}
    for prefix, row in rows.items():
        far = prefix.rpartition("-")[0].removesuffix("_rows")
        said = {fact: text for fact, text in row.items() if fact not in NOT_TYPED_IN_ROWS and text.strip()}
        if said.get(far) if "identity" in row else len(said) > 1:
            typed[prefix] = said
    return typed


def _in_one_line(row: Mapping[str, str]) -> str:
    return ", ".join(f"{_words(fact).lower()} {value}" for fact, value in row.items())


def _words(name: str) -> str:
    return name.removesuffix("_rows").replace("_", " ").strip().capitalize()

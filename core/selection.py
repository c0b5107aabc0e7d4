"""Rows of a list that somebody chose: some by their keys, or all that the list's filters find.

The filters travel in the address and not the keys, so ten thousand rows are as easily chosen as ten. The page
of a deed reads the selection from its own address, and its form posts to that very address:

    selection = Selection.of(request.args)
    ids = chosen_keys(chosen_stays(selection))   # the room's function: a select of ids
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import abort, request, url_for
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict

from core.access import asked, came_from
from core.cursors import HOW_SHOWN
from core.db import db, today
from core.filters import Filters
from core.forms import kept_days, sent_key
from core.writing import Problem, Refused, answer_a_repeated_form

T = TypeVar("T")

MOST_KEYS = 1000
# More than this is too much for one page to try and to show: it is long work (`core/many`).
MOST_AT_ONCE = 5_000


@dataclass(frozen=True)
class Selection:
    """What was chosen: `keys`, or with `all` whatever the filters in `args` find."""

    keys: tuple[str, ...] = ()
    all: bool = False
    args: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, args: "MultiDict[str, str]", besides: Sequence[str] = ()) -> "Selection":
        """The selection in an address. `besides` are parameters there that mean something else."""
        others = {"key", "all", *HOW_SHOWN, *besides}
        kept = tuple((name, value) for name, value in args.items(multi=True) if name not in others and value)
        if args.get("all"):
            return cls(all=True, args=kept)
        keys = tuple(dict.fromkeys(key for key in args.getlist("key") if key))
        if len(keys) > MOST_KEYS:
            abort(400, f"At most {MOST_KEYS:,} rows are chosen one by one. Choose all that a filter finds.")
        return cls(keys, args=kept)

    def __bool__(self) -> bool:
        return self.all or bool(self.keys)

    # To where it goes on.

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Names and values that carry the selection on, in an address or in hidden inputs."""
        chosen = [("all", "1")] if self.all else [("key", key) for key in self.keys]
        return [*chosen, *self.args]

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of a page that does something with the selection."""
        args = MultiDict(self.fields).to_dict(flat=False)
        return url_for(endpoint, **{**args, **values})

    def list_url(self, endpoint: str) -> str:
        """The list as it was when the rows were chosen."""
        args: dict[str, Any] = MultiDict(self.args).to_dict(flat=False)
        return url_for(endpoint, **args)

    # What the filters of the list say.

    @property
    def q(self) -> str:
        """What was looked for on the list."""
        return asked(dict(self.args))

    @property
    def day(self) -> date:
        """The day the list was about; one that cannot be read is refused, not taken for today."""
        said = dict(self.args).get("on")
        days = [today()] if said is None else kept_days(said)
        if len(days) != 1:
            abort(400, f"“{said}” is not a day, so it is not clear what was chosen. {_AGAIN}")
        return days[0]

    def filters(self, kind: type[Filters]) -> Filters:
        """The filters of the list. One that cannot be read is refused: without it, more would be chosen."""
        form = kind(MultiDict(self.args))
        unknown = [name for name, _value in self.args if name not in (*form.data, "q", "on")]
        if unknown:
            abort(400, f"The list has no filter “{unknown[0]}”, so it is not clear what was chosen. {_AGAIN}")
        if not form.validate():
            abort(400, f"{form.sentences[0]} So it is not clear what was chosen. {_AGAIN}")
        return form


def chosen_here() -> Selection:
    """What is chosen by the address of this page; an address without a choice is refused."""
    selection = Selection.of(request.args, besides=("back", "row", "preview"))
    if not selection:
        abort(400, "Nothing is chosen. Go back to the list and choose what this is about.")
    return selection


def back_to(record: str, many: str) -> str:
    """Where a deed leads: to where it was opened, else to the record of one, else to the list as it was."""
    selection = chosen_here()
    return came_from(record if len(selection.keys) == 1 else selection.list_url(many))


_AGAIN = "Go back to the list and choose again. Nothing was stored."


def only(wanted: Select[Any], *keys: Any) -> Select[Any]:
    """The keys of the rows that a list's select finds, in no order, by itself wherever it stands."""
    return wanted.with_only_columns(*keys, maintain_column_froms=True).order_by(None).correlate(None)


def chosen_keys(wanted: Select[Any]) -> list[Any]:
    """The keys that a deed is about: values, or rows where a key has several columns.

    404 where none of them is left, 400 where they are too many for one page to try and to show.
    """
    keys = few_chosen(wanted)
    if keys is None:
        abort(400, f"More than {MOST_AT_ONCE:,} are chosen. Choose fewer by a filter.")
    return keys


def few_chosen(wanted: Select[Any]) -> list[Any] | None:
    """The same, but None where they are too many for one page."""
    rows = db.session.execute(wanted.limit(MOST_AT_ONCE + 1)).all()
    if not rows:
        if request.method == "POST":
            # A second press of the button: what it is about may be gone by the first.
            answer_a_repeated_form(db.session(), sent_key() or "")
        abort(404, "What was chosen is not there any more.")
    if len(rows) > MOST_AT_ONCE:
        return None
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def all_there(locked: Sequence[T], keys: Sequence[Any]) -> Sequence[T]:
    """What a deed has locked, if that is still all that it is about; else the deed is refused.

    Somebody else may have deleted or renumbered some of it while this one waited for the lock.
    """
    if len(locked) < len(set(keys)):
        said = "Something of this was deleted or got another key meanwhile. Load the page again."
        raise Refused([Problem(said)])
    return locked

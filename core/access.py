"""Fetch or refuse, and what every page asks of its address."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, NoReturn, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, abort, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, Map

from core.db import Base, db, today
from core.forms import kept_days, read_day
from core.once import address
from core.rights import administrators_only as administrators_only
from core.rights import is_administrator as is_administrator
from core.rights import may_edit as may_edit
from core.rights import may_read as may_read

# Where a request remembers which page it is for, and the day that this is about.
THIS_PAGE, THIS_DAY = "joinery.this_page", "joinery.this_day"
# What werkzeug leaves as it is in the arguments of an address.
IN_QUERY = "!$'()*,/:;?@"


class RecordId(IntegerConverter):
    """A number in an address that a record can have; anything larger is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def init_app(app: Flask) -> None:
    """Let templates ask for addresses."""
    app.jinja_env.globals["url_for"] = address
    app.jinja_env.globals["this_page"] = this_page


Record = TypeVar("Record", bound=Base)


def get_or_404(model: type[Record], key: Any) -> Record:
    """The record with this key, or the end of the request."""
    record = db.session.get(model, key)
    if record is None:
        abort(404)
    return record


class Moved(NotFound):
    """What was posted to a key that leads to another record now, whose page is at `url`."""

    def __init__(self, url: str) -> None:
        super().__init__("It has another key now, or was made one with another record. Nothing was stored.")
        self.url = url


def lead_on(**key: Any) -> NoReturn:
    """End the request and lead to this same page of a record that has another key now.

    For now only (302): somebody may take an old number back, and a browser that remembers a 301 would then
    go round in circles. What is posted to an old key finds nothing.
    """
    if None in key.values():
        abort(404)
    page = _this_page()
    url = url_for(request.endpoint or "core.home", **{**page.asked_for, **page.about, **key})
    if request.method not in ("GET", "HEAD"):
        raise Moved(url)
    abort(redirect(url))


def as_of() -> date:
    """The day a page is about: `?on=…`, else today. An unreadable day is today; see `day_fault`."""
    known: date | None = request.environ.get(THIS_DAY)
    if known is None:
        known = request.environ[THIS_DAY] = _day_asked() or today()
    return known


def day_fault() -> str | None:
    """Why `?on=…` is not taken for a day; None if it is, or is not there."""
    said = request.args.get("on", "").strip()
    if not said or _day_asked():
        return None
    days = read_day(said)
    if len(days) > 1:
        return f"“{said}” can be {' or '.join(day.isoformat() for day in days)}."
    return f"“{said}” is not a day. Write it as 2026-04-30."


def _day_asked() -> date | None:
    days = kept_days(request.args.get("on", ""))
    return days[0] if len(days) == 1 else None


def spare_rows() -> int:
    """How many empty rows a link table ends with."""
    asked = request.args.get("spare", "")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 3 else 1


def asked(args: Mapping[str, str] | None = None) -> str:
    """What is looked for: `?q=…` of this address, or of the arguments given, without needless blanks."""
    return " ".join((request.args if args is None else args).get("q", "").split())[:200]


def this_page(drop: Sequence[str] = (), **changes: Any) -> str:
    """The address of this page with other arguments; those in `drop` go.

    What an address may not say about itself, such as ?endpoint= or ?_scheme=, is left out, and the record
    that the page is about is the one in its path.
    """
    page = _this_page()
    said = {name: "" if name in drop else one for name, one in page.said.items()}
    said |= {name: _in_query(name, value) for name, value in changes.items() if name not in page.about}
    query = "&".join(filter(None, said.values()))
    return f"{page.path}?{query}" if query else page.path


def _in_query(name: str, value: Any) -> str:
    """An argument as an address has it, or the same one several times; None: not at all."""
    values = value if isinstance(value, list | tuple) else [value]
    return urlencode([(name, one) for one in values if one is not None], safe=IN_QUERY)


class _Page(NamedTuple):
    """The page that a request is for: its path, and which record that is about."""

    path: str
    about: Mapping[str, Any]
    # The arguments of its address, without those that would change which page it is, and as they stand in it.
    asked_for: Mapping[str, Any]
    said: Mapping[str, str]


def _this_page() -> _Page:
    """The page of this request, read from it once: a list leads to itself in twenty ways."""
    known: _Page | None = request.environ.get(THIS_PAGE)
    if known is None:
        about, asked = request.view_args or {}, request.args.to_dict(flat=False).items()
        # A room may carry an argument on by itself: here it is asked for the path alone.
        path = url_for(request.endpoint or "core.home", **about).partition("?")[0]
        args = {name: v for name, v in asked if name != "endpoint" and not name.startswith("_")}
        said = {name: _in_query(name, v) for name, v in args.items() if name not in about}
        known = _Page(path, about, args, said)
        request.environ[THIS_PAGE] = known
    return known


def safe_url(url: str | None, default: str) -> str:
    """`url` if it leads to a page of this application, else `default`."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")) or "\\" in url:
        return default
    return default if urlsplit(url).netloc or any(ord(c) < 32 for c in url) else url


def came_from(default: str) -> str:
    """Where this page was opened: `?back=…`, at the row of its table (`?row=…`); else `default`."""
    back, row = safe_url(request.args.get("back"), ""), request.args.get("row", "")
    if not back:
        return default
    return f"{back}#{row}" if re.fullmatch(r"[\w-]{1,60}", row, re.ASCII) else back

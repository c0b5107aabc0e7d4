"""What is the same for everybody is made once by each process, and not for every page.

Whoever lets something be remembered here says all that it depends on: what is open to a person, the day that
one looks at. While one develops, everything is made anew.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from flask import Flask, current_app, has_request_context, request

T = TypeVar("T")


def once(what: Hashable, make: Callable[[], T]) -> T:
    """What was made of the same `what` before, or is made now; its addresses begin as that of the request."""
    # Asked for dozens of times on a page: past the proxy, each step through which looks for the application.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.debug:
        return make()
    known: dict[Hashable, object] = app.extensions.setdefault("once", {})
    key = (request.script_root if has_request_context() else "", what)
    if key not in known:
        known[key] = make()
    return cast(T, known[key])

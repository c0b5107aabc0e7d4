"""What is the same for everybody is made once by each process, and not for every page.

Whoever lets something be remembered here says all that it depends on: what is open to a person, the day that
one looks at. While one develops, everything is made anew.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, has_request_context, request, url_for

T = TypeVar("T")

# So many are remembered; they take some megabytes at the most.
MOST = 1_000


def once(what: Hashable, make: Callable[[], T]) -> T:
    """What was made of the same `what` before, or is made now; its addresses begin as that of the request.

    What makes None is asked again each time.
    """
    # Asked for dozens of times on a page: past the proxy, each step through which looks for the application.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.debug:
        return make()
    known: dict[Hashable, object] = app.extensions.setdefault("once", {})
    key = (request.script_root if has_request_context() else "", what)
    made = known.get(key)
    if made is None:
        made = make()
        if len(known) >= MOST:
            known.clear()
        known[key] = made
    return cast(T, made)


def address(endpoint: str, **values: Any) -> str:
    """`url_for`: a page that needs no argument has the same address for everybody.

    A dozen of them stand on every page, so they are asked for once; but where one looks at another day, the
    pages of a room lead on with it.
    """
    if values or "on" in request.args:
        return url_for(endpoint, **values)
    whole = f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint
    return once(("address", whole), lambda: url_for(whole))


def way_to(endpoint: str, argument: str, place: str) -> str:
    """The address of each record of a kind, with `place` where the key belongs; asked for once, as above."""
    values: dict[str, Any] = {argument: place}
    if "on" in request.args:
        return url_for(endpoint, **values)
    return once(("way", endpoint, argument, place), lambda: url_for(endpoint, **values))

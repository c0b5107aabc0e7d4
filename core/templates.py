"""How templates find what every page is told."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """Flask's environment, whose templates have its globals as the plain dict that they are.

    Jinja lays a dict of its own over them for each template, and looks through both, in Python, for each
    page and for each template that this imports.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of all templates; one with some of its own would give them to all, so it is refused."""
        if d:
            raise TypeError(f"A template has no globals of its own: {', '.join(d)}")
        return self.globals

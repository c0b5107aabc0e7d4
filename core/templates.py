"""How templates find what every page is told."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """Flask's environment, whose templates have its globals as the plain dict that they are.

    Jinja lays a dict of its own over them for each template, and looks through both, in Python, for each
    page and for each template that this imports. None of ours has globals of its own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template; one that is given some of its own gets them as Jinja would have it."""
        return super().make_globals(d) if d else self.globals

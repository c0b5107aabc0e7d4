"""How templates find what every page is told, and parts of pages that need none of it."""

from collections.abc import MutableMapping
from typing import Any

from flask import current_app
from flask.templating import Environment


class Templates(Environment):
    """Flask's environment, whose templates have its globals as the plain dict that they are.

    Jinja lays a dict of its own over them for each template, and looks through both, in Python, for each
    page and for each template that this imports.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of all templates. One with some of its own is refused where it is loaded."""
        if d:
            raise TypeError(f"A template has no globals of its own: {', '.join(d)}")
        return self.globals


def fragment(name: str, /, **told: Any) -> str:
    """A part of a page, which knows what it is told here and the globals, and nothing of the frame of pages.

    Suggestions are asked for at each key, and the navigation that they have no use for took as long as they.
    """
    return current_app.jinja_env.get_template(name).render(told)

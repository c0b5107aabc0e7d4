"""A small world with one of everything, and the address of every page that can be opened in it."""

from flask import Flask

from tests import factories
from tests.cast import Cast

GAPS = {"code": "IT", "number": "1001", "id": 1}
# Not pages: for machines, and suggestions that a page takes in.
LEFT_OUT = {"static", "core.healthz"}


def fill(cast: Cast) -> None:
    """Store one of everything, with the keys that fit the gaps of the addresses."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", is_primary=True)
    factories.stay(cast.ben, cast.it, "2023-01-01", "2023-12-31")
    factories.address(cast.ann)
    book = factories.book("Pride and Prejudice", published="1813")
    factories.share(book, factories.author("Jane Austen"), "15")
    factories.share(book, factories.author("Ann Editor"), "2.5", role="editor")
    factories.subject("Marriage", book)
    factories.edition(book, "9780141439518", "9.99", currency="EUR")
    factories.post(cast.editor)


def addresses(app: Flask) -> list[str]:
    """Every page whose address has no gap but those that can be filled."""
    return [
        str(rule.build({name: GAPS[name] for name in rule.arguments})[1])  # type: ignore[index]
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.arguments <= set(GAPS) and not _is_left_out(rule.endpoint)
    ]


def _is_left_out(endpoint: str) -> bool:
    return endpoint in LEFT_OUT or endpoint.split(".")[-1].startswith("find_")

"""A small world with one of everything, and the address of every page that can be opened in it."""

from flask import Flask
from werkzeug.routing import Rule

from core.writing import writing
from hr.models import Department
from tests import factories
from tests.cast import Cast

GAPS = {"code": "IT", "number": "1001", "id": 1, "subject": "employee:1001"}
# Deeds say in their address what they are done with.
CHOSEN = {
    **dict.fromkeys(("end_stays", "extend_stays", "change_stays", "transfer_stays"), "key=1&key=2"),
    **dict.fromkeys(("make_primary", "give_role"), "key=1"),
    "take_back_stay": "key=3",
    **dict.fromkeys(("add_to_department", "leave"), "key=1001"),
    **dict.fromkeys(("move_share", "change_shares"), "key=1-1"),
    **dict.fromkeys(("split_royalty", "credit_author"), "key=1"),
}
# Not pages: for machines. Nor are suggestions that a page takes in, nor files to keep.
LEFT_OUT = {"static", "core.healthz", "core.job_progress"}


def fill(cast: Cast) -> None:
    """Store one of everything, with the keys that fit the gaps of the addresses.

    Edith is an administrator here, and Ann's record is hers: so she gets to every page.
    """
    with writing() as work:  # the one save that has a history
        work.session.add(Department(code="NEST", name="Nesting"))
        work.leads_to("/hr/departments/NEST", "Saved Nesting.")
    cast.editor.roles.append(cast.administrator.roles[0])
    cast.ann.account = cast.editor
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", is_primary=True)
    factories.stay(cast.ben, cast.it, "2023-01-01", "2023-12-31")
    factories.stay(cast.ben, cast.sales, "2024-01-01")
    factories.address(cast.ann)
    book = factories.book("Pride and Prejudice", published="1813")
    factories.share(book, factories.author("Jane Austen"), "15")
    factories.share(book, factories.author("Ann Editor"), "2.5", role="editor")
    factories.subject("Marriage", book)
    factories.edition(book, "9780141439518", "9.99", currency="EUR")
    factories.post(cast.editor)
    factories.upload(cast.editor)
    factories.job(cast.editor)


def addresses(app: Flask) -> list[str]:
    """Every page whose address has no gap but those that can be filled."""
    return [
        _address(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.arguments <= set(GAPS) and _is_page(rule)
    ]


def _address(rule: Rule) -> str:
    path = str(rule.build({name: GAPS[name] for name in rule.arguments})[1])  # type: ignore[index]
    chosen = CHOSEN.get(rule.endpoint.split(".")[-1])
    return f"{path}?{chosen}" if chosen else path


def _is_page(rule: Rule) -> bool:
    verb = rule.endpoint.split(".")[-1]
    return rule.endpoint not in LEFT_OUT and not verb.startswith("find_") and not rule.rule.endswith(".csv")

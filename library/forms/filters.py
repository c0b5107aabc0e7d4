"""What the lists of the library can be asked. The names of the fields stand in addresses that people keep."""

from decimal import Decimal

from wtforms import StringField
from wtforms.validators import Length, Optional

from core.filters import ChoiceField, Filter, WholeField
from core.forms import ExactField, LookUpField, squeezed
from library.models import ROLES
from library.royalties import USUAL

HOW_MANY = {"": "any number", "0": "none", "1": "exactly one", "2+": "more than one"}
STATES = {"": "in use", "archived": "archived", "all": "all"}
STATE_PHRASES = {"archived": "archived", "all": "archived ones too"}
ROLE_CHOICES = {"": "any", **{one: one for one in ROLES}}
FAR = f"below {USUAL[0]} % or above {USUAL[1]} %"
UNUSUAL = f"out of the usual: none, {FAR}"


def _author() -> LookUpField:
    about = {"placeholder": "name"}
    return LookUpField("Author", find="library.find_authors", key="id", render_kw=about)


def _book() -> LookUpField:
    about = {"placeholder": "title"}
    return LookUpField("Book", find="library.find_books", key="id", render_kw=about)


def _percentage(label: str) -> ExactField:
    return ExactField(label, places=4, most=Decimal(1000), unit="%")


class BookFilter(Filter):
    """Which books a list shows, by their authors and what these receive."""

    phrases = {
        "authors": {"0": "without an author", "1": "with one author", "2+": "with more than one author"},
        "exactly": "with exactly {} authors",
        "author": "by {}",
        "role": "with a person as {}",
        "royalties": {
            "none": "without any percentage",
            "missing": "with a share of 0 %",
            "far": f"with some royalties, but {FAR}",
            "unusual": f"with royalties {UNUSUAL}",
        },
        "sum_from": "with royalties of {} or more",
        "sum_to": "with royalties of {} or less",
        "subject": "about {}",
        "year_from": "published from {}",
        "year_to": "published until {}",
        "state": STATE_PHRASES,
    }

    counted = frozenset({"sum_from", "sum_to", "royalties"})
    of_each = frozenset({"authors", "exactly"})

    authors = ChoiceField("Authors", choices=HOW_MANY)
    exactly = WholeField("Exactly so many authors")
    author = _author()
    role = ChoiceField("Somebody as", choices=ROLE_CHOICES)
    sum_from = _percentage("Sum of royalties from")
    sum_to = _percentage("Sum of royalties to")
    year_from = WholeField("Published from", least=-9999, most=9999)
    year_to = WholeField("Published until", least=-9999, most=9999)
    royalties = ChoiceField(
        "Royalties",
        choices={
            "": "any",
            "none": "sum of 0 %",
            "missing": "a share of 0 %",
            "far": f"some, but {FAR}",
            "unusual": UNUSUAL,
        },
    )
    subject = LookUpField(
        "Subject", find="library.find_subjects", key="name", render_kw={"placeholder": "name"}
    )
    state = ChoiceField("Books", choices=STATES)


class AuthorFilter(Filter):
    """Which authors a list shows, by their books. Book and role are those of one share."""

    phrases = {
        "books": {"0": "without a book", "1": "with one book", "2+": "with more than one book"},
        "exactly": "with exactly {} books",
        "book": "of {}",
        "role": "as {}",
        "state": STATE_PHRASES,
    }

    of_each = frozenset({"books", "exactly"})

    books = ChoiceField("Books", choices=HOW_MANY)
    exactly = WholeField("Exactly so many books")
    book = _book()
    role = ChoiceField("Role", choices=ROLE_CHOICES)
    state = ChoiceField("Authors", choices=STATES)


class SharesFilter(Filter):
    """Which shares a list shows."""

    phrases = {
        "book": "of {}",
        "author": "by {}",
        "role": "as {}",
        "percentage": {"zero": "of 0 %", "some": "above 0 %"},
        "percentage_from": "of {} or more",
        "percentage_to": "of {} or less",
        "credited": {"other": "credited under another name", "own": "credited under the author’s name"},
        "credited_as": "credited as “{}”",
    }

    book = _book()
    author = _author()
    role = ChoiceField("Role", choices=ROLE_CHOICES)
    percentage = ChoiceField("Percentage", choices={"": "any", "zero": "0 %", "some": "above 0 %"})
    percentage_from = _percentage("Percentage from")
    percentage_to = _percentage("Percentage to")
    credited = ChoiceField(
        "Credited", choices={"": "any", "other": "under another name", "own": "under the author’s name"}
    )
    credited_as = StringField("Credited as", [Optional(), Length(max=200)], filters=[squeezed])

"""What a bookkeeper may store: the percentages of shares, and nothing else, on whichever page."""

from collections.abc import Iterator

from core.access import may_edit
from core.models import ChangeSet
from core.writing import Problem, Work
from library.models import AuthorBook

# A change of a percentage counts the version up.
THEIRS = {"royalty_percentage", "version"}
# So the history says that a save changed percentages, and nothing else (`ChangeSet.facts`).
ONLY_PERCENTAGES = " author_book.royalty_percentage "


def takes_back(change_set: ChangeSet) -> bool:
    """Whether this person could do by hand what takes this save back; `allows` has the last word."""
    return may_edit("library") or change_set.facts == ONLY_PERCENTAGES


def allows(work: Work) -> Iterator[Problem]:
    """What this person may not store of what was touched, each at its row."""
    if may_edit("library"):
        return
    for record, before in work.touched.items():
        if not type(record).__module__.startswith("library."):
            continue
        if not isinstance(record, AuthorBook) or before is None or work.is_deleted(record):
            yield Problem("A bookkeeper changes percentages, and adds or removes nothing.", about=[record])
        elif any(getattr(record, name) != value for name, value in before.items() if name not in THEIRS):
            yield Problem("A bookkeeper changes the percentage of a share, and nothing else.", about=[record])

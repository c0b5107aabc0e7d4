"""The blueprint that all pages of the library hang on, and how shares are stored from either side."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, url_for

from core.access import lead_on, may_edit, this_page
from core.db import db, record_id
from core.links import LinkRows, save_links
from core.rights import may_store, opens
from core.writing import Work
from library import operations, queries
from library.models import Author, AuthorBook, Book

bp = Blueprint("library", __name__, url_prefix="/library")


@bp.context_processor
def deeds_on_a_share() -> dict[str, Any]:
    """What can be done with one share: labels, and addresses that end where its key is put."""

    def share_deeds() -> list[tuple[str, str]]:
        back = this_page(("spare",))
        deeds = [("Move…", "library.move_share"), ("Change…", "library.change_shares")]
        return [
            (label, f"{url_for(endpoint, back=back)}&key=") for label, endpoint in deeds if opens(endpoint)
        ]

    return {"share_deeds": share_deeds}


def the_author(id: int) -> Author:
    """The author with this id; one that was merged into another leads to the same page of the other."""
    return db.session.get(Author, id) or lead_on(id=queries.current_author(id))


def show_as_text(rows: LinkRows) -> None:
    """Let what this person may not change be read; whoever keeps the books changes the percentages."""
    rows.is_open = may_edit("library")
    for row in rows.rows:
        row.is_open = rows.is_open
        row.open_facts = ("royalty_percentage",) if may_store("library") else ()


def touched_books(rows: LinkRows) -> set[int]:
    """The books whose shares these rows change: of stored rows, and of the far sides if they are books."""
    stored = {
        int((row.identity.data or "").split("-")[0])
        for row in rows.changed_rows
        if _is_pair(row.identity.data)
    }
    far = {row.far_side.id for row in rows.changed_rows if isinstance(row.far_side, Book) and row.far_side.id}
    return stored | far


def _is_pair(identity: str | None) -> bool:
    parts = (identity or "").split("-")
    return len(parts) == 2 and all(record_id(part) is not None for part in parts)


def keep_shares(
    work: Work,
    owner: Any,
    rows: LinkRows,
    stored: Mapping[str, AuthorBook],
    taken: Mapping[Any, AuthorBook],
    join: Callable[[Any], AuthorBook],
) -> None:
    """Store rows of shares and close up the order of every book touched.

    `stored` has all links of the touched books; `taken` those of the owner by their far side.
    """
    operations.refuse_repeats(work, rows.changed_rows, taken)
    kept = save_links(work, owner, rows, stored, join)
    moved = [row.link for row in kept if not row.identity.data or "publication_order" in row.changed_facts]
    if moved or rows.removed_rows:
        links = dict.fromkeys([*stored.values(), *(row.link for row in kept)])
        operations.put_in_order(work, links, moved)

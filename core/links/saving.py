"""How the rows of a link table are stored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect

from core.links.rows import GONE, LinkRow, LinkRows, as_text, in_words
from core.writing import Work


def find_far_sides(
    work: Work,
    rows: LinkRows,
    found: Mapping[str, Sequence[Any]],
    create: Callable[[LinkRow], Any],
    noun: str,
) -> None:
    """Give each changed row its far side: the one record that was meant, or a new one where asked for.

    `found` has for each typed text the records it can mean. What is unclear is refused at its row.
    """
    for row in rows.changed_rows:
        if row.remove.data:
            continue
        meant = found.get(row.far.data or "", ())
        if row.is_new.data:
            row.far_side = create(row)
        elif len(meant) == 1:
            row.far_side = meant[0]
        elif meant:
            choices = ", ".join(f"#{getattr(one, row.far.key_name)}" for one in meant[:5])
            row.refuse(f"There are {len(meant)} called “{row.far.data}”: choose {choices}.", row.far)
        else:
            row.refuse(f"No {noun} is called “{row.far.data}”. Tick “New” to add it.", row.far)
        if row.far.errors or row.form_errors:
            work.refuse()


def save_links(
    work: Work, owner: Any, rows: LinkRows, stored: Mapping[str, Any], join: Callable[[Any], Any]
) -> list[LinkRow]:
    """Store what the rows say, and return the rows that hold a kept, changed or new link.

    `stored` has the links of the posted identities, freshly read under lock; `join(far_side)` makes a link
    between the owner and a far side. Links that are not among the rows are never touched.
    """
    kept = []
    for row in rows.changed_rows:
        link = stored.get(row.identity.data or "")
        if row.identity.data and link is None:
            link = _answer_for_a_gone_link(work, row, join)
        elif link is not None and owner not in (getattr(link, name) for name in _sides(link)):
            row.refuse("This row belongs to another record. Load the page again.")
            work.refuse()
            continue
        elif link is None:
            link = _joined(work, row, join)
        elif _merge(work, row, link):
            link = _keep_or_replace(work, row, link, join)
        if link is not None:
            row.link = link
            kept.append(row)
    return kept


def _sides(link: Any) -> list[str]:
    return [relationship.key for relationship in inspect(link).mapper.relationships]


def _joined(work: Work, row: LinkRow, join: Callable[[Any], Any]) -> Any:
    """A new link to the far side of the row, with its facts; None where the far side is not clear."""
    if row.far_side is None:
        return None
    link = join(row.far_side)
    _assign(row, link, row.facts)
    work.session.add(link)
    return link


def _assign(row: LinkRow, link: Any, names: Iterable[str]) -> None:
    for name in (*names, *row.ask_names):
        setattr(link, name, row[name].data)


def _keep_or_replace(work: Work, row: LinkRow, link: Any, join: Callable[[Any], Any]) -> Any:
    """The link of a stored row after its change; None when it is removed."""
    if row.remove.data:
        work.session.delete(link)
        return None
    if row.far_side is not None and row.far_side is not getattr(link, row.far_name):
        work.session.delete(link)
        return _joined(work, row, join)
    _assign(row, link, [name for name in row.facts if name in row.changed_facts])
    return link


def _merge(work: Work, row: LinkRow, link: Any) -> bool:
    """Whether the row may be stored although a colleague may have changed its link meanwhile.

    Different fields changed: both survive. The same field, or a removal of what was changed: both values
    are shown at the row, which then stands for the stored version, so that saving again decides.
    """
    if row.take_stored.data:
        return False
    if str(link.version) == row.version.data:
        return True
    base = row.base
    theirs = {name: as_text(getattr(link, name)) for name in row.facts}
    changed_there = [name for name in row.facts if theirs[name] != base.get(name, "")]
    mine = row.facts if row.remove.data else row.changed_facts
    for name in changed_there:
        if name in mine and (row.remove.data or theirs[name] != as_text(row[name].data)):
            field, stored = row[name], in_words(getattr(link, name))
            mine_now = "removed it" if row.remove.data else f"have {in_words(field.data)}"
            row.conflicts.append(
                f"{field.label.text} was changed to {stored} meanwhile; you {mine_now}. "
                "Save again to keep yours."
            )
    if row.conflicts:
        row.version.data = str(link.version)
        row.remember({**theirs, **{name: base.get(name, "") for name in row.ask_names}})
        work.refuse()
        return False
    work.merged.append(row.label or str(getattr(link, row.far_name)))
    return True


def _answer_for_a_gone_link(work: Work, row: LinkRow, join: Callable[[Any], Any]) -> Any:
    """A link that a colleague removed: asked the first time, then restored or dropped as decided."""
    if row.remove.data:
        return None
    if not row.is_gone:
        row.version.data = GONE
        row.conflicts.append(
            "This was removed meanwhile. Put it back with these values, or save again to drop it."
        )
        work.refuse()
        return None
    return _joined(work, row, join) if row.restore.data else None

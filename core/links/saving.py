"""How the rows of a link table are stored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect

from core.forms import as_text, in_words, moment_text
from core.history.names import last_to_say, removal_of
from core.links.rows import GONE, LinkRow, LinkRows
from core.models import ChangeSet
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
        meant = found.get(row.far_text, ())
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
        if link is not None and not row.shows_far_side_of(link):
            link = None  # a number that was given away again: what this row showed is gone
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
    _assign(row, link, (*row.facts, *row.ask_names))
    work.session.add(link)
    return link


def _assign(row: LinkRow, link: Any, names: Iterable[str]) -> None:
    for name in names:
        setattr(link, name, row[name].data)


def _keep_or_replace(work: Work, row: LinkRow, link: Any, join: Callable[[Any], Any]) -> Any:
    """The link of a stored row after its change; None when it is removed."""
    if row.remove.data:
        work.session.delete(link)
        return None
    if row.far_side is not None and row.far_side is not getattr(link, row.far_name):
        work.session.delete(link)
        return _joined(work, row, join)
    _assign(row, link, row.changed_facts)
    return link


def _merge(work: Work, row: LinkRow, link: Any) -> bool:
    """Whether the row may be stored although a colleague may have changed its link meanwhile.

    Different fields changed: both survive. The same field, or a removal of what was changed: both values
    are shown at the row, which then stands for the stored version, so that saving again decides. What was
    shown is compared beside the version: a link that was removed and added anew counts from 1 again.
    """
    if row.take_stored.data:
        return False
    base = row.base
    known = (*row.facts, *row.ask_names)
    changed_there = [name for name in known if as_text(getattr(link, name)) != base.get(name, "")]
    if str(link.version) == row.version.data and not (base and changed_there):
        return True
    row.conflicts += _conflicts(row, link, changed_there)
    if row.conflicts:
        _stand_for_stored(row, link, changed_there)
        work.refuse()
        return False
    work.merged.append(row.label or str(getattr(link, row.far_name)))
    return True


def _conflicts(row: LinkRow, link: Any, changed_there: Iterable[str]) -> list[str]:
    """What both have changed, with both values; a removed or replaced row gives up every fact."""
    given_up = "removed it" if row.remove.data else "replaced it" if row.is_replaced else ""
    sentences: list[str] = []
    for name in changed_there:
        field, stored = row[name], getattr(link, name)
        mine = name in row.changed_facts and as_text(field.data) != as_text(stored)
        if mine or given_up:
            did = given_up or f"have {in_words(field.data)}"
            last = last_to_say(row.table, row.identity.data or "", name)
            changed = f"{field.label.text} was changed to {in_words(stored)} meanwhile{_by_whom(last)}"
            sentences.append(f"{changed}; you {did}. Save again to keep yours.")
    return sentences


def _stand_for_stored(row: LinkRow, link: Any, changed_there: Iterable[str]) -> None:
    """Let the row count from the stored version, and show what only the colleague has changed."""
    mine = row.changed_facts
    for name in changed_there:
        if name not in mine:
            row[name].raw_data = None
            row[name].process_data(getattr(link, name))
    row.version.data = str(link.version)
    stored = {name: as_text(getattr(link, name)) for name in (*row.facts, *row.ask_names)}
    row.remember(stored, row.base.get(row.far_name))


def _by_whom(save: ChangeSet | None) -> str:
    """Who did it, and when; nothing where the history does not know."""
    return f" by {save.user or 'a program'} ({moment_text(save.made_at)})" if save else ""


def _answer_for_a_gone_link(work: Work, row: LinkRow, join: Callable[[Any], Any]) -> Any:
    """A link that a colleague removed: asked the first time, then restored or dropped as decided."""
    if row.remove.data:
        return None
    if not row.is_gone:
        row.version.data = GONE
        removal = removal_of(row.table, row.identity.data or "")
        row.conflicts.append(
            f"This was removed meanwhile{_by_whom(removal.change_set if removal else None)}. "
            "Put it back with these values, or save again to drop it."
        )
        work.refuse()
        return None
    return _joined(work, row, join) if row.restore.data else None

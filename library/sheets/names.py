"""Authors as files name them: by name, matched with the stored ones by the folded name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from core.db import db, folded
from core.sheets import cells
from core.sheets.bulk import rows_with
from library.models import Author

MOST = 200


def person(cell: str) -> str:
    """One name."""
    return str(cells.text(MOST)(cell))


def people(cell: str) -> tuple[str, ...]:
    """The names of one cell, separated by commas, in order; blanks are squeezed, empty places left out."""
    names = tuple(" ".join(part.split()) for part in cells.text(20_000)(cell).split(","))
    too_long = next((name for name in names if len(name) > MOST), None)
    if too_long:
        raise cells.BadCell(f"The name {cells.quoted(too_long)} has more than {MOST} characters.")
    return tuple(name for name in names if name)


def authors_by_name(keys: Collection[str], also_filed: bool = False) -> dict[str, list[Any]]:
    """The stored authors of each folded name (or, if wanted, of the name they are filed under)."""
    found: dict[str, list[Any]] = defaultdict(list)
    columns = (Author.name_key, Author.sort_key)
    wanted = select(Author.id, Author.name, Author.sort_name, *columns)
    for column in columns if also_filed else columns[:1]:
        for row in rows_with(db.session(), wanted, column, keys):
            known = found[getattr(row, column.key)]
            if all(row.id != other.id for other in known):
                known.append(row)
    return found


def folded_names(names: Iterable[str]) -> dict[str, str]:
    """Each name once, by its folded form; the first spelling stays."""
    result: dict[str, str] = {}
    for name in names:
        result.setdefault(folded(name), name)
    return result


def meant(candidates: Iterable[Any], linked: Collection[int]) -> list[Any]:
    """Which of the authors of one name can be meant: who is linked already comes first."""
    found = list(candidates)
    return [one for one in found if one.id in linked][:1] or found


def whole_name(values: Mapping[str, Any]) -> tuple[str, str]:
    """Name and filed name of a line, each empty if it is not said."""
    first, last = values.get("first_name", ""), values.get("last_name", "")
    name = values.get("name") or (f"{first} {last}".strip() if last else "")
    filed = values.get("sort_name") or (f"{last}, {first}" if first and last and "name" not in values else "")
    return name, filed

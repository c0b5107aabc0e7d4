"""Authors as files name them: by name, matched with the stored ones by the folded name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.db import db, folded
from core.sheets import cells
from core.sheets.bulk import rows_with
from core.sheets.plan import Line, Plan
from library.models import Author, AuthorName

MOST = 200
OTHER_NAME = "Another name"
# A name ends at a comma, unless it stands in quotation marks: "Hart, Jr.", Ann Lee
_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)')


def person(cell: str) -> str:
    """One name."""
    return str(cells.text(MOST)(cell))


def people(cell: str) -> tuple[str, ...]:
    """The names of one cell, separated by commas, in order; blanks are squeezed, empty places left out."""
    names = tuple(_one_name(found) for found in _NAME.finditer(cells.text(20_000)(cell)))
    too_long = next((name for name in names if len(name) > MOST), None)
    if too_long:
        raise cells.BadCell(f"The name {cells.quoted(too_long)} has more than {MOST} characters.")
    return tuple(name for name in names if name)


def _one_name(found: re.Match[str]) -> str:
    quoted, plain = found.groups()
    return " ".join((plain if quoted is None else quoted.replace('""', '"')).split())


def in_one_cell(names: Iterable[str]) -> str:
    """The names as `people` reads them: one with a comma in it stands in quotation marks."""
    return ", ".join(_quoted(name) if "," in name or name.startswith('"') else name for name in names)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def authors_by_name(keys: Collection[str], also_filed: bool = False) -> dict[str, list[Any]]:
    """The stored authors of each folded name (or, if wanted, of the name they are filed under).

    Where nobody has a name so, those who have it as another name are meant: a pen name, another spelling, or
    that of a duplicate which was merged.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    columns = (Author.name_key, Author.sort_key)
    facts = (Author.id, Author.name, Author.sort_name, Author.match_key)
    wanted = select(*facts, *columns).order_by(Author.id)
    for column in columns if also_filed else columns[:1]:
        for row in rows_with(db.session(), wanted, column, keys):
            known = found[getattr(row, column.key)]
            if all(row.id != other.id for other in known):
                known.append(row)
    unknown = {key for key in keys if key not in found}
    called = wanted.add_columns(AuthorName.name_key.label("called")).join(
        AuthorName, AuthorName.author_id == Author.id
    )
    for row in rows_with(db.session(), called, AuthorName.name_key, unknown):
        if all(row.id != other.id for other in found[row.called]):
            found[row.called].append(row)
    return found


def is_other_name(said: str, author: Any) -> bool:
    """Whether an author is called so only by another name."""
    return folded(said) not in (author.name_key, author.sort_key)


def note_other_name(plan: Plan, line: Line, said: str, authors: Sequence[Any]) -> None:
    """Say that a line means somebody by another name."""
    if len(authors) == 1 and is_other_name(said, authors[0]):
        plan.notice(OTHER_NAME, line, f"{said} is {authors[0].name} here.")


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

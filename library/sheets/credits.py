"""The authors in one cell of a line about a book, compared with the credits that are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.db import folded
from core.sheets.absent import Stored
from core.sheets.plan import Change, Line, Plan, State
from library.sheets.found import Found
from library.sheets.lacking import OF_BOOKS
from library.sheets.names import folded_names, meant, note_other_name

REPEATED = "Author named twice"
STAYS = "Author not in the file"


@dataclass
class Credits:
    """The credits of one line: who is stored, who is named (a new author by folded name), and the rest."""

    stored: list[int] = field(default_factory=list)
    wanted: list[int | str] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    spelled: dict[int | str, str] = field(default_factory=dict)


def compare_credits(
    plan: Plan, books: Mapping[Line, Any], found: Found, authors: Mapping[str, list[Any]]
) -> None:
    """Put the authors of each line into its order; who is stored and not named stays at the end, or goes."""
    credits = {}
    for line, book in books.items():
        if line.is_open and line.values.get("authors"):
            one = _credits(plan, line, found.authors_of(book), authors)
            if one is not None:
                credits[line] = one
    gone = _absent(plan, credits, found)
    for line, one in credits.items():
        for author in one.kept:
            if (line.key, author) not in gone:
                said = f"{found.names[author][0]} is not named here and stays an author."
                plan.notice(STAYS, line, said)
        left = [author for author in one.kept if (line.key, author) not in gone]
        if [*one.wanted, *left] != one.stored and not _is_kept_order(one, gone and len(left) < len(one.kept)):
            line.extra.credits = [*one.wanted, *left]
            _note(line, one, found)


def _is_kept_order(one: Credits, has_gone: object) -> bool:
    """Whether the named ones stand in their stored order, with others between them that stay."""
    return not has_gone and [author for author in one.stored if author in one.wanted] == one.wanted


def _credits(plan: Plan, line: Line, stored: list[int], authors: Mapping[str, list[Any]]) -> Credits | None:
    """Who is named, each once; None where a name can mean several people."""
    names, one = folded_names(line.values["authors"]), Credits(stored)
    repeated = _repeated(line.values["authors"])
    for key, name in names.items():
        candidates = meant(authors.get(key, ()), stored)
        if len(candidates) > 1:
            said = f"{len(candidates)} authors are called “{name}”; link the right one by hand first."
            line.refuse(said, "authors")
            return None
        author = candidates[0].id if candidates else key
        if author in one.spelled:
            repeated.append(name)
            continue
        one.wanted.append(author)
        one.spelled[author] = name
        note_other_name(plan, line, name, candidates)
    for name in repeated:
        plan.notice(REPEATED, line, f"{name} is named twice; kept once, at the first place.")
    line.extra.new_names = {key: one.spelled[key] for key in one.wanted if isinstance(key, str)}
    one.kept = [author for author in stored if author not in one.wanted]
    return one


def _absent(plan: Plan, credits: Mapping[Line, Credits], found: Found) -> set[Any]:
    """The pairs of book and author that go: the file does not name the author, and a person said so."""
    stored = [
        Stored((line.key, author), f"{found.names[author][0]} of {found.titles[line.key]}")
        for line, one in credits.items()
        for author in one.kept
        if line.is_open
    ]
    return {
        one.key for one in OF_BOOKS.settle(plan, {"books": len(stored)}, lambda _scope: stored) if one.deed
    }


def _note(line: Line, one: Credits, found: Found) -> None:
    if line.state is State.ADDED:
        return
    old = ", ".join(found.names[author][0] for author in one.stored)
    names = (found.names[key][0] if key in found.names else one.spelled[key] for key in line.extra.credits)
    line.state = State.CHANGED
    line.changes += (Change("Authors", old or "none", ", ".join(names)),)


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if folded(name) in seen or seen.add(folded(name))]  # type: ignore[func-returns-value]

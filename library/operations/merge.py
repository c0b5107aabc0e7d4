"""Two authors become one: the shares move, the names are kept, and old addresses lead to who stays."""

from collections.abc import Mapping, Sequence

from core.forms import day_text, number_text
from core.merging import LOSER, WINNER, Question, carry_apart, refuse_unanswered
from core.writing import Problem, Work
from library import queries
from library.models import Author, AuthorBook, AuthorName, Book, NotTheSameAuthor
from library.operations.shares import put_in_order

# Up to so many books that both are on are asked about one by one; more of them all at once.
MOST_ASKED = 30
ADD = "add"


def merge_authors(work: Work, winner_id: int, loser_id: int, answers: Mapping[str, str]) -> list[str]:
    """Let the second author become a part of the first: locked and freshly read, with what was decided."""
    work.lock(Author, [winner_id, loser_id], whole=True)
    books = sorted({*queries.books_of_author(winner_id), *queries.books_of_author(loser_id)})
    work.lock(Book, books)
    links = list(queries.links_of_books(books).values())
    both = queries.authors_with([winner_id, loser_id])
    if len(both) != 2:
        work.refuse(Problem("One of the two is not there any more. Choose again."))
        return []
    winner, loser = both[winner_id], both[loser_id]
    if refuse_unanswered(work, questions_of_authors(winner, loser, links), answers):
        return []
    _join_shares(work, winner, loser, links, answers)
    _join_names(work, winner, loser, answers)
    if answers.get("archived") == LOSER:
        winner.archived_on = loser.archived_on
    carry_apart(work, NotTheSameAuthor, winner.id, loser.id)
    work.session.delete(loser)
    return []


# --- what is asked ---------------------------------------------------------------------------------


def questions_of_authors(winner: Author, loser: Author, links: Sequence[AuthorBook]) -> list[Question]:
    """What has to be decided; `links` has the shares of both."""
    asked = []
    if (winner.name, winner.sort_name) != (loser.name, loser.sort_name):
        hint = "The other name is kept, and found."
        asked.append(Question("name", "Name", {WINNER: _named(winner), LOSER: _named(loser)}, hint=hint))
    if winner.archived_on != loser.archived_on:
        days = {
            side: f"archived on {day_text(one.archived_on)}" if one.archived_on else "in use"
            for side, one in ((WINNER, winner), (LOSER, loser))
        }
        in_use = LOSER if winner.archived_on else WINNER
        asked.append(Question("archived", "Archived", days, in_use))
    if winner.name != loser.name and any(_prints_name(link, loser) for link in _moving(winner, loser, links)):
        prints = {WINNER: "the name of the author", LOSER: f"“{loser.name}”, as they do now"}
        asked.append(Question("printed", "What the books that move print", prints))
    return [*asked, *_questions_of_shares(winner, loser, links)]


def _named(author: Author) -> str:
    return f"{author.name}, filed as {author.sort_name}"


def _questions_of_shares(winner: Author, loser: Author, links: Sequence[AuthorBook]) -> list[Question]:
    """One for each book that both are on; where these are many, one for all of them."""
    pairs = shared_books(winner, loser, links)
    if len(pairs) > MOST_ASKED:
        kept = {
            WINNER: f"Keep the shares of {winner} #{winner.id}",
            LOSER: f"Keep the shares of {loser} #{loser.id}",
            ADD: "Add up the percentages, at the earlier place",
        }
        return [Question("shares", f"Both are on {len(pairs)} books", kept)]
    return [
        Question(
            f"share-{mine.book_id}",
            f"Both are on {mine.book}",
            {
                WINNER: f"Keep {share_words(mine)}",
                LOSER: f"Keep {share_words(theirs)}",
                ADD: f"Add up: {_added_words(mine, theirs)}",
            },
        )
        for mine, theirs in pairs
    ]


def shared_books(
    winner: Author, loser: Author, links: Sequence[AuthorBook]
) -> list[tuple[AuthorBook, AuthorBook]]:
    """The shares of both on one book, by title."""
    mine = {link.book_id: link for link in links if link.author_id == winner.id}
    pairs = [(mine[link.book_id], link) for link in _of(loser, links) if link.book_id in mine]
    return sorted(pairs, key=lambda pair: (pair[0].book.title_key, pair[0].book_id))


def _of(author: Author, links: Sequence[AuthorBook]) -> list[AuthorBook]:
    return [link for link in links if link.author_id == author.id]


def _moving(winner: Author, loser: Author, links: Sequence[AuthorBook]) -> list[AuthorBook]:
    taken = {link.book_id for link in _of(winner, links)}
    return [link for link in _of(loser, links) if link.book_id not in taken]


def _prints_name(link: AuthorBook, author: Author) -> bool:
    """Whether the book prints the author's own name."""
    return (link.credited_as or author.name) == author.name


def share_words(link: AuthorBook) -> str:
    """A share in words: “9 %, author, place 1”."""
    parts = [f"{number_text(link.royalty_percentage)} %", _roles(link), f"place {link.publication_order}"]
    return ", ".join([*parts, f"printed as “{link.credited_as}”"] if link.credited_as else parts)


def _roles(link: AuthorBook) -> str:
    return f"{link.role}, {link.also_as}" if link.also_as else link.role


def _added_words(mine: AuthorBook, theirs: AuthorBook) -> str:
    total = number_text(mine.royalty_percentage + theirs.royalty_percentage)
    place = min(mine.publication_order, theirs.publication_order)
    further = _further_roles(mine, theirs)
    return f"{total} %, {mine.role}{f', {further}' if further else ''}, place {place}"


def _further_roles(mine: AuthorBook, theirs: AuthorBook) -> str | None:
    """What both shares say beside the main role of the first one."""
    said = [one.strip() for one in f"{mine.also_as or ''},{theirs.role},{theirs.also_as or ''}".split(",")]
    return ", ".join(dict.fromkeys(one for one in said if one and one != mine.role)) or None


# --- what is done ----------------------------------------------------------------------------------


def _join_shares(
    work: Work, winner: Author, loser: Author, links: Sequence[AuthorBook], answers: Mapping[str, str]
) -> None:
    """Move the shares; of two on one book one is left, and the credits of that book close up."""
    pairs = shared_books(winner, loser, links)
    for link in _moving(winner, loser, links):
        if answers.get("printed") == LOSER and not link.credited_as:
            link.credited_as = loser.name
        link.author = winner
    for mine, theirs in pairs:
        _make_one(mine, theirs, answers.get(f"share-{mine.book_id}") or answers["shares"])
        work.session.delete(theirs)
    closing = {mine.book_id for mine, _theirs in pairs}
    left = [link for link in links if link.book_id in closing]
    put_in_order(work, left, ())


def _make_one(mine: AuthorBook, theirs: AuthorBook, answer: str) -> None:
    """Write what was decided into the share that is left."""
    if answer == LOSER:
        for name in ("royalty_percentage", "publication_order", "role", "also_as", "credited_as"):
            setattr(mine, name, getattr(theirs, name))
    elif answer == ADD:
        mine.also_as = _further_roles(mine, theirs)
        mine.royalty_percentage += theirs.royalty_percentage
        mine.publication_order = min(mine.publication_order, theirs.publication_order)
        mine.credited_as = mine.credited_as or theirs.credited_as


def _join_names(work: Work, winner: Author, loser: Author, answers: Mapping[str, str]) -> None:
    """Keep every name that either had, each once; the old id leads here, and those that led to it."""
    former = loser.name
    if answers.get("name") == LOSER:
        former = winner.name
        winner.name, winner.sort_name = loser.name, loser.sort_name
    known = {one.name_key for one in winner.alternate_names} | {winner.name_key}
    for one in list(loser.alternate_names):
        if one.former_id is None and one.name_key in known:
            work.session.delete(one)
            continue
        one.author = winner
        known.add(one.name_key)
    winner.alternate_names.append(AuthorName(name=former, former_id=loser.id))

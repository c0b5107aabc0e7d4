"""Looking for records: the first ones that are found, and how many there are, without counting everything."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    inspect,
    or_,
    select,
    true,
    union_all,
)

from core.db import code_key, db, folded
from core.typed import Shape, Typed, Word, escaped, places

# So many of one kind are shown, and counting stops just above the other: “1,000+”.
FIRST = 10
MANY = 1_000
# So many statements are remembered, each of some 100 KB: people type one word or two.
REMEMBERED = 100


class First(NamedTuple):
    """The first records that were found, each with whether its whole key was typed; how many there are."""

    rows: Sequence[tuple[Any, bool]]
    total: int

    @property
    def records(self) -> list[Any]:
        """The records alone."""
        return [record for record, _is_exact in self.rows]


def first_of(
    wanted: Select[Any],
    exact: Sequence[ColumnElement[bool]],
    near: Sequence[ColumnElement[bool]],
    sort: Sequence[Any],
    *options: Any,
    most: int = FIRST,
) -> Select[Any]:
    """The first records of a select in one statement: exact ones ahead, then those that are near.

    What is exact meets one of those conditions, each of which leads there by an index. `sort` begins with a
    text and ends in the primary key. The keys are found once, up to a limit; only they are counted and
    fetched, so that a search for one letter costs no more than one for a name.
    """
    record, key = wanted.column_descriptions[0]["entity"], sort[-1]
    # An expression, so that no index gives the order: reading all rows as they lie, and keeping the first
    # thousand, is ten times faster than going to 300,000 rows one by one in the order of their names.
    is_near = case((and_(true(), *near), 1), else_=0).desc()
    as_text = [func.coalesce(sort[0], ""), *sort[1:]]
    keys = wanted.with_only_columns(key).order_by(is_near, *as_text).limit(MANY + 1).cte("found")
    total = select(func.count()).select_from(keys).scalar_subquery()
    is_exact = case((or_(false(), *exact), 1), else_=0)
    whole = [select(key).where(one).correlate(None) for one in exact]
    return (
        select(record, is_exact, total)
        .where(key.in_(union_all(select(keys), *whole)))
        .order_by(is_exact.desc(), is_near, *sort)
        .limit(most)
        .options(*options)
    )


def found(asked: Typed, put_together: Callable[..., Select[Any]], *rest: Hashable) -> First:
    """The first records, by the statement of `first_of` that `put_together(asked, *rest)` returns.

    It is put together once for so many words, and what was typed is put into it.
    """
    statement = _statement(put_together, asked.shape, (db.engine.dialect.name, MANY), *rest)
    rows = db.session.execute(statement, asked.values()).unique().all()
    return First([(row[0], bool(row[1])) for row in rows], rows[0][2] if rows else 0)


@lru_cache(REMEMBERED)
def _statement(
    put_together: Callable[..., Select[Any]], shape: Shape, _also: Hashable, *rest: Hashable
) -> Select[Any]:
    """A statement with places, remembered by all that it depends on."""
    return put_together(places(shape), *rest)


def like(column: Any, pattern: Any) -> ColumnElement[bool]:
    """Condition that a text is as this pattern of a `Word` says."""
    return cast(ColumnElement[bool], column.like(pattern, escape="/"))


def has_part(column: Any, part: str) -> ColumnElement[bool]:
    """Condition that a text has this part in it, whatever signs that has.

    The same as `column.contains(part, autoescape=True)`, but one value instead of three that the database
    puts together for each row.
    """
    return like(column, f"%{escaped(part)}%")


def begins_words(words: Iterable[Word], name: Any) -> list[ColumnElement[bool]]:
    """Conditions that each word begins a word of a name: “king” is nearer to King than to Viking."""
    return [or_(like(name, word.begins), like(name, word.later)) for word in words]


def counts_of(*wanted: Select[Any]) -> Sequence[int]:
    """How many rows each select of records has, in one statement; counting stops just above `MANY`."""
    counts = []
    for one in wanted:
        record = inspect(one.column_descriptions[0]["entity"])
        few = one.with_only_columns(*record.primary_key, maintain_column_froms=True).order_by(None)
        counts.append(select(func.count()).select_from(few.limit(MANY + 1).subquery()).scalar_subquery())
    return tuple(db.session.execute(select(*counts)).one())


def count_text(count: int) -> str:
    """A count as people read it: “23”, or “1,000+” where counting stopped."""
    return f"{count:,}" if count <= MANY else f"{MANY:,}+"


def has_words(q: str, *texts: str | None) -> bool:
    """Whether each word of `q` is part of one of these keys, as the searches of the database ask it."""
    words = [word.lstrip("#") for word in q.split()]
    return all(
        any(folded(word) in text or code_key(word) in text for text in texts if text) for word in words
    )

"""Any part of a name finds it by an index, and finds what looking at each record finds, on both databases."""

import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, insert, inspect, select, text

import library.queries
from core.db import code_key, db, folded
from core.parts import astray, every_index
from hr import operations, queries
from hr.models import Employee
from library.models import Author, Book
from tests import databases, factories
from tests.cast import Cast
from tests.conftest import Client
from tests.core.test_undo import save, undo

SIGNS = "aaabbceéÉçßłŁøIıİœжЖ中😀'’\"%_\\-.*()^:/"
DAY = date(2025, 5, 20)


def keys(wanted: Select[Any]) -> set[Any]:
    """The keys of the records that a select finds."""
    (key,) = inspect(wanted.column_descriptions[0]["entity"]).primary_key
    return set(db.session.scalars(wanted.with_only_columns(key, maintain_column_froms=True)))


def people(q: str) -> set[str]:
    return keys(queries.employees({}, q, DAY)[0])


# --- the same as without an index ----------------------------------------------------------------------


def odd(some: random.Random, words: int) -> str:
    """A name of odd words."""
    return " ".join("".join(some.choices(SIGNS, k=some.randint(1, 7))) for _ in range(words))


def filled_with(some: random.Random) -> dict[str, list[str]]:
    """People, books and authors with odd names, some of them with former ones; what each person is called."""
    called = {}
    for n in range(40):
        name, other = odd(some, 2), odd(some, 2)
        person, author = factories.employee(name, f"é{n}A{n * 7}"), factories.author(name)
        factories.book(name, reference=f"R-{n}{SIGNS[n % 9]}")
        called[person.number] = [folded(name), person.number_key]
        if n % 3 == 0:
            factories.former_number(person, f"X{n * 13}", other)
            factories.other_name(author, other)
            called[person.number] += [folded(other), f"x{n * 13}"]
    return called


def searches(some: random.Random, called: Sequence[list[str]]) -> Iterator[str]:
    """Parts of names and numbers, in any order and case, and some that nobody has."""
    for _ in range(90):
        parts = []
        for word in some.choice(some.choice(called)).split()[:: some.choice((1, -1))]:
            begin = some.randrange(len(word))
            parts.append(word[begin : begin + some.randint(1, 8)])
        q = " ".join(parts) if some.random() < 0.8 else odd(some, 1)
        yield q.upper() if some.random() < 0.3 and "ß" not in q and "ı" not in q else q


def test_odd_searches_find_what_looking_at_each_record_finds(app: Flask) -> None:
    some = random.Random(7)  # nosec B311
    called, found = filled_with(some), 0
    for q in searches(some, list(called.values())):
        words = [bare for word in q.split() if (bare := word.lstrip("#"))]
        each = {
            number
            for number, texts in called.items()
            if all(any(folded(word) in one or code_key(word) in one for one in texts) for word in words)
        }
        assert people(q) == each, q
        # The same statement for all that has as many words, each time with others in it.
        assert {one.number for one in queries.people_found(q, 1_000).records} == each, q
        for record, looked_for, condition in (
            (Book, library.queries.books, library.queries.books_called),
            (Author, library.queries.authors, library.queries.authors_called),
        ):
            meant = keys(select(record).where(*condition(q)))
            assert keys(looked_for({}, q)[0]) == meant, q
            first = library.queries.books_found if record is Book else library.queries.authors_found
            assert {one.id for one in first(q, 1_000).records} == meant, q
        found += len(each)
    assert found > 90


@pytest.mark.parametrize("q", ["ref-ä", "REF-Ä", "ef-ä", "EF-"])
def test_a_reference_is_found_in_any_case(app: Flask, q: str) -> None:
    factories.book("Some Book", reference="Ref-a77")
    assert len(keys(library.queries.books({}, q)[0])) == 1


# --- whatever is stored --------------------------------------------------------------------------------


def strays() -> list[str]:
    """The indexes that do not say what the records say; PostgreSQL's always do."""
    if databases.SERVER:
        return []
    return [parts.index for parts in every_index() if astray(db.session.connection(), parts)]


def test_whatever_becomes_of_a_name_is_found(cast: Cast) -> None:
    def found(*words: str) -> list[set[str]]:
        assert not strays()
        return [people(one) for one in words]

    renamed = save(lambda _work: setattr(cast.ann, "name", "Wilhelmina Őry"))
    assert found("helmin", "ory", "lee") == [{"1001"}, {"1001"}, set()]
    renumbered = save(lambda work: operations.renumber(work, cast.ann, "W-777"))
    assert found("helmin", "777", "100 helm") == [{"W-777"}, {"W-777"}, {"W-777"}]
    save(lambda work: operations.merge_people(work, "W-777", "1002", {"name": "stays"}))
    assert found("okafor", "1002") == [{"W-777"}, {"W-777"}], "under the name and number of the duplicate"
    undo()
    assert found("okafor", "1002") == [{"1002"}, {"1002"}]
    undo(renumbered)
    undo(renamed)
    assert found("lee", "helmin", "777") == [{"1001"}, set(), set()]
    save(lambda work: work.session.delete(db.session.get(Employee, "1002")))
    assert found("okafor", "1002") == [set(), set()]


def test_rows_that_statements_store_are_found(app: Flask) -> None:
    rows = [{"title": f"Volume {n}", "title_key": f"volume {n}", "version": 1} for n in range(300)]
    db.session.execute(insert(Book), rows)
    db.session.execute(text("UPDATE book SET title_key = 'something else' WHERE title_key = 'volume 256'"))
    db.session.execute(text("DELETE FROM book WHERE title_key LIKE 'volume 1%'"))
    db.session.commit()
    assert len(keys(library.queries.books({}, "olum")[0])) == 300 - 1 - 111
    assert len(keys(library.queries.books({}, "thin els")[0])) == 1
    assert not strays()


# --- by the index --------------------------------------------------------------------------------------


def plan(wanted: Select[Any]) -> str:
    """How the database would look for them; for so few rows PostgreSQL is told that a look at all is dear."""
    words = wanted.limit(1001).compile(db.engine, compile_kwargs={"literal_binds": True})
    connection = db.session.connection()
    if databases.SERVER:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN" if databases.SERVER else "EXPLAIN QUERY PLAN"
    rows = connection.exec_driver_sql(f"{explain} {words}").all()
    db.session.rollback()
    return "\n".join(str(row[-1]) for row in rows)


COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5500)"
NAME = "CAST(CAST(i AS BIGINT) * 2654435761 % 99999999977 AS TEXT) || ' common'"


@pytest.fixture
def many(app: Flask) -> None:
    """More records than a list looks for first and sorts then."""
    for record, columns in (
        (Employee, ("number", "number_key", "name", "name_key", "sort_name", "sort_key")),
        (Book, ("title", "title_key")),
        (Author, ("name", "name_key", "sort_name", "sort_key")),
    ):
        values = ("CAST(i AS TEXT)" if column.startswith("number") else NAME for column in columns)
        into = f"INSERT INTO {record.__tablename__} ({', '.join(columns)}, version) "
        db.session.execute(text(f"{into} {COUNTED} SELECT {', '.join(values)}, 1 FROM n"))
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def test_few_are_found_by_the_index(many: None) -> None:
    for wanted, index in (
        (queries.employees({}, "98765 1", DAY)[0], "employee"),
        (library.queries.books({}, "9876 c")[0], "book"),
        (library.queries.authors({}, "98765")[0], "author"),
    ):
        by_parts = f"ix_{index}_parts" if databases.SERVER else f"parts_of_{index} VIRTUAL TABLE INDEX 0:M"
        assert by_parts in (found := plan(wanted)), found


def test_whole_keys_are_found_by_their_own_index(many: None) -> None:
    """PostgreSQL took an index of parts for it, which needed 20 seconds for the keys of half a file."""
    keys = select(Employee.number).where(Employee.number_key.in_([str(i) for i in range(3000)]))
    assert "_parts" not in plan(keys)


@pytest.mark.skipif(bool(databases.SERVER), reason="without any stays PostgreSQL begins with those")
def test_the_people_of_stays_are_looked_for_once(many: None) -> None:
    assert "parts_of_employee VIRTUAL TABLE INDEX 0:M" in plan(queries.stays({}, "98765", DAY)[0])


def test_many_are_gone_through_in_the_order_of_the_list(many: None, client: Client, statements: Any) -> None:
    with statements() as seen:
        page = client.get("/hr/employees?q=common")
    assert "5,000+" in page.text
    (in_order,) = (one for one in seen if "ORDER BY employee.sort_key" in one)
    assert "parts_of" not in in_order

"""Taking a save back: everything is as it was, or it is said what is left, because of whom and what."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import Base, db
from core.history.undo import undo as take_back
from core.models import Change, ChangeSet
from core.writing import Refused, Work, writing
from hr import operations
from hr.models import Department, DepartmentEmployeeLink, Employee
from library import operations as of_books
from library import queries as book_queries
from library.models import Author, AuthorBook, Book, Subject
from tests import factories
from tests.cast import Cast
from tests.hr.test_deeds import day
from tests.importing import CommandLine

Link = DepartmentEmployeeLink
WATCHED = ("department", "employee", "author", "book", "address", "job_title", "edition", "subject")


def everything() -> dict[str, list[Any]]:
    """Every row of every table of the rooms, but for how often it was changed."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        if not table.name.startswith(("user", "role", "change", "job", "upload", "column_", "post")) or (
            table.name == "job_title"
        ):
            columns = [one for one in table.c if one.name != "version"]
            found[table.name] = sorted(map(tuple, db.session.execute(select(*columns))), key=repr)
    return found


def done() -> int:
    """The id of the newest save."""
    return int(db.session.scalar(select(ChangeSet.id).order_by(ChangeSet.id.desc())) or 0)


def rules(work: Work) -> Iterator[Any]:
    yield from operations.check(work)
    yield from of_books.check(work)


def undo(id: int | None = None) -> list[str]:
    """Take a save back as its page does, whatever is left; returns what is left."""
    number = id or done()
    db.session.rollback()
    with writing(rules) as work:
        change_set = db.session.get(ChangeSet, number)
        assert change_set is not None
        left = take_back(work, change_set).left
        work.leads_to("/", "Undone.")
    db.session.rollback()
    return left


def save(deed: Callable[[Work], Any]) -> int:
    db.session.rollback()
    with writing(rules) as work:
        deed(work)
        work.leads_to("/", "Done.")
    db.session.rollback()
    return done()


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture
def world(cast: Cast, today: Callable[..., None]) -> Cast:
    """Ann and Ben at work, a book of two with a subject and an edition."""
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31", "0.500")
    factories.stay(cast.ann, cast.sales, "2025-01-01", None, "0.600", extra_data="part-time", is_primary=True)
    factories.stay(cast.ben, cast.it, "2025-01-01", None, "0.250", role="head")
    factories.address(cast.ann)
    factories.job_title(cast.ann, "Editor", "2024-01-01")
    factories.former_number(cast.ann, "0001")
    book = factories.book("Duo", published="1995")
    for name, royalty in (("Jane Roe", "9"), ("Max Moe", "6")):
        factories.share(book, factories.author(name), royalty)
    factories.subject("Wit", book)
    factories.edition(book, "9780141439600", "9.99")
    factories.other_name(db.session.scalars(select(Author).where(Author.name == "Max Moe")).one(), "M. M.")
    return cast


def _stay(number: str, code: str) -> Link:
    wanted = select(Link).where(Link.employee_number == number, Link.department_code == code)
    return db.session.scalars(wanted.order_by(Link.starts_on)).first() or pytest.fail("no such stay")


def _book() -> Book:
    return db.session.scalars(select(Book)).one()


def _transfer(work: Work) -> None:
    operations.transfer(
        work, [_stay("1002", "IT")], db.session.get(Department, "SALES"), day("2025-06-16"), {}
    )


def _merge_people(work: Work) -> None:
    loser, winner = db.session.get(Employee, "1002"), db.session.get(Employee, "1001")
    asked = {one.name: one.default for one in operations.questions_of_people(winner, loser)}
    operations.merge_people(work, "1001", "1002", asked)


def _merge_departments(work: Work) -> None:
    it, sales = db.session.get(Department, "IT"), db.session.get(Department, "SALES")
    meeting = operations.meeting_of(("IT", "SALES"))
    asked = {one.name: one.default for one in operations.questions_of_departments(it, sales, meeting)}
    operations.merge_departments(work, "IT", "SALES", asked)


def _merge_authors(work: Work) -> None:
    first, second = db.session.scalars(select(Author).order_by(Author.id)).all()
    links = list(book_queries.links_of_books([_book().id]).values())
    asked = {one.name: one.default for one in of_books.questions_of_authors(first, second, links)}
    of_books.merge_authors(work, first.id, second.id, asked)


def _subjects(work: Work) -> None:
    _book().subjects = []


def _renumber(work: Work) -> None:
    operations.renumber(work, db.session.get(Employee, "1001") or pytest.fail("nobody"), "2007")


def _recode(work: Work) -> None:
    operations.recode(work, db.session.get(Department, "IT") or pytest.fail("none"), "ICT")


def _swap(work: Work) -> None:
    first, second = _book().author_links
    first.publication_order, second.publication_order = 2, 1
    first.royalty_percentage, second.role = Decimal("7.5"), "editor"


DEEDS = {
    "ending a stay": lambda work: operations.end(work, [_stay("1002", "IT")], day("2025-06-30")),
    "a transfer": _transfer,
    "a change from a day": lambda work: setattr(_stay("1001", "SALES"), "fte", Decimal("0.2")),
    "a renumbering": _renumber,
    "a recoding": _recode,
    "taking a stay away": lambda work: work.session.delete(_stay("1001", "IT")),
    "deleting a person with everything": lambda work: work.session.delete(work.session.get(Employee, "1001")),
    "deleting a department with its stays": lambda work: work.session.delete(
        work.session.get(Department, "IT")
    ),
    "deleting a book with everything": lambda work: work.session.delete(_book()),
    "deleting an author": lambda work: work.session.delete(_book().author_links[1].author),
    "a merge of two people": _merge_people,
    "a merge of two departments": _merge_departments,
    "a merge of two authors": _merge_authors,
    "other subjects": _subjects,
    "another order and royalty": _swap,
}


@pytest.mark.parametrize("deed", DEEDS)
def test_everything_is_as_it_was_after_the_undo_of(world: Cast, deed: str) -> None:
    before = everything()
    number = save(DEEDS[deed])
    after = everything()
    assert after != before, "the deed has done something"

    assert undo(number) == []
    assert everything() == before

    assert undo() == [], "an undo can be undone"
    assert everything() == after


def test_what_was_changed_since_is_kept_and_said_by_whom(world: Cast) -> None:
    number = save(lambda work: setattr(_stay("1001", "SALES"), "fte", Decimal("0.2")))
    save(lambda work: setattr(_stay("1001", "SALES"), "fte", Decimal("0.3")))
    (sentence,) = undo(number)
    assert "kept, because a program changed FTE on " in sentence
    assert _stay("1001", "SALES").fte == Decimal("0.300")


def test_another_fact_that_was_changed_since_survives_the_undo(world: Cast) -> None:
    number = save(lambda work: setattr(_stay("1001", "SALES"), "fte", Decimal("0.2")))
    save(lambda work: setattr(_stay("1001", "SALES"), "extra_data", "casual"))
    assert undo(number) == []
    stay = _stay("1001", "SALES")
    assert (stay.fte, stay.extra_data) == (Decimal("0.600"), "casual")


def test_what_was_removed_since_is_kept_removed(world: Cast) -> None:
    number = save(lambda work: setattr(_stay("1001", "SALES"), "fte", Decimal("0.2")))
    save(lambda work: work.session.delete(_stay("1001", "SALES")))
    (sentence,) = undo(number)
    assert "kept, because a program removed it on" in sentence


def test_a_person_who_came_with_a_save_does_not_go_with_stays_that_came_later(world: Cast) -> None:
    number = save(lambda work: work.session.add(Employee(number="3000", name="New One")))
    save(
        lambda work: work.session.add(
            Link(employee=db.session.get(Employee, "3000"), department=db.session.get(Department, "IT"))
        )
    )
    assert undo(number) == ["One, New #3000: blocked, because it has 1 stay by now."]
    assert db.session.get(Employee, "3000") is not None


def test_an_undo_keeps_the_rules_of_the_whole_set(world: Cast) -> None:
    number = save(lambda work: operations.end(work, [_stay("1002", "IT")], day("2025-06-30")))
    save(
        lambda work: work.session.add(
            Link(
                employee=db.session.get(Employee, "1002"),
                department=db.session.get(Department, "IT"),
                starts_on=day("2025-09-01"),
            )
        )
    )
    with pytest.raises(Refused, match="already"):
        undo(number)
    assert str(_stay("1002", "IT").last_day) == "2025-06-30"


def test_a_person_who_was_renumbered_since_is_still_found(world: Cast) -> None:
    number = save(lambda work: setattr(db.session.get(Employee, "1001"), "email", "ann@example.org"))
    save(_renumber)
    assert undo(number) == []
    assert (db.session.get(Employee, "2007") or pytest.fail("nobody")).email is None


def test_undoing_an_addition_never_deletes_whom_it_was_merged_into(world: Cast) -> None:
    number = save(lambda work: work.session.add(Employee(number="3000", name="Ben O.")))

    def merge(work: Work) -> None:
        winner, loser = db.session.get(Employee, "1002"), db.session.get(Employee, "3000")
        asked = {one.name: one.default for one in operations.questions_of_people(winner, loser)}
        operations.merge_people(work, "1002", "3000", asked)

    save(merge)
    (sentence,) = undo(number)
    assert "kept" in sentence
    assert db.session.get(Employee, "1002") is not None


def test_the_credits_of_a_book_close_up_where_an_author_goes_again(world: Cast) -> None:
    def credit(name: str) -> Callable[[Work], None]:
        author = factories.author(name).id
        return lambda work: work.session.add(
            AuthorBook(book=_book(), author_id=author, publication_order=len(_book().author_links) + 1)
        )

    number = save(credit("Third One"))
    save(credit("Fourth One"))
    assert undo(number) == []
    assert [(one.author.name, one.publication_order) for one in _book().author_links] == [
        ("Jane Roe", 1),
        ("Max Moe", 2),
        ("Fourth One", 3),
    ]


def test_an_import_is_taken_back_as_a_whole(cast: Cast, run: CommandLine) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", None, "0.500")
    before = everything()
    content = (
        "employee,department,from,fte\n1001,IT,2024-01-01,0.7\n1002,IT,2024-01-01,1\n1003,SALES,2024-02-01,\n"
    )
    assert "2 added, 1 changed" in run("department-links", content, "--yes").text
    assert db.session.scalars(select(Change.what).order_by(Change.number)).all() == [
        "added",
        "added",
        "changed",
    ]
    assert undo() == []
    assert everything() == before


# --- what has the key of something that is gone --------------------------------------------------------


def test_an_undo_never_takes_another_share_that_has_the_same_two(world: Cast) -> None:
    added = factories.author("Third One").id

    def credit(royalty: str) -> Callable[[Work], None]:
        return lambda work: work.session.add(
            AuthorBook(
                book=_book(), author_id=added, publication_order=3, royalty_percentage=Decimal(royalty)
            )
        )

    number = save(credit("10"))
    save(lambda work: work.session.delete(work.session.get(AuthorBook, (_book().id, added))))
    save(credit("50"))
    (sentence,) = undo(number)
    assert "kept" in sentence
    assert (db.session.get(AuthorBook, (_book().id, added)) or pytest.fail("gone")).royalty_percentage == 50


@pytest.mark.parametrize("what", ["added", "changed"])
def test_an_undo_never_touches_another_person_who_has_the_number(world: Cast, what: str) -> None:
    added = save(lambda work: work.session.add(Employee(number="7777", name="Old One")))
    changed = save(lambda work: setattr(work.session.get(Employee, "7777"), "hired_on", day("2020-01-01")))
    save(lambda work: work.session.delete(work.session.get(Employee, "7777")))
    save(lambda work: work.session.add(Employee(number="7777", name="Other One", hired_on=day("2020-01-01"))))
    (sentence,) = undo(added if what == "added" else changed)
    assert "kept" in sentence
    person = db.session.get(Employee, "7777") or pytest.fail("gone")
    assert (person.name, str(person.hired_on)) == ("Other One", "2020-01-01")


def test_what_an_undo_brought_back_is_the_same_record_again(world: Cast) -> None:
    added = save(lambda work: work.session.add(Employee(number="7777", name="Old One")))
    removed = save(lambda work: work.session.delete(work.session.get(Employee, "7777")))
    assert undo(removed) == []
    assert undo(added) == []
    assert db.session.get(Employee, "7777") is None


# --- subjects, limits, notes ---------------------------------------------------------------------------


def _subject() -> Subject:
    return db.session.scalars(select(Subject)).one()


def test_a_deleted_subject_comes_back_on_its_books(world: Cast) -> None:
    before = everything()
    number = save(lambda work: work.session.delete(_subject()))
    assert _book().subjects == []
    assert undo(number) == []
    assert everything() == before


def test_a_subject_does_not_go_with_the_books_that_came_to_it_since(world: Cast) -> None:
    number = save(lambda work: work.session.add(Subject(name="New")))
    newest = db.session.scalars(select(Subject).where(Subject.name == "New")).one()
    save(lambda work: setattr(_book(), "subjects", [newest]))
    assert undo(number) == ["New: blocked, because it has 1 book by now."]


def test_what_links_join_is_not_fetched_link_by_link(cast: Cast, statements: Any) -> None:
    asked = []
    for count in (3, 9):
        people = (factories.employee(f"Kim {n}", f"{count}-{n}") for n in range(count))
        stays = [factories.stay(one, db.session.get_one(Department, "IT"), "2025-01-01").id for one in people]

        def end(work: Work, ids: list[int] = stays) -> None:
            for one in work.session.scalars(select(Link).where(Link.id.in_(ids))):
                one.ends_before = day("2025-07-01")

        number = save(end)
        db.session.expunge_all()  # nothing of it is known already
        with statements() as seen:
            assert undo(number) == []
        asked.append(len([one for one in seen if one.startswith("SELECT")]))
    assert asked[0] == asked[1]


def test_the_undo_of_a_save_waits_for_whoever_changes_the_same_book(
    world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It locks whatever the links join, as every save does."""
    number = save(lambda work: setattr(_book().author_links[0], "royalty_percentage", Decimal(2)))
    locked: list[Any] = []

    def lock(_work: Work, model: type[Base], keys: Any, whole: bool = False) -> None:
        locked.append((model, [*keys]))

    monkeypatch.setattr(Work, "lock", lock)
    undo(number)
    share = _book().author_links[0]
    assert (Author, [share.author_id]) in locked
    assert (Book, [share.book_id]) in locked
    assert locked.index((Author, [share.author_id])) < locked.index((Book, [share.book_id]))

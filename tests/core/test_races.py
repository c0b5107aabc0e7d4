"""Forms that are posted at the same moment, by real processes: the rules of the whole set still hold."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from hr.models import Department, DepartmentEmployeeLink, Employee
from library.models import AuthorBook, Book
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page
from tests.racing import Form, Race, Run, refused, statuses

rounds = pytest.mark.parametrize("nth", range(2))


def filled(client: Client, url: str, **facts: str) -> Page:
    """The page with a row added, not sent yet."""
    page = Page(client, url)
    page.add(**facts)
    return page


# --- royalties -----------------------------------------------------------------------------------------


def royalties(book: Book) -> list[Decimal]:
    shares = select(AuthorBook.royalty_percentage).where(AuthorBook.book_id == book.id)
    return list(db.session.scalars(shares.order_by(AuthorBook.publication_order)))


@rounds
@pytest.mark.parametrize("sides", ["book book", "author author", "book author"])
def test_two_shares_of_60_percent_are_never_both_stored(
    client: Client, race: Run, sides: str, nth: int
) -> None:
    book = factories.book("Emma")
    forms = []
    for number, side in enumerate(sides.split()):
        author = factories.author(f"Author {number}")
        if side == "book":
            facts = {"author": f"#{author.id}", "royalty_percentage": "60"}
            forms.append(filled(client, f"/library/books/{book.id}", **facts))
        else:
            facts = {"book": f"#{book.id}", "royalty_percentage": "60"}
            forms.append(filled(client, f"/library/authors/{author.id}", **facts))
    answers = race(*forms)
    assert statuses(answers) == [303, 422]
    assert "more than 100 % cannot be stored" in refused(answers)
    assert royalties(book) == [60]


@rounds
def test_credits_that_are_added_at_once_are_numbered_without_gaps(
    client: Client, race: Run, nth: int
) -> None:
    book, *authors = factories.book("Emma"), factories.author("One"), factories.author("Two")
    url = f"/library/books/{book.id}"
    assert statuses(race(*[filled(client, url, author=f"#{one.id}") for one in authors])) == [303, 303]
    places = select(AuthorBook.publication_order).order_by(AuthorBook.publication_order)
    assert list(db.session.scalars(places)) == [1, 2]


# --- stays ---------------------------------------------------------------------------------------------


def stays() -> list[DepartmentEmployeeLink]:
    return list(db.session.scalars(select(DepartmentEmployeeLink)))


def stay(client: Client, side: str, who: Employee, where: Department, **facts: str) -> Page:
    """The page of either side with one more stay."""
    if side == "department":
        return filled(client, f"/hr/departments/{where.code}", employee=f"#{who.number}", **facts)
    return filled(client, f"/hr/employees/{who.number}", department=f"#{where.code}", **facts)


@rounds
@pytest.mark.parametrize("sides", ["department department", "person person", "department person"])
def test_two_stays_that_meet_are_never_both_stored(
    client: Client, cast: Cast, race: Run, sides: str, nth: int
) -> None:
    first_days = ("2025-01-01", "2025-03-01")
    forms = [
        stay(client, side, cast.ann, cast.it, starts_on=first_day)
        for side, first_day in zip(sides.split(), first_days, strict=True)
    ]
    assert statuses(race(*forms)) == [303, 422]
    assert len(stays()) == 1


@rounds
@pytest.mark.parametrize("side", ["department", "person"])
def test_three_stays_of_one_person_never_sum_to_more_than_2(
    client: Client, cast: Cast, race: Run, side: str, nth: int
) -> None:
    meant = {"starts_on": "2025-01-01", "overload_reason": "Meant", "overload_confirmed": "2.000"}
    places = (cast.it, cast.sales, factories.department("HR", "People"))
    forms = [
        stay(client, side, cast.ann, place, fte=fte, **meant)
        for place, fte in zip(places, ("0.6", "0.9", "0.9"), strict=True)
    ]
    assert statuses(race(*forms)) == [303, 303, 422]
    stored = [link.fte or Decimal(0) for link in stays()]
    assert len(stored) == 2
    assert sum(stored) <= 2


@rounds
def test_a_sum_above_1_is_asked_about_though_another_made_it_so(
    client: Client, cast: Cast, race: Run, nth: int
) -> None:
    forms = [
        stay(client, "department", cast.ann, place, fte="0.6", starts_on="2025-01-01")
        for place in (cast.it, cast.sales)
    ]
    answers = race(*forms)
    assert statuses(answers) == [303, 422]
    assert "1.200 FTE" in refused(answers)
    assert len(stays()) == 1


@rounds
@pytest.mark.parametrize("sides", ["department department", "person person", "department person"])
def test_a_department_never_gets_two_heads(
    client: Client, cast: Cast, race: Run, sides: str, nth: int
) -> None:
    facts = {"role": "head", "starts_on": "2025-01-01"}
    forms = [
        stay(client, side, who, cast.it, **facts)
        for side, who in zip(sides.split(), (cast.ann, cast.ben), strict=True)
    ]
    assert statuses(race(*forms)) == [303, 422]
    assert [link.role for link in stays()] == ["head"]


@rounds
def test_a_person_never_gets_two_main_departments(client: Client, cast: Cast, race: Run, nth: int) -> None:
    forms = [
        stay(client, "department", cast.ann, place, is_primary="y", starts_on="2025-01-01")
        for place in (cast.it, cast.sales)
    ]
    assert statuses(race(*forms)) == [303, 422]
    assert [link.is_primary for link in stays()] == [True]


# --- the same form, and many forms ---------------------------------------------------------------------


@rounds
@pytest.mark.parametrize("screen", ["department", "person", "book", "new book", "new department"])
def test_a_double_click_is_stored_once_and_leads_both_to_the_same_page(
    client: Client, cast: Cast, race: Run, screen: str, nth: int
) -> None:
    if screen in ("department", "person"):
        form = stay(client, screen, cast.ann, cast.it, fte="0.4")
    elif screen == "book":
        book, author = factories.book("Emma"), factories.author("Jane Austen")
        form = filled(client, f"/library/books/{book.id}", author=f"#{author.id}")
    else:
        typed = {
            "new book": {"title": "Emma", "reference": "E-1"},
            "new department": {"code": "HR", "name": "People"},
        }[screen]
        room = "library" if screen == "new book" else "hr"
        empty = Page(client, f"/{room}/{screen.replace(' ', '-')}").type(**typed)
        form = empty
    one, two = race(form, form)
    assert (one.status, two.status) == (303, 303)
    assert one.location == two.location
    assert db.session.scalar(select(func.count()).select_from(ChangeSet)) == 1


def test_forty_forms_at_once_in_four_processes_are_all_stored(client: Client, processes: Race) -> None:
    author = factories.author("Jane Austen")
    urls = [f"/library/books/{factories.book(f'Book {number}').id}" for number in range(40)]
    facts = {"author": f"#{author.id}", "royalty_percentage": "60"}
    forms = [Form.of(filled(client, url, **facts)) for url in urls]
    answers = processes.run({}, [forms[start::4] for start in range(4)], meet=False)
    assert statuses(answers) == [303] * 40
    db.session.rollback()
    shares = list(db.session.scalars(select(AuthorBook)))
    assert {link.author_id for link in shares} == {author.id}
    assert {f"/library/books/{link.book_id}" for link in shares} == set(urls)


def test_forty_forms_of_one_department_are_all_stored(client: Client, cast: Cast, processes: Race) -> None:
    """They wait for each other, and each changes its own row."""
    forms = []
    for number in range(40):
        who = factories.employee("Some Body", f"{6000 + number}")
        factories.stay(who, cast.it)
        page = Page(client, f"/hr/departments/IT?q={who.number}").change(f"#{who.number}", fte="0.5")
        forms.append(Form.of(page))
    answers = processes.run({}, [forms[start::4] for start in range(4)], meet=False)
    assert statuses(answers) == [303] * 40
    db.session.rollback()
    assert [link.fte for link in stays()] == [Decimal("0.5")] * 40

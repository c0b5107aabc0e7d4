"""The pages of deeds on stays: a preview of exactly what would change, then the deed, in one transaction."""

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import quote

import pytest
from sqlalchemy import select

from core.db import db
from core.models import ChangeSet
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import rows
from tests.pages import Page


@pytest.fixture(autouse=True)
def _in_may_2025(today: Callable) -> None:
    """The worked examples are seen on 2025-05-20."""


def preview(client: Client, url: str, **typed: str) -> Page:
    """The page of a deed, filled in and looked at."""
    return Page(client, url).type(**typed).save()


def do(page: Page) -> Page:
    """The button below the preview."""
    return page.save(do="yes")


def test_the_preview_says_what_would_change_and_stores_nothing(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    before = rows()
    page = preview(client, f"/hr/end?key={stay.id}", last_day="2025-06-30")
    assert page.status == 200
    assert "What would change: 1 changed" in page.text
    assert "Lee, Ann #1001 in Information Technology" in page.text
    assert "Last day open → 30 Jun 2025" in page.text
    assert rows() == before
    assert db.session.scalars(select(ChangeSet)).all() == []


def test_what_was_shown_is_done(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = do(preview(client, f"/hr/end?key={stay.id}", last_day="2025-06-30", reason="Moves away"))
    assert page.stored
    assert rows() == [("1001", "IT", "2024-01-01", "2025-06-30", None)]
    (change_set,) = db.session.scalars(select(ChangeSet)).all()
    assert (change_set.deed, change_set.reason) == (
        "Ended Ann Lee in Information Technology: the last day is 30 Jun 2025.",
        "Moves away",
    )


def test_what_has_changed_meanwhile_is_shown_anew(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = preview(client, f"/hr/end?key={stay.id}", last_day="2025-06-30")
    db.session.get_one(DepartmentEmployeeLink, stay.id).ends_before = None
    db.session.get_one(DepartmentEmployeeLink, stay.id).last_day = stay.starts_on.replace(year=2026)
    db.session.commit()
    page = do(page)
    assert not page.stored
    assert "Something has changed since this was shown. Look again, then do it." in page.text
    assert "Last day 1 Jan 2026 → 30 Jun 2025" in page.text
    assert do(page).stored


def test_the_deed_leads_back_to_where_it_began(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = do(preview(client, f"/hr/end?key={stay.id}&back=/hr/departments/IT?q=lee", last_day="today"))
    assert page.url == "/hr/departments/IT?q=lee"


def test_it_leads_to_no_other_site(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = do(preview(client, f"/hr/end?key={stay.id}&back=//evil.example", last_day="today"))
    assert page.url == "/hr/employees/1001"


def test_several_stays_end_at_once(client: Client, cast: Cast) -> None:
    ann, ben = (
        factories.stay(cast.ann, cast.it, "2024-01-01"),
        factories.stay(cast.ben, cast.it, "2024-01-01"),
    )
    page = preview(client, f"/hr/end?key={ann.id}&key={ben.id}", last_day="2025-06-30")
    assert "What would change: 2 changed" in page.text
    assert do(page).stored
    assert {row[3] for row in rows()} == {"2025-06-30"}


def test_what_is_missing_is_said_at_its_field(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = preview(client, f"/hr/end?key={stay.id}")
    assert page.status == 422
    assert "Which is the last day?" in page.errors


def test_nothing_to_do_is_said(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31")
    page = preview(client, f"/hr/end?key={stay.id}", last_day="2025-06-30")
    assert "Nothing would change. 1 stay ends by then already; it is left as it is." in page.text


@pytest.mark.parametrize("url", ["/hr/end", "/hr/end?key=", "/hr/make-main?key=1&key=2"])
def test_an_address_that_says_too_little_or_too_much_is_no_page(client: Client, cast: Cast, url: str) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    factories.stay(cast.ben, cast.it, "2024-01-01")
    assert client.get(url).status_code in (400, 404)


@pytest.mark.parametrize("key", ["99", "x", "9" * 30])
def test_stays_that_are_not_there_are_no_page(client: Client, cast: Cast, key: str) -> None:
    assert client.get(f"/hr/end?key={key}").status_code == 404


# --- S1 to S4, by page -----------------------------------------------------------------------------


def test_s1_adding_ann_to_sales_warns_and_is_stored_with_a_reason(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    page = preview(
        client, "/hr/add-to-department?key=1001",
        department="#SALES", starts_on="2025-04-01", last_day="2025-06-30", fte="0.600",
    )  # fmt: skip
    said = "Ann Lee would be at 1.100 FTE on 91 days, 1 Apr 2025 to 30 Jun 2025."
    assert said in page.errors
    assert len(rows()) == 1
    page.type(overload_reason="Covers for Ben")
    page = page.save()
    assert "Why above 1.000 Covers for Ben" in page.text
    assert do(page).stored
    assert rows()[1] == ("1001", "SALES", "2025-04-01", "2025-06-30", "0.600")
    assert db.session.scalars(select(DepartmentEmployeeLink.overload_reason).order_by("starts_on")).all() == [
        None,
        "Covers for Ben",
    ]


def test_s2_a_stay_that_meets_the_return_is_refused(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2023-01-01", "2024-03-31", "1.000")
    factories.stay(cast.ann, cast.it, "2024-09-01", fte="0.800")
    url = "/hr/add-to-department?key=1001"
    page = preview(client, url, department="IT", starts_on="2024-04-01")
    assert (
        "is in Information Technology already, from 1 Sep 2024, open: the two stays would meet." in page.text
    )
    assert len(rows()) == 2
    assert do(preview(client, url, department="IT", starts_on="2024-04-01", last_day="2024-08-31")).stored


def test_s3_a_future_transfer_is_taken_back(client: Client, cast: Cast, today: Callable) -> None:
    stay = factories.stay(cast.ben, cast.it, "2024-01-01", fte="0.750")
    before = rows()
    page = preview(client, f"/hr/transfer?key={stay.id}", department="Sales", from_day="2025-06-16")
    assert "What would change: 1 added, 1 changed" in page.text
    assert do(page).stored
    assert rows() == [
        ("1002", "IT", "2024-01-01", "2025-06-15", "0.750"),
        ("1002", "SALES", "2025-06-16", None, "0.750"),
    ]
    today("2025-06-01")
    moved = db.session.scalars(
        select(DepartmentEmployeeLink.id).where(DepartmentEmployeeLink.department_code == "SALES")
    ).one()
    page = preview(client, f"/hr/take-back?key={moved}")
    assert "What would change: 1 changed, 1 removed" in page.text
    assert do(page).stored
    assert rows() == before


def test_taking_back_what_has_begun_needs_a_reason(client: Client, cast: Cast) -> None:
    factories.stay(cast.ben, cast.it, "2024-01-01", "2024-12-31")
    moved = factories.stay(cast.ben, cast.sales, "2025-01-01")
    page = preview(client, f"/hr/take-back?key={moved.id}")
    assert "taking it away is a correction. Say why." in page.errors
    page.type(reason="Never happened")
    assert do(page.save()).stored
    assert rows() == [("1002", "IT", "2024-01-01", None, None)]


def test_what_closed_nothing_cannot_be_taken_back(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ben, cast.it, "2024-01-01")
    page = Page(client, f"/hr/take-back?key={stay.id}")
    assert page.url == "/hr/employees/1002", "nobody is left standing at a page without a way on"
    assert "So there is nothing to take back." in page.text


def test_a_transfer_is_taken_back_from_the_stay_that_it_closed(client: Client, cast: Cast) -> None:
    closed = factories.stay(cast.ben, cast.it, "2024-01-01", "2099-12-31")
    factories.stay(cast.ben, cast.sales, "2100-01-01")
    page = preview(client, f"/hr/take-back?key={closed.id}")
    assert "in Sales" in page.text
    assert do(page).stored
    assert rows() == [("1002", "IT", "2024-01-01", None, None)]


def test_where_two_stays_go_on_it_is_asked_at_the_one_that_is_meant(client: Client, cast: Cast) -> None:
    closed = factories.stay(cast.ben, cast.it, "2024-01-01", "2024-12-31")
    for department in (cast.it, cast.sales):
        factories.stay(cast.ben, department, "2025-01-01")
    page = Page(client, f"/hr/take-back?key={closed.id}")
    assert page.url == "/hr/employees/1002"
    assert "Several stays begin where this one ends." in page.text


def test_a_deed_on_several_leads_back_to_the_list(client: Client, cast: Cast) -> None:
    one = factories.stay(cast.ann, cast.it, "2024-01-01")
    other = factories.stay(cast.ben, cast.it, "2024-01-01")
    page = preview(client, f"/hr/end?department=IT&key={one.id}&key={other.id}", last_day="31 Dec 2099")
    assert do(page).url == "/hr/stays?department=IT"


def test_it_says_what_was_done_and_from_when(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = do(preview(client, f"/hr/transfer?key={stay.id}", department="SALES", from_day="1 Jan 2099"))
    assert "Transferred Ann Lee in Information Technology to SALES from 1 Jan 2099 on." in page.text


def test_s4_the_form_asks_which_it_is(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    page = preview(client, f"/hr/change?key={stay.id}", fte="0.6")
    assert "Is it a change from a day on, or was it always so?" in page.errors
    page.type(how="correction")
    page = page.save()
    assert "FTE 0.500 → 0.600" in page.text
    assert do(page).stored
    assert rows() == [("1001", "IT", "2025-01-01", None, "0.600")]


def test_s4_a_change_makes_two_touching_rows(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    page = preview(client, f"/hr/change?key={stay.id}", how="change", from_day="2025-04-01", fte="0.6")
    assert do(page).stored
    assert rows() == [
        ("1001", "IT", "2025-01-01", "2025-03-31", "0.500"),
        ("1001", "IT", "2025-04-01", None, "0.600"),
    ]


def test_a_change_without_its_day_or_without_a_fact_is_asked_for(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500")
    page = preview(client, f"/hr/change?key={stay.id}", how="change")
    assert "From which day on?" in page.errors
    assert "What is so now? Give the FTE or the arrangement." in page.errors


def test_facts_can_be_taken_away(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01", fte="0.500", extra_data="part-time")
    page = preview(client, f"/hr/change?key={stay.id}", how="correction", no_fte="y", no_arrangement="y")
    assert "FTE 0.500 → not stated" in page.text
    assert do(page).stored
    assert db.session.get_one(DepartmentEmployeeLink, stay.id).extra_data is None


@pytest.mark.parametrize(
    ("typed", "said"), [("Nowhere", "There is no such department."), ("", "To which department?")]
)
def test_a_transfer_needs_a_department_that_is_there(
    client: Client, cast: Cast, typed: str, said: str
) -> None:
    stay = factories.stay(cast.ben, cast.it, "2024-01-01")
    page = preview(client, f"/hr/transfer?key={stay.id}", department=typed, from_day="2025-06-16")
    assert said in page.errors


def test_head_and_main_department_from_a_day(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", role="head")
    ben = factories.stay(cast.ben, cast.it, "2024-01-01")
    page = preview(client, f"/hr/role?key={ben.id}&role=head", from_day="2025-06-01")
    assert "What would change: 2 added, 2 changed" in page.text
    page = do(page)
    assert page.stored
    assert len(rows()) == 4
    page = preview(client, f"/hr/make-main?key={ben.id}")
    assert do(page).stored
    assert db.session.get_one(DepartmentEmployeeLink, ben.id).is_primary


def test_people_leave(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="1.000")
    page = preview(client, "/hr/leave?key=1001", last_day="2025-06-30")
    assert "Last day worked empty → 30 Jun 2025" in page.text
    assert do(page).stored
    assert rows() == [("1001", "IT", "2024-01-01", "2025-06-30", "1.000")]
    assert cast.ann.left_on is not None


def test_a_higher_sum_is_asked_for_again(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="1.000")
    url = "/hr/add-to-department?key=1001"
    page = preview(client, url, department="SALES", starts_on="2025-04-01", fte="0.2")
    page.type(overload_reason="for a while", fte="0.4")
    page = page.save()
    assert "1.400 FTE" in page.errors
    assert len(rows()) == 1
    assert Decimal(page.fields["confirmed_sum"]) == Decimal("1.4")


@pytest.mark.parametrize("typed", ["31 Foo", "2025-02-30"])
def test_a_day_that_is_none_is_said_as_such(client: Client, cast: Cast, typed: str) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = preview(client, f"/hr/end?key={stay.id}", last_day=typed)
    assert f"“{typed}” is not a day." in page.errors


def test_a_second_press_is_answered_as_the_first_one_was(client: Client, cast: Cast) -> None:
    factories.stay(cast.ben, cast.it, "2024-01-01", "2025-06-15")
    moved = factories.stay(cast.ben, cast.sales, "2025-06-16")
    page = preview(client, f"/hr/take-back?key={moved.id}")
    assert do(page).stored
    again = do(page)
    assert (again.status, again.url) == (200, "/hr/employees/1002")
    assert rows() == [("1002", "IT", "2024-01-01", None, None)]


# --- what nobody types by hand, and what became of it meanwhile ------------------------------------


@pytest.mark.parametrize("sent", ["NaN", "Infinity", "x", "9" * 40, "-1", "1e9", "½"])
@pytest.mark.parametrize("why", ["", "Meant"])
def test_a_sum_that_no_page_has_shown_allows_nothing(client: Client, cast: Cast, sent: str, why: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="1.000")
    page = Page(client, "/hr/add-to-department?key=1001")
    page.type(department="#SALES", starts_on="2025-04-01", fte="0.2", confirmed_sum=sent, overload_reason=why)
    page = page.save()
    assert page.status == 422
    assert "1.200 FTE" in page.errors
    assert Decimal(page.fields["confirmed_sum"]) == Decimal("1.2")


def test_an_fte_of_0_is_said(client: Client, cast: Cast) -> None:
    page = preview(
        client, "/hr/add-to-department?key=1001", department="#SALES", starts_on="2025-04-01", fte="0"
    )
    assert "FTE 0.000" in page.text


def test_whoever_got_another_number_after_the_preview_is_shown_under_it(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    page = preview(client, "/hr/leave?key=1001", last_day="2025-12-31")
    assert do(preview(client, "/hr/employees/1001/renumber", number="2001")).stored
    page = do(page)
    assert not page.stored
    assert "Something has changed since this was shown" in page.text
    assert "Lee, Ann #2001" in page.text
    assert do(page).stored


def test_a_correction_of_a_stay_that_became_shorter_meanwhile_is_shown_anew(
    client: Client, cast: Cast
) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    page = preview(client, f"/hr/change?key={stay.id}", how="correction", fte="0.7")
    change = preview(client, f"/hr/change?key={stay.id}", how="change", from_day="2025-01-01", fte="0.6")
    assert do(change).stored
    page = do(page)
    assert not page.stored
    assert "Something has changed since this was shown. Look again, then do it." in page.text
    assert do(page).stored


def test_a_stay_that_was_deleted_after_the_preview_is_said_to_be_gone(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = preview(client, f"/hr/end?key={stay.id}", last_day="2025-12-31")
    db.session.delete(db.session.get_one(DepartmentEmployeeLink, stay.id))
    db.session.commit()
    page = do(page)
    assert page.status == 404
    assert "What was chosen is not there any more." in page.text


def test_the_reason_of_a_sum_is_kept_while_something_else_is_mended(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="1.000")
    url = "/hr/add-to-department?key=1001"
    page = preview(client, url, department="SALES", starts_on="2025-04-01", fte="0.2")
    page = page.type(overload_reason="Covers for Ben", starts_on="31 Foo").save()
    assert page.fields["overload_reason"] == "Covers for Ben"


@pytest.mark.parametrize("deed", ["end", "transfer", "change"])
def test_a_deed_on_many_stays_reads_no_more_often_than_one_on_a_few(
    client: Client, cast: Cast, statements: Callable, deed: str
) -> None:
    typed = {
        "end": {"last_day": "2025-12-31"},
        "transfer": {"department": "#SALES", "from_day": "2025-06-16"},
        "change": {"how": "change", "from_day": "2025-06-16", "fte": "0.5"},
    }[deed]
    keys = [
        factories.stay(factories.employee("Some Body", f"{7000 + n}"), cast.it, "2024-01-01").id
        for n in range(40)
    ]
    counts = []
    for some in (keys[:2], keys):
        page = Page(client, f"/hr/{deed}?" + "&".join(f"key={key}" for key in some)).type(**typed)
        with statements() as seen:
            page.save()
        counts.append(sum(str(one).startswith("SELECT") for one in seen))
    assert counts[1] == counts[0] > 0


def test_nobody_begins_in_an_archived_department(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    factories.department("OLD", "Old Works", archived_on=stay.starts_on)
    page = preview(client, f"/hr/transfer?key={stay.id}", department="#OLD", from_day="2025-06-16")
    assert "Old Works is archived. Nobody begins there any more." in page.errors


@pytest.mark.parametrize("typed", ["20/40 h", "20 / 40 Std.", "50 %", "1/2"])
def test_an_fte_is_typed_as_people_and_their_spreadsheets_write_it(
    client: Client, cast: Cast, typed: str
) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01")
    page = preview(client, f"/hr/change?key={stay.id}", how="correction", fte=typed)
    assert "FTE not stated → 0.500" in page.text


def test_what_is_no_fte_is_answered_with_how_to_write_one(client: Client, cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2025-01-01")
    page = preview(client, f"/hr/change?key={stay.id}", how="correction", fte="20 h")
    assert "“20 h” is not a number. Write it as 0.5, 50 % or 20/40 h." in page.errors


def test_a_deed_of_a_row_leads_back_to_that_row(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    url = Page(client, "/hr/departments/IT").link("End…")
    assert url is not None
    page = do(preview(client, url, last_day="2025-06-30"))
    assert page.url == "/hr/departments/IT#employee_rows-0"


@pytest.mark.parametrize("row", ["x y", "a/b", "\u00e4", "x" * 61, "#"])
def test_a_row_that_is_none_is_left_out(client: Client, cast: Cast, row: str) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01")
    page = preview(
        client, f"/hr/end?key={stay.id}&back=/hr/departments/IT&row={quote(row)}", last_day="today"
    )
    assert do(page).url == "/hr/departments/IT"

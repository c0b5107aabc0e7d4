"""Stays that a file seems to lack, beside lines of it that cannot be read: nothing is lost by mistake."""

import pytest
from sqlalchemy import select

from core.db import db
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.importing import Pages, counts

Link = DepartmentEmployeeLink
HEAD = "employee,department,from\n"


@pytest.fixture
def three(cast: Cast) -> Cast:
    """Ann is in IT and Sales, Ben is in IT."""
    factories.stay(cast.ann, cast.it, "2019-01-01")
    factories.stay(cast.ann, cast.sales, "2020-01-01")
    factories.stay(cast.ben, cast.it, "2020-01-01")
    return cast


def stored() -> set[tuple[str, str]]:
    return {tuple(row) for row in db.session.execute(select(Link.employee_number, Link.department_code))}


@pytest.mark.parametrize(
    ("line", "whose"),
    [
        ("1001,SALES,2020-01-01,one cell too many", "No stay that the file seems to lack"),
        ("10O1,SALES,2020-01-01", "No stay in SALES that the file seems to lack"),
        ("1001,SALLES,2020-01-01", "No stay of 1001 that the file seems to lack"),
    ],
)
@pytest.mark.parametrize("scope", ["people", "departments", "both"])
def test_what_a_refused_line_may_mean_is_not_lacking(
    client: Client, three: Cast, line: str, whose: str, scope: str
) -> None:
    pages = Pages(client)
    pages.upload("department-links", f"{HEAD}1001,IT,2019-01-01\n1002,IT,2020-01-01\n{line}\n")
    page = pages.mean(absent="delete", absent_of=scope, absent_count="1", absent_reason="gone").text
    assert counts(page)["refused"] == 1
    assert scope == "departments" or whose in page
    pages.apply("valid", page)
    assert stored() == {("1001", "IT"), ("1001", "SALES"), ("1002", "IT")}


def test_what_no_refused_line_can_mean_is_lacking_still(client: Client, three: Cast) -> None:
    pages = Pages(client)
    pages.upload("department-links", f"{HEAD}1001,SALES,2020-01-01\n10O2,SALES,2020-01-01\n")
    page = pages.mean(absent="delete", absent_of="people").text
    assert "1001 Ann Lee in IT" in page
    pages.mean(absent_count="1", absent_reason="gone")
    pages.apply("valid")
    assert stored() == {("1001", "SALES"), ("1002", "IT")}

"""What a long file leaves open is asked as that of a short one is, although a job draws up its preview."""

import re

from flask import Flask
from sqlalchemy import select

from core.db import db
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.conftest import Client
from tests.importing import Pages, counts
from tests.working import work

Link = DepartmentEmployeeLink


def looked_at(pages: Pages, url: str) -> str:
    """The page of the file, once a job has drawn up the preview."""
    work()
    return pages.client.get(url).text


def test_headings_and_what_the_file_lacks_are_asked_about(app: Flask, client: Client) -> None:
    app.config["LONG_FILE"] = 2
    it, sales = factories.department("IT", "Technology"), factories.department("S", "Sales")
    for number in ("1001", "1002", "1003"):
        person = factories.employee(f"Person {number}", number)
        factories.stay(person, sales, "2019-01-01")
    assert it.code == "IT"
    pages = Pages(client)
    content = "emp_no,from\nTechnology (IT)\n" + "".join(f"100{n},2020-01-01\n" for n in (1, 2, 3))
    pages.upload("department-links", content)
    work()
    if "/jobs/" in pages.url:
        pages.url = client.get(pages.url).location
    assert "Line 2 looks like a department heading. Take it so?" in client.get(pages.url).text

    pages.mean(headings="yes", absent="delete")
    page = looked_at(pages, pages.url)
    assert counts(page) == {"added": 3, "changed": 0, "unchanged": 0, "refused": 0}
    assert "How many stays are deleted? Type their number." in page
    assert "Person 1001 in S, from 1 Jan 2019, open" in page

    pages.mean(absent_count="2", absent_reason="moved")
    assert "It is not 2. Look again" in looked_at(pages, pages.url)
    pages.mean(absent_count="3")
    page = looked_at(pages, pages.url)
    assert "Of what the file lacks, 3 deleted." in page
    assert re.search(r"/jobs/\d+", pages.apply("all", page).location)
    work()

    assert set(db.session.scalars(select(Link.department_code))) == {"IT"}

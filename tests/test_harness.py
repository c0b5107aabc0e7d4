"""The bench says which target a page misses, and its floor shows the rows that the page shows."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bench import floor, harness
from bench.harness import Measured
from bench.pages import Page, pages
from bench.serving import Answer


def taken(*seconds: float, statements: int = 4) -> Measured:
    return Measured([Answer(200, one, b"x" * 90_000, 70_000, str(statements)) for one in seconds])


def test_a_page_is_told_what_it_misses() -> None:
    page = Page("big", "/b", "/b", "/d", 5, 6, 3, "small", 1.5, 60)
    line = {"joinery": taken(0.01, 0.03, 0.02), "floor": taken(0.001), "django": taken(0.05)}
    lines = {"big": line, "small": {"joinery": taken(0.01)}}
    assert harness.missed(page, lines) == [
        "within 6× of the floor",
        "5× as fast as Django admin",
        "3 statements",
        "within 1.5× of small",
        "60 KB",
    ]
    lines["big"]["joinery"] = lines["small"]["joinery"] = taken(0.001, statements=3)
    assert harness.missed(page, lines) == ["60 KB"]
    assert "| 1.0 | 1.0 | 3 | 70.0 (90) | 1.0 | 50.0 | 50.0 | missed: 60 KB |" in harness.row(page, lines)


def test_every_page_stands_beside_one_that_comes_before_it() -> None:
    seen: set[str] = set()
    for page in pages(301, 100, 1):
        assert not page.beside or page.beside in seen
        seen.add(page.name)
    assert {page.django for page in pages(301, 100, 1)} >= {"/admin/admin/employee/?p=4"}


def test_the_floor_shows_people_with_their_departments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "floor.db"
    with sqlite3.connect(file) as made:
        made.executescript("""
            CREATE TABLE employee (number, number_key, name, name_key, sort_key, hired_on, left_on);
            CREATE TABLE department (code, name);
            CREATE TABLE department_employee_link (employee_number, department_code, fte, role, ends_before);
            INSERT INTO employee VALUES ('1', '1', 'Ada <A>', 'ada a', 'a', NULL, NULL);
            INSERT INTO employee VALUES ('2', '2', 'Bo', 'bo', 'b', NULL, NULL);
            INSERT INTO department VALUES ('d', 'Dev & Co');
            INSERT INTO department_employee_link VALUES ('1', 'd', 500, 'head', NULL);
        """)
    made.close()
    monkeypatch.setenv("BENCH_DATABASE", str(file))

    def start(status: str, headers: Any) -> None:
        assert status == "200 OK"

    (page,) = floor.answer({"PATH_INFO": "/hr/employees", "QUERY_STRING": "last=1&q=a"}, start)
    floor.HERE.connection.close()
    del floor.HERE.connection
    assert "<td>Ada &lt;A&gt;<td>None<td>None<td>Dev &amp; Co 500 head" in page.decode()
    assert "Bo" not in page.decode()

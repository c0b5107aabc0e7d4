"""The bench says which target a figure misses, and its floor shows the rows that the page shows."""

import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import floor, growth, programs, targets
from bench.data import Facts
from bench.forms import fields_of
from bench.harness import Report
from bench.measuring import Measured
from bench.pages import Page, mark, pages
from bench.serving import Answer
from bench.targets import Result, Target

FACTS = Facts(301, 100, 1, "big", "small", ["1"], {"employee": "ab", "book": "cd", "author": "ef"})


def taken(*seconds: float, statements: int = 4) -> Measured:
    return Measured([Answer(200, one, b"x" * 90_000, 70_000, str(statements)) for one in seconds])


def test_a_page_is_told_what_it_misses() -> None:
    page = Page("big", "/b", "/b", "/d", 5, 6, 3, "small", 1.5, 60, 1.3)
    line = {
        "joinery": taken(0.01, 0.03, 0.02),
        # Three rounds, in which the machine was fast, slow, and fast again for everybody.
        "floor": taken(0.0005, 0.0015, 0.001),
        "django": taken(0.025, 0.075, 0.05),
        "beside": taken(0.005, 0.015, 0.01),
        "hundredth": taken(0.005, 0.015, 0.01),
    }
    assert [one.verdict for one in targets.targets(page, line)] == [
        "within 6× of the floor: missed by 3.33×",
        "5× as fast as Django admin: missed by 2.00×",
        "3 statements at most: missed by 1.33×",
        "within 1.5× of small: missed by 1.33×",
        "within 1.3× of itself on 1 % of the data: missed by 1.54×",
        "60 KB at most: missed by 1.17×",
    ]
    line = {name: taken(one.answers[-1].seconds) for name, one in line.items()}
    line["joinery"] = taken(0.005, statements=3)
    for name, spent in (("joinery", 0.004), ("floor", 0.001), ("django", 0.04)):
        line[name].spent.append(spent)
    assert targets.row(page, line) == (
        "| big | 5.0 | 5.0 | 3 | 70.0 (90) | 1.0 | 5.00 | 50.0 | 10.0 | 0.50 | 0.50"
        " | 4.0 ms, 4.0 × floor, 10.0 × as fast | 60 KB at most: missed by 1.17× |"
    )


def test_every_page_stands_beside_one_that_is_asked_for() -> None:
    asked = {page.name: page for page in pages(FACTS)}
    assert {page.beside for page in asked.values()} <= {"", *asked}
    assert {page.django for page in asked.values()} >= {
        "/admin/admin/employee/?p=4",
        "/admin/admin/book/?p=1",
    }
    assert asked["largest department"].joinery == "/hr/departments/big"


def test_all_is_told_and_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    page = Page("a page", "/a", "/a", floors=6)
    report.page(page, {"joinery": taken(0.006), "floor": taken(0.002)})
    report.jobs([Result("a job", "3 s", "bare 1 s", [Target("2 s", 3, 2), Target("no errors", 0, 0)])])
    assert report.told[1] == "| a job | 3 s | bare 1 s | 2 s: missed by 1.50×; no errors: met |"
    assert targets.summary(report.targets) == [
        "3 targets, 1 missed, none by more than 1.50×:",
        "",
        "- a job: 2 s: missed by 1.50×",
    ]
    report.failed(page, "joinery answered /a with 500.")
    assert report.told[-1].endswith("| joinery answered /a with 500. |")
    assert report.told[-1].count("|") == report.told[0].count("|")
    assert not report.targets[-1][1].is_met
    assert capsys.readouterr().out.splitlines() == report.told


def test_what_must_be_none_is_missed_by_one() -> None:
    assert Target("no errors", 2, 0).verdict == "no errors: missed, it is 2"


def test_the_figures_of_all_sizes_stand_side_by_side(tmp_path: Path) -> None:
    line = {"joinery": taken(0.006), "floor": taken(0.002)}
    growth.keep(tmp_path, "SQLite", 1, growth.figures({"a page": line}, [Result("a job", "3 s")]))
    growth.keep(tmp_path, "SQLite", 0.01, {"a page": "5.0 ms"})
    growth.keep(tmp_path, "PostgreSQL", 0.1, {"a page": "7.0 ms"})
    assert growth.table(tmp_path, "SQLite") == [
        "| what | 1 % | 100 % |",
        "|---|---|---|",
        "| a page | 5.0 ms | 6.0 ms, 3.0 × floor |",
        "| a job |  | 3 s |",
    ]


def test_what_the_programs_print_is_read() -> None:
    deed = (
        "40,123 links\nbare       0.50 s\n"
        "preview   16.00 s   32.0 × bare   CPU  3.5 s   peak   90 MB   longest wait of another  0.10 s of 3\n"
        "deed       2.00 s    4.0 × bare   CPU  1.5 s   peak   95 MB   longest wait of another  1.10 s of 9\n"
    )
    preview, done = programs.read_deed(deed)
    assert [one.is_met for one in (*preview.targets, *done.targets)] == [False, True, True, True]
    assert done.figure == "40,123: 2.00 s, peak 95 MB, another waited 1.10 s"
    (page,) = programs.read_department(
        "gunicorn, 2 workers; medians of 2\n"
        "    first page:    20.0 ms and    50.0 ms, ratio  2.50 (at most 1.5), 11 KB compressed\n"
    )
    assert page.targets == [Target("within 1.5×", 2.5, 1.5)]
    imported = (
        "331,603 lines\n"
        "floor        1.4 s    0.6 × bare    1.0 × floor   peak   150 MB\n"
        "preview      6.0 s    2.0 × bare    4.0 × floor   peak   180 MB\n"
        "killed       3.0 s left 0 links and 0 changes\n"
        "import       9.0 s    6.0 × bare   12.0 × floor   peak   310 MB\n"
        "beside the import 50 saves: another one waited 2.00 s at most, another reader 0.03 s\n"
    )
    assert [one.name for one in programs.read_import(imported, "SQLite")] == [
        *("preview of all stays", "import of all stays", "others during the import"),
    ]
    _preview, stored, others = programs.read_import(imported, "PostgreSQL")
    assert [one.is_met for one in (*stored.targets, *others.targets)] == [False, False, False]


def test_a_program_that_prints_otherwise_is_not_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="deed"):
        list(programs.read_deed("done\n"))
    (failed,) = targets.or_failure("a deed", programs.read_deed("done\n"))
    assert not failed.targets[0].is_met
    assert "deed" in capsys.readouterr().err


def test_the_form_of_any_page_is_read() -> None:
    page = (
        '<input type="hidden" name="token" value="a&amp;b"><input type="submit" name="save" value="Save">'
        '<input type="checkbox" name="gone"><select data-field-name="who" name="row-0-who">'
        '<option value="">-</option><option value="7" selected>Ann</option></select>'
        '<select name="role"><option selected value="head">Head</option></select>'
    )
    assert fields_of(page) == {"token": "a&b", "row-0-who": "7", "role": "head"}


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "floor.db"
    with sqlite3.connect(file) as made:
        made.executescript("""
            CREATE TABLE employee (
                number, number_key, name, name_key, sort_name, sort_key, hired_on, left_on
            );
            CREATE TABLE department (code, name);
            CREATE TABLE department_employee_link (
                id INTEGER PRIMARY KEY, employee_number, department_code, fte, role, starts_on, ends_before,
                extra_data
            );
            INSERT INTO employee VALUES ('1', '1', 'Ada <A>', 'ada a', 'A, Ada', 'a', NULL, NULL);
            INSERT INTO employee VALUES ('2', '2', 'Bo', 'bo', 'Bo', 'b', NULL, NULL);
            INSERT INTO department VALUES ('d', 'Dev & Co');
            INSERT INTO department_employee_link VALUES (1, '1', 'd', 500, 'head', '2020-01-01', NULL, NULL);
        """)
    made.close()
    monkeypatch.setenv("BENCH_DATABASE", f"sqlite:///{file}")
    yield file
    floor.HERE.connection.close()
    del floor.HERE.connection


def asked(path: str, query: str = "", sent: str = "") -> tuple[str, str]:
    said: list[str] = []

    def start(status: str, headers: Any) -> None:
        said.append(status)

    environ = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": "POST" if sent else "GET",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent.encode()),
    }
    page = b"".join(floor.answer(environ, start)).decode()
    return said[0], page


def test_the_floor_shows_people_with_their_departments(people: Path) -> None:
    _, page = asked("/hr/employees", "last=1&q=a")
    assert "<td>Ada &lt;A&gt;<td>None<td>None<td>Dev &amp; Co 500 head" in page
    assert "Bo" not in page
    _, later = asked("/hr/employees", f"after={mark(['a', '1'])}")
    assert "Bo" in later
    assert "Ada" not in later


def test_the_floor_finds_people_by_any_part_of_a_name(people: Path) -> None:
    without = asked("/hr/find/employees", "q=ada")[1]
    floor.HERE.connection.executescript("""
        CREATE VIRTUAL TABLE parts_of_employee USING fts5(words, tokenize='trigram', detail='none');
        INSERT INTO parts_of_employee (rowid, words) SELECT rowid, name_key FROM employee;
    """)
    assert asked("/hr/find/employees", "q=ada")[1] == without
    assert "Ada" in without
    assert "Bo" in asked("/hr/find/employees", "q=o")[1]


def test_the_floor_saves_one_stay(people: Path) -> None:
    assert asked("/hr/employees/1", sent="extra_data=on+loan") == ("303 See Other", "")
    assert "on loan" in asked("/hr/departments/d")[1]
    assert "Dev &amp; Co 500 head" in asked("/hr/employees/1")[1]

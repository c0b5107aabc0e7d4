"""Made-up data: the same each time, and as a house has it; and the pictures of it stay small and true."""

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

import core.selection
import core.views.undo
import library.demo
from bench import bulk, department, history, import_links, many_times, names, png
from core.db import db, will_write
from core.models import ChangeSet
from hr import queries
from hr.demo import add_demo
from hr.models import DepartmentEmployeeLink, Employee
from library.models import Author, AuthorBook, Book, Edition
from tests import factories

ROOT = Path(__file__).parent.parent


def made(folder: Path) -> dict[str, bytes]:
    asked = ["--employees", "300", "--books", "600"]
    command = [sys.executable, str(ROOT / "bench" / "make_data.py"), str(folder), *asked]
    subprocess.run(command, check=True, cwd=folder.parent)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_numbers_give_the_same_files(tmp_path: Path) -> None:
    files = made(tmp_path / "one")
    assert files == made(tmp_path / "other")
    lines = {name: content.count(b"\n") - 1 for name, content in files.items()}
    assert (lines["employees.csv"], lines["books.csv"], lines["authors.csv"]) == (300, 600, 450)


def test_no_two_authors_have_one_name_and_some_are_there_twice() -> None:
    authors = [names.author(number) for number in range(40_000)]
    assert len(set(authors)) == 40_000
    words = [sorted(name.split()) for name in authors]
    assert words[249] == words[248]


def picture(rows: list[bytes]) -> bytes:
    """Two pixels wide, written as differences from the pixel to the left (filter 1)."""
    data = zlib.compress(b"".join(b"\x01" + row for row in rows))
    head = struct.pack(">IIBBBBB", 2, len(rows), 8, png.RGB, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return png.SIGNATURE + b"".join(png._chunk(name, content) for name, content in chunks)


def test_a_smaller_picture_has_the_same_colours() -> None:
    small = png.smaller(picture([b"\x10\x20\x30\x01\x01\x01", b"\xff\xff\xff\x01\x02\x03"]))
    chunks = dict(png._chunks(small))
    palette = [chunks[b"PLTE"][place : place + 3] for place in range(0, len(chunks[b"PLTE"]), 3)]
    pixels = [palette[one] for one in zlib.decompress(chunks[b"IDAT"]) if one < len(palette)]
    left_out = {0, 3}  # each row begins with its filter
    assert [one for place, one in enumerate(pixels) if place not in left_out] == [
        b"\x10\x20\x30",
        b"\x11\x21\x31",
        b"\xff\xff\xff",
        b"\x00\x01\x02",
    ]


def test_the_large_department_is_measured_against_a_small_one() -> None:
    answer = CliRunner().invoke(department.main, ["--stays", "60", "--rounds", "1", "--in-process"])
    assert answer.exit_code == 0, answer.output
    said = [line for line in answer.output.splitlines() if "ratio" in line]
    assert [line.partition(":")[0].strip() for line in said][-3:] == ["change one", "add one", "remove one"]
    assert len(said) == 8


@pytest.mark.parametrize("step", ["floor", "bare"])
def test_what_an_import_is_measured_against_stores_its_rows_and_keeps_none(
    step: str, app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "stays.csv"
    path.write_text(f"{','.join('abcdefg')}\n1001,IT,2020-01-01,9999-01-01,0.5,,\n")
    factories.employee("Ann Lee", "1001")
    factories.department("IT")
    db.session.rollback()
    assert import_links._bare(path, step) == 1
    will_write.set(False)
    assert db.session.scalar(select(func.count()).select_from(DepartmentEmployeeLink)) == 0
    assert db.session.scalar(select(func.count()).select_from(ChangeSet)) == 0


def test_an_edit_with_history_is_measured_against_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "WARM_UP", 1)
    answer = CliRunner().invoke(history.main, ["--posts", "2"])
    assert answer.exit_code == 0, answer.output
    assert "with history" in answer.output
    assert "ratio: " in answer.output


def test_a_deed_on_very_many_is_measured_and_taken_back(
    tmp_path: Path,
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Small, and in this process: that it ends, and leaves everything as it was."""
    for module in (core.selection, core.views.undo):
        monkeypatch.setattr(module, "MOST_AT_ONCE", module.MOST_AT_ONCE)  # so that it is put back
    monkeypatch.setattr(bulk, "_in_a_process", bulk._worked)
    path = tmp_path / "small.db"
    with make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}").app_context():
        flask_migrate.upgrade(str(ROOT / "migrations"))
        add_demo()
        db.session.remove()
    monkeypatch.setattr(sys, "argv", ["bulk.py", str(path), "--links", "0"])
    bulk.main()
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[1:5]] == ["bare", "preview", "deed", "undo"]
    assert said[-1] == "0 links are not as before"


def test_a_database_many_times_as_large_keeps_all_rules(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    path, larger = tmp_path / "small.db", tmp_path / "larger.db"
    tables = (Employee, DepartmentEmployeeLink, Book, Author, AuthorBook, Edition)
    with make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}").app_context():
        flask_migrate.upgrade(str(ROOT / "migrations"))
        add_demo()
        library.demo.add_demo()
        before = [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]
        db.session.remove()
        db.engine.dispose()
    many_times.multiplied(path, 3, larger)
    app = make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{larger}")
    with app.app_context():
        after = [db.session.scalar(select(func.count()).select_from(one)) for one in tables]
        assert after == [3 * count for count in before]
        assert len(queries.people_found("okafor").records) == 3
    examined = app.test_cli_runner().invoke(args=["doctor"])
    assert examined.exit_code == 0, examined.output

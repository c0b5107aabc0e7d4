"""A line for each request, and the number by which a person's question is found in the log."""

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from werkzeug.serving import WSGIRequestHandler

from core import log, queries
from core.models import User
from tests.conftest import Client

Lines = Callable[[], list[dict[str, str]]]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to standard error by our one handler."""
    stream = io.StringIO()
    before = log.HANDLER.setStream(stream)  # type: ignore[arg-type]
    yield stream
    log.HANDLER.setStream(before)  # type: ignore[arg-type]


def read(line: str) -> dict[str, str]:
    found = re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)', line)
    return {name: json.loads(value) if value.startswith('"') else value for name, value in found}


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    return lambda: [read(line) for line in written.getvalue().splitlines()]


def test_a_request_is_one_line(client: Client, editor: User, lines: Lines) -> None:
    answer = client.get("/hr/employees?q=Facello")
    [line] = lines()
    assert list(line) == [
        "time", "level", "request", "method", "path", "status", "user", "ms", "statements",
    ]  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/hr/employees", "200")
    assert line["user"] == str(editor.id)
    assert line["ms"].isdecimal()


def test_what_was_searched_for_is_not_in_it(client: Client, written: io.StringIO) -> None:
    client.get("/hr/employees?q=Facello")
    assert "Facello" not in written.getvalue()


def test_the_statements_are_counted(client: Client, lines: Lines, statements: Callable) -> None:
    with statements() as seen:
        client.get("/library/books")
    assert lines()[0]["statements"] == str(len(seen))
    assert len(seen) > 1


def test_a_stranger_has_no_number(anonymous: Client, lines: Lines) -> None:
    anonymous.get("/account")
    assert "user" not in lines()[0]
    assert lines()[0]["status"] == "303"


def test_a_key_in_an_address_is_not_written_down(anonymous: Client, lines: Lines) -> None:
    anonymous.get("/first-account/abc.def")
    assert lines()[0]["path"] == "/first-account/<token>"


def test_an_address_cannot_write_a_line_of_its_own(client: Client, written: io.StringIO) -> None:
    client.get("/x%0Atime=now%20level=info%20path=%2Fforged%C2%85%E2%80%A8")
    assert len(written.getvalue().splitlines()) == 1
    assert read(written.getvalue())["path"] == "/x\ntime=now level=info path=/forged\x85\u2028"


def test_files_of_the_frame_need_no_line(client: Client, lines: Lines) -> None:
    with client.get("/static/joinery.css") as answer:
        assert "X-Request-ID" not in answer.headers
    assert lines() == []


def test_a_stream_is_logged_at_its_end(app: Flask, lines: Lines) -> None:
    with app.test_request_context("/long.csv"):
        log._begin()
        streamed = log._end(Response(iter(["a", "b"])))
        assert lines() == []
        streamed.close()
    assert lines()[0]["path"] == "/long.csv"


# --- the number ------------------------------------------------------------------------------------


def test_each_request_has_a_number_of_its_own(client: Client) -> None:
    numbers = {client.get("/account").headers["X-Request-ID"] for _ in range(5)}
    assert len(numbers) == 5
    assert all(re.fullmatch(r"\d{12}", number) for number in numbers), "it can be read out on the telephone"


@pytest.mark.parametrize(("proxies", "kept"), [(0, False), (1, True)])
def test_the_number_of_a_proxy_is_taken_where_it_is_trusted(
    client: Client, app: Flask, proxies: int, kept: bool
) -> None:
    app.config["TRUSTED_PROXIES"] = proxies
    answer = client.get("/account", headers={"X-Request-ID": "4f1c-from.the_proxy"})
    assert (answer.headers["X-Request-ID"] == "4f1c-from.the_proxy") is kept


@pytest.mark.parametrize("odd", ["short", "x" * 65, "with blank 1", "a=b level=error", "<b>bold</b>"])
def test_an_odd_number_is_replaced(client: Client, app: Flask, odd: str) -> None:
    app.config["TRUSTED_PROXIES"] = 1
    answer = client.get("/account", headers={"X-Request-ID": odd})
    assert re.fullmatch(r"\d{12}", answer.headers["X-Request-ID"])


@pytest.mark.parametrize("address", ["/nowhere", "/sign-out", "/notes/99999/edit", "/?q=%00"])
def test_an_error_page_shows_the_number(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code >= 400
    assert "If you ask for help, give this number" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_the_traceback_has_the_number(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    def fall_over(*_: object, **__: object) -> None:
        raise LookupError("something fell over")

    monkeypatch.setattr(queries, "newest_posts", fall_over)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/?q=Facello")
    assert answer.status_code == 500
    number = answer.headers["X-Request-ID"]
    assert f">{number}<" in answer.text
    first, *trace, last = written.getvalue().splitlines()
    assert (read(first)["request"], read(first)["level"]) == (number, "error")
    assert "Traceback" in trace[0]
    assert trace[-1] == "LookupError: something fell over"
    assert (read(last)["request"], read(last)["status"]) == (number, "500")
    assert "Facello" not in written.getvalue()


# --- where it goes ---------------------------------------------------------------------------------

SERVER = """
from app import create_app
app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"})
app.test_client().get("/healthz")
app.logger.warning("a word of warning")
"""


def test_it_is_written_to_standard_error() -> None:
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", SERVER], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    request, warning = map(read, ran.stderr.splitlines())
    assert (request["level"], request["path"], request["status"]) == ("info", "/healthz", "503")
    assert (warning["level"], warning["message"]) == ("warning", "a word of warning")


@pytest.mark.usefixtures("app")
def test_the_line_of_the_development_server_is_not_written_as_well() -> None:
    """It would show what was searched for."""
    server = WSGIRequestHandler.__new__(WSGIRequestHandler)
    server.client_address = ("127.0.0.1", 5000)
    server.command, server.path, server.request_version = "GET", "/?q=Facello", "HTTP/1.1"
    logging.getLogger("werkzeug").addHandler(handler := logging.StreamHandler(said := io.StringIO()))
    try:
        server.log_request(200)
        server.log("info", "Press CTRL+C to quit")
    finally:
        logging.getLogger("werkzeug").removeHandler(handler)
    assert "Press CTRL+C to quit" in said.getvalue()
    assert "Facello" not in said.getvalue()

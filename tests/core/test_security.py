"""What docs/security.md promises: that each test it names is there, and what no other file tests."""

import ast
import logging
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from core.access import safe_url
from core.settings import _kept_secret, _make_private
from tests.conftest import ROOT, Client

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall((ROOT / "docs" / "security.md").read_text())
    there = {
        (file, one.name)
        for file in {file for file, _name in named}
        for one in ast.parse((ROOT / file).read_text()).body
        if isinstance(one, ast.FunctionDef)
    }
    assert len(named) > 30
    assert set(named) - there == set()


# --- forged requests -----------------------------------------------------------------------------------


def test_nothing_that_is_sent_without_the_token_is_taken(app: Flask, client: Client) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    taken = []
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        address = re.sub(r"<(\w+:)?(\w+)>", "1", rule.rule)
        answer = client.post(address, data={"name": "Forged", "code": "F", "reason": "Forged"})
        asked_again = answer.status_code == 303 and answer.location in (address, "/sign-in")
        if not asked_again and answer.status_code not in (400, 401, 403, 404, 405):
            taken.append(f"POST {address} answered {answer.status}")
    assert not taken, "\n".join(taken)


# --- whose server it is --------------------------------------------------------------------------------


def test_another_name_than_ours_is_refused_where_ours_are_set(make_app: Callable[..., Flask]) -> None:
    app = make_app(SQLALCHEMY_DATABASE_URI="sqlite://", TRUSTED_HOSTS=["joinery.example.org"])
    client = app.test_client()
    ours = client.get("/static/joinery.css", headers={"Host": "joinery.example.org"}, buffered=True)
    other = client.get("/static/joinery.css", headers={"Host": "evil.example.org"})
    assert (ours.status_code, other.status_code) == (200, 400)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/a\nb",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_nobody_is_led_out_of_the_house(url: str | None) -> None:
    assert safe_url(url, "/") == "/"


# --- secrets -------------------------------------------------------------------------------------------


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret = _kept_secret(tmp_path)
    path = tmp_path / "secret_key"
    assert len(secret) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert _kept_secret(tmp_path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["secret_key"]


def test_nobody_else_on_the_machine_may_look_into_the_folder_of_the_database(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    _make_private(folder)
    assert not stat.S_IMODE(folder.stat().st_mode) & 0o007
    for mode, afterwards in ((0o755, 0o750), (0o700, 0o700), (0o750, 0o750)):
        folder.chmod(mode)
        _make_private(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == afterwards


def test_a_link_that_lets_somebody_in_is_in_no_log(
    app: Flask, client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(token: str) -> str:
        raise RuntimeError("broken")

    monkeypatch.setitem(app.view_functions, "core.reset_password", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.INFO):
        assert client.get("/new-password/very-secret").status_code == 500
    assert "/new-password/<token>" in caplog.text
    assert "very-secret" not in caplog.text

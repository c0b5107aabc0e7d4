"""The command line, and what the terminal says at the start."""

from collections.abc import Callable

import click
import pytest
from flask import Flask
from sqlalchemy import select

from core import commands
from core.db import db
from core.models import User

PASSWORD = "twelve or more signs"  # nosec: of people who do not exist


def run(app: Flask, *words: str, typed: str = ""):
    return app.test_cli_runner().invoke(args=["create-user", *words], input=typed)


def test_the_first_account_may_do_everything(app: Flask) -> None:
    answer = run(app, "Ada@example.org", "--name", "Ada Stone", "--password-stdin", typed=PASSWORD + "\n")
    assert answer.exit_code == 0, answer.output
    assert answer.output == "Ada Stone can sign in as ada@example.org and may do everything.\n"
    ada = db.session.scalar(select(User))
    assert ada is not None
    assert [role.name for role in ada.roles] == ["administrator"]


def test_further_accounts_may_if_it_is_said(app: Flask, editor: User) -> None:
    assert run(app, "bo@example.org", "--password-stdin", typed=PASSWORD).exit_code == 0
    cleo = run(app, "cleo@example.org", "--administrator", "--password-stdin", typed=PASSWORD)
    assert cleo.exit_code == 0
    others = db.session.scalars(select(User).where(User.id != editor.id)).unique()
    assert {user.name: [role.name for role in user.roles] for user in others} == {
        "bo": [],
        "cleo": ["administrator"],
    }


def test_roles_are_given_by_name(app: Flask, editor: User) -> None:
    answer = run(
        app,
        "bo@example.org",
        "--role",
        "hr editor",
        "--role",
        "bookkeeper",
        "--password-stdin",
        typed=PASSWORD,
    )
    assert answer.output == "bo can sign in as bo@example.org, as HR editor, bookkeeper.\n"
    bo = db.session.scalars(select(User).where(User.email == "bo@example.org")).unique().one()
    assert {role.name for role in bo.roles} == {"HR editor", "bookkeeper"}


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(app: Flask, editor: User) -> None:
    answer = run(app, "bo@example.org", "--role", "emperor", "--password-stdin", typed=PASSWORD)
    assert answer.exit_code != 0
    assert "“emperor” is none of: administrator, HR reader, HR editor" in " ".join(answer.output.split())


def test_the_password_is_asked_for_twice(app: Flask) -> None:
    answer = run(app, "ada@example.org", typed=f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n")
    assert answer.exit_code == 0
    assert PASSWORD not in answer.output


@pytest.mark.parametrize(
    ("email", "typed", "said"),
    [
        ("ada", PASSWORD, "is not an e-mail address"),
        ("ada@example.org", "short", "between 12 and 200 characters"),
        ("EDITH@example.org", PASSWORD, "There is an account with this address already."),
    ],
)
def test_what_cannot_be_is_said(app: Flask, editor: User, email: str, typed: str, said: str) -> None:
    answer = run(app, email, "--password-stdin", typed=typed)
    assert answer.exit_code != 0
    assert said in answer.output
    assert len(db.session.scalars(select(User.id)).all()) == 1


def test_a_forgotten_password_is_set_anew(app: Flask, editor: User) -> None:
    command = ["set-password", "Edith@example.org", "--password-stdin"]
    answer = app.test_cli_runner().invoke(args=command, input=PASSWORD)
    assert answer.exit_code == 0, answer.output
    typed = {"email": "edith@example.org", "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=typed).status_code == 303


def test_no_account_has_its_address_as_a_password(app: Flask, editor: User) -> None:
    command = ["set-password", "Edith@example.org", "--password-stdin"]
    answer = app.test_cli_runner().invoke(args=command, input="edith@EXAMPLE.org")
    assert answer.exit_code != 0
    assert "This is your e-mail address" in answer.output


def test_a_password_belongs_to_an_account(app: Flask) -> None:
    command = ["set-password", "nobody@example.org", "--password-stdin"]
    answer = app.test_cli_runner().invoke(args=command, input=PASSWORD)
    assert answer.exit_code != 0
    assert "Nobody has an account" in answer.output


# --- the first start -------------------------------------------------------------------------------


def start(app: Flask, **params: object) -> None:
    """What `flask run` does before it listens."""
    given = {"host": "127.0.0.1", "port": 5000, "cert": None, "reload": False} | params
    with click.Context(click.Command("run"), info_name="run") as context:
        context.params.update(given)
        commands._tell_how_to_begin(app)


def test_the_start_prints_the_link(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    start(app, host="0.0.0.0", port=5050)
    link = capsys.readouterr().out.split()[-1]
    assert link.startswith("http://127.0.0.1:5050/first-account/")
    assert app.test_client().get(link.removeprefix("http://127.0.0.1:5050")).status_code == 200


def test_the_start_says_nothing_where_there_is_an_account(
    app: Flask, editor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    start(app)
    assert capsys.readouterr().out == ""


def test_the_start_survives_a_database_without_tables(
    make_app, empty_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    start(make_app(SQLALCHEMY_DATABASE_URI=empty_database))
    assert "flask db upgrade" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["recount"], ["set-password", "ada@example.org"], ["create-user", "ada@example.org"]]
)
def test_a_command_says_in_a_sentence_what_is_wrong_with_the_database(
    make_app: Callable[..., Flask], empty_database: str, command: list[str]
) -> None:
    typed = ["--password-stdin"] * (command != ["recount"])

    def said(url: str) -> str:
        app = make_app(SQLALCHEMY_DATABASE_URI=url)
        with app.app_context():
            answer = app.test_cli_runner().invoke(args=[*command, *typed], input=PASSWORD)
        assert answer.exit_code == 1
        return answer.output

    assert said(empty_database) == f"Error: {commands.NOT_PREPARED}\n"
    away = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    assert said(away).startswith("Error: The database does not answer: ")

"""The command line, and what the terminal says at the start."""

import re
import sys
from collections.abc import Sequence
from copy import copy
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from flask.helpers import get_debug_flag
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.serving import is_running_from_reloader

from core import accounts, queries
from core.account_forms import address_fault
from core.administration import roles_that_can_be_given
from core.backup import backup, restore
from core.bookkeeping import bookkeeping
from core.db import db
from core.doctor import doctor_command
from core.forms import squeezed
from core.moving import move_database
from core.orders import make_missing
from core.parts import make_anew
from core.rights import ADMINISTRATOR, rooms
from core.rooms import Room
from core.sheets.command import import_command
from core.writing import Refused, writing

NOT_PREPARED = "The database is not prepared yet. Type: flask db upgrade"


def init_app(app: Flask, rooms: Sequence[Room]) -> None:
    """Register the commands of the whole application; sheets come from the rooms."""
    app.cli.add_command(backup)
    app.cli.add_command(_in_words(create_user))
    ailments = {room.title: room.ailments for room in rooms if room.ailments}
    app.cli.add_command(_in_words(doctor_command(ailments)))
    app.cli.add_command(import_command(rooms))
    app.cli.add_command(move_database)
    app.cli.add_command(_in_words(recount))
    app.cli.add_command(restore)
    app.cli.add_command(_in_words(set_password))
    _tell_how_to_begin(app)


def _in_words(command: click.Command) -> click.Command:
    """The command, which says in a sentence that the database does not answer or has no tables yet."""
    deed = command.callback
    if deed is None:
        raise RuntimeError(f"“{command.name}” does nothing.")

    @wraps(deed)
    def said(*args: Any, **options: Any) -> Any:
        try:
            return deed(*args, **options)
        except DBAPIError as error:
            # Neither the tables, or the columns, of today.
            old = re.match("no such (table|column)", str(error.orig))
            if old or getattr(error.orig, "sqlstate", "") in ("42P01", "42703"):
                raise click.ClickException(NOT_PREPARED) from None
            if not isinstance(error, OperationalError):
                raise
            words = next(iter(str(error.orig).strip().splitlines()), "it says nothing")
            raise click.ClickException(f"The database does not answer: {words}") from None

    told = copy(command)
    told.callback = said
    return told


@click.command("create-user")
@click.argument("email")
@click.option("--name", help="What the person is called. Else the part of EMAIL before the @.")
@click.option("--administrator", is_flag=True, help="May do everything. The first account always may.")
@click.option("--role", "roles", multiple=True, help="What the person may do besides; may be said again.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input and ask nothing.")
def create_user(
    email: str, name: str | None, administrator: bool, roles: tuple[str, ...], password_stdin: bool
) -> None:
    """Make an account for EMAIL. The password is asked for twice."""
    email = squeezed(email) or ""
    fault = address_fault(email)
    if fault:
        raise click.BadParameter(fault, param_hint="EMAIL")
    wanted = _known_roles(roles)
    hashed = accounts.hashed(_password(email, password_stdin))
    name = squeezed(name) or email.partition("@")[0]
    try:
        with writing() as work:
            first = accounts.only_one_first_account()
            if administrator or first:
                wanted.add(ADMINISTRATOR)
            accounts.create_account(email, name, hashed, sorted(wanted))
            work.leads_to("/", f"Account of {name} made.")
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    others = ", ".join(sorted(wanted - {ADMINISTRATOR}))
    rights = " and may do everything" if ADMINISTRATOR in wanted else f", as {others}" if others else ""
    click.echo(f"{name} can sign in as {email.casefold()}{rights}.")


def _known_roles(names: Sequence[str]) -> set[str]:
    """The roles of these names, however they are written."""
    known = {role.name.casefold(): role.name for role in roles_that_can_be_given()}
    strange = [name for name in names if (squeezed(name) or "").casefold() not in known]
    if strange:
        offered = ", ".join(known.values())
        raise click.BadParameter(f"“{strange[0]}” is none of: {offered}.", param_hint="--role")
    return {known[(squeezed(name) or "").casefold()] for name in names}


@click.command("recount")
@with_appcontext
def recount() -> None:
    """Count anew what is counted beside the records, where `flask doctor` has found it wrong."""
    with bookkeeping() as connection:
        make_anew(connection)
    make_missing()
    for room in rooms():
        if room.recount is not None:
            room.recount()
            click.echo(f"{room.title}: counted anew.")


@click.command("set-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input and ask nothing.")
def set_password(email: str, password_stdin: bool) -> None:
    """Give the account of EMAIL another password, where the old one is forgotten."""
    if queries.account(email) is None:
        raise click.BadParameter(f"Nobody has an account with the address “{email}”.", param_hint="EMAIL")
    hashed = accounts.hashed(_password(email, password_stdin))
    with writing() as work:
        user = queries.account(email)
        if user is None:
            raise click.ClickException("The account was deleted meanwhile.")
        accounts.change_password(user, hashed)
        work.leads_to("/", f"Password of {user} set anew.")
        work.tells(user)
    click.echo("Done. Every browser that was signed in with the old password is out.")


def _password(email: str, from_standard_input: bool) -> str:
    if from_standard_input:
        password = sys.stdin.read().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    if not accounts.LEAST_PASSWORD <= len(password) <= accounts.MOST_PASSWORD:
        raise click.ClickException(
            f"A password has between {accounts.LEAST_PASSWORD} and {accounts.MOST_PASSWORD} characters."
        )
    fault = accounts.password_fault(password, email)
    if fault:
        raise click.ClickException(fault)
    return str(password)


# --- the first start -------------------------------------------------------------------------------


def _tell_how_to_begin(app: Flask) -> None:
    """`flask run` prints the link that makes the first account, while there is none.

    Under another server it is printed when the first page is asked for (`core/views/accounts.py`).
    """
    context = click.get_current_context(silent=True)
    if context is None or context.info_name != "run" or _is_only_watching(context):
        return
    site = _site(context)
    with app.app_context():
        try:
            if queries.has_accounts():
                return
        except DBAPIError:
            click.echo(NOT_PREPARED)
            return
        finally:
            db.session.remove()
        token = accounts.first_account_token()
    click.echo("Joinery has no account yet. Make the first one here (the link works once, for a day):")
    click.echo(f"\n  {site}/first-account/{token}\n")


def _is_only_watching(context: click.Context) -> bool:
    """With --debug one process watches the files and another serves; the latter prints."""
    reloads = context.params.get("reload")
    reloads = get_debug_flag() if reloads is None else reloads
    return bool(reloads) and not is_running_from_reloader()


def _site(context: click.Context) -> str:
    host, port = context.params["host"], context.params["port"]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # nosec: an address to show, not to listen on
    return f"{'https' if context.params.get('cert') else 'http'}://{host}:{port}"

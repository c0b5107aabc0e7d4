"""Mail: a letter to one person, by SMTP, or printed to the console where no server is set.

A letter is sent when what it is about is stored. Its links begin with SITE_URL and never with the name under
which somebody asked: that name is what their browser claims, and could lead anywhere.
"""

import smtplib
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import click
from flask import Flask, current_app

from core.db import db

PATIENCE = 10.0  # seconds


class NotSent(Exception):
    """A letter could not be sent, and why."""


@dataclass(frozen=True)
class Letter:
    """What is sent to whom."""

    name: str
    email: str
    subject: str
    body: str


def link(endpoint: str, **values: Any) -> str:
    """The address of a page, as it stands in a letter."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)  # also where nobody asks for a page
    return f"{str(current_app.config['SITE_URL']).rstrip('/')}{path}"


def send(letter: Letter) -> None:
    """Send it now, or say why it cannot be sent."""
    db.session.rollback()  # nobody shall wait for a lock while a mail server thinks
    url = current_app.config["SMTP_URL"]
    try:
        message = _message(letter, current_app.config["MAIL_FROM"])
        if url:
            _deliver(urlsplit(url), message)
        else:
            head = "No mail server is set (SMTP_URL), so this letter is only printed:"
            click.echo(f"{head}\n\n{_readable(message)}", err=True)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        current_app.logger.exception("A mail could not be sent")
        raise NotSent(f"The mail could not be sent ({type(error).__name__}).") from error


def send_beside(write: Callable[[], Letter | None]) -> threading.Thread:
    """Write a letter and send it beside the request, whose answer takes no longer for it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the thread has no current one
    thread = threading.Thread(target=_send_quietly, args=(app, write), name="letter", daemon=True)
    thread.start()
    return thread


def _send_quietly(app: Flask, write: Callable[[], Letter | None]) -> None:
    with app.app_context():
        letter = write()
        if letter is not None:
            with suppress(NotSent):  # it stands in the log
                send(letter)


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = formataddr((letter.name, letter.email))
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _readable(message: EmailMessage) -> str:
    """The whole letter with its text as people read it."""
    heads = "\n".join(f"{name}: {value}" for name, value in message.items() if not name.startswith("MIME"))
    return f"{heads}\n\n{message.get_content()}"


def _deliver(url: SplitResult, message: EmailMessage) -> None:
    """Hand it over, encrypted wherever the server offers it; a password never travels in the clear."""
    host, trusted = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=PATIENCE, context=trusted)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=PATIENCE)
    with server:
        server.ehlo()
        if url.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
        elif url.scheme != "smtps" and url.username:
            raise smtplib.SMTPException("The server offers no encryption, so the password is not sent.")
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)

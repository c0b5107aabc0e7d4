"""The address of the database as people write it, and what is said when nobody answers there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import click
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from core.db import first_line

POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
# So long a server may take to answer a new connection, where the address does not say it.
PATIENCE = "5"
# A machine that is gone without a word is noticed after half a minute, and not after two hours.
NOTICED = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "4"}


def database_url(url: str, of_several: str = "read-write") -> str:
    """The address as SQLAlchemy reads it: `postgres://` means psycopg, and several servers may be named.

    Of `postgresql://app@one:5432,two:5433/app` the first that takes writes is used, so that after a standby
    was promoted the next connection leads to it. `of_several` says which one else.
    """
    scheme, colon, rest = url.partition("://")
    if not colon or scheme not in POSTGRESQL:
        return url
    place, _slash, path = rest.partition("/")
    account, at, hosts = place.rpartition("@")
    name, _mark, query = path.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = dict(pairs)
    named = [value for key, value in pairs if key == "host"]
    if len(named) > 1:
        asked |= _several(",".join(named))
    if "," in hosts:
        asked = _several(hosts) | asked
        hosts = ""
    if "," in asked.get("host", ""):
        asked = {"target_session_attrs": of_several, **NOTICED, **asked}
    asked = {"connect_timeout": PATIENCE, **asked}
    return f"postgresql+psycopg://{account}{at}{hosts}/{name}?{urlencode(asked, safe=',:/')}"


def _several(hosts: str) -> dict[str, str]:
    """Several servers, as the driver wants to be told: names and ports apart."""
    each = [re.fullmatch(r"\[(.+)\](?::(\d+))?|([^:]*)(?::(\d+))?", one.strip()) for one in hosts.split(",")]
    if not all(each):
        raise RuntimeError("DATABASE_URL names several servers as host:port,host:port.")
    found = [one for one in each if one]
    return {
        "host": ",".join(one[1] or one[3] for one in found),
        "port": ",".join(one[2] or one[4] or "5432" for one in found),
    }


def servers(url: str) -> list[str]:
    """The servers that an address names, as one:5432; none for a file, or for a server on this machine."""
    try:
        told = make_url(url)
    except (ArgumentError, ValueError):
        return []
    if told.get_backend_name() != "postgresql":
        return []
    hosts, ports = _words(told, "host") or [told.host or ""], _words(told, "port") or [str(told.port or 5432)]
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    return [f"{host}:{port}" for host, port in zip(hosts, ports, strict=True) if _is_elsewhere(host, hosts)]


def _words(url: URL, name: str) -> list[str]:
    said = url.query.get(name, "")
    return (said if isinstance(said, str) else ",".join(said)).split(",") if said else []


def _is_elsewhere(host: str, hosts: list[str]) -> bool:
    return len(hosts) > 1 or not (host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/"))


def shown(url: str) -> str:
    """The address without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "an address that cannot be read"


# --- in words ------------------------------------------------------------------------------------------

_REFUSED = (
    # What libpq and the server say, and what it means for whoever starts Joinery.
    (r'database "(.+?)" does not exist', "There is no database “{0}” there. Make it with: createdb {0}"),
    (
        r'role "(.+?)" does not exist',
        "The server knows no user “{0}”. Make it with: createuser {0} --pwprompt",
    ),
    (
        r"password authentication failed|no password supplied",
        "The server does not take this user and password.",
    ),
    (r"no pg_hba.conf entry", "The server lets nobody in from this machine as that user (pg_hba.conf)."),
    (
        r"session is read-only|not (?:in )?read-write",
        "None of the servers takes writes: only standbys answer. Promote one of them, and start again.",
    ),
    (r"too many (?:clients|connections)|connection slots", "The server has no connection left for Joinery."),
    (
        r"starting up|shutting down|in recovery mode",
        "The server is just starting or stopping. Try again soon.",
    ),
    (r"unable to open database file", "The file cannot be opened. Does its folder exist, and is it yours?"),
    (r"readonly database|read-only", "It can only be read."),
    (r"file is not a database", "The file is no SQLite database."),
)


def in_words(error: DBAPIError, url: str) -> str:
    """Why the database at this address could not be used, and what can be done about it."""
    said = str(error.orig)
    for pattern, words in _REFUSED:
        found = re.search(pattern, said)
        if found:
            return f"{shown(url)}: {words.format(*found.groups())}"
    if getattr(error.orig, "sqlstate", None) == "42501":
        return f"{shown(url)}: this user may not do that ({first_line(said)}). Let it own the database."
    if _has_no_answer(error):
        return (
            f"{shown(url)}: the server does not answer. Does it run, and are host and port right? "
            f"({first_line(said).rstrip('.')}.)"
        )
    return f"{shown(url)}: the database refused: {first_line(said)}"


def _has_no_answer(error: Any) -> bool:
    return error.statement is None and getattr(error.orig, "sqlstate", None) is None


@contextmanager
def reached(url: str) -> Iterator[None]:
    """End a command with a sentence where the database cannot be reached, or lets us do nothing."""
    try:
        yield
    except DBAPIError as error:
        if not _has_no_answer(error) and getattr(error.orig, "sqlstate", None) != "42501":
            raise
        raise click.ClickException(in_words(error, url)) from None

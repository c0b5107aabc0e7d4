"""Everybody who is measured: each has a server of its own, and somebody who is signed in there."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.data import Facts
from bench.places import Place
from bench.serving import ROOT, Client, Server

DJANGO = ROOT / "bench" / "django"
EMAIL, PASSWORD = "clerk@example.org", "correct-horse-battery"  # nosec: of a measurement


@dataclass(frozen=True)
class Run:
    """What is asked for meanwhile: the servers by name, who is signed in there, and the data."""

    servers: dict[str, Server]
    clients: dict[str, Client]
    facts: Facts
    seconds: float


def prepared(place: Place, source: Path, hundredth: Path | None, django: str | None) -> dict[str, str]:
    """The URLs of their databases. Each has its own, since measuring stores things; but for the floor."""
    urls = {"joinery": place.filled("joinery", source)}
    if hundredth:
        urls["hundredth"] = place.filled("hundredth", hundredth)
    if django:
        urls["django"] = place.copy("django", urls["joinery"])
        own = {**os.environ, "BENCH_DATABASE": urls["django"]}
        subprocess.run([django, "peer.py", "prepare"], check=True, cwd=DJANGO, env=own)
    return urls | {"floor": urls["joinery"]}


@contextmanager
def served(urls: dict[str, str], django: str | None, facts: Facts, seconds: float) -> Iterator[Run]:
    """All servers started, and ended with the block."""
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                Server("bench.counted:counted()", DATABASE_URL=urls[name], JOBS="inline")
            )
            for name in ("joinery", "hundredth")
            if name in urls
        }
        servers["floor"] = stack.enter_context(Server("bench.floor:answer", BENCH_DATABASE=urls["floor"]))
        if django:
            peer = Server("peer:application", python=django, folder=DJANGO, BENCH_DATABASE=urls["django"])
            servers["django"] = stack.enter_context(peer)
        clients = {name: Client(server.port) for name, server in servers.items()}
        for name, client in clients.items():
            _sign_in(name, client)
        yield Run(servers, clients, facts, seconds)


def _sign_in(name: str, client: Client) -> None:
    if name == "django":
        client.sign_in("/admin/login/?next=/admin/", {"username": "clerk", "password": PASSWORD})
    elif name != "floor":
        client.sign_in("/sign-in", {"email": EMAIL, "password": PASSWORD})

"""Measure whole requests: Joinery as it is served, beside the floor and Django admin, in one run.

    make bench                                   the data of make_data.py at 1 %, kept in instance/bench
    make bench ARGS="--scale 1 --rounds 20"      at 100 %
    make bench ARGS="--database big.db"          a SQLite file that is there; only copies of it are used

The contestants take turns, so that whatever else the machine does meets all of them. Milliseconds depend on
the machine; how many times as fast does much less.
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.data import made_database
from bench.load import throughput
from bench.pages import Page, pages
from bench.serving import ROOT, Answer, Client, Server

DJANGO = ROOT / "bench" / "django"
EMAIL, PASSWORD = "clerk@example.org", "correct-horse-battery"  # nosec: of a measurement
COLD, THROUGHPUT, FIRST_BYTE = 1.2, 5.0, 0.5
LIST = {"joinery": "/hr/employees", "floor": "/hr/employees", "django": "/admin/admin/employee/"}


@dataclass
class Measured:
    """All answers of one contestant to one page."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def median(self) -> float:
        """In milliseconds."""
        return 1000 * statistics.median(one.seconds for one in self.answers)

    @property
    def p95(self) -> float:
        """In milliseconds: of twenty answers, one took longer."""
        taken = sorted(one.seconds for one in self.answers)
        return 1000 * taken[min(len(taken) - 1, int(0.95 * len(taken)))]


Line = dict[str, Measured]


def main() -> None:
    """Start everybody, measure, tell."""
    asked = _arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = asked.database or made_database(asked.folder, asked.scale)
        servers = _started(stack, Path(source), folder, asked.django)
        clients = _signed_in(servers)
        lines: dict[str, Line] = {}
        told = _said(_head())
        for page in pages(*_sizes(Path(source))):
            lines[page.name] = measured(page, clients, asked.rounds)
            told += _said([row(page, lines)])
        told += _said([""])
        for other in _others(servers, clients, folder / "joinery.db", asked.seconds):
            told += _said([other])
    if asked.write:
        asked.write.write_text("\n".join(told) + "\n")


def _said(lines: list[str]) -> list[str]:
    """The same lines, as soon as they are known."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    return lines


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Joinery, the floor and Django admin.")
    parser.add_argument("--scale", type=float, choices=(0.01, 0.1, 1, 10), default=0.01)
    parser.add_argument("--folder", type=Path, default=ROOT / "instance" / "bench")
    parser.add_argument("--database", help="a SQLite file made before, with the account of the bench")
    parser.add_argument(
        "--django", help="the Python of an environment with Django; left out, it is not measured"
    )
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=5, help="how long each throughput is measured")
    parser.add_argument("--write", type=Path, help="write the table to this file, too")
    return parser.parse_args()


def _started(stack: ExitStack, source: Path, folder: Path, django: str | None) -> dict[str, Server]:
    """Every contestant on a copy of its own: measuring stores things."""
    mine = Path(shutil.copyfile(source, folder / "joinery.db"))
    url = f"sqlite:///{mine}"
    servers = {
        "joinery": Server("bench.counted:counted()", DATABASE_URL=url, JOBS="inline"),
        "floor": Server("bench.floor:answer", BENCH_DATABASE=str(mine)),
    }
    if django:
        theirs = shutil.copyfile(source, folder / "django.db")
        own = {**os.environ, "BENCH_DATABASE": str(theirs)}
        subprocess.run([django, "peer.py", "prepare"], check=True, cwd=DJANGO, env=own)
        servers["django"] = Server(
            "peer:application", python=django, folder=DJANGO, BENCH_DATABASE=str(theirs)
        )
    for server in servers.values():
        stack.enter_context(server)
    return servers


def _signed_in(servers: dict[str, Server]) -> dict[str, Client]:
    clients = {name: Client(server.port) for name, server in servers.items()}
    clients["joinery"].sign_in("/sign-in", {"email": EMAIL, "password": PASSWORD})
    if "django" in clients:
        clients["django"].sign_in("/admin/login/?next=/admin/", {"username": "clerk", "password": PASSWORD})
    return clients


def _sizes(source: Path) -> list[int]:
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as connection:
        counts = [f"SELECT count(*) FROM {table}" for table in ("employee", "book", "author")]  # nosec: constants
        return [connection.execute(one).fetchone()[0] for one in counts]


def measured(page: Page, clients: dict[str, Client], rounds: int) -> Line:
    """The page from everybody who has it, in turns; the first answer of each does not count."""
    urls = {name: getattr(page, name) for name in clients if getattr(page, name)}
    line = {name: Measured() for name in urls}
    for number in range(rounds + 1):
        for name, url in urls.items():
            answer = clients[name].ask(url)
            if answer.status != 200:
                sys.exit(f"{name} answered {url} with {answer.status}.")
            if number:
                line[name].answers.append(answer)
    return line


def _head() -> list[str]:
    names = (
        "page",
        "median ms",
        "p95 ms",
        "statements",
        "KB sent (raw)",
        "× floor",
        "Django ms",
        "× as fast",
        "target",
    )
    return [f"| {' | '.join(names)} |", f"|---|{'--:|' * (len(names) - 2)}---|"]


def row(page: Page, lines: dict[str, Line]) -> str:
    """One line of the table."""
    line = lines[page.name]
    mine, last = line["joinery"], line["joinery"].answers[-1]
    floors = f"{mine.median / line['floor'].median:.1f}" if "floor" in line else ""
    theirs = f"{line['django'].median:.1f}" if "django" in line else ""
    faster = f"{line['django'].median / mine.median:.1f}" if "django" in line else ""
    size = f"{last.travelled / 1000:.1f} ({len(last.body) / 1000:.0f})"
    misses = missed(page, lines)
    verdict = f"missed: {'; '.join(misses)}" if misses else "met"
    cells = (
        page.name,
        f"{mine.median:.1f}",
        f"{mine.p95:.1f}",
        last.statements,
        size,
        floors,
        theirs,
        faster,
    )
    return f"| {' | '.join(cells)} | {verdict} |"


def missed(page: Page, lines: dict[str, Line]) -> list[str]:
    """The targets that this page does not reach, in words."""
    line = lines[page.name]
    mine, last = line["joinery"].median, line["joinery"].answers[-1]
    found = []
    if page.floors and "floor" in line and mine > page.floors * line["floor"].median:
        found.append(f"within {page.floors:g}× of the floor")
    if page.faster and "django" in line and mine * page.faster > line["django"].median:
        found.append(f"{page.faster:g}× as fast as Django admin")
    if page.statements and int(last.statements or 0) > page.statements:
        found.append(f"{page.statements} statements")
    if page.beside and mine > page.times * lines[page.beside]["joinery"].median:
        found.append(f"within {page.times:g}× of {page.beside}")
    if page.kilobytes and last.travelled > 1000 * page.kilobytes:
        found.append(f"{page.kilobytes:g} KB")
    return found


# --- what is not one page -----------------------------------------------------------------------------


def _others(
    servers: dict[str, Server], clients: dict[str, Client], mine: Path, seconds: float
) -> Iterator[str]:
    """Memory, throughput, the export, and a cold start."""
    held = _each({name: f"{server.memory():.0f} MB" for name, server in servers.items()})
    yield f"- memory of the larger worker after all of this: {held}"
    rates = {name: throughput(one.port, LIST[name], one.cookies, seconds) for name, one in clients.items()}
    told = _each({name: f"{rate:.0f}" for name, (rate, _) in rates.items()})
    errors = sum(failed for _, failed in rates.values())
    yield f"- people, first page, requests in a second over 16 connections: {told}; {errors} errors"
    if "django" in rates:
        ratio = rates["joinery"][0] / rates["django"][0]
        yield f"- that is {ratio:.1f}× as many as Django admin ({_verdict(ratio >= THROUGHPUT, '5×')})"
    first, before, after = _export(servers["joinery"], clients["joinery"])
    yield (
        f"- export of all stays: first byte after {first:.2f} s ({_verdict(first <= FIRST_BYTE, '0.5 s')}), "
        f"memory of the worker {before:.0f} MB before, {after:.0f} MB after"
    )
    cold = statistics.median(_cold(mine) for _ in range(3))
    yield f"- cold start to the first page: {cold:.2f} s ({_verdict(cold <= COLD, '1.2 s')})"


def _each(figures: dict[str, str]) -> str:
    return ", ".join(f"{name} {figure}" for name, figure in figures.items())


def _verdict(is_met: bool, target: str) -> str:
    return f"target {target}: {'met' if is_met else 'missed'}"


def _export(server: Server, client: Client) -> tuple[float, float, float]:
    """Seconds to the first byte, and the memory of the larger worker before and after."""
    before, began = server.memory(), time.perf_counter()
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    client.connection.request("GET", "/hr/stays?span=all&download=stays.csv", headers={"Cookie": cookies})
    response = client.connection.getresponse()
    if response.status != 200 or not response.read(1):
        sys.exit(f"The export was answered with {response.status}.")
    first = time.perf_counter() - began
    while response.read(1 << 16):
        pass
    return first, before, server.memory()


def _cold(mine: Path) -> float:
    with Server("app:create_app()", workers=1, DATABASE_URL=f"sqlite:///{mine}") as server:
        answer = Client(server.port).ask("/sign-in")
        if answer.status != 200:
            sys.exit(f"The first page was answered with {answer.status}.")
        return time.perf_counter() - server.began


if __name__ == "__main__":
    main()

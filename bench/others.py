"""What is not one page: a save, many at once, memory, the export, and a cold start."""

import html
import itertools
import re
import statistics
import sys
import time
from collections.abc import Iterator
from functools import partial

from bench.contestants import Run
from bench.forms import fields_of
from bench.load import CONNECTIONS, throughput
from bench.pages import DEPARTMENT, FIND, PEOPLE, THEIR_DEPARTMENT, THEIR_FIND, THEIR_PEOPLE
from bench.serving import Answer, Client, Server
from bench.targets import Result, Target, or_failure

COLD, FASTER, FIRST_BYTE = 1.2, 5, 0.5
# “Flat”: so many MB more are what a process gathers anyway.
FLAT = 15
TURNED = 60
NAMES = ("joinery", "floor", "django")
# The page of a person, which has the form to save, and the field that is changed there.
PERSON = {
    "joinery": (f"{PEOPLE}/{{}}", "department_rows-0-extra_data"),
    "floor": (f"{PEOPLE}/{{}}", "extra_data"),
    "django": (f"{THEIR_PEOPLE}{{}}/change/", "stays-0-extra_data"),
}
_numbers = itertools.count()


def others(run: Run, rounds: int) -> Iterator[Result]:
    """All of it, one after the other."""
    yield from or_failure("one stay of a person changed", _save(run, rounds))
    yield from or_failure("many at once", _many_at_once(run))
    yield from or_failure("pages of the largest department turned", _paging(run))
    for kind in ("csv", "xlsx"):
        yield from or_failure(f"export of all stays as {kind.upper()}", _export(run, kind))
    held = {name: f"{server.memory():.0f} MB" for name, server in run.servers.items()}
    yield Result("memory of the larger worker after all of this", held.pop("joinery"), _each(held))


def _each(figures: dict[str, str]) -> str:
    return ", ".join(f"{name} {figure}" for name, figure in figures.items())


# --- saving ---------------------------------------------------------------------------------------


def saved(name: str, client: Client, person: str) -> Answer:
    """One fact of one stay is changed, by the form of the page; told is the answer to the form."""
    address, field = PERSON[name]
    url = address.format(person)
    page = client.ask(url)
    return client.ask(url, {**fields_of(page.text), field: f"remark {next(_numbers)}"})


def _save(run: Run, rounds: int) -> Iterator[Result]:
    taken: dict[str, list[float]] = {name: [] for name in NAMES if name in run.clients}
    for number in range(rounds + 1):
        for name, seconds in taken.items():
            answer = saved(name, run.clients[name], run.facts.edited[number % len(run.facts.edited)])
            if answer.status not in (302, 303):
                sys.exit(f"{name} answered a save with {answer.status}.")
            if number:
                seconds.append(1000 * answer.seconds)
    medians = {name: f"{statistics.median(seconds):.1f} ms" for name, seconds in taken.items()}
    yield Result(
        "one stay of a person changed: the answer to the form", medians.pop("joinery"), _each(medians)
    )


# --- many at once ---------------------------------------------------------------------------------


def _asks(url: str, client: Client, _place: int) -> bool:
    return client.ask(url).status == 200


def _reads(name: str, people: list[str], client: Client, place: int) -> bool:
    return client.ask(PERSON[name][0].format(people[place % len(people)])).status == 200


def _saves(name: str, people: list[str], client: Client, place: int) -> bool:
    return saved(name, client, people[place % len(people)]).status in (302, 303)


def _many_at_once(run: Run) -> Iterator[Result]:
    """Requests in a second over all connections, of each kind; whoever saves edits a person of their own."""
    people, lists = list(run.facts.edited), {"joinery": PEOPLE, "floor": PEOPLE, "django": THEIR_PEOPLE}
    finds = {"joinery": FIND, "floor": FIND, "django": THEIR_FIND}
    kinds = {
        "list of people": {name: partial(_asks, lists[name]) for name in NAMES},
        "page of a person": {name: partial(_reads, name, people) for name in NAMES},
        "picker": {name: partial(_asks, finds[name]) for name in NAMES},
        "form fetched and saved": {name: partial(_saves, name, people) for name in NAMES},
    }
    for kind, deeds in kinds.items():
        rates, errors = {}, 0
        for name in (name for name in NAMES if name in run.clients):
            rates[name], failed = throughput(run.clients[name], deeds[name], run.seconds)
            errors += failed if name == "joinery" else 0
        targets = [Target("no errors", errors, 0)]
        if "django" in rates and kind == "list of people":
            ratio = rates["django"] / rates["joinery"]
            targets.append(Target(f"{FASTER}× as many as Django admin", ratio, 1 / FASTER))
        told = {name: f"{rate:.0f}" for name, rate in rates.items()}
        name = f"{kind}, in a second over {CONNECTIONS} connections"
        yield Result(name, told.pop("joinery"), _each(told), targets)


# --- memory and files -----------------------------------------------------------------------------


def _paging(run: Run) -> Iterator[Result]:
    """From page to page of the largest department; the first pages fill what is kept anyway."""
    client, server = run.clients["joinery"], run.servers["joinery"]
    first = url = DEPARTMENT.format(run.facts.largest)
    before = 0.0
    for number in range(TURNED):
        page = client.ask(url)
        if page.status != 200:
            sys.exit(f"{url} was answered with {page.status}.")
        if number == 4:
            before = server.memory()
        onward = re.search(r'href="([^"]+)" rel="next"', page.text)
        url = html.unescape(onward.group(1)) if onward else first
    yield _memory(
        f"memory while {TURNED} pages of the largest department are turned", before, server.memory()
    )


def _memory(name: str, before: float, after: float) -> Result:
    flat = Target(f"flat ({FLAT} MB)", max(0, after - before), FLAT)
    return Result(name, f"{before:.0f} MB before, {after:.0f} MB at the most", "", [flat])


def _export(run: Run, kind: str) -> Iterator[Result]:
    """All stays as a file: when it begins, when it is whole, and what the worker holds meanwhile."""
    client, server = run.clients["joinery"], run.servers["joinery"]
    most = before = server.memory()
    began = time.perf_counter()
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    client.connection.request("GET", f"/hr/stays?span=all&download=stays.{kind}", headers={"Cookie": cookies})
    response = client.connection.getresponse()
    if response.status != 200 or not response.read(1):
        sys.exit(f"The export was answered with {response.status}.")
    first, size = time.perf_counter() - began, 1
    while piece := response.read(1 << 18):
        size += len(piece)
        most = max(most, server.memory())
    spent = time.perf_counter() - began
    memory = _memory("", before, most)
    figure = f"first byte after {first:.2f} s, {size / 1e6:.1f} MB in {spent:.1f} s, {memory.figure}"
    # A spreadsheet is written before it is sent: its table of contents stands at its end.
    begins = [Target("first byte under 0.5 s", first, FIRST_BYTE)] if kind == "csv" else []
    yield Result(f"export of all stays as {kind.upper()}", figure, "", [*begins, *memory.targets])


# --- starting, and what takes minutes ---------------------------------------------------------------


def cold(url: str) -> Result:
    """One worker, from nothing to the first page."""
    taken = statistics.median(_start(url) for _ in range(3))
    return Result(
        "cold start of one worker to the first page", f"{taken:.2f} s", "", [Target("1.2 s", taken, COLD)]
    )


def _start(url: str) -> float:
    with Server("app:create_app()", workers=1, DATABASE_URL=url) as server:
        answer = Client(server.port).ask("/sign-in")
        if answer.status != 200:
            sys.exit(f"The first page was answered with {answer.status}.")
        return time.perf_counter() - server.began


def largest_form(run: Run) -> Result:
    """The largest department in Django admin, whose form shows all of it."""
    page = run.clients["django"].ask(THEIR_DEPARTMENT.format(run.facts.largest))
    held = run.servers["django"].memory()
    figure = f"{page.seconds:.1f} s, {len(page.body) / 1e6:.1f} MB of page, worker {held:.0f} MB"
    mine = run.clients["joinery"].ask(DEPARTMENT.format(run.facts.largest))
    beside = f"joinery {mine.seconds:.3f} s, {len(mine.body) / 1e6:.2f} MB"
    return Result("Django admin's form of the largest department, once", figure, beside)

"""Measure all of it in one go: Joinery as it is served, beside the floor and Django admin.

    make bench                                   the data of make_data.py at 1 %, kept in instance/bench
    make bench ARGS="--scale 1 --all"            at 100 %, with Django's form of the largest department
    make bench ARGS="--scale 0.01 0.1 1 --write FILE.md"      one after the other, and told as a page
    make bench ARGS="--postgres"                 on a PostgreSQL server started for it and thrown away
    make bench ARGS="--database big.db"          a SQLite file that is there; only copies of it are used

The contestants take turns, so that whatever else the machine does meets all of them. Milliseconds depend on
the machine; how many times as fast does much less.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench import growth, programs, targets
from bench.contestants import Run, prepared, served
from bench.data import facts_of, made_database
from bench.measuring import Line, measured
from bench.others import cold, largest_form, others
from bench.pages import Page, pages
from bench.places import Databases, Files, Place
from bench.serving import ROOT
from bench.targets import Result, Target

PARTS = ("pages", "others", "programs")
SMALLEST = 0.01


def main() -> None:
    """Measure each size that is asked for, and tell."""
    asked = _arguments()
    # Whoever ends it from outside leaves neither servers nor copies.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if asked.postgres == "own":
        _with_a_server()
    with tempfile.TemporaryDirectory(dir=_folder(asked)) as folder:
        files = Files(Path(folder))
        place: Place = Databases(asked.postgres, files) if asked.postgres else files
        with closing(place):
            for scale in asked.scale:
                told = _measure(asked, place, scale)
    grown = ["", "## Cost per growth", "", *growth.table(asked.folder / "figures", place.name)]
    sys.stdout.write("\n".join([*grown, ""]))
    if asked.write:
        asked.write.write_text("\n".join([*_title(place), "", *told, *grown, ""]), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Joinery, the floor and Django admin.")
    add = parser.add_argument
    add("--scale", type=float, nargs="+", choices=(SMALLEST, 0.1, 1, 10), default=[SMALLEST])
    add("--folder", type=Path, default=ROOT / "instance" / "bench", help="where data is kept")
    add("--database", type=Path, help="a SQLite file made before, with the account of the bench")
    add("--postgres", nargs="?", const="own", default="", help="on a server of its own, or on this URL")
    add("--django", type=os.path.abspath, help="the Python of an environment with Django, to measure it too")
    add("--rounds", type=int, default=30)
    add("--seconds", type=float, default=5, help="how long each throughput is measured")
    add("--only", nargs="+", choices=PARTS, default=PARTS, help="a part of it")
    add("--all", action="store_true", help="also what takes minutes: Django's form of the largest department")
    add("--write", type=Path, help="write what is told to this file, too")
    return parser.parse_args()


def _folder(asked: argparse.Namespace) -> Path:
    """Copies of large files go where the files are: the folder for temporary ones may be memory."""
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _with_a_server() -> None:
    """All of this again, with a PostgreSQL server that lives as long; this does not come back."""
    words = [word for word in sys.argv[1:] if word != "--postgres"]
    again = 'exec "$0" -m bench.harness "$@" --postgres "$TEST_DATABASE_URL"'
    script = str(ROOT / "tests" / "postgres.sh")
    os.chdir(ROOT)
    os.execv(script, [script, "bash", "-c", again, sys.executable, *words])  # nosec: our own words


def _title(place: Place) -> list[str]:
    return [
        "# Figures" if place.name == "SQLite" else f"# Figures on {place.name}",
        "",
        f"Measured on {datetime.now(UTC):%-d %B %Y} with {place.name}, Python {platform.python_version()},",
        f"on a machine of {os.cpu_count()} processors. Written by `make bench`; how to read it stands in",
        "[How fast it is](performance.md).",
    ]


def _measure(asked: argparse.Namespace, place: Place, scale: float) -> list[str]:
    """One size of the data; what was told of it."""
    source = asked.database or made_database(asked.folder, scale)
    hundredth = made_database(asked.folder, SMALLEST) if scale != SMALLEST or asked.database else None
    facts = facts_of(source)
    report = Report()
    size = "a database of its own" if asked.database else f"{100 * scale:g} % of the data"
    report.say(
        f"{size.capitalize()}: {facts.people:,} people, {facts.books:,} books, {facts.authors:,} authors."
    )
    urls = prepared(place, source, hundredth, asked.django)
    with served(urls, asked.django, facts, asked.seconds) as run:
        if "pages" in asked.only:
            _pages(report, run, asked.rounds)
        report.say("", "## Everything else", "", *targets.head_of_jobs())
        if "others" in asked.only:
            report.jobs(others(run, asked.rounds))
        if asked.all and asked.django:
            report.jobs([largest_form(run)])
    if "programs" in asked.only:
        report.jobs(_programs(asked, place, urls["joinery"], scale))
    for name in urls:
        place.remove(name)
    report.say("", "## Targets", "", *targets.summary(report.targets))
    if not asked.database and set(asked.only) == set(PARTS):
        growth.keep(asked.folder / "figures", place.name, scale, growth.figures(report.lines, report.results))
    return report.told


def _pages(report: "Report", run: Run, rounds: int) -> None:
    report.say("", "## Pages", "", *targets.head())
    all_pages = {page.name: page for page in pages(run.facts)}
    for page in all_pages.values():
        beside = all_pages[page.beside].joinery if page.beside else ""
        try:
            report.page(page, measured(page, run, rounds, beside))
        except SystemExit as fault:
            report.failed(page, str(fault))


def _programs(asked: argparse.Namespace, place: Place, url: str, scale: float) -> Iterator[Result]:
    yield cold(url)
    yield from targets.or_failure("end very many stays at once", programs.deed(url, scale))
    yield from targets.or_failure("a large department", programs.department(place, scale, asked.rounds))
    if not asked.database:
        files = asked.folder / f"{min(scale, 1):g}"
        yield from targets.or_failure("import of all stays", programs.imported(place, files))


class Report:
    """What is told of one size of the data; each line is printed as soon as it is known."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.lines: dict[str, Line] = {}
        self.results: list[Result] = []
        self.targets: list[tuple[str, Target]] = []

    def say(self, *lines: str) -> None:
        """Print, and keep for the file."""
        self.told += lines
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()

    def page(self, page: Page, line: Line) -> None:
        """A line of the table of pages."""
        self.lines[page.name] = line
        self.targets += [(page.name, one) for one in targets.targets(page, line)]
        self.say(targets.row(page, line))

    def failed(self, page: Page, fault: str) -> None:
        """A line of the table of pages for one that was not answered."""
        self.targets.append((page.name, Target("an answer", 1, 0)))
        self.say(f"| {page.name} |{' |' * (len(targets.COLUMNS) - 2)} {fault} |")

    def jobs(self, results: Iterable[Result]) -> None:
        """Lines of the table of everything else."""
        for result in results:
            self.results.append(result)
            self.targets += [(result.name, one) for one in result.targets]
            self.say(targets.row_of(result))


if __name__ == "__main__":
    main()

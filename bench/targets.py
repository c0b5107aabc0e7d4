"""What the figures are to be, whether they are, and how that is told: a table of pages and one of jobs."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.measuring import Line
from bench.pages import Page

COLUMNS = (
    *("page", "median ms", "p95 ms", "statements", "KB sent (raw)", "floor ms", "× floor"),
    *("Django ms", "× as fast", "× the page beside", "× on 1 %", "processor", "targets"),
)


@dataclass(frozen=True)
class Target:
    """A figure and the most that it may be."""

    words: str
    value: float
    most: float

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its limit."""
        return self.value <= self.most

    @property
    def over(self) -> float:
        """How many times the limit the figure is; where there may be none, how many there are."""
        return self.value / self.most if self.most else self.value

    @property
    def verdict(self) -> str:
        """“met”, or by how much it is missed."""
        by = f" by {self.over:.2f}×" if self.most else f", it is {self.value:g}"
        return f"{self.words}: met" if self.is_met else f"{self.words}: missed{by}"


@dataclass(frozen=True)
class Result:
    """What is not one page: a figure in words, what stands beside it, and its targets."""

    name: str
    figure: str
    beside: str = ""
    targets: Sequence[Target] = ()


def or_failure(name: str, results: Iterator[Result]) -> Iterator[Result]:
    """The results, or that there are none, which misses a target and lets the others be measured."""
    try:
        yield from results
    except SystemExit as fault:
        sys.stderr.write(f"{fault}\n")
        yield Result(name, "it did not end well", "", [Target("no errors", 1, 0)])


def targets(page: Page, line: Line) -> Iterator[Target]:
    """The targets of a page, with what was measured."""
    mine, last = line["joinery"], line["joinery"].answers[-1]
    if page.floors and "floor" in line:
        yield Target(f"within {page.floors:g}× of the floor", mine.times(line["floor"]), page.floors)
    if page.faster and "django" in line:
        yield Target(f"{page.faster:g}× as fast as Django admin", mine.times(line["django"]), 1 / page.faster)
    if page.statements:
        yield Target(f"{page.statements} statements at most", int(last.statements or 0), page.statements)
    if page.times and "beside" in line:
        yield Target(f"within {page.times:g}× of {page.beside}", mine.times(line["beside"]), page.times)
    if page.itself and "hundredth" in line:
        ratio = mine.times(line["hundredth"])
        yield Target(f"within {page.itself:g}× of itself on 1 % of the data", ratio, page.itself)
    if page.kilobytes:
        yield Target(f"{page.kilobytes:g} KB at most", last.travelled / 1000, page.kilobytes)


def head() -> list[str]:
    """The first two lines of the table of pages."""
    return [f"| {' | '.join(COLUMNS)} |", f"|---|{'--:|' * (len(COLUMNS) - 2)}---|"]


def row(page: Page, line: Line) -> str:
    """One line of the table of pages."""
    mine, last = line["joinery"], line["joinery"].answers[-1]
    cells = (
        page.name,
        f"{mine.median:.1f}",
        f"{mine.p95:.1f}",
        last.statements,
        f"{last.travelled / 1000:.1f} ({len(last.body) / 1000:.0f})",
        f"{line['floor'].median:.1f}" if "floor" in line else "",
        _times(line, "floor"),
        f"{line['django'].median:.1f}" if "django" in line else "",
        f"{1 / mine.times(line['django']):.1f}" if "django" in line else "",
        _times(line, "beside"),
        _times(line, "hundredth"),
        processor(line),
        verdict(list(targets(page, line))),
    )
    return f"| {' | '.join(cells)} |"


def _times(line: Line, other: str) -> str:
    return f"{line['joinery'].times(line[other]):.2f}" if other in line else ""


def processor(line: Line) -> str:
    """The milliseconds of a processor for one answer, and the same ratios in them."""
    mine = line["joinery"].processor
    told = [f"{mine:.1f} ms"] if mine else []
    if mine and "floor" in line:
        told.append(f"{mine / max(line['floor'].processor, 0.01):.1f} × floor")
    if mine and "django" in line:
        told.append(f"{line['django'].processor / mine:.1f} × as fast")
    return ", ".join(told)


def verdict(all_targets: Sequence[Target]) -> str:
    """Whether all are met, or those that are not."""
    missed = [one.verdict for one in all_targets if not one.is_met]
    return "; ".join(missed) if missed else "met" if all_targets else ""


def head_of_jobs() -> list[str]:
    """The first two lines of the table of everything else."""
    return ["| what | figure | beside it | targets |", "|---|---|---|---|"]


def row_of(result: Result) -> str:
    """One line of the table of everything else."""
    told = "; ".join(one.verdict for one in result.targets)
    return f"| {result.name} | {result.figure} | {result.beside} | {told} |"


def summary(all_targets: Sequence[tuple[str, Target]]) -> list[str]:
    """How many targets there are, and each that is missed."""
    missed = [(name, one) for name, one in all_targets if not one.is_met]
    worst = max((one.over for _, one in missed), default=0)
    ends = f", none by more than {worst:.2f}×:" if missed else "."
    return [
        f"{len(all_targets)} targets, {len(missed)} missed{ends}",
        *([""] if missed else []),
        *(f"- {name}: {one.verdict}" for name, one in missed),
    ]

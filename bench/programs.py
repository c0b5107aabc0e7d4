"""The measurements that are programs of their own, and what is read from what they print."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.places import Files, Place
from bench.serving import LOG, ROOT
from bench.targets import Result, Target

DEED, IMPORT, MEMORY, WAIT = 15, 5, 300, 5
LARGEST, DEED_LINKS = 86_000, 40_000


def printed(*words: str) -> str:
    """What a program of bench/ says; what is logged meanwhile goes to the log of the servers."""
    with LOG.open("a", encoding="utf-8") as log:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stdout} See {LOG}.")
    return done.stdout


def _found(what: str, line: str, said: str) -> list[tuple[str, ...]]:
    """The lines that have the figures; a program that says it in other words is not passed over."""
    found = re.findall(line, said, re.MULTILINE)
    if not found:
        sys.exit(f"What the measurement of the {what} printed cannot be read: {said}")
    return found


def deed(url: str, scale: float) -> Iterator[Result]:
    """Ending very many stays at once (`bench/bulk.py`)."""
    database = url.removeprefix("sqlite:///")
    yield from read_deed(printed("bench.bulk", database, "--links", str(round(DEED_LINKS * scale))))


def read_deed(said: str) -> Iterator[Result]:
    """Each step, and how long others waited for it."""
    count = said.split(" ", 1)[0]
    line = r"^(preview|deed|undo) +([\d.]+) s +([\d.]+) × bare.*peak +(\d+) MB +longest wait .*? ([\d.]+) s"
    for step, seconds, bare, peak, wait in _found("deed", line, said):
        targets = [Target("15 s", float(seconds), DEED), Target("others wait 5 s at most", float(wait), WAIT)]
        figure = f"{count}: {seconds} s, peak {peak} MB, another waited {wait} s"
        yield Result(f"end very many stays at once: {step}", figure, f"bare UPDATE × {bare}", targets)


def department(place: Place, scale: float, rounds: int) -> Iterator[Result]:
    """A large department beside a small one, read and saved (`bench/department.py`)."""
    at = [] if isinstance(place, Files) else ["--database", place.empty("department")]
    stays = str(max(3_000, round(LARGEST * scale)))
    yield from read_department(printed("bench.department", "--stays", stays, "--rounds", str(rounds), *at))


def read_department(said: str) -> Iterator[Result]:
    """Each page and each save, as how many times longer the large one takes."""
    line = r"^ *([a-z ]+): +([\d.]+) ms and +([\d.]+) ms, ratio +([\d.]+) \(at most ([\d.]+)\), (\d+) KB"
    for what, few, many, ratio, most, size in _found("department", line, said):
        target = Target(f"within {float(most):g}×", float(ratio), float(most))
        figure = f"{many} ms, {size} KB compressed"
        yield Result(
            f"a large department, made for it: {what}", figure, f"one of 20: {few} ms, × {ratio}", [target]
        )


def imported(place: Place, files: Path) -> Iterator[Result]:
    """The import of all stays (`bench/import_links.py`)."""
    at = [] if isinstance(place, Files) else ["--database", place.empty("import")]
    yield from read_import(printed("bench.import_links", str(files), *at), place.name)


def read_import(said: str, database: str) -> Iterator[Result]:
    """The preview and the import, and what others saw meanwhile."""
    count = said.split(" ", 1)[0]
    line = r"^(preview|import) +([\d.]+) s +([\d.]+) × bare +([\d.]+) × floor +peak +(\d+) MB"
    for step, seconds, bare, floor, peak in _found("import", line, said):
        targets = [Target("300 MB", float(peak), MEMORY)]
        if step == "import":
            targets.insert(0, Target("5× of executemany of the same rows", float(bare), IMPORT))
        beside = f"executemany of the stays into a plain table × {floor}, of them and their history × {bare}"
        yield Result(f"{step} of all stays", f"{count}: {seconds} s, peak {peak} MB", beside, targets)
    line = r"(\d+) saves\D+([\d.]+) s\D+([\d.]+) s"
    ((saves, save, reading),) = _found("import", line, said)
    most = WAIT if database == "SQLite" else 1
    wait = Target(f"a save waits {most} s at most", float(save), most)
    figure = f"longest save {save} s, longest reading {reading} s"
    yield Result("others during the import", figure, f"{saves} saves", [wait])

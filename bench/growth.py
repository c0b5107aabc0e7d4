"""The figures of each run, kept as a file, and what they cost at each size of the data, side by side."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.measuring import Line
from bench.targets import Result

# What a page or a job took, by its name.
Figures = dict[str, str]


def figures(lines: Mapping[str, Line], results: Sequence[Result]) -> Figures:
    """A page is told in milliseconds, and as how many times the floor."""
    pages = {name: f"{line['joinery'].median:.1f} ms{_beside(line)}" for name, line in lines.items()}
    return pages | {result.name: result.figure for result in results}


def _beside(line: Line) -> str:
    return f", {line['joinery'].times(line['floor']):.1f} × floor" if "floor" in line else ""


def keep(folder: Path, database: str, scale: float, told: Figures) -> None:
    """For the table of the next runs."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"database": database, "scale": scale, "figures": told}
    (folder / f"{database}-{scale:g}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def table(folder: Path, database: str) -> list[str]:
    """Each figure at each size that was measured on this database."""
    runs: list[dict[str, Any]] = [json.loads(file.read_text()) for file in folder.glob(f"{database}-*.json")]
    runs.sort(key=lambda run: run["scale"])
    names = dict.fromkeys(name for run in runs for name in run["figures"])
    sizes = [f"{100 * run['scale']:g} %" for run in runs]
    return [
        f"| what | {' | '.join(sizes)} |",
        f"|---|{'---|' * len(runs)}",
        *(f"| {name} | {' | '.join(run['figures'].get(name, '') for run in runs)} |" for name in names),
    ]

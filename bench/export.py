"""How fast a list is taken away: time to the first byte, rows in a second, and memory at its highest.

    DATABASE_URL=sqlite:///big.db python -m bench.export "/hr/stays?span=all" stays

Each format runs in a process of its own, so that the memory of one is not counted for the other.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import click

from app import create_app

FORMATS = ("csv", "xlsx")
MB = 1024 * 1024


@click.command()
@click.argument("url")
@click.argument("name")
@click.option("--format", "only", type=click.Choice(FORMATS), help="This format, in this process.")
def main(url: str, name: str, only: str | None) -> None:
    """Take the list at URL away as the file NAME, and say what it cost."""
    if only:
        click.echo(measured(url, f"{name}.{only}"))
        return
    for format in FORMATS:
        subprocess.run([sys.executable, "-m", "bench.export", url, name, "--format", format], check=True)


def measured(url: str, wish: str) -> str:
    """One download, in words."""
    app = create_app()
    joined = "&" if "?" in url else "?"
    with app.test_request_context(f"{url}{joined}download={wish}"):
        view, args = app.url_map.bind("").match(urlsplit(url).path)
        before = _memory()
        began = time.perf_counter()
        answer = app.view_functions[view](**args)
        first, size, lines = _read(answer.response, began)
        spent = time.perf_counter() - began
        answer.close()
    lines = f"{lines:,} lines, {lines / spent:,.0f} in a second, " if wish.endswith(".csv") else ""
    return (
        f"{wish}: first byte after {first:.2f} s, all after {spent:.1f} s; {lines}{size / MB:,.1f} MB; "
        f"memory {before:,.0f} MB before, {_memory():,.0f} MB at its highest"
    )


def _read(pieces: Iterable[bytes], began: float) -> tuple[float, int, int]:
    first, size, lines = 0.0, 0, 0
    for piece in pieces:
        first = first or time.perf_counter() - began
        size += len(piece)
        lines += piece.count(b"\n")
    return first, size, lines


def _memory() -> float:
    """The most memory this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()

"""How far a long deed has come. Whoever does it says so, and does not know who listens, or whether anybody.

    tell("Comparing with what is stored")
    for line in counted(lines, "Reading line", total=331_603): ...

A job listens (`core/jobs`), and so does the command line. A listener may also stop the deed: it raises
`Stopped`, which rolls back whatever is not stored yet.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO, TypeVar

from core.db import long_work
from core.garbage import looked_for_seldom

T = TypeVar("T")

EVERY = 1_000
# Before so many seconds nothing can be said of the time that is left.
KNOWN_AFTER = 3.0


class Stopped(Exception):
    """The person who asked for this wants no more of it."""


class Progress:
    """Where a deed is: the step it is in, and how much of that step is done."""

    def __init__(self) -> None:
        self.doing = ""
        self.done = 0
        self.total: int | None = None
        self._since, self._at_first = time.monotonic(), 0

    def tell(self, doing: str, total: int | None = None) -> None:
        """A step begins."""
        self.doing, self.done, self.total = doing, 0, total
        self.heard()

    def step(self, count: int) -> None:
        """So many more are done. A line may be stored in several tables: never more than there are."""
        done = self.done + count
        if not self.done:
            # What is prepared before the first piece says nothing of how long the others take.
            self._since, self._at_first = time.monotonic(), done
        self.done = done if self.total is None else min(done, self.total)
        self.heard()

    def heard(self) -> None:
        """What a listener does whenever something was said."""

    @property
    def words(self) -> str:
        """“Storing 40,000 of 331,603, about 20 seconds to go”."""
        if not self.done:
            return self.doing
        of = f" of {self.total:,}" if self.total is not None else ""
        return f"{self.doing} {self.done:,}{of}{self._to_go()}"

    def _to_go(self) -> str:
        """How long this step will still take, when that can be said."""
        gone = time.monotonic() - self._since
        since = self.done - self._at_first
        if self.total is None or gone < KNOWN_AFTER or since <= 0:
            return ""
        seconds = round(gone / since * (self.total - self.done))
        if seconds >= 90:
            return f", about {round(seconds / 60)} minutes to go"
        return f", about {seconds} seconds to go" if seconds > 1 else ""


class InTerminal(Progress):
    """One line that is written anew; plain lines, and fewer of them, where it is no terminal.

    What takes less than `after` seconds says nothing.
    """

    def __init__(self, stream: TextIO, after: float = 2) -> None:
        super().__init__()
        self.stream, self.rewrites = stream, stream.isatty()
        self.every = 0.2 if self.rewrites else 5.0
        self._said, self._at = "", time.monotonic() + after - self.every

    def heard(self) -> None:
        """Say how far it is, every so often."""
        now = time.monotonic()
        if now - self._at < self.every:
            return
        self._at = now
        if self.rewrites:
            self.stream.write(f"\r{self.words.ljust(len(self._said))}")
        else:
            self.stream.write(f"{self.words} …\n")
        self.stream.flush()
        self._said = self.words

    def close(self) -> None:
        """Leave the line as if nothing had been written."""
        if self.rewrites and self._said:
            self.stream.write(f"\r{' ' * len(self._said)}\r")
            self.stream.flush()


_listener: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def listening(progress: Progress) -> Iterator[None]:
    """Let this one hear of whatever is done inside."""
    before = _listener.set(progress)
    try:
        yield
    finally:
        _listener.reset(before)


@contextmanager
def at_length() -> Iterator[None]:
    """While long work is done: Python looks for garbage seldom, and SQLite keeps more of its file."""
    before = long_work.set(True)
    try:
        with looked_for_seldom():
            yield
    finally:
        long_work.reset(before)


def told_in_terminal(deed: Callable[[], T]) -> T:
    """What the deed returns, with its progress written to standard error."""
    progress = InTerminal(sys.stderr)
    with listening(progress), at_length():
        try:
            return deed()
        finally:
            progress.close()


def tell(doing: str, total: int | None = None) -> None:
    """Say that a step begins, and of how many pieces it is if that is known."""
    progress = _listener.get()
    if progress is not None:
        progress.tell(doing, total)


def step(count: int) -> None:
    """Say that so many more pieces are done."""
    progress = _listener.get()
    if progress is not None:
        progress.step(count)


def counted(items: Iterable[T], doing: str, total: int | None = None) -> Iterator[T]:
    """The items, with the progress through them told every thousand."""
    tell(doing, total)
    for number, item in enumerate(items, 1):
        yield item
        if number % EVERY == 0:
            step(EVERY)

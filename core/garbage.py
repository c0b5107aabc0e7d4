"""Python looks for objects that nobody can reach any more. Among millions of lines in use that takes long."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# After how many new objects those are looked through, as Python has it, and while people are answered.
USUAL = gc.get_threshold()
ANSWERING = (10_000, *USUAL[1:])


@contextmanager
def not_looked_for_in_what_is_loaded() -> Iterator[None]:
    """While modules are loaded: what they are made of stays, so it is not looked through, now and later on.

    That took a seventh of the time in which a worker starts, and then as long again in one of its answers.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def look_once_for_many_answers() -> None:
    """Look through what answers make once for many of them: as often as usual, it took 4 % of their time."""
    gc.set_threshold(*ANSWERING)


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """While much is made that is all in use: looking through it again and again took half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def let_go(items: list[Any]) -> None:
    """Let hundreds of thousands of objects go that know each other, before there are as many again.

    A few thousand small ones that Python keeps for later would keep their memory in use: they go as well.
    """
    items.clear()
    gc.collect()


@contextmanager
def not_among_what_is_there() -> Iterator[None]:
    """While statements by the hundred use up their rows: these are found, and what was there is let be."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*USUAL)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

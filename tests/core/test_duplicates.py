"""How names are compared, and a sweep that never compares all with all."""

import pytest

from core.db import match_key
from core.duplicates import CHUNK, MOST_SWEPT, WINDOW, Place, page_of, sweep
from core.spelling import Name, by_filing, edits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Georgi Facello", "FACELLO, Georgi"),
        ("José  Nuñez", "jose nunez"),
        ("O’Brien", "O'Brien"),
        ("J.R.R. Tolkien", "Tolkien J R R"),
        ("Лев Толстой", "толстой лев"),
        ("王小明", "王小明"),
    ],
)
def test_names_that_are_written_differently_have_one_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other) is not None


@pytest.mark.parametrize("nothing", ["", "***", "-"])
def test_a_name_without_a_letter_has_no_key(nothing: str) -> None:
    assert match_key(nothing) is None


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("austen", "austen", 0),
        ("austen", "austin", 1),
        ("austen", "austn", 1),
        ("austen", "asuten", 1),
        ("austen", "ausstenn", 2),
        ("austen", "lee", 3),
        ("", "ab", 2),
    ],
)
def test_letters_that_differ_are_counted_up_to_a_limit(one: str, other: str, count: int) -> None:
    assert edits(one, other, 2) == edits(other, one, 2) == count


class Table:
    """Rows in their order that note how many were asked for."""

    def __init__(self, names: list[str]) -> None:
        self.rows = [Name(filed, number, filed, filed) for number, filed in enumerate(sorted(names))]
        self.fetched = 0

    def after(self, place: Place | None, most: int) -> list[Name]:
        found = [row for row in self.rows if place is None or [row.order, row.key] > place][:most]
        self.fetched += len(found)
        return found


def test_in_a_large_block_a_name_is_compared_with_the_last_ones_before_it_only() -> None:
    table = Table([f"smith, jane{number:05}" for number in range(WINDOW * 3)])
    near = page_of([sweep(table.after, by_filing)], None, most=10_000).pairs
    assert max(pair.second - pair.first for pair in near) <= WINDOW


def test_a_page_that_finds_nothing_stops_and_the_next_one_goes_on() -> None:
    table = Table([f"{n:05}x, {n:05}y" for n in range(MOST_SWEPT + 3 * CHUNK)])
    step = sweep(table.after, by_filing)
    first = page_of([step], None)
    assert (first.pairs, first.next is None) == ([], False)
    assert table.fetched <= MOST_SWEPT + CHUNK
    second = page_of([step], first.next)
    assert (second.pairs, second.next) == ([], None)


def test_no_pair_is_lost_between_two_pages() -> None:
    names = [f"{family}, jane{letter}" for family in ("austen", "bronte", "carr") for letter in "abcdef"]
    step = sweep(Table(names).after, by_filing)
    whole = page_of([step], None, most=1000).pairs
    parts, place = [], None
    while True:
        page = page_of([step], place, most=5)
        parts += page.pairs
        place = page.next
        if place is None:
            break
    assert parts == whole
    assert len(whole) == 3 * 15

"""What is fetched from each contestant, and what the figures are to be."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.data import Facts

PEOPLE, THEIR_PEOPLE = "/hr/employees", "/admin/admin/employee/"
BOOKS, THEIR_BOOKS = "/library/books", "/admin/admin/book/"
AUTHORS, THEIR_AUTHORS = "/library/authors", "/admin/admin/author/"
FIND = "/hr/find/employees?q=granvik"
THEIR_FIND = "/admin/autocomplete/?app_label=admin&model_name=stay&field_name=employee&term=granvik"
DEPARTMENT, THEIR_DEPARTMENT = "/hr/departments/{}", "/admin/admin/department/{}/change/"
# Rows of a page, and how much slower than itself on a hundredth of the data a list may be.
ROWS, ITSELF = 100, 1.3


@dataclass(frozen=True)
class Page:
    """One line of the table: the same page of each contestant, with its targets (0: none is set)."""

    name: str
    joinery: str
    floor: str = ""
    django: str = ""
    faster: float = 0
    floors: float = 0
    statements: int = 0
    # Another page of ours, and within how many times of it this one is to stay.
    beside: str = ""
    times: float = 0
    kilobytes: float = 0
    # Within how many times of the same page on 1 % of the data.
    itself: float = 0


def pages(facts: Facts) -> list[Page]:
    """The table, for this data; a page of Django admin has a number, which depends on how many there are."""
    return [
        *_list("people", PEOPLE, THEIR_PEOPLE, ("sort=-name", "-2"), facts.people, facts.middles["employee"]),
        _sorted("people, by number", PEOPLE, "sort=number", f"{THEIR_PEOPLE}?o=1"),
        _sorted("people, by hiring", PEOPLE, "sort=hired", f"{THEIR_PEOPLE}?o=3"),
        *_list("books", BOOKS, THEIR_BOOKS, ("sort=-title", "-1"), facts.books, facts.middles["book"]),
        _sorted("books, by year", BOOKS, "sort=year", f"{THEIR_BOOKS}?o=3"),
        *_list(
            "authors", AUTHORS, THEIR_AUTHORS, ("sort=-name", "-1"), facts.authors, facts.middles["author"]
        ),
        Page("departments", "/hr/departments", django="/admin/admin/department/", statements=6),
        Page("stays, first page", "/hr/stays", statements=6, itself=ITSELF),
        *_asked(facts.largest),
        *_departments(facts),
    ]


def _sorted(name: str, mine: str, wish: str, theirs: str, beside: str = "") -> Page:
    url = f"{mine}?{wish}" if wish else mine
    return Page(name, url, url, theirs, 5, 6, 6, beside, 1.2 if beside else 0, itself=ITSELF)


def _list(
    name: str, mine: str, theirs: str, turned: tuple[str, str], count: int, middle: Sequence[Any]
) -> list[Page]:
    """First page, the other way round, in the middle, after a jump to a letter, and the far end."""
    first, last = f"{name}, first page", max(1, -(-count // ROWS))
    return [
        _sorted(first, mine, "", theirs),
        _sorted(f"{name}, turned", mine, turned[0], f"{theirs}?o={turned[1]}"),
        _sorted(
            f"{name}, in the middle", mine, f"after={mark(middle)}", f"{theirs}?p={-(-last // 2)}", first
        ),
        Page(
            f"{name}, a jump to a letter",
            f"{mine}?{urlencode({'at': middle[0]})}",
            "",
            "",
            0,
            0,
            6,
            first,
            1.2,
        ),
        _sorted(f"{name}, last page", mine, "last=1", f"{theirs}?p={last}", first),
    ]


def mark(values: Sequence[Any]) -> str:
    """The place in a list after a row with these sort keys, as the address of a page has it."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def _asked(largest: str) -> list[Page]:
    """Searched and filtered; whatever is filtered stands beside Django admin's filter by department."""
    searched = (("search “an gra”", "an+gra"), ("search a number", "10001"))
    there = f"department={largest}"
    filtered = (
        ("of one department", there, 8),
        ("part-time", "arrangement=part-time", 8),
        ("of a department as of a day", f"{there}&as_of=2005-06-30", 8),
        ("in two departments or more", "departments=2%2B", 2),
    )
    return [
        *(
            Page(f"people, {name}", f"{PEOPLE}?q={q}", f"{PEOPLE}?q={q}", f"{THEIR_PEOPLE}?q={q}", faster=5)
            for name, q in searched
        ),
        *(
            Page(f"people, {name}", f"{PEOPLE}?{wish}", "", f"{THEIR_PEOPLE}?{there}", faster=faster)
            for name, wish, faster in filtered
        ),
        Page("picker of people", FIND, FIND, THEIR_FIND, floors=4),
    ]


def _departments(facts: Facts) -> list[Page]:
    small, largest = DEPARTMENT.format(facts.small), DEPARTMENT.format(facts.largest)
    few = "department of 20"
    deep = mark(["m", "1", {"day": "2000-01-01"}, 1])
    asked = (("search in it", "q=granvik"), ("a rare remark in it", "arrangement=other"))
    return [
        Page(few, small, small, THEIR_DEPARTMENT.format(facts.small)),
        Page("largest department", largest, largest, "", 0, 0, 8, few, 1.5, 60),
        Page("largest department, deep in it", f"{largest}?after={deep}", "", "", 0, 0, 8, few, 1.5, 60),
        *(
            Page(f"largest department, {name}", f"{largest}?{wish}", beside=few, times=8)
            for name, wish in asked
        ),
        Page(
            "largest department, its heads",
            f"/hr/stays?department={facts.largest}&role=head",
            beside=few,
            times=8,
        ),
    ]

"""Make up data to look at and to measure with: people, departments, stays, books, authors, shares.

    python bench/make_data.py FOLDER
    python bench/make_data.py FOLDER --employees 300000 --links 331603 --books 200000 --authors 150000 \
        --author-links 320000

The same numbers and the same seed give the same files, line by line, written as they are made up. `flask
import` takes each of them; the end of a stay is the first day away. Nobody in them exists.
"""

import argparse
import csv
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import names

OPEN = date(9999, 1, 1)
FIRST_DAY, LAST_DAY = date(1985, 1, 1), date(2025, 12, 31)
HEAD_SINCE = date(2016, 1, 1)
NAMES_OF_DEPARTMENTS = (
    *(
        "Development",
        "Production",
        "Sales",
        "Customer service",
        "Research",
        "Quality",
        "Marketing",
        "Finance",
    ),
    *("Personnel", "Logistics", "Purchasing", "Legal", "Security", "Training", "Facilities", "Design"),
    *("Support", "Translation", "Archive", "Audit", "Catering", "Library", "Planning", "Press"),
)
# The largest has 26 in 100 of all stays; the others share the rest, each a little less than the one before.
LARGEST = 0.26
OVERLOADED = "Stands in for a colleague"
ROLES = ("author", "author", "author", "author", "author", "illustrator", "translator", "editor")
# What the authors of a book receive together, in quarters of a per cent, and how often.
TOGETHER, HOW_OFTEN = (40, 30, 32, 48, 50, 60, 72, 0, 8, 120), (30, 20, 10, 14, 12, 8, 4, 0.2, 0.2, 0.1)


def main() -> None:
    """Write the files into the folder."""
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    codes = [f"d{number:03}" for number in range(1, asked.departments + 1)]
    _write(asked.folder / "departments.csv", ("dept_no", "dept_name"), _departments(codes))
    _write_people(asked, codes)
    _write(asked.folder / "books.csv", BOOK, _books(asked))
    _write(asked.folder / "authors.csv", ("author_name",), ((names.author(n),) for n in range(asked.authors)))
    _write(asked.folder / "book_authors.csv", SHARE, _shares(asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make up data as CSV files that flask import takes.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--departments", type=int, default=9)
    for name, default in (("employees", 10_000), ("links", None), ("books", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name in ("authors", "author-links"):
        parser.add_argument(f"--{name}", type=int)
    asked = parser.parse_args()
    asked.links = asked.links if asked.links is not None else round(asked.employees * 1.105)
    asked.authors = asked.authors if asked.authors is not None else round(asked.books * 0.75)
    asked.author_links = asked.author_links if asked.author_links is not None else round(asked.books * 1.6)
    return asked


def _write(path: Path, head: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def spread(total: int, over: int, chance: random.Random) -> Iterator[int]:
    """How many of `total` each of `over` gets: about as many as the next one, sometimes more; in sum all."""
    for left in range(over, 0, -1):
        share = total / left
        count = int(share) + (chance.random() < share % 1)
        if left > 1 and count < total and chance.random() < 0.01:
            count += 1
        total -= count
        yield count


# --- staffing --------------------------------------------------------------------------------------

EMPLOYEE = ("emp_no", "birth_date", "first_name", "last_name", "gender", "hire_date")
STAY = ("emp_no", "dept_no", "from_date", "to_date", "fte", "remark", "overload_reason")
Stay = tuple[str, date, date, str, str, str]


def _departments(codes: Sequence[str]) -> Iterator[tuple[object, ...]]:
    for number, code in enumerate(codes):
        again, name = divmod(number, len(NAMES_OF_DEPARTMENTS))
        said = NAMES_OF_DEPARTMENTS[name]
        yield code, f"{said} {again + 1}" if again else said


def _write_people(asked: argparse.Namespace, codes: Sequence[str]) -> None:
    """People and their stays in one go: a stay lies within the employment of its person."""
    heads: dict[str, tuple[object, ...]] = {}
    with (asked.folder / "dept_emp.csv").open("w", encoding="utf-8", newline="") as file:
        stays = csv.writer(file, lineterminator="\n")
        stays.writerow(STAY)
        rows = _people(asked, codes, stays.writerow, heads)
        _write(asked.folder / "employees.csv", EMPLOYEE, rows)
    # The last department waits for a head.
    led = (heads[code] for code in codes[:-1] if code in heads)
    _write(asked.folder / "dept_manager.csv", STAY[:4], led)


def _people(
    asked: argparse.Namespace,
    codes: Sequence[str],
    write_stay: Callable[[Sequence[object]], object],
    heads: dict[str, tuple[object, ...]],
) -> Iterator[tuple[object, ...]]:
    """Each person, whose stays are written meanwhile; whoever was early enough in a department leads it."""
    chance = random.Random(asked.seed)
    falling = [1.4 - n / len(codes) for n in range(1, len(codes))]
    weights = [LARGEST, *((1 - LARGEST) * one / sum(falling) for one in falling)]
    name, hired = ("", ""), FIRST_DAY
    for number, count in enumerate(spread(asked.links, asked.employees, chance), 10_001):
        # One in 500 was entered a second time.
        if number % 500 or count > 1:
            name = names.person(chance)
            hired = _day(chance, FIRST_DAY, LAST_DAY - timedelta(days=60 + 40 * count))
        for stay in _stays(count, hired, _places(count, codes, weights, chance), chance):
            write_stay((number, *stay))
            code, start, end, *_ = stay
            if end == OPEN and start < HEAD_SINCE:
                since = HEAD_SINCE.replace(
                    year=HEAD_SINCE.year + len(heads) % 8, month=1 + 5 * len(heads) % 12
                )
                heads.setdefault(code, (number, code, since, OPEN))
        born = hired - timedelta(days=chance.randint(18 * 366, 50 * 365))
        yield number, born, *name, chance.choice("MFX"), hired


def _day(chance: random.Random, first: date, last: date) -> date:
    """Some day; mostly the first of a month, as contracts begin and end."""
    day = first + timedelta(days=chance.randint(0, (last - first).days))
    return max(first, day.replace(day=1)) if chance.random() < 0.7 else day


def _places(count: int, codes: Sequence[str], weights: Sequence[float], chance: random.Random) -> list[str]:
    """Departments, each once while there are enough."""
    found: list[str] = []
    while len(found) < count:
        code = chance.choices(codes, weights)[0]
        if code not in found or len(found) >= len(codes):
            found.append(code)
    return found


def _stays(count: int, hired: date, places: list[str], chance: random.Random) -> Iterator[Stay]:
    """One stay; several at once, part-time; one after the other; or gone and back again."""
    how = chance.random()
    if count == 1:
        yield _one(places[0], hired, _end(hired, chance), chance)
    elif how < 0.3 and len(set(places)) == count:
        yield from _at_once(places, hired, chance)
    else:
        back = how > 0.8
        yield from _in_turn([places[0]] * count if back else places, hired, chance, gap=back)


def _end(start: date, chance: random.Random) -> date:
    """Most are still there."""
    return OPEN if chance.random() < 0.7 else _day(chance, start + timedelta(days=30), LAST_DAY)


def _one(place: str, start: date, end: date, chance: random.Random) -> Stay:
    fte = chance.choices(("", "1", "0.9", "0.8", "0.75", "0.5", "0.25"), (6, 64, 5, 10, 4, 9, 2))[0]
    remark = "part-time" if fte not in ("", "1") else chance.choice(("", *["full-time"] * 6))
    return place, start, end, fte, remark, ""


def _at_once(places: list[str], start: date, chance: random.Random) -> Iterator[Stay]:
    """Parts that are 1.000 together at most; a few are more, with a reason."""
    over = len(places) == 2 and chance.random() < 0.1
    if over:
        parts = ["0.6", "0.6"]
    elif len(places) == 2:
        parts = chance.choice(
            (["0.5", "0.5"], ["0.6", "0.4"], ["0.75", "0.25"], ["0.5", "0.3"], ["0.8", "0.2"])
        )
    else:
        parts = [f"{1000 // len(places) / 1000:g}"] * len(places)
    for place, part in zip(places, parts, strict=True):
        yield place, start, _end(start, chance), part, "part-time", OVERLOADED if over else ""


def _in_turn(places: list[str], hired: date, chance: random.Random, gap: bool) -> Iterator[Stay]:
    """Each stay begins where the last one ended, or some weeks later."""
    start, days_left = hired, (LAST_DAY - hired).days
    for left, place in zip(range(len(places), 0, -1), places, strict=True):
        longest = max(2, days_left // left - 20)
        end = start + timedelta(days=chance.randint(max(1, longest // 4), longest))
        last = left == 1
        yield _one(place, start, _end(start, chance) if last and longest > 60 else end, chance)
        start = end + timedelta(days=chance.randint(7, 20) if gap else 0)
        days_left = (LAST_DAY - start).days


# --- books -----------------------------------------------------------------------------------------

BOOK = ("book_id", "isbn13", "original_publication_year", "title", "language_code")
SHARE = ("book_id", "author_name", "publication_order", "royalty_percentage", "role")


def _books(asked: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    chance = random.Random(asked.seed + 1)
    for number in range(1, asked.books + 1):
        yield number, isbn(number), chance.randint(1950, 2025), names.title(chance), "eng"


def isbn(number: int) -> str:
    """A valid ISBN-13; each number has another one."""
    digits = f"978{number:09}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


def _shares(asked: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    """Who wrote what, in order. A few write much, and most write little; a few books have nobody."""
    chance = random.Random(asked.seed + 2)
    kept = 0
    for number, count in enumerate(spread(asked.author_links, asked.books, chance), 1):
        if number % 500 == 250 and number < asked.books:
            count, kept = 0, kept + count
        elif kept and count < asked.authors:
            count, kept = count + 1, kept - 1
        found: dict[int, None] = {}
        while len(found) < min(count, asked.authors):
            found[int(asked.authors * chance.random() ** 1.5)] = None
        parts = _parts(chance.choices(TOGETHER, HOW_OFTEN)[0], len(found))
        for place, (who, royalty) in enumerate(zip(found, parts, strict=True), 1):
            role = "author" if place == 1 else chance.choice(ROLES)
            yield number, names.author(who), place, f"{royalty / 4:g}", role


def _parts(total: int, count: int) -> list[int]:
    """A sum of quarters of a per cent in parts, the first ones a little larger."""
    if not count:
        return []
    weights = range(count + 2, 2, -1)
    parts = [total * weight // sum(weights) for weight in weights]
    return [parts[0] + total - sum(parts), *parts[1:]]


if __name__ == "__main__":
    main()

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
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

OPEN = date(9999, 1, 1)
FIRST_DAY, LAST_DAY = date(1985, 1, 1), date(2024, 12, 31)


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    """
    Ada Ágnes Aiko Amara André Anna Anselm Arjun Åsa Barış Beatriz Ben Björn Błażej Bo Carlos Chiara
    Chloé Çiğdem Dana Daniël Dénes Dimitri Elif Élodie Emil Ewa Fatima Félix Finn François Frieda Gül
    Hana Håkon Hélène Hugo Ilse Imani Inés Ioana Ivo Jana João José Jürgen Kaori Karel Kofi Lars László
    Leïla Lin Lucía Łukasz Mads Maëlle Maja Małgorzata Marek María Mehmet Mia Nadia Naïma Nils Noé Nuno
    Oğuz Olga Ömer Ondřej Pál Pedro Petra Priya Rafał Rania René Rosa Sami Sándor Šárka Sean Şebnem
    Sigrún Sofia Søren Stéphane Sunil Tamás Tariq Thérèse Tomáš Uwe Václav Vera Víctor Wei Wiebke Xavier
    Yara Yusuf Zainab Žofia Zoë
    """
)
FRONT = _words(
    """
    Al And Bar Ber Bro Cas Cor Dal Del Dor Ek Fal Fin Gar Gro Hal Här Hol Jan Kal Kör Lan Lin Mar Mel
    Mor Nor Öst Pal Rei Ros Sal Sched Stein Tor Val Ver Wal Wes Zel
    """
)
BACK = _words(
    """
    berg baum bo by court dahl dóttir ek er feld ford gren haus holm horn ić in is kamp land lin low man
    más mond nak nen neţ or ot ova owski quist rød sen ski son stad ström thal ton vall wald wick zaga
    """
)
NAMES_OF_DEPARTMENTS = _words(
    """
    Development Production Sales Customer_service Research Quality Marketing Finance Personnel Logistics
    Purchasing Legal Security Training Facilities Design Support Translation Archive Audit Catering
    Library Planning Press
    """
)
# The largest has 26 in 100 of all stays; the others share the rest, each a little less than the one before.
LARGEST = 0.26
OVERLOADED = "Stands in for a colleague"
TITLES = ("The {} {}", "{} {}", "A {} {}", "On the {} {}", "My {} {}")
ADJECTIVES = _words(
    "Quiet Last Golden Broken Second Distant Hollow Painted Winter Careful Salt Blue Borrowed Slow"
)
NOUNS = _words(
    "River House Winter Letter Orchard Clock Harbour Garden Atlas Window Bridge Kitchen Season Field"
)
ROLES = ("author", "author", "author", "author", "author", "illustrator", "translator", "editor")


def main() -> None:
    """Write the files into the folder."""
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    codes = [f"d{number:03}" for number in range(1, asked.departments + 1)]
    _write(asked.folder / "departments.csv", ("dept_no", "dept_name"), _departments(codes))
    _write_people(asked, codes)
    _write(asked.folder / "books.csv", BOOK, _books(asked))
    _write(asked.folder / "authors.csv", ("author_name",), ((author(n),) for n in range(asked.authors)))
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
        said = NAMES_OF_DEPARTMENTS[name].replace("_", " ")
        yield code, f"{said} {again + 1}" if again else said


def _write_people(asked: argparse.Namespace, codes: Sequence[str]) -> None:
    """People and their stays in one go: a stay lies within the employment of its person."""
    chance = random.Random(asked.seed)
    falling = [1.4 - n / len(codes) for n in range(1, len(codes))]
    weights = [LARGEST, *((1 - LARGEST) * one / sum(falling) for one in falling)]
    with (asked.folder / "dept_emp.csv").open("w", encoding="utf-8", newline="") as file:
        stays = csv.writer(file, lineterminator="\n")
        stays.writerow(STAY)

        def people() -> Iterator[tuple[object, ...]]:
            for number, count in enumerate(spread(asked.links, asked.employees, chance), 10_001):
                hired = _day(chance, FIRST_DAY, LAST_DAY - timedelta(days=60 + 40 * count))
                for stay in _stays(count, hired, _places(count, codes, weights, chance), chance):
                    stays.writerow((number, *stay))
                born = hired - timedelta(days=chance.randint(18 * 366, 60 * 365))
                yield (
                    number,
                    born,
                    chance.choice(FIRST),
                    surname(chance.random()),
                    chance.choice("MFX"),
                    hired,
                )

        _write(asked.folder / "employees.csv", EMPLOYEE, people())


def surname(part: float) -> str:
    """One of the many that the syllables make."""
    front, back = divmod(int(part * len(FRONT) * len(BACK)), len(BACK))
    return FRONT[front] + BACK[back]


def _day(chance: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))


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
    fte = chance.choices(("", "1", "0.9", "0.8", "0.75", "0.5", "0.25"), (50, 28, 4, 8, 3, 6, 1))[0]
    remark = "part-time" if fte not in ("", "1") else chance.choice(("", "full-time"))
    return place, start, end, fte, remark, ""


def _at_once(places: list[str], start: date, chance: random.Random) -> Iterator[Stay]:
    """Parts that are 1.000 together at most; a few are more, with a reason."""
    over = len(places) == 2 and chance.random() < 0.1
    part = "0.6" if over else f"{1000 // len(places) / 1000:g}"
    for place in places:
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


def author(number: int) -> str:
    """The name of an author; each number has another one."""
    rest, first = divmod(number, len(FIRST))
    again, last = divmod(rest, len(FRONT) * len(BACK))
    # Far from the neighbour in the alphabet, so that a list of them looks like one.
    last = last * 977 % (len(FRONT) * len(BACK))
    middle = f" {chr(64 + again)}." if again else ""
    return f"{FIRST[first]}{middle} {FRONT[last // len(BACK)]}{BACK[last % len(BACK)]}"


def _books(asked: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    chance = random.Random(asked.seed + 1)
    for number in range(1, asked.books + 1):
        words = chance.choice(TITLES).format(chance.choice(ADJECTIVES), chance.choice(NOUNS))
        where = f" of {surname(chance.random())}" if chance.random() < 0.7 else ""
        yield (
            number,
            isbn(number),
            chance.randint(1950, 2024),
            f"{words}{where}",
            chance.choice(("eng", "fra", "deu")),
        )


def isbn(number: int) -> str:
    """A valid ISBN-13; each number has another one."""
    digits = f"978{number:09}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


def _shares(asked: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    """Who wrote what, in order: 15 % together at most. A few write much, and most write little."""
    chance = random.Random(asked.seed + 2)
    for number, count in enumerate(spread(asked.author_links, asked.books, chance), 1):
        found: dict[int, None] = {}
        while len(found) < min(count, asked.authors):
            found[int(asked.authors * chance.random() ** 1.5)] = None
        for place, who in enumerate(found, 1):
            royalty = chance.randrange(1, 1 + 60 // len(found)) / 4
            yield number, author(who), place, f"{royalty:g}", "author" if place == 1 else chance.choice(ROLES)


if __name__ == "__main__":
    main()

"""What is fetched from each contestant, and what the figures are to be."""

from dataclasses import dataclass

PEOPLE, THEIR_PEOPLE = "/hr/employees", "/admin/admin/employee/"
BOOKS, THEIR_BOOKS = "/library/books", "/admin/admin/book/"
AUTHORS, THEIR_AUTHORS = "/library/authors", "/admin/admin/author/"
THEIR_FILTER = f"{THEIR_PEOPLE}?stays__department__code__exact=d001"


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
    beside: str = ""
    times: float = 0
    kilobytes: float = 0


def pages(people: int, books: int, authors: int) -> list[Page]:
    """The table, for so many records; a page of Django admin has a number, which depends on them."""
    return [
        *_list("people", PEOPLE, THEIR_PEOPLE, ("sort=-name", "-2"), people),
        _sorted("people, by number", PEOPLE, "sort=number", f"{THEIR_PEOPLE}?o=1"),
        _sorted("people, by hiring", PEOPLE, "sort=hired", f"{THEIR_PEOPLE}?o=3"),
        *_list("books", BOOKS, THEIR_BOOKS, ("sort=-title", "-1"), books),
        _sorted("books, by year", BOOKS, "sort=year", f"{THEIR_BOOKS}?o=4"),
        *_list("authors", AUTHORS, THEIR_AUTHORS, ("sort=-name", "-1"), authors),
        Page("departments", "/hr/departments", django="/admin/admin/department/", faster=5, statements=6),
        Page("stays, first page", "/hr/stays", statements=6),
        *_asked(),
        *_departments(),
    ]


def _sorted(name: str, mine: str, sort: str, theirs: str, beside: str = "") -> Page:
    url = f"{mine}?{sort}" if sort else mine
    return Page(name, url, url, theirs, 5, 6, 6, beside, 1.2 if beside else 0)


def _list(name: str, mine: str, theirs: str, turned: tuple[str, str], count: int) -> list[Page]:
    """First page, the other way round, and the far end."""
    first = f"{name}, first page"
    return [
        _sorted(first, mine, "", theirs),
        _sorted(f"{name}, turned", mine, turned[0], f"{theirs}?o={turned[1]}"),
        _sorted(f"{name}, last page", mine, "last=1", f"{theirs}?p={-(-count // 100)}", first),
    ]


def _asked() -> list[Page]:
    """Searched and filtered; whatever is filtered stands beside Django admin's filter by department."""
    searched = (("search “an gra”", "an+gra"), ("search a number", "10001"))
    filtered = (
        ("of one department", "department=d001", 8),
        ("part-time", "arrangement=part-time", 8),
        ("of a department as of a day", "department=d001&as_of=2005-06-30", 8),
        ("in two departments or more", "departments=2%2B", 2),
    )
    picker = "/hr/find/employees?q=granvik"
    return [
        *(
            Page(f"people, {name}", f"{PEOPLE}?q={q}", django=f"{THEIR_PEOPLE}?q={q}", faster=5)
            for name, q in searched
        ),
        *(
            Page(f"people, {name}", f"{PEOPLE}?{wish}", django=THEIR_FILTER, faster=faster)
            for name, wish, faster in filtered
        ),
        Page("picker of people", picker, picker, floors=4),
    ]


def _departments() -> list[Page]:
    small, largest = "/hr/departments/small", "/hr/departments/d001"
    theirs = "/admin/admin/department/small/change/"
    return [
        Page("department of 20", small, small, theirs),
        Page("largest department", largest, largest, "", 0, 0, 8, "department of 20", 1.5, 60),
    ]

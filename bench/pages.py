"""What is fetched from each contestant, and what the figures are to be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One line of the table: the same page of each contestant, with its targets (0: none is set).

    `{d}` in an address is the page before the last, which only the last page itself tells.
    """

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


def _list(name: str, url: str, django: str, sort: str, turned: str, deep: int) -> list[Page]:
    """First page, the other sort, and the far end."""
    mine, theirs = f"/{url}", f"/admin/admin/{django}/"
    limits = {"faster": 5, "floors": 6, "statements": 6}
    first = f"{name}, first page"
    return [
        Page(first, mine, mine, theirs, **limits),
        Page(f"{name}, turned", f"{mine}?sort={sort}", f"{mine}?sort={sort}", f"{theirs}?o={turned}", **limits),
        Page(
            f"{name}, last page",
            f"{mine}?last=1",
            f"{mine}?last=1",
            f"{theirs}?p={deep}",
            **limits,
            beside=first,
            times=1.2,
        ),
    ]


def pages(people: int, books: int, authors: int) -> list[Page]:
    """The table, for so many records; a page of Django admin has a number, which depends on them."""
    employees, employee = "/hr/employees", "/admin/admin/employee/"
    search = {"faster": 5}
    return [
        *_list("people", "hr/employees", "employee", "-name", "-2", -(-people // 100)),
        Page("people, by number", f"{employees}?sort=number", f"{employees}?sort=number", f"{employee}?o=1", 5, 6, 6),
        Page("people, by hiring", f"{employees}?sort=hired", f"{employees}?sort=hired", f"{employee}?o=3", 5, 6, 6),
        *_list("books", "library/books", "book", "-title", "-1", -(-books // 100)),
        Page("books, by year", "/library/books?sort=year", "/library/books?sort=year", "/admin/admin/book/?o=4", 5, 6, 6),
        *_list("authors", "library/authors", "author", "-name", "-1", -(-authors // 100)),
        Page("departments", "/hr/departments", "", "/admin/admin/department/", 5, 0, 6),
        Page("stays, first page", "/hr/stays", "", "", 0, 0, 6),
        Page("people, search “an gra”", f"{employees}?q=an+gra", "", f"{employee}?q=an+gra", **search),
        Page("people, search a number", f"{employees}?q=10001", "", f"{employee}?q=10001", **search),
        Page(
            "people in one department",
            f"{employees}?department=d001",
            "",
            f"{employee}?stays__department__code__exact=d001",
            8,
        ),
        Page(
            "people, part-time",
            f"{employees}?arrangement=part-time",
            "",
            f"{employee}?stays__department__code__exact=d001",
            8,
        ),
        Page(
            "people of a department as of a day",
            f"{employees}?department=d001&as_of=2005-06-30",
            "",
            f"{employee}?stays__department__code__exact=d001",
            8,
        ),
        Page(
            "people in two departments or more",
            f"{employees}?departments=2%2B",
            "",
            f"{employee}?stays__department__code__exact=d001",
            2,
        ),
        Page("picker: people", "/hr/find/employees?q=granvik", "/hr/find/employees?q=granvik", "", 0, 4),
        Page("small department", "/hr/departments/small", "/hr/departments/small", "/admin/admin/department/small/change/"),
        Page(
            "largest department",
            "/hr/departments/d001",
            "/hr/departments/d001",
            "",
            statements=8,
            beside="small department",
            times=1.5,
            kilobytes=60,
        ),
    ]

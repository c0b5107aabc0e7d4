"""Forgetting who a person was: the number, the dates and the FTE stay, and so does every figure."""

from collections.abc import Iterator

from core.privacy.names import Eraser
from core.writing import Work
from hr.models import Employee


def names_of(person: Employee) -> Iterator[str | None]:
    """What the person is and was called, here and by the account."""
    yield from (person.name, person.sort_name, person.email)
    yield from (alias.name for alias in person.aliases)
    if person.account:
        yield from (person.account.name, person.account.email)


def forget_person(work: Work, person: Employee, token: str) -> None:
    """Let a token stand for the person; what says where somebody lives or can be written to goes."""
    eraser = Eraser(token, names_of(person))
    for stay in person.department_links:
        stay.extra_data = eraser.in_value(stay.extra_data, True)
        stay.overload_reason = eraser.in_value(stay.overload_reason, True)
    for title in person.job_titles:
        title.title = eraser.in_text(title.title, True)
    for alias in person.aliases:
        alias.name = token if alias.name else None
    for address in person.addresses:
        work.session.delete(address)
    person.name = person.sort_name = token
    person.email = person.account = None

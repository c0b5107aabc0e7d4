"""Two people become one: stays, addresses, titles and numbers move; what cannot both be is decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.access import is_administrator
from core.db import folded
from core.forms import day_text
from core.merging import LOSER, WINNER, Question, carry_apart, refuse_unanswered
from core.writing import Problem, Work
from hr import queries, staffing
from hr.models import DepartmentEmployeeLink, Employee, EmployeeAlias, NotTheSamePerson
from hr.operations.meetings import Group, any_meet, groups_of, hand_over, questions_of_groups, resolve
from hr.staffing import Stay

Link = DepartmentEmployeeLink
ADDRESS = ("kind", "lines", "postcode", "city", "country")


def merge_people(work: Work, winner_number: str, loser_number: str, answers: Mapping[str, str]) -> list[str]:
    """Let the second person become the first: locked and freshly read, with what was decided."""
    numbers = [winner_number, loser_number]
    work.lock(Employee, numbers, whole=True)
    both = queries.people_to_merge(numbers)
    if len(both) != 2:
        work.refuse(Problem("One of the two is not there any more. Choose again."))
        return []
    winner, loser = both[winner_number], both[loser_number]
    if refuse_unanswered(work, questions_of_people(winner, loser), answers):
        return []
    notes = _join_accounts(work, winner, loser, answers)
    _join_stays(work, winner, loser, answers)
    _join_titles(work, winner, loser)
    _join_addresses(work, winner, loser)
    _join_facts(winner, loser, answers)
    _join_numbers(winner, loser, answers)
    carry_apart(work, NotTheSamePerson, winner.number, loser.number)
    work.session.delete(loser)
    return notes


# --- what is asked ---------------------------------------------------------------------------------


def questions_of_people(winner: Employee, loser: Employee) -> list[Question]:
    """What has to be decided before two people are one."""
    asked = []
    if (winner.name, winner.sort_name) != (loser.name, loser.sort_name):
        names = {side: f"{one.name}, filed as {one.sort_name}" for side, one in _sides(winner, loser)}
        asked.append(Question("name", "Name", names, hint="The other name is kept with the old number."))
    if winner.email and loser.email and winner.email != loser.email:
        emails = {side: one.email or "" for side, one in _sides(winner, loser)}
        asked.append(Question("email", "E-mail", emails))
    if winner.hired_on != loser.hired_on:
        days = {side: _day(one.hired_on, "not stated") for side, one in _sides(winner, loser)}
        later = _is_later(winner.hired_on, loser.hired_on)
        asked.append(Question("hired_on", "Hired on", days, LOSER if later else WINNER))
    if winner.left_on != loser.left_on:
        days = {side: _day(one.left_on, "still here") for side, one in _sides(winner, loser)}
        earlier = loser.left_on is None or (winner.left_on is not None and winner.left_on < loser.left_on)
        asked.append(Question("left_on", "Last day worked", days, LOSER if earlier else WINNER))
    if winner.account and loser.account and is_administrator():
        accounts = {side: str(one.account.email) for side, one in _sides(winner, loser) if one.account}
        asked.append(Question("account", "Signs in as", accounts, hint="The other account stays, of nobody."))
    groups = stays_that_meet(winner, loser)
    asked += questions_of_groups(groups, lambda group: f"Both are in {group.mine[0].department}")
    if any_meet(*_mains(winner, loser, groups)):
        mains = {side: f"that of {one.name} #{one.number}" for side, one in _sides(winner, loser)}
        asked.append(Question("main", "The main department on days on which both have one", mains))
    return asked


def stays_that_meet(winner: Employee, loser: Employee) -> list[Group]:
    """The stays of both in one department on the same days."""
    return groups_of(winner.department_links, loser.department_links, lambda stay: stay.department_code)


def _sides(winner: Employee, loser: Employee) -> list[tuple[str, Employee]]:
    return [(WINNER, winner), (LOSER, loser)]


def _day(day: date | None, otherwise: str) -> str:
    return day_text(day) or otherwise


def _is_later(one: date | None, other: date | None) -> bool:
    """Whether the other day is the first hire: a day that is known comes before one that is not."""
    return other is not None and (one is None or other < one)


def _mains(winner: Employee, loser: Employee, groups: list[Group]) -> tuple[list[Link], list[Link]]:
    """The main stays of both, but for those that are asked about anyway."""
    asked = {id(stay) for group in groups for stay in group.stays}
    mine, theirs = (
        [stay for stay in one.department_links if stay.is_primary and id(stay) not in asked]
        for one in (winner, loser)
    )
    return mine, theirs


# --- what is done ----------------------------------------------------------------------------------


def _join_accounts(work: Work, winner: Employee, loser: Employee, answers: Mapping[str, str]) -> list[str]:
    """One account is left; the other one is of nobody. First of all: no account is of two for a moment.

    Only an administrator says which account is somebody's: without one, no account goes along.
    """
    account = loser.account
    if account is None:
        return []
    loser.account = None
    if not is_administrator():
        return [f"The account {account.email} is nobody’s then: an administrator says whose it is."]
    if winner.account and answers.get("account") != LOSER:
        return [f"The account {account.email} is nobody’s then."]
    said = [f"The account {winner.account.email} is nobody’s then."] if winner.account else []
    winner.account = None
    work.session.flush()
    winner.account = account
    return [*said, f"{winner.name} signs in as {account.email} then."]


def _join_stays(work: Work, winner: Employee, loser: Employee, answers: Mapping[str, str]) -> None:
    """Move the stays; where both were in one department, and where both had a main one, as was decided."""

    def move(stay: Link) -> None:
        stay.employee = winner
        stay.employee_number = winner.number  # said at once: moved spans step aside before the flush

    groups = stays_that_meet(winner, loser)
    asked = {id(stay) for group in groups for stay in group.stays}
    mine, theirs = (
        [stay for stay in one.department_links if id(stay) not in asked] for one in (winner, loser)
    )
    for stay in theirs:
        move(stay)
    for group in groups:
        left = resolve(work, group, answers, move)
        mine, theirs = mine + left[0], theirs + left[1]
    mains = [[stay for stay in side if stay.is_primary] for side in (mine, theirs)]
    if answers.get("main") == LOSER:
        mains.reverse()
    hand_over(work, mains[0], mains[1], {"is_primary": False})


def _join_titles(work: Work, winner: Employee, loser: Employee) -> None:
    """Move the job titles; where both had one title on the same days, it becomes one over all of them."""
    titles = [*winner.job_titles, *loser.job_titles]
    for title in list(loser.job_titles):
        title.employee = winner
        title.employee_number = winner.number
    plain = [Stay(one, "", one.title_key, one.starts_on, one.ends_before) for one in titles]
    for group in staffing.groups_that_meet(plain, lambda one: one.department):
        ends = [one.ends_before for one in group]
        first: Any = group[0].ref
        first.ends_before = None if None in ends else max(end for end in ends if end)
        for one in group[1:]:
            work.session.delete(one.ref)


def _join_addresses(work: Work, winner: Employee, loser: Employee) -> None:
    """Move the addresses, each once."""
    known = {_address_key(one) for one in winner.addresses}
    for address in list(loser.addresses):
        if _address_key(address) in known:
            work.session.delete(address)
        else:
            address.employee = winner


def _address_key(address: Any) -> tuple[str, ...]:
    return tuple(folded(getattr(address, name) or "") for name in ADDRESS)


def _join_facts(winner: Employee, loser: Employee, answers: Mapping[str, str]) -> None:
    """Take the facts that were decided so, and an e-mail address that only the other one has."""
    for name in ("hired_on", "left_on", "email"):
        if answers.get(name) == LOSER:
            setattr(winner, name, getattr(loser, name))
    winner.email = winner.email or loser.email


def _join_numbers(winner: Employee, loser: Employee, answers: Mapping[str, str]) -> None:
    """The old number leads here, with the name that is not the name of today, and so do older ones."""
    former = loser.name
    if answers.get("name") == LOSER:
        former = winner.name
        winner.name, winner.sort_name = loser.name, loser.sort_name
    for alias in list(loser.aliases):
        alias.employee = winner
    winner.aliases.append(EmployeeAlias(old=loser.number, name=former if former != winner.name else None))

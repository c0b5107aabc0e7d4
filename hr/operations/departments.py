"""Two departments become one: the stays move; who was in both, and who heads it, is decided.

A department may have tens of thousands of stays. Those that nobody has to decide about are then moved by one
statement: nothing of what the rules look at changes for them but the code.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.forms import day_text
from core.merging import LOSER, WINNER, Question, carry_apart, refuse_unanswered
from core.writing import Problem, Work
from hr import queries
from hr.models import Department, DepartmentAlias, DepartmentEmployeeLink, Employee, NotTheSameDepartment
from hr.operations.meetings import Group, any_meet, groups_of, hand_over, questions_of_groups, resolve

Link = DepartmentEmployeeLink
# More stays than these are not moved one by one.
ONE_BY_ONE = 5_000
HEADS = ("head", "acting head")


class Meeting(NamedTuple):
    """What two departments meet in: groups of stays of one person, and the heads of both by role."""

    groups: list[Group]
    heads: dict[str, tuple[list[Link], list[Link]]]


def merge_departments(work: Work, winner_code: str, loser_code: str, answers: Mapping[str, str]) -> list[str]:
    """Let the second department become a part of the first: locked and freshly read."""
    codes = winner_code, loser_code
    work.lock(Employee, {stay.employee_number for stay in queries.stays_of_people_in_both(codes)})
    work.lock(Department, codes, whole=True)
    both = queries.departments_locked(codes)
    if len(both) != 2:
        work.refuse(Problem("One of the two is not there any more. Choose again."))
        return []
    winner, loser = both[winner_code], both[loser_code]
    meeting = meeting_of(codes)
    if refuse_unanswered(work, questions_of_departments(winner, loser, meeting), answers):
        return []
    notes = _join_people(work, winner, loser, meeting, answers)
    if answers.get("archived") == LOSER:
        winner.archived_on = loser.archived_on
    for alias in list(loser.aliases):
        alias.department = winner
    winner.aliases.append(DepartmentAlias(old=loser.code, name=loser.name))
    _carry_editors(work, winner, loser)
    carry_apart(work, NotTheSameDepartment, winner.code, loser.code)
    work.session.delete(loser)
    return notes


def _carry_editors(work: Work, winner: Department, loser: Department) -> None:
    """Whoever edits the department that goes edits the one that stays, and is limited as before."""
    there = {row.user_id for row in queries.limits_to(winner.code)}
    for row in queries.limits_to(loser.code):
        if row.user_id in there:
            work.session.delete(row)
        else:
            row.department = winner


def meeting_of(codes: tuple[str, str]) -> Meeting:
    """What the two meet in, the one that stays first."""
    stays = queries.stays_of_people_in_both(codes)
    mine, theirs = _sides(stays, codes)
    groups = groups_of(mine, theirs, lambda stay: stay.employee_number)
    asked = {stay.id for group in groups for stay in group.stays}
    heads = [stay for stay in queries.heads_of(codes) if stay.id not in asked]
    by_role = {role: _sides([stay for stay in heads if stay.role == role], codes) for role in HEADS}
    return Meeting(groups, by_role)


def _sides(stays: Sequence[Link], codes: tuple[str, str]) -> tuple[list[Link], list[Link]]:
    mine, theirs = ([stay for stay in stays if stay.department_code == code] for code in codes)
    return mine, theirs


def questions_of_departments(winner: Department, loser: Department, meeting: Meeting) -> list[Question]:
    """What has to be decided before two departments are one."""
    asked = []
    if winner.archived_on != loser.archived_on:
        days = {
            side: f"archived on {day_text(one.archived_on)}" if one.archived_on else "in use"
            for side, one in ((WINNER, winner), (LOSER, loser))
        }
        asked.append(Question("archived", "Archived", days, LOSER if winner.archived_on else WINNER))
    for role, (mine, theirs) in meeting.heads.items():
        if any_meet(mine, theirs):
            choices = {
                side: f"that of {one.name}: {', '.join(dict.fromkeys(str(stay.employee) for stay in heads))}"
                for side, one, heads in ((WINNER, winner, mine), (LOSER, loser, theirs))
            }
            label = f"Who is {role} on days on which both have one"
            asked.append(Question(_question(role), label, choices))
    return asked + questions_of_groups(
        meeting.groups, lambda group: f"{group.mine[0].employee} #{group.mine[0].employee_number} is in both"
    )


def _question(role: str) -> str:
    return role.replace(" ", "-")


def _join_people(
    work: Work, winner: Department, loser: Department, meeting: Meeting, answers: Mapping[str, str]
) -> list[str]:
    """Move the stays; those of one person that meet, and heads of the same days, as was decided."""

    def move(stay: Link) -> None:
        stay.department = winner
        stay.department_code = winner.code  # said at once: moved spans step aside before the flush

    in_groups = {stay.id for group in meeting.groups for stay in group.stays}
    heads = {stay.id for side in meeting.heads.values() for stay in side[1]}
    notes = []
    if queries.count_of_stays(loser.code) > ONE_BY_ONE:
        moved = queries.move_stays(loser.code, winner.code, in_groups | heads)
        moves = "1 stay moves" if moved == 1 else f"{moved:,} stays move"
        notes.append(f"{moves} to {winner} as {'it is' if moved == 1 else 'they are'}.")
    for stay in queries.stays_in(loser.code):
        if stay.id not in in_groups:
            move(stay)
    for group in meeting.groups:
        resolve(work, group, answers, move)
    for role, (mine, theirs) in meeting.heads.items():
        kept, others = (theirs, mine) if answers.get(_question(role)) == LOSER else (mine, theirs)
        hand_over(work, kept, others, {"role": "member"})
    return notes

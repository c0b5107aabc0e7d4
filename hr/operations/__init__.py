"""The deeds of staffing, and the rules of the whole set."""

from hr.operations.departments import meeting_of, merge_departments, questions_of_departments
from hr.operations.erase import forget_person, names_of
from hr.operations.keys import recode, renumber
from hr.operations.limits import allows, closes, takes_back
from hr.operations.meetings import Group, stay_words
from hr.operations.merge import merge_people, questions_of_people, stays_that_meet
from hr.operations.people import add_employee, end_stays, leave
from hr.operations.rules import check, span, stay_facts
from hr.operations.stays import (
    add_to,
    change,
    end,
    extend,
    give_role,
    make_primary,
    take_back,
    transfer,
)
from hr.operations.steps import keep_steps, reckon_steps, recount

__all__ = [
    "Group",
    "add_employee",
    "add_to",
    "allows",
    "change",
    "check",
    "closes",
    "end",
    "end_stays",
    "extend",
    "forget_person",
    "give_role",
    "keep_steps",
    "leave",
    "make_primary",
    "meeting_of",
    "merge_departments",
    "merge_people",
    "names_of",
    "questions_of_departments",
    "questions_of_people",
    "reckon_steps",
    "recode",
    "recount",
    "renumber",
    "span",
    "stay_facts",
    "stay_words",
    "stays_that_meet",
    "take_back",
    "takes_back",
    "transfer",
]

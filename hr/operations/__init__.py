"""The deeds of staffing, and the rules of the whole set."""

from hr.operations.keys import recode, renumber
from hr.operations.people import add_employee, end_stays, leave
from hr.operations.rules import check, span
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

__all__ = [
    "add_employee",
    "add_to",
    "change",
    "check",
    "end",
    "end_stays",
    "extend",
    "give_role",
    "leave",
    "make_primary",
    "recode",
    "renumber",
    "span",
    "take_back",
    "transfer",
]

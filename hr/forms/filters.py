"""What the lists of staffing can be asked. The names of the fields stand in addresses that people keep."""

from decimal import Decimal
from typing import Any

from core.filters import ChoiceField, Filter, WholeField
from core.forms import DayField, ExactField, LookUpField
from hr.models import ROLES

ARRANGEMENTS = {"": "any", "full-time": "full-time", "part-time": "part-time", "other": "something else"}
ROLE_CHOICES = {"": "any", **{one: one for one in ROLES}, "headed": "head or acting head"}
HEADS = {"headed": "as head or acting head", **{one: f"as {one}" for one in ROLES}}
MOST_FTE = Decimal(99)


def _department(**kwargs: Any) -> LookUpField:
    about = {"placeholder": "name or code"}
    return LookUpField("Department", find="hr.find_departments", key="code", render_kw=about, **kwargs)


def _fte(label: str) -> ExactField:
    return ExactField(label, places=3, most=MOST_FTE, shown_places=1)


class DepartmentFilter(Filter):
    """Which departments a list shows, by their people on the day."""

    phrases = {
        "state": {"archived": "archived", "all": "archived ones too"},
        "people": {"0": "with nobody", "1+": "with somebody"},
        "people_from": "with {} people or more",
        "people_to": "with {} people or fewer",
        "head": {"vacant": "without a head", "headed": "with a head", "acting": "with an acting head"},
    }

    people = ChoiceField("People on the day", choices={"": "any number", "0": "nobody", "1+": "somebody"})
    head = ChoiceField(
        "Head on the day",
        choices={"": "any", "vacant": "vacant", "headed": "head or acting head", "acting": "acting head"},
    )
    people_from = WholeField("People from")
    people_to = WholeField("People to")
    state = ChoiceField("Departments", choices={"": "in use", "archived": "archived", "all": "all"})


class EmployeeFilter(Filter):
    """Which people a list shows. Department, arrangement and role are those of one stay on the day."""

    phrases = {
        "state": {"here": "employed on the day", "left": "who have left"},
        "department": "in {}",
        "arrangement": {"other": "neither full-time nor part-time"},
        "role": HEADS,
        "departments": {
            "0": "in no department",
            "1": "in exactly one department",
            "2+": "in two or more departments",
        },
        "exactly": "in exactly {} departments",
        "load": {
            "above": "above 1.000 FTE",
            "unexplained": "above 1.000 FTE without a reason",
            "unstated": "with an FTE not stated",
        },
        "fte_from": "{} FTE or more",
        "fte_to": "{} FTE or less",
        "hired_from": "hired from {}",
        "hired_to": "hired until {}",
        "left_from": "left from {}",
        "left_to": "left until {}",
    }

    counted = frozenset({"fte_from", "fte_to", "load"})
    of_each = frozenset({"departments", "exactly"})

    arrangement = ChoiceField("Arrangement", choices=ARRANGEMENTS)
    department = _department()
    role = ChoiceField("Role", choices=ROLE_CHOICES)
    state = ChoiceField("People", choices={"": "all", "here": "employed on the day", "left": "who have left"})
    departments = ChoiceField(
        "Departments on the day",
        choices={"": "any number", "0": "none", "1": "exactly one", "2+": "two or more"},
    )
    exactly = WholeField("Exactly so many departments")
    fte_from = _fte("Sum of FTE from")
    fte_to = _fte("Sum of FTE to")
    hired_from = DayField("Hired from")
    hired_to = DayField("Hired until")
    left_from = DayField("Left from")
    left_to = DayField("Left until")
    load = ChoiceField(
        "Sum of FTE",
        choices={
            "": "any",
            "above": "above 1.000",
            "unexplained": "above 1.000 without a reason",
            "unstated": "partly not stated",
        },
    )


class StayFilter(Filter):
    """Which stays a link table shows."""

    phrases = {
        "span": {"all": "of all times", "past": "ended", "future": "to come"},
        "arrangement": {"other": "neither full-time nor part-time"},
    }

    span = ChoiceField(
        "Stays",
        choices={"": "on the day", "all": "of all times", "past": "ended", "future": "to come"},
    )
    arrangement = ChoiceField("Arrangement", choices=ARRANGEMENTS)


class StaysFilter(StayFilter):
    """Which stays the list of all stays shows."""

    phrases = {
        **StayFilter.phrases,
        "department": "in {}",
        "employee": "of {}",
        "role": HEADS,
        "primary": {"yes": "main ones", "no": "not the main one"},
        "fte": {"stated": "FTE stated", "none": "FTE not stated"},
        "fte_from": "{} FTE or more",
        "fte_to": "{} FTE or less",
        "begins_from": "beginning from {}",
        "begins_to": "beginning until {}",
        "ends_from": "ending from {}",
        "ends_to": "ending until {}",
    }

    department = _department()
    employee = LookUpField(
        "Person", find="hr.find_employees", key="number", render_kw={"placeholder": "name or number"}
    )
    role = ChoiceField("Role", choices=ROLE_CHOICES)
    primary = ChoiceField("Main department", choices={"": "any", "yes": "the main one", "no": "another"})
    fte_from = _fte("FTE from")
    fte_to = _fte("FTE to")
    begins_from = DayField("First day from")
    begins_to = DayField("First day until")
    ends_from = DayField("Last day from")
    ends_to = DayField("Last day until")
    fte = ChoiceField("FTE", choices={"": "any", "stated": "stated", "none": "not stated"})

"""People and departments who may be there twice: each pair with its reason."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import this_page
from core.db import today
from core.duplicates import ApartForm, Page, Pair, Shown, Suspect, keep_apart, strongest_first
from core.forms import day_text
from core.writing import writing
from hr import queries
from hr.models import Department, Employee, NotTheSameDepartment, NotTheSamePerson
from hr.queries import Figures, StayThere
from hr.views.blueprint import bp

Kept = type[NotTheSamePerson] | type[NotTheSameDepartment]


@bp.get("/duplicates")
def duplicates() -> ResponseReturnValue:
    """People who may be one, or departments that may be; or the pairs that were put aside."""
    of_departments, put_aside = request.args.get("of") == "departments", "aside" in request.args
    model, after = _model(), request.args.get("after")
    find = queries.departments_twice if of_departments else queries.people_twice
    page = queries.pairs_put_aside(model, after) if put_aside else find(after)
    suspects = _departments(page) if of_departments else _people(page)
    return render_template(
        "hr/duplicates.html",
        form=ApartForm(),
        suspects=suspects,
        of_departments=of_departments,
        put_aside=put_aside,
        next_url=this_page(after=page.next) if page.next else None,
        first_url=this_page(("after",)) if after else None,
    )


@bp.post("/duplicates")
def keep_two_apart() -> ResponseReturnValue:
    """Say that two people, or two departments, are not the same; or suggest them again."""
    form, model = ApartForm(), _model()
    there: Callable[[Sequence[str]], Mapping[str, Any]] = (
        queries.people_with if model is NotTheSamePerson else queries.departments_with
    )
    pair = form.pair
    if pair is None or len(there(pair)) != 2:
        abort(400, "One of the two is not there any more. Load the page again.")
    with writing(form=form) as work:
        keep_apart(work, model, pair, bool(form.apart.data))
        said = "They are not suggested any more." if form.apart.data else "They are suggested again."
        work.leads_to(this_page(), said)
    return work.redirect()


def _model() -> Kept:
    return NotTheSameDepartment if request.args.get("of") == "departments" else NotTheSamePerson


# --- people ----------------------------------------------------------------------------------------


def _people(page: Page) -> list[Suspect]:
    """The pairs with what is known of both; two statements however many they are."""
    numbers = {key for pair in page.pairs for key in pair[:2]}
    people, stays = queries.people_with(numbers), queries.stays_on(numbers, today())
    return [
        Suspect(
            _person(people[pair.first], stays),
            _person(people[pair.second], stays),
            ", ".join([*([pair.why] if pair.why else []), *_in_common(people, pair)]),
            url_for(".merge_people", key=_who_stays(pair, stays)),
        )
        for pair in strongest_first(page.pairs, lambda pair: bool(_in_common(people, pair)))
        if pair.first in people and pair.second in people
    ]


def _who_stays(pair: Pair, stays: Mapping[str, Sequence[Any]]) -> list[str]:
    """Who is in a department today stays, else who has the lower number; a person may switch them."""
    return sorted(pair[:2], key=lambda one: (one not in stays, one))


def _person(person: Employee, stays: Mapping[str, Sequence[StayThere]]) -> Shown:
    departments = ", ".join(stay.department for stay in stays.get(person.number, ()))
    since = f"since {day_text(person.hired_on)}" if person.hired_on else ""
    left = f"left {day_text(person.left_on)}" if person.left_on else departments
    about = " · ".join(part for part in (f"#{person.number}", since, left) if part)
    return Shown(person.number, person.sort_name, about, url_for(".employee", number=person.number))


def _in_common(people: Mapping[str, Employee], pair: Pair) -> list[str]:
    """What two people have in common beside the name: “both hired on 3 May 2001”."""
    one, other = people.get(pair.first), people.get(pair.second)
    common: list[str] = []
    if one and other and one.hired_on and one.hired_on == other.hired_on:
        common.append(f"both hired on {day_text(one.hired_on)}")
    if one and other and one.email and one.email == other.email:
        common.append(f"both at {one.email}")
    return common


# --- departments -----------------------------------------------------------------------------------


def _departments(page: Page) -> list[Suspect]:
    codes = {key for pair in page.pairs for key in pair[:2]}
    departments, figures = queries.departments_with(codes), queries.people_on(codes, today())
    return [
        Suspect(
            _department(departments[pair.first], figures),
            _department(departments[pair.second], figures),
            pair.why,
            url_for(".merge_departments", key=_which_stays(pair, figures)),
        )
        for pair in page.pairs
        if pair.first in departments and pair.second in departments
    ]


def _which_stays(pair: Pair, figures: Mapping[str, Figures]) -> list[str]:
    """The larger one stays, unless a person switches them."""
    people = {code: figures[code].people if code in figures else 0 for code in pair[:2]}
    return sorted(pair[:2], key=lambda code: (-people[code], code))


def _department(one: Department, figures: Mapping[str, Figures]) -> Shown:
    people = figures[one.code].people if one.code in figures else 0
    count = "1 person" if people == 1 else f"{people:,} people"
    archived = f"archived on {day_text(one.archived_on)}" if one.archived_on else ""
    about = " · ".join(part for part in (f"#{one.code}", count, archived) if part)
    return Shown(one.code, one.name, about, url_for(".department", code=one.code))

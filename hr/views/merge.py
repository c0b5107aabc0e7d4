"""The merge of two people, and of two departments: what moves, what is asked, and the deed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import Form

from core.db import db
from core.deeds import carry_out
from core.forms import LookUpField, day_text, sent_key
from core.merging import Line, MergeForm, Side, form_of, two_of
from core.writing import Work, answer_a_repeated_form
from hr import operations, queries
from hr.models import Department, DepartmentEmployeeLink, Employee
from hr.operations import Group
from hr.views.blueprint import bp
from hr.words import WORDS

# So many stays of each side are listed on the page.
SHOWN = 50
BOTH = "on the same days"
TYPED = {"placeholder": "name or number"}


@bp.route("/merge-people", methods=["GET", "POST"])
def merge_people() -> ResponseReturnValue:
    """Make two people one: say what moves, ask where they meet, and do it."""
    chosen = two_of(request.args.getlist("key"))
    if chosen is None:
        form = ChoosePeopleForm(request.args)
        return _choose(form, queries.people_with, queries.employees_meant, "number")
    people = queries.people_to_merge(chosen)
    if len(people) != 2:
        return _lead_on([key if key in people else queries.current_number(key) for key in chosen], "number")
    winner, loser = (people[key] for key in chosen)
    form = form_of(operations.questions_of_people(winner, loser))
    groups = operations.stays_that_meet(winner, loser)
    sides = [_person(winner, groups, stays=True), _person(loser, groups)]
    return _merge(form, sides, operations.merge_people, url_for(".employee", number=winner.number))


@bp.route("/merge-departments", methods=["GET", "POST"])
def merge_departments() -> ResponseReturnValue:
    """Make two departments one: say what moves, ask who is in both and who heads it, and do it."""
    chosen = two_of(request.args.getlist("key"))
    if chosen is None:
        form = ChooseDepartmentsForm(request.args)
        return _choose(form, queries.departments_with, queries.departments_meant, "code")
    departments = queries.departments_with(chosen)
    if len(departments) != 2:
        return _lead_on([key if key in departments else queries.current_code(key) for key in chosen], "code")
    winner, loser = (departments[key] for key in chosen)
    meeting = operations.meeting_of(chosen)
    form = form_of(operations.questions_of_departments(winner, loser, meeting))
    sides = [_department(winner, meeting.groups), _department(loser, meeting.groups)]
    return _merge(form, sides, operations.merge_departments, url_for(".department", code=winner.code))


def _merge(
    form: MergeForm,
    sides: Sequence[Side],
    deed: Callable[[Work, str, str, Mapping[str, str]], list[str]],
    url: str,
) -> ResponseReturnValue:
    winner, loser = sides

    def merge(work: Work) -> list[str]:
        work.leads_to(url, f"{loser.name} #{loser.key} is merged into {winner.name}.")
        return deed(work, winner.key, loser.key, form.answers)

    trial = carry_out(form, operations.check, merge, WORDS, form.reason.data)
    if trial.stored:
        return trial.redirect()
    switch_url = url_for(request.endpoint or "", key=[loser.key, winner.key])
    page = render_template("hr/merge.html", form=form, trial=trial, sides=sides, switch_url=switch_url)
    return page, 422 if form.errors or form.form_errors else 200


def _lead_on(now: Sequence[str | None], key: str) -> Response:
    """One of the two is merged already: go on with the one of today. What was stored is answered."""
    if request.method == "POST":
        answer_a_repeated_form(db.session(), sent_key() or "")
    keys = list(dict.fromkeys(now))
    if None in keys or request.method == "POST":
        abort(404, "One of the two is not there any more.")
    if len(keys) == 1:
        page = ".employee" if key == "number" else ".department"
        return redirect(url_for(page, **dict[str, Any]({key: keys[0]})))
    return redirect(url_for(request.endpoint or "", key=keys))


# --- who is meant ----------------------------------------------------------------------------------


class ChoosePeopleForm(Form):
    """Asks which two people are one."""

    one = LookUpField("Who stays", find="hr.find_employees", key="number", render_kw=TYPED)
    other = LookUpField(
        "Who is merged into that person", find="hr.find_employees", key="number", render_kw=TYPED
    )


class ChooseDepartmentsForm(Form):
    """Asks which two departments are one."""

    one = LookUpField(
        "Which one stays", find="hr.find_departments", key="code", render_kw={"placeholder": "name or code"}
    )
    other = LookUpField(
        "Which one is merged into it",
        find="hr.find_departments",
        key="code",
        render_kw={"placeholder": "name or code"},
    )


def _choose(
    form: ChoosePeopleForm | ChooseDepartmentsForm,
    there: Callable[[Sequence[str]], Mapping[str, Any]],
    meant: Callable[[Mapping[str, str]], Mapping[str, Sequence[Any]]],
    key: str,
) -> ResponseReturnValue:
    """Ask who it is about; a name that can mean several is asked about again."""
    first = request.args.get("key", "")
    if first:
        record = there([first]).get(first) or abort(404)
        form.one.data = f"{record.name} #{first}"
    typed = [(field, field.data) for field in (form.one, form.other) if field.data]
    found = meant({text: field.key for field, text in typed})
    for field, text in typed:
        if len(found[text]) != 1:
            none = not found[text]
            field.errors = ["Nothing is called so." if none else "Several are called so: choose one."]
    keys = [getattr(found[text][0], key) for field, text in typed if not field.errors]
    if len(set(keys)) == 2:
        return redirect(url_for(request.endpoint or "", key=keys))
    if len(keys) == 2:
        form.other.errors = ["This is the one that stays. Choose another one."]
    return render_template("hr/merge_choose.html", form=form), 422 if form.errors else 200


# --- the two sides ---------------------------------------------------------------------------------


def _person(person: Employee, groups: Sequence[Group], stays: bool = False) -> Side:
    """A person with the stays; of the one who stays only those that meet others: the rest stays as it is."""
    meeting = {stay.id for group in groups for stay in group.stays}
    facts = [
        ("Filed as", person.sort_name),
        ("E-mail", person.email or ""),
        ("Hired on", day_text(person.hired_on)),
        ("Last day worked", day_text(person.left_on)),
        ("Signs in as", person.account.email if person.account else ""),
        ("Stays", f"{len(person.department_links):,}"),
        ("Addresses", str(len(person.addresses) or "")),
        ("Job titles", ", ".join(dict.fromkeys(one.title for one in person.job_titles))),
        ("Old numbers", ", ".join(alias.old for alias in person.aliases)),
    ]
    links = [stay for stay in person.department_links if not stays or stay.id in meeting]
    lines = [_line(str(stay.department), stay, meeting) for stay in links[:SHOWN]]
    url = url_for(".employee", number=person.number)
    return Side(person.number, person.name, url, facts, lines, len(links) - len(lines))


def _department(one: Department, groups: Sequence[Group]) -> Side:
    """A department; of its stays only those that meet, since there may be tens of thousands."""
    meeting = [stay for group in groups for stay in group.stays if stay.department_code == one.code]
    facts = [
        ("Stays", f"{queries.count_of_stays(one.code):,}"),
        ("Archived on", day_text(one.archived_on)),
        ("Old codes", ", ".join(alias.old for alias in one.aliases)),
    ]
    known = {stay.id for stay in meeting}
    lines = [_line(str(stay.employee), stay, known) for stay in meeting[:SHOWN]]
    url = url_for(".department", code=one.code)
    return Side(one.code, one.name, url, facts, lines, len(meeting) - len(lines))


def _line(where: str, stay: DepartmentEmployeeLink, meeting: set[int]) -> Line:
    return Line(f"{where}: {operations.stay_words(stay)}", BOTH if stay.id in meeting else "")

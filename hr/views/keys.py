"""New numbers and new codes: what follows is said first, and the old ones go on leading here."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from core.deeds import Trial, carry_out
from core.selection import all_there
from core.writing import Work
from hr import operations, queries
from hr.forms.deeds import CodeForm, NumberForm
from hr.models import Department, Employee
from hr.views.blueprint import bp, the_department, the_person
from hr.words import WORDS


@bp.route("/employees/<number>/renumber", methods=["GET", "POST"])
def renumber(number: str) -> ResponseReturnValue:
    """Give a person another number."""
    person, form = the_person(number), NumberForm()
    old, name = person.number, str(person)

    def give_number(work: Work) -> list[str]:
        work.lock(Employee, [old], whole=True)
        (locked,) = all_there(queries.people_with_numbers([old]), [old])
        new = form.number.data or ""
        work.leads_to(url_for(".employee", number=new), f"{name} has the number {new} now; it was {old}.")
        return [_follow(queries.followers(locked)), *operations.renumber(work, locked, new)]

    trial = carry_out(form, operations.check, give_number, WORDS, form.reason.data)
    holder = queries.holder_of_number(form.number.data) if form.number.errors and form.number.data else None
    merge_url = url_for(".merge_people", key=[holder.number, old]) if holder else None
    return _page(form, trial, (name, old), url_for(".employee", number=old), merge_url)


@bp.route("/departments/<code>/recode", methods=["GET", "POST"])
def recode(code: str) -> ResponseReturnValue:
    """Give a department another code."""
    department, form = the_department(code), CodeForm()
    old, name = department.code, str(department)

    def give_code(work: Work) -> list[str]:
        work.lock(Department, [old], whole=True)
        (locked,) = all_there(list(queries.departments_with([old]).values()), [old])
        new = form.code.data or ""
        work.leads_to(url_for(".department", code=new), f"{name} has the code {new} now; it was {old}.")
        return [_follow(queries.followers(locked)), *operations.recode(work, locked, new)]

    trial = carry_out(form, operations.check, give_code, WORDS, form.reason.data)
    holder = queries.holder_of_code(form.code.data) if form.code.errors and form.code.data else None
    merge_url = url_for(".merge_departments", key=[holder.code, old]) if holder else None
    return _page(form, trial, (name, old), url_for(".department", code=old), merge_url)


def _follow(counts: list[str]) -> str:
    """What goes along with a new key, in a sentence."""
    if not counts:
        return "Nothing else refers to it."
    *first, last = counts
    return f"These go along: {', '.join(first)} and {last}." if first else f"This goes along: {last}."


def _page(
    form: NumberForm | CodeForm, trial: Trial, about: tuple[str, str], back: str, merge_url: str | None
) -> ResponseReturnValue:
    """The page; where the key is somebody else's, it offers the merge."""
    if trial.stored:
        return trial.redirect()
    page = render_template(
        "hr/new_key.html", form=form, trial=trial, about=about, back=back, merge_url=merge_url
    )
    return page, form.status

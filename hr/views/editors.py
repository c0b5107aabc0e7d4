"""Who edits only some departments: chosen by administrators."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import administrators_only, asked, get_or_404
from core.db import record_id
from core.links import Suggestion
from core.templates import fragment
from core.writing import Problem, Work, writing
from hr import queries
from hr.forms import EditorForm, RemoveForm
from hr.models import DepartmentEditor
from hr.views.blueprint import bp


@bp.route("/editors", methods=["GET", "POST"])
def editors() -> ResponseReturnValue:
    """Who edits which departments, where somebody does not edit all of them."""
    administrators_only()
    form = EditorForm()
    if form.validate_on_submit():
        with writing(None, form) as work:
            row = _row_meant(work, form)
            if row is not None:
                work.session.add(row)
                work.leads_to(url_for(".editors"), f"{row.user} edits {row.department} now.")
        if work.stored:
            return work.redirect()
    page = render_template("hr/editors.html", form=form, removal=RemoveForm(), editors=queries.editors())
    return page, 422 if request.method == "POST" else 200


def _row_meant(work: Work, form: EditorForm) -> DepartmentEditor | None:
    """The account and the department that were typed; what is unclear is said at its field."""
    typed = form.department.data or ""
    found = queries.departments_meant({typed: form.department.key})[typed]
    user = queries.account_meant(form.person.data or "", record_id(form.person.key))
    if user is None:
        work.refuse(
            Problem("There is no such account: choose one of those that are offered.", field="person")
        )
    if len(found) != 1:
        said = (
            "There is no such department." if not found else "This can be several departments: give the code."
        )
        work.refuse(Problem(said, field="department"))
    return DepartmentEditor(user=user, department=found[0]) if user is not None and len(found) == 1 else None


@bp.post("/editors/<record:id>/remove")
def remove_editor(id: int) -> ResponseReturnValue:
    """Let somebody no longer edit a department; whoever has no limit left edits all of them."""
    administrators_only()
    row, form = get_or_404(DepartmentEditor, id), RemoveForm()
    with writing(None, form) as work:
        others = [one for one in queries.editors() if one.user_id == row.user_id and one.id != row.id]
        said = f"does not edit {row.department or 'it'} any more" if others else "edits all departments now"
        work.leads_to(url_for(".editors"), f"{row.user} {said}.")
        work.session.delete(row)
    return work.redirect()


@bp.get("/find/accounts")
def find_accounts() -> ResponseReturnValue:
    """Accounts by name or address, for administrators."""
    administrators_only()
    found = queries.find_accounts(asked())
    items = [Suggestion(f"{one.name} #{one.id}", one.name, one.email, False) for one in found]
    return fragment("core/suggestions.html", items=items, q=asked(), noun="")

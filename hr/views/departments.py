"""Departments: the list, one department with its people, its form, and its end."""

from decimal import Decimal

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import as_of, asked, spare_rows
from core.beside import beside
from core.db import db
from core.filters import read_filters
from core.links import LinkRow, find_far_sides, save_links
from core.listing import Listing
from core.selection import Selection
from core.sheets.listed import taken_away
from core.writing import Work, writing
from hr import operations, queries
from hr.columns import DEPARTMENTS
from hr.forms import DeleteForm, DepartmentFilter, DepartmentForm, PeopleForm, StayFilter
from hr.models import Department, DepartmentEmployeeLink, Employee
from hr.sheets import exports
from hr.views.blueprint import ask_why_removed, bp, edits, show_as_text, the_department
from hr.views.chosen import chosen_departments

# What can be done with the chosen ones: what the button says, and the page it leads to.
ACTIONS = (("Merge two…", "hr.merge_departments"),)
PAGE = "hr/department.html"


@bp.get("/departments")
def departments() -> ResponseReturnValue:
    """The list of departments, with their figures on the day."""
    filters = read_filters(DepartmentFilter)
    wanted, sorts = queries.departments(filters.asked_for, asked(), as_of())
    selection = Selection.of(request.args)
    if selection.keys:
        wanted = wanted.where(Department.code.in_(chosen_departments(selection)))
    listing = Listing(wanted, sorts, "name", filters, table=DEPARTMENTS, day=as_of())
    file = taken_away(listing, *exports.of_departments(listing, as_of()))
    return file or render_template("hr/departments.html", listing=listing, deeds=ACTIONS)


@bp.route("/departments/<code>", methods=["GET", "POST"])
def department(code: str) -> ResponseReturnValue:
    """One department: its figures, and its people where they can be changed."""
    department = the_department(code)
    form = PeopleForm()
    if form.validate_on_submit():
        with writing(operations.check, form, form.reason.data) as work:
            keep_people(work, department, form)
            rows = form.employee_rows
            work.leads_to(rows.next_url, rows.saved_text(department.name, work.merged))
        if work.stored:
            return work.redirect()
    return _page(PAGE, department, form)


@bp.route("/departments/<code>/edit", methods=["GET", "POST"])
def edit_department(code: str) -> ResponseReturnValue:
    """The form of a stored department."""
    department = the_department(code)
    if not edits(department.code):
        abort(403, "This is not one of the departments that you edit.")
    return _edit(department)


@bp.route("/new-department", methods=["GET", "POST"])
def new_department() -> ResponseReturnValue:
    """The form of a new department."""
    return _edit(Department())


def _edit(department: Department) -> ResponseReturnValue:
    form = DepartmentForm(obj=department)
    if form.validate_on_submit():
        with writing(operations.check, form, form.reason.data) as work:
            # The rows first: they read their records anew, and would take back what was assigned before.
            keep_people(work, department, form)
            form.merge(work, department)
            if department.code and form.code.data:
                operations.recode(work, department, form.code.data)
            department.code = form.code.data or ""
            department.name = form.name.data or ""
            department.archived_on = form.archived_on.data
            db.session.add(department)
            url = (
                url_for(".new_department")
                if "another" in request.form
                else url_for(".department", code=department.code)
            )
            work.leads_to(url, f"Saved {department.name}.{work.told}")
        if work.stored:
            return work.redirect()
    return _page("hr/department_form.html", department, form)


def _page(template: str, department: Department, form: PeopleForm) -> ResponseReturnValue:
    """A page with a window of the department's people; what was posted and refused is shown as it was."""
    filters, posted, code = (
        read_filters(StayFilter),
        request.method == "POST",
        (request.view_args or {}).get("code"),
    )
    listing, figures = None, queries.figures(code, as_of()) if code else queries.NOBODY
    if code:
        stays = queries.stays_of_department(code, filters.asked_for, asked(), as_of(), figures.people)
        listing = stays.listing("employee", filters)
    if listing and not posted:
        file = taken_away(listing, *exports.of_stays(listing, department.code, as_of()))
        if file is not None:
            return file
    if posted:
        form.employee_rows.attach(queries.stays_by_identity(form.employee_rows.identities()))
    else:
        spare = spare_rows() if code is None or edits(code) else 0
        form.employee_rows.fill(listing.rows if listing else [], spare, request.args)
    show_as_text(form.employee_rows, code)
    form.employee_rows.look_up_from(**({"department": code} if code else {}))
    more = beside(department) if template == PAGE else {}
    page = render_template(
        template,
        department=department,
        form=form,
        listing=listing,
        figures=figures,
        **more,
    )
    return page, 422 if posted else 200


def keep_people(work: Work, department: Department, form: PeopleForm) -> None:
    """Store the rows of people: people are locked first, then the department."""
    rows = form.employee_rows
    ask_why_removed(work, rows, form.reason)
    find_far_sides(work, rows, queries.employees_meant(rows.typed), _new_employee, "person")
    work.lock(Department, [department.code] if department.code else [])
    stored = queries.stays_by_identity(row.identity.data for row in rows.changed_rows if row.identity.data)

    def join(person: Employee) -> DepartmentEmployeeLink:
        return DepartmentEmployeeLink(department=department, employee=person)

    for row in save_links(work, department, rows, stored, join):
        work.confirmed[row.link] = row["overload_confirmed"].data or Decimal(0)


def _new_employee(row: LinkRow) -> Employee:
    return operations.add_employee(row.far.data or "", row["new_number"].data)


@bp.route("/departments/<code>/delete", methods=["GET", "POST"])
def delete_department(code: str) -> ResponseReturnValue:
    """Say what goes with the department, and delete it for a reason."""
    department = the_department(code)
    form = DeleteForm()
    if form.validate_on_submit():
        with writing(form=form, reason=form.reason.data or "") as work:
            work.lock(Department, [code], whole=True)
            if form.is_outdated(queries.goes_with_department(code)):
                work.refuse()
            for row in queries.limits_to(department.code):
                row.department = None  # else whoever loses the last one would edit all of them
            db.session.delete(department)
            work.leads_to(url_for(".departments"), f"Deleted {department.name}.")
        if work.stored:
            return work.redirect()
    total, first = queries.goes_with_department(code)
    if request.method == "GET":
        form.is_outdated((total, first))
    page = render_template(
        "hr/department_delete.html", department=department, form=form, total=total, first=first
    )
    return page, 422 if request.method == "POST" else 200

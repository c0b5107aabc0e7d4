"""People: the list, one person with the departments, the form, and its end."""

from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import as_of, asked, is_administrator, may_edit, spare_rows
from core.beside import beside
from core.db import db, filed_name
from core.filters import read_filters
from core.links import LinkRow, find_far_sides, save_links
from core.listing import Listing
from core.selection import Selection
from core.sheets.listed import taken_away
from core.writing import Work, writing
from hr import operations, queries
from hr.columns import EMPLOYEES
from hr.forms import DeleteForm, DepartmentsForm, EmployeeFilter, EmployeeForm, StayFilter
from hr.models import Department, DepartmentEmployeeLink, Employee
from hr.operations.titles import end_titles
from hr.queries.records import called
from hr.sheets import exports
from hr.views.blueprint import ask_why_removed, bp, show_as_text, show_the_others, the_person
from hr.views.chosen import chosen_employees
from hr.views.details import keep_details, show_details

# What can be done with the chosen ones: what the button says, and the page it leads to.
ACTIONS = (
    ("Add to a department…", "hr.add_to_department"),
    ("Leave…", "hr.leave"),
    ("Merge two…", "hr.merge_people"),
)
PAGE = "hr/employee.html"


@bp.get("/employees")
def employees() -> ResponseReturnValue:
    """The list of people, with their departments on the day."""
    filters = read_filters(EmployeeFilter)
    wanted, sorts = queries.employees(filters.asked_for, asked(), as_of())
    selection = Selection.of(request.args)
    if selection.keys:
        wanted = wanted.where(Employee.number.in_(chosen_employees(selection)))
    listing = Listing(wanted, sorts, "name", filters, table=EMPLOYEES, day=as_of())
    file = taken_away(listing, *exports.of_people(listing, as_of()))
    return file or render_template("hr/employees.html", listing=listing, deeds=ACTIONS)


@bp.route("/employees/<number>", methods=["GET", "POST"])
def employee(number: str) -> ResponseReturnValue:
    """One person: addresses, account, and the departments where they can be changed."""
    person = the_person(number)
    form = DepartmentsForm()
    if form.validate_on_submit():
        with writing(operations.check, form, form.reason.data) as work:
            keep_departments(work, person, form)
            rows = form.department_rows
            work.leads_to(rows.next_url, rows.saved_text(person.name, work.merged))
        if work.stored:
            return work.redirect()
    return _page(PAGE, person, form)


@bp.route("/employees/<number>/edit", methods=["GET", "POST"])
def edit_employee(number: str) -> ResponseReturnValue:
    """The form of a stored person."""
    return _edit(the_person(number))


@bp.route("/new-employee", methods=["GET", "POST"])
def new_employee() -> ResponseReturnValue:
    """The form of a new person."""
    return _edit(Employee())


def _edit(person: Employee) -> ResponseReturnValue:
    form = EmployeeForm(obj=person)
    if not isinstance(form.account.data, str):
        form.account.data = ""
    if form.validate_on_submit():
        with writing(operations.check, form, form.reason.data) as work:
            # The rows first: they read their records anew, and would take back what was assigned before.
            keep_departments(work, person, form)
            keep_details(work, person, form)
            keep_employee(work, person, form)
            url = url_for(".employee", number=person.number)
            if "another" in request.form:
                shared: dict[str, Any] = {**form.department_rows.shared, "hired_on": form.hired_on._value()}
                url = url_for(".new_employee", **shared)
            work.leads_to(url, f"Saved {person.name}.{work.told}")
        if work.stored:
            return work.redirect()
    return _page("hr/employee_form.html", person, form)


def keep_employee(work: Work, person: Employee, form: EmployeeForm) -> None:
    """Store the person's own fields; a leaving date may end the open stays when that is asked for."""
    form.merge(work, person)
    refile = not form.sort_name.data or (person.name and form.sort_name.data == filed_name(person.name))
    person.name = form.name.data or ""
    person.sort_name = filed_name(person.name) if refile else form.sort_name.data or ""
    person.email = form.email.data
    person.hired_on = form.hired_on.data
    person.left_on = form.left_on.data
    keep_account(work, person, form)
    if form.end_stays.data and person.left_on:
        operations.end_stays(person, person.left_on)
        end_titles(person, person.left_on)
    # Last: the stays and addresses are stored under the old number until the flush.
    if person.number and form.number.data:
        operations.renumber(work, person, form.number.data)
    person.number = form.number.data or ""
    db.session.add(person)


def keep_account(work: Work, person: Employee, form: EmployeeForm) -> None:
    """Store which account is the person's; one that somebody else has is refused, not taken from them."""
    stored = person.account.email if person.account else ""
    if not is_administrator():
        # Else whoever edits people could find out who has an account, and take away what is kept of it.
        if form.account.raw_data and form.account.data != stored:
            form.account.errors = ["Only an administrator says which account is somebody’s."]
            work.refuse()
        return
    if form.account.data == form.account_shown.data:
        return
    if stored not in (form.account_shown.data, form.account.data):
        form.account.errors = [
            f"Meanwhile this was stored as “{stored or 'empty'}”. Save again to replace it."
        ]
        form.account_shown.data = stored
        work.refuse()
        return
    account = queries.account_by_email(form.account.data) if form.account.data else None
    if form.account.data and account is None:
        form.account.errors = ["No account signs in with this address."]
        work.refuse()
    elif account is not None and account.employee not in (None, person):
        form.account.errors = [f"This account belongs to {account.employee}."]
        work.refuse()
    else:
        person.account = account


def keep_departments(work: Work, person: Employee, form: DepartmentsForm) -> None:
    """Store the rows of departments: the person is locked first, then the departments."""
    rows = form.department_rows
    ask_why_removed(work, rows, form.reason)
    work.lock(Employee, [person.number] if person.number else [])
    find_far_sides(work, rows, queries.departments_meant(rows.typed), _new_department, "department")
    stored = queries.stays_by_identity(row.identity.data for row in rows.changed_rows if row.identity.data)

    def join(department: Department) -> DepartmentEmployeeLink:
        return DepartmentEmployeeLink(department=department, employee=person)

    for row in save_links(work, person, rows, stored, join):
        work.confirmed[row.link] = row["overload_confirmed"].data or Decimal(0)


def _new_department(row: LinkRow) -> Department:
    department = Department(code=row["new_code"].data, name=row.far.data)
    db.session.add(department)
    return department


def _page(template: str, person: Employee, form: DepartmentsForm) -> ResponseReturnValue:
    """A page with a window of the person's stays; what was posted and refused is shown as it was."""
    filters, posted, number = (
        read_filters(StayFilter),
        request.method == "POST",
        (request.view_args or {}).get("number"),
    )
    listing, fte = None, queries.fte_of(number, as_of()) if number else None
    if number and fte:
        stays = queries.stays_of_employee(number, filters.asked_for, asked(), as_of(), fte.stays)
        listing = stays.listing("starts_on", filters)
    if listing and not posted:
        file = taken_away(listing, *exports.of_stays(listing, person.number, as_of()))
        if file is not None:
            return file
    if posted:
        form.department_rows.attach(queries.stays_by_identity(form.department_rows.identities()))
        show_the_others(form.department_rows, listing.rows if listing else [])
    else:
        spare = spare_rows() if may_edit("hr") else 0
        form.department_rows.fill(listing.rows if listing else [], spare, request.args)
        _show_own_fields(form, person)
    show_as_text(form.department_rows)
    form.department_rows.look_up_from(**({"employee": number} if number else {}))
    more = beside(person) if template == PAGE else {}
    page = render_template(
        template,
        person=person,
        form=form,
        listing=listing,
        fte=fte,
        called=called(person, as_of()),
        **more,
    )
    return page, 422 if posted else 200


def _show_own_fields(form: DepartmentsForm, person: Employee) -> None:
    """Fill what the form shows otherwise than the record has it."""
    if isinstance(form, EmployeeForm):
        form.account.data = form.account_shown.data = person.account.email if person.account else ""
        show_details(form, person)
        if not person.number and request.args.get("hired_on"):
            form.hired_on.process_formdata([request.args["hired_on"]])


@bp.route("/employees/<number>/delete", methods=["GET", "POST"])
def delete_employee(number: str) -> ResponseReturnValue:
    """Say what goes with the person, and delete for a reason."""
    person = the_person(number)
    form = DeleteForm()
    if form.validate_on_submit():
        with writing(form=form, reason=form.reason.data or "") as work:
            work.lock(Employee, [number], whole=True)
            if form.is_outdated(queries.goes_with_employee(number)):
                work.refuse()
            db.session.delete(person)
            work.leads_to(url_for(".employees"), f"Deleted {person.name}.")
        if work.stored:
            return work.redirect()
    total, first, addresses = queries.goes_with_employee(number)
    if request.method == "GET":
        form.is_outdated((total, first, addresses))
    page = render_template(
        "hr/employee_delete.html", person=person, form=form, total=total, first=first, addresses=addresses
    )
    return page, 422 if request.method == "POST" else 200

"""The forms of staffing: one per page, one row per side of a stay. They check one row, never the set."""

from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput

from core.db import today
from core.forms import (
    CodeField,
    DayField,
    DeletionForm,
    LookUpField,
    PageForm,
    QuickCheckbox,
    QuickInput,
    QuickSelect,
    RecordForm,
    number_text,
    squeezed,
)
from core.links import DetailRow, LinkRow, LinkRows
from core.writing import Problem
from hr.forms.fields import FteField
from hr.models import ADDRESS_KINDS, ROLES, DepartmentEmployeeLink, JobTitle

EMAIL = Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message="This is not an e-mail address.")


class SumConfirmation(Field):
    """A tick that allows a sum up to the figure that was shown."""

    widget = CheckboxInput()
    asked: Decimal | None = None

    @property
    def checked(self) -> bool:
        """A confirmation is given anew each time it is asked for."""
        return False

    def _value(self) -> str:
        return number_text(self.asked, 3)

    def process_formdata(self, valuelist: list[str]) -> None:
        """The sum that was ticked, or None."""
        try:
            ticked = Decimal(valuelist[0]) if valuelist else None
        except ArithmeticError:
            ticked = None
        self.data = ticked if ticked is not None and ticked.is_finite() else None


# --- link tables -----------------------------------------------------------------------------------


class StayRow(LinkRow):
    """The facts of a stay, as one row. The two sides add whom or what it joins."""

    table = "department_employee_link"

    fte = FteField(
        "FTE", shown_places=3,
        render_kw={
            "inputmode": "decimal", "autocomplete": "off", "placeholder": "not stated", "data-sum": "fte",
        },
    )  # fmt: skip
    extra_data = StringField(
        "Arrangement",
        [Length(max=256)],
        filters=[lambda text: " ".join(text.split()) or None if text else None],
        widget=QuickInput(),
        render_kw={"list": "arrangements", "autocomplete": "off", "placeholder": "not stated"},
    )
    role = SelectField("Role", choices={one: one for one in ROLES}, default="member", widget=QuickSelect())
    is_primary = BooleanField("Main", widget=QuickCheckbox())
    starts_on = DayField("First day", empty="today")
    last_day = DayField("Last day", empty="open")
    overload_reason = StringField("Why above 1.000", [Length(max=256)], filters=[lambda text: text or None])
    overload_confirmed = SumConfirmation("This sum is meant")

    facts = ("fte", "extra_data", "role", "is_primary", "starts_on", "last_day")
    ask_names = ("overload_reason",)
    shared_facts = ("fte", "extra_data", "starts_on")

    @property
    def asks(self) -> list[Field]:
        """The reason of an overload, and the tick when it is asked for now."""
        return [*super().asks, *([self.overload_confirmed] if self.asks_now else [])]

    def ask(self, problem: Problem) -> None:
        """Ask for the reason, and for a tick at this very sum."""
        self.asks_now = True
        self.overload_confirmed.asked = problem.confirm
        self.overload_confirmed.label.text = f"Yes, {number_text(problem.confirm, 3)} FTE is meant"

    def validate(self, extra_validators: Any = None) -> bool:
        """A new stay begins today unless a day is given; the last day is not before the first."""
        if not super().validate(extra_validators):
            return False
        if self.remove.data or not self.changed:
            return True
        if self.starts_on.data is None and self.identity.data:
            self.refuse("Which is the first day?", self.starts_on)
        elif self.starts_on.data is None:
            self.starts_on.data = today()
        elif self.last_day.data and self.last_day.data < self.starts_on.data:
            self.refuse("The last day is before the first day.", self.last_day)
        return not self.errors


class EmployeeRow(StayRow):
    """A stay as its department shows it: one row per person and stay."""

    employee = LookUpField("Person", find="hr.find_employees", key="number")
    new_number = CodeField("Number", render_kw={"placeholder": "next free number", "autocomplete": "off"})

    far_name = "employee"
    new_names = ("new_number",)

    def describe(self, link: DepartmentEmployeeLink) -> tuple[str, str]:
        """The filed name and the number."""
        return link.employee.sort_name, link.employee_number


class DepartmentRow(StayRow):
    """A stay as its person shows it: one row per department and stay."""

    department = LookUpField("Department", find="hr.find_departments", key="code")
    new_code = CodeField("Code", render_kw={"placeholder": "code", "autocomplete": "off"})

    far_name = "department"
    new_names = ("new_code",)

    def describe(self, link: DepartmentEmployeeLink) -> tuple[str, str]:
        """The name and the code."""
        return link.department.name, link.department_code

    def validate(self, extra_validators: Any = None) -> bool:
        """A new department needs a code."""
        valid = super().validate(extra_validators)
        if valid and self.is_new.data and self.changed and not self.new_code.data:
            self.refuse("A new department needs a code, such as IT.", self.new_code)
            return False
        return valid


class PeopleForm(PageForm):
    """The people of a department, where they stand."""

    employee_rows = LinkRows(EmployeeRow, "People")
    reason = StringField("Why are they removed?", [Length(max=500)])


class DepartmentsForm(PageForm):
    """The departments of a person, where they stand."""

    department_rows = LinkRows(DepartmentRow, "Departments")
    reason = StringField("Why are they removed?", [Length(max=500)])


# --- records ---------------------------------------------------------------------------------------


class DepartmentForm(RecordForm, PeopleForm):
    """A department and its people."""

    own = ("code", "name", "archived_on")

    code = CodeField("Code", [DataRequired("Give it a code, such as IT.")])
    name = StringField("Name", [DataRequired("Give it a name."), Length(max=120)])
    archived_on = DayField("Archived on", empty="in use")


class AddressRow(DetailRow):
    """One address of a person."""

    facts = ("kind", "lines", "postcode", "city", "country")

    kind = SelectField("Kind", choices={one: one for one in ADDRESS_KINDS})
    lines = TextAreaField(
        "Street and house",
        [Length(max=500)],
        filters=[lambda text: (text or "").strip()],
        render_kw={"rows": 2},
    )
    postcode = StringField("Postcode", [Length(max=20)], filters=[squeezed])
    city = StringField("City", [Length(max=120)], filters=[squeezed])
    country = StringField("Country", [Length(max=120)], filters=[squeezed])

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in a row for a new address."""
        return not self.id.data and not any(
            f.data for f in (self.lines, self.postcode, self.city, self.country)
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """An address has at least a street or a city."""
        if self.remove.data or self.is_empty:
            return True
        valid = super().validate(extra_validators)
        if valid and not (self.lines.data or self.city.data):
            self.lines.errors = ["Write a street or a city, or remove this address."]
            return False
        return valid


class TitleRow(DetailRow):
    """One job title of a person, with its days."""

    facts = ("title", "starts_on", "last_day")

    title = StringField("Title", [Length(max=120)], filters=[squeezed])
    starts_on = DayField("First day")
    last_day = DayField("Last day", empty="open")

    record: JobTitle | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in a row for a new title."""
        return not self.id.data and not (self.title.data or self.starts_on.data or self.last_day.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """A title has a name and a first day; the last day is not before it."""
        if self.remove.data or self.is_empty:
            return True
        if not super().validate(extra_validators):
            return False
        if not self.title.data:
            self.title.errors = ["Write the title, or remove this row."]
        elif not self.starts_on.data:
            self.starts_on.errors = ["Which is the first day with this title?"]
        elif self.last_day.data and self.last_day.data < self.starts_on.data:
            self.last_day.errors = ["The last day is before the first day."]
        return not self.errors


class TitleRows(FieldList):  # type: ignore[type-arg]  # generic in its stub only
    """The job titles of a person; a problem is shown at the row it is about."""

    def show_problem(self, problem: Problem) -> bool:
        """Say it at the first row that is about one of its titles; False if none is."""
        for row in (entry.form for entry in self):
            if row.record is not None and row.record in problem.about:
                row.title.errors = [*row.title.errors, problem.sentence]
                return True
        return False


class EmployeeForm(RecordForm, DepartmentsForm):
    """A person, the addresses, the job titles, and the departments."""

    own = ("number", "name", "sort_name", "email", "hired_on", "left_on")

    number = CodeField("Number", [DataRequired("Give the person a number.")])
    name = StringField("Name", [DataRequired("Give the name."), Length(max=120)])
    sort_name = StringField("Filed as", [Length(max=120)], render_kw={"placeholder": "last name, first name"})
    email = EmailField("E-mail", [Optional(), EMAIL, Length(max=254)], filters=[lambda text: text or None])
    hired_on = DayField("Hired on", empty="not stated")
    left_on = DayField("Last day worked", empty="still here")
    end_stays = BooleanField("End the open stays and job titles on that day")
    account = StringField(
        "Signs in as", [Optional(), Length(max=254)], render_kw={"placeholder": "e-mail of an account"}
    )
    account_shown = HiddenField()
    address_rows = FieldList(FormField(AddressRow), "Addresses")
    title_rows = TitleRows(FormField(TitleRow), "Job titles")


class DeleteForm(DeletionForm):
    """Asks why a record and its stays are deleted."""

    reason = StringField(
        "Why is it deleted?", [DataRequired("Say why: its stays go with it."), Length(max=500)]
    )

"""The forms of deeds on stays and people: what is asked before anything is tried."""

from datetime import date
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from core.deeds import DeedForm
from core.forms import CodeField, DayField, LookUpField, squeezed
from hr.forms.fields import FteField
from hr.models import ROLES

FTE = {"inputmode": "decimal", "autocomplete": "off"}
REMARK = {"list": "arrangements", "autocomplete": "off"}


def _refuse(field: Field, sentence: str) -> None:
    field.errors = [*field.errors, sentence]


class ReasonedForm(DeedForm):
    """A deed whose reason is kept with it; some need one."""

    offers = {"arrangements": ("full-time", "part-time", "casual")}

    reason = StringField("Why", [Length(max=500)], filters=[squeezed])


class EndForm(ReasonedForm):
    """Asks for the last day."""

    last_day = DayField("Last day", validators=[InputRequired("Which is the last day?")])


class ExtendForm(ReasonedForm):
    """Asks how long it goes on."""

    last_day = DayField("Last day", empty="open: no end")


class ChangeForm(ReasonedForm):
    """Asks whether it is a change or a correction, and what is so now. What is left empty stays."""

    how = RadioField(
        "What is it?",
        choices={
            "change": "A change: from a day on it is so",
            "correction": "A correction: it was always so",
        },
        validators=[InputRequired("Is it a change from a day on, or was it always so?")],
    )
    from_day = DayField("From")
    fte = FteField("FTE", render_kw={**FTE, "placeholder": "as it is"})
    no_fte = BooleanField("FTE is not stated any more")
    extra_data = StringField(
        "Arrangement", [Length(max=256)], filters=[squeezed], render_kw={**REMARK, "placeholder": "as it is"}
    )
    no_arrangement = BooleanField("Arrangement is not stated any more")

    @property
    def facts(self) -> dict[str, Any]:
        """What is so now."""
        facts: dict[str, Any] = {}
        if self.fte.data is not None or self.no_fte.data:
            facts["fte"] = None if self.no_fte.data else self.fte.data
        if self.extra_data.data or self.no_arrangement.data:
            facts["extra_data"] = None if self.no_arrangement.data else self.extra_data.data
        return facts

    @property
    def day(self) -> date | None:
        """From when on; None: it was always so."""
        return self.from_day.data if self.how.data == "change" else None

    def validate(self, extra_validators: Any = None) -> bool:
        """A change needs its day, and either needs something that is so."""
        if not super().validate(extra_validators):
            return False
        if self.how.data == "change" and self.from_day.data is None:
            _refuse(self.from_day, "From which day on?")
        if not self.facts:
            _refuse(self.fte, "What is so now? Give the FTE or the arrangement.")
        if self.no_fte.data and self.fte.data is not None:
            _refuse(self.no_fte, "Either the FTE is given or it is not stated.")
        if self.no_arrangement.data and self.extra_data.data:
            _refuse(self.no_arrangement, "Either the arrangement is given or it is not stated.")
        return not self.errors


class TransferForm(ReasonedForm):
    """Asks where to, from which day, and what is different there."""

    department = LookUpField(
        "To department",
        find="hr.find_departments",
        key="code",
        validators=[InputRequired("To which department?")],
        render_kw={"placeholder": "name or code"},
    )
    from_day = DayField("First day there", validators=[InputRequired("From which day on?")])
    fte = FteField("FTE there", render_kw={**FTE, "placeholder": "as it is"})
    is_primary = SelectField(
        "Main department", choices={"": "as it is", "yes": "yes", "no": "no"}, default=""
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What is different there."""
        facts: dict[str, Any] = {} if self.fte.data is None else {"fte": self.fte.data}
        return facts | ({"is_primary": self.is_primary.data == "yes"} if self.is_primary.data else {})


class TakeBackForm(ReasonedForm):
    """Asks which stay goes on again, where several ended that day."""

    before = RadioField(
        "Which stay goes on again?", validators=[InputRequired("Choose the stay that goes on.")]
    )


class PrimaryForm(ReasonedForm):
    """Asks from when on."""

    from_day = DayField("From", empty="all of the stay")


class RoleForm(ReasonedForm):
    """Asks for the role, and from when on."""

    role = SelectField("Role", choices={one: one for one in ROLES}, default="head")
    from_day = DayField("From", empty="all of the stay")


class AddToForm(ReasonedForm):
    """Asks where people begin, when, and how."""

    department = LookUpField(
        "Department",
        find="hr.find_departments",
        key="code",
        validators=[InputRequired("To which department?")],
        render_kw={"placeholder": "name or code"},
    )
    starts_on = DayField("First day", validators=[InputRequired("From which day on?")])
    last_day = DayField("Last day", empty="open")
    fte = FteField("FTE", render_kw={**FTE, "placeholder": "not stated"})
    extra_data = StringField(
        "Arrangement",
        [Length(max=256)],
        filters=[squeezed],
        render_kw={**REMARK, "placeholder": "not stated"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The last day is not before the first."""
        if not super().validate(extra_validators):
            return False
        first, last = self.starts_on.data, self.last_day.data
        if first and last and last < first:
            _refuse(self.last_day, "The last day is before the first day.")
        return not self.errors


class LeaveForm(ReasonedForm):
    """Asks for the last day worked."""

    last_day = DayField("Last day worked", validators=[InputRequired("Which is the last day worked?")])


class NumberForm(ReasonedForm):
    """Asks for the new number of a person."""

    number = CodeField("New number", [InputRequired("Which is the new number?")])


class CodeForm(ReasonedForm):
    """Asks for the new code of a department."""

    code = CodeField("New code", [InputRequired("Which is the new code?")])

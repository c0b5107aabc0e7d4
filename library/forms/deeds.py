"""The forms of deeds on shares and books: what is asked before anything is tried."""

import re
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from core.deeds import DeedForm
from core.forms import ExactField, LookUpField, read_number, squeezed
from library.forms.records import PlaceField
from library.models import ROLES

PERCENT = {"inputmode": "decimal", "autocomplete": "off"}


class MoveForm(DeedForm):
    """Asks for the place in the credits."""

    place = PlaceField("Place in the credits", validators=[InputRequired("To which place?")])


class ChangeSharesForm(DeedForm):
    """Asks what is so now. What is left empty stays."""

    royalty_percentage = ExactField(
        "Royalty", places=4, most=Decimal(100), unit="%", render_kw={**PERCENT, "placeholder": "as it is"}
    )
    role = SelectField("Role", choices={"": "as it is", **{role: role for role in ROLES}}, default="")
    credited_as = StringField(
        "Credited as", [Length(max=200)], filters=[squeezed], render_kw={"placeholder": "as it is"}
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What is so now."""
        facts: dict[str, Any] = {}
        if self.royalty_percentage.data is not None:
            facts["royalty_percentage"] = self.royalty_percentage.data
        facts |= {"role": self.role.data} if self.role.data else {}
        return facts | ({"credited_as": self.credited_as.data} if self.credited_as.data else {})

    def validate(self, extra_validators: Any = None) -> bool:
        """Something has to be so."""
        if not super().validate(extra_validators):
            return False
        if not self.facts:
            self.royalty_percentage.errors = ["What is so now? Give the royalty, the role or the credit."]
        return not self.errors


class ChangePercentageForm(DeedForm):
    """Asks for the percentage alone: it is all that a bookkeeper changes."""

    royalty_percentage = ExactField(
        "Royalty",
        places=4,
        most=Decimal(100),
        unit="%",
        validators=[InputRequired("What is the royalty now?")],
        render_kw=PERCENT,
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What is so now."""
        return {"royalty_percentage": self.royalty_percentage.data}


class SplitForm(DeedForm):
    """Asks for the total, and for the parts in the order of the credits."""

    total = ExactField(
        "Total",
        places=4,
        most=Decimal(100),
        unit="%",
        validators=[InputRequired("Which total is split?")],
        render_kw=PERCENT,
    )
    weights = StringField("In parts", [Length(max=500)], render_kw={"placeholder": "equal, or such as 60:40"})

    @property
    def parts(self) -> list[Decimal]:
        """The parts as numbers; none: equal ones."""
        return [read_number(text)[0] for text in self._texts]

    @property
    def _texts(self) -> list[str]:
        """The parts as typed: with colons between them, or with blanks only, as in “2 1 1”."""
        typed = (self.weights.data or "").strip()
        between = r"\s*[:/;]\s*" if re.search("[:/;]", typed) else r"\s+(?!%)"
        return re.split(between, typed) if typed else []

    def validate(self, extra_validators: Any = None) -> bool:
        """Parts are numbers with a colon between them, and one of them is above zero."""
        if not super().validate(extra_validators):
            return False
        if any(len(read_number(text)) != 1 for text in self._texts):
            self.weights.errors = [f"“{self.weights.data}” are not parts. Write them as 60:40."]
        elif self.parts and not any(part > 0 for part in self.parts):
            self.weights.errors = ["At least one part has to be above zero."]
        elif any(part < 0 for part in self.parts):
            self.weights.errors = ["No part can be below zero."]
        return not self.errors


class CreditForm(DeedForm):
    """Asks whom to credit, and how."""

    author = LookUpField(
        "Author",
        find="library.find_authors",
        key="id",
        validators=[InputRequired("Which author?")],
        render_kw={"placeholder": "name or number"},
    )
    role = SelectField("Role", choices={role: role for role in ROLES}, default="author")
    royalty_percentage = ExactField(
        "Royalty", places=4, most=Decimal(100), unit="%", render_kw={**PERCENT, "placeholder": "0 %"}
    )

"""Fields that read what people write, and the form every page is made of."""

from core.forms.fields import (
    CodeField,
    DayField,
    ExactField,
    LenientField,
    LookUpField,
    QuickCheckbox,
    QuickHidden,
    QuickInput,
    QuickSelect,
    attributes,
    code_fault,
)
from core.forms.page import (
    PageForm,
)
from core.forms.reading import (
    MONTHS,
    day_text,
    number_text,
    read_day,
    read_number,
    to_places,
)

__all__ = [
    "MONTHS",
    "CodeField",
    "DayField",
    "ExactField",
    "LenientField",
    "LookUpField",
    "PageForm",
    "QuickCheckbox",
    "QuickHidden",
    "QuickInput",
    "QuickSelect",
    "attributes",
    "code_fault",
    "day_text",
    "number_text",
    "read_day",
    "read_number",
    "to_places",
]

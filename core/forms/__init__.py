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
    DeletionForm,
    PageForm,
    sent_key,
)
from core.forms.reading import (
    MONTHS,
    day_text,
    kept_days,
    meant,
    moment_text,
    number_text,
    read_day,
    read_number,
    squeezed,
)

__all__ = [
    "MONTHS",
    "CodeField",
    "DayField",
    "DeletionForm",
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
    "kept_days",
    "meant",
    "moment_text",
    "number_text",
    "read_day",
    "read_number",
    "sent_key",
    "squeezed",
]

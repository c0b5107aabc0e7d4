"""Fields that only staffing has."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.forms import ExactField


class FteField(ExactField):
    """A part of full time as people write it: 0.5, 50 %, 1/2, 20/40 h."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, places=3, most=Decimal(1), **kwargs)

    def read(self, typed: str) -> Sequence[Decimal]:
        """The hours are named only where they stand against those of a full week."""
        hours = re.fullmatch(r"(\d+\s*/\s*\d+)\s*(h|hours|std)\.?", typed.strip(), re.IGNORECASE)
        return super().read(hours.group(1) if hours else typed)

    def unreadable(self, typed: str) -> str:
        """What is said when nothing can be read."""
        return f"“{typed}” is not a number. Write it as 0.5, 50 % or 20/40 h."

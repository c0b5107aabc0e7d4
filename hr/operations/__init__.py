"""The deeds of staffing, and the rules of the whole set."""

from hr.operations.people import add_employee, end_stays
from hr.operations.rules import check, span

__all__ = ["add_employee", "check", "end_stays", "span"]

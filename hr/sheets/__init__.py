"""The sheets of staffing: departments, employees, and the stays that join them."""

from hr.sheets.departments import DEPARTMENTS
from hr.sheets.employees import EMPLOYEES
from hr.sheets.stays import STAYS

SHEETS = {sheet.kind: sheet for sheet in (DEPARTMENTS, EMPLOYEES, STAYS)}

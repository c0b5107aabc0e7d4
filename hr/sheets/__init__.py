"""The sheets of staffing: departments, employees, the stays that join them, their heads, and job titles."""

from hr.sheets.departments import DEPARTMENTS
from hr.sheets.employees import EMPLOYEES
from hr.sheets.heads import DEPARTMENT_HEADS
from hr.sheets.stays import STAYS
from hr.sheets.titles import JOB_TITLES

SHEETS = {sheet.kind: sheet for sheet in (DEPARTMENTS, EMPLOYEES, STAYS, DEPARTMENT_HEADS, JOB_TITLES)}

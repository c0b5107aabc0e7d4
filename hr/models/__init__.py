"""Departments, employees, and the stays that join them.

A stay (`DepartmentEmployeeLink`) is an association object: a class of its own, because the link carries
facts, is dated, and one person may come back to the same department. See `docs/relationships.md`.
"""

from hr.models.aliases import DepartmentAlias, EmployeeAlias, NotTheSameDepartment, NotTheSamePerson
from hr.models.editors import DepartmentEditor
from hr.models.far_sides import FarSide, FarSideToday
from hr.models.records import ADDRESS_KINDS, Address, Department, Employee, JobTitle
from hr.models.stays import ROLES, DepartmentEmployeeLink, day_before
from hr.models.steps import DepartmentStep

__all__ = [
    "ADDRESS_KINDS",
    "ROLES",
    "Address",
    "Department",
    "DepartmentAlias",
    "DepartmentEditor",
    "DepartmentEmployeeLink",
    "DepartmentStep",
    "Employee",
    "EmployeeAlias",
    "FarSide",
    "FarSideToday",
    "JobTitle",
    "NotTheSameDepartment",
    "NotTheSamePerson",
    "day_before",
]

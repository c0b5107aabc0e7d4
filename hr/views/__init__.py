"""The pages of staffing."""

from hr.views import deeds, departments, employees, finders, keys, stays
from hr.views.blueprint import bp

__all__ = ["bp", "deeds", "departments", "employees", "finders", "keys", "stays"]

"""The pages of staffing."""

from hr.views import departments, employees, finders
from hr.views.blueprint import bp

__all__ = ["bp", "departments", "employees", "finders"]

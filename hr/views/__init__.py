"""The pages of staffing."""

from hr.views import (
    data,
    deeds,
    departments,
    duplicates,
    editors,
    employees,
    finders,
    keys,
    many,
    me,
    merge,
    stays,
    take_back,
)
from hr.views.blueprint import bp

__all__ = [
    "bp",
    "data",
    "deeds",
    "departments",
    "duplicates",
    "editors",
    "employees",
    "finders",
    "keys",
    "many",
    "me",
    "merge",
    "stays",
    "take_back",
]

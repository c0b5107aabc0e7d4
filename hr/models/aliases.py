"""Old keys that still lead somewhere, and pairs of records that are not the same although they look so."""

from typing import cast

from sqlalchemy import ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.db import (
    Base,
    KeyText,
    code_key,
    folded,
)
from core.parts import found_by_parts
from hr.models.records import Department, Employee


class FormerKey:
    """A key that a record had before, and the name that went with it where it was another one.

    It keeps last month's spreadsheets and old addresses leading to the record of today.
    """

    old_key: Mapped[str] = mapped_column(KeyText(40), primary_key=True, doc="the old key, as `code_key`")
    old: Mapped[str] = mapped_column(String(20), doc="the old key, as it was written")
    name: Mapped[str | None] = mapped_column(String(120))
    name_key: Mapped[str | None] = mapped_column(KeyText(240), index=True)

    @validates("old", "name")
    def _keep_key(self, key: str, value: str | None) -> str | None:
        if key == "old":
            self.old_key = code_key(value or "")
        else:
            self.name_key = folded(value) if value else None
        return value

    def __str__(self) -> str:
        return self.old


class DepartmentAlias(FormerKey, Base):
    """A code that a department had before it was recoded, or that another one had before a merge."""

    __tablename__ = "department_alias"

    department_code: Mapped[str] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="CASCADE"), index=True
    )

    department: Mapped[Department] = relationship(back_populates="aliases")


class EmployeeAlias(FormerKey, Base):
    """A number that a person had before a renumbering, or that a duplicate had before a merge."""

    __tablename__ = "employee_alias"

    employee_number: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE"), index=True
    )

    employee: Mapped[Employee] = relationship(back_populates="aliases")


found_by_parts(
    cast(Table, Employee.__table__),
    "name_key",
    "number_key",
    also=(cast(Table, EmployeeAlias.__table__), "employee_number", ("name_key", "old_key")),
)


class NotTheSamePerson(Base):
    """Two people who look like one and are not: somebody has said so, and they are suggested no more."""

    __tablename__ = "not_the_same_person"

    first: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True
    )
    second: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True, index=True
    )


class NotTheSameDepartment(Base):
    """Two departments that look like one and are not."""

    __tablename__ = "not_the_same_department"

    first: Mapped[str] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True
    )
    second: Mapped[str] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True, index=True
    )

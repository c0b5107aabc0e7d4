"""Departments and people, and what belongs to a person besides the stays."""

from datetime import date
from typing import TYPE_CHECKING, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.db import (
    KEEPS_NUMBERS,
    Base,
    KeyText,
    Versioned,
    code_key,
    explain,
    filed_name,
    folded,
    match_key,
)
from core.models import User
from core.spans import no_overlap
from hr.models.far_sides import FarSide
from hr.models.stays import DepartmentEmployeeLink, Ending

if TYPE_CHECKING:
    from hr.models.aliases import DepartmentAlias, EmployeeAlias

ADDRESS_KINDS = ("home", "office", "post", "other")


class Department(Base, Versioned):
    """A department, known by its code."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(KeyText(20), primary_key=True)
    code_key: Mapped[str] = mapped_column(KeyText(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(KeyText(240), unique=True)
    match_key: Mapped[str | None] = mapped_column(KeyText(240), index=True)
    archived_on: Mapped[date | None]

    employee_links: Mapped[list["DepartmentEmployeeLink"]] = relationship(
        back_populates="department",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="DepartmentEmployeeLink.starts_on",
    )
    employees: FarSide["Employee"] = FarSide("employee_links", "employee")
    aliases: Mapped[list["DepartmentAlias"]] = relationship(
        back_populates="department",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="DepartmentAlias.old_key",
    )

    __table_args__ = (
        CheckConstraint("length(code) BETWEEN 1 AND 20", name="code"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name"),
    )

    @validates("code", "name")
    def _keep_key(self, key: str, value: str) -> str:
        value = " ".join(value.split())
        setattr(self, f"{key}_key", code_key(value) if key == "code" else folded(value))
        if key == "name":
            self.match_key = match_key(value)
        return value

    @property
    def former_keys(self) -> list[str]:
        """The codes that the department had before, its own and those of what was merged into it."""
        return [alias.old for alias in self.aliases]

    def was_called(self, code: str) -> bool:
        """Whether the department had this code before."""
        return any(alias.old_key == code_key(code) for alias in self.aliases)

    def __str__(self) -> str:
        return self.name


class Employee(Base, Versioned):
    """A person who works, has worked or will work here, known by a number."""

    __tablename__ = "employee"

    number: Mapped[str] = mapped_column(KeyText(20), primary_key=True)
    number_key: Mapped[str] = mapped_column(KeyText(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(KeyText(240))
    # A comma longer than the name it is made from.
    sort_name: Mapped[str] = mapped_column(String(121))
    sort_key: Mapped[str] = mapped_column(KeyText(240))
    match_key: Mapped[str | None] = mapped_column(KeyText(240))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    hired_on: Mapped[date | None] = mapped_column(doc="the first hire; NULL: no bound")
    left_on: Mapped[date | None] = mapped_column(doc="the last day worked; NULL: no bound")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), unique=True)

    account: Mapped[User | None] = relationship(back_populates="employee")
    addresses: Mapped[list["Address"]] = relationship(
        back_populates="employee", cascade="all, delete-orphan", passive_deletes=True, order_by="Address.id"
    )
    department_links: Mapped[list["DepartmentEmployeeLink"]] = relationship(
        back_populates="employee",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="DepartmentEmployeeLink.starts_on",
    )
    departments: FarSide["Department"] = FarSide("department_links", "department")
    job_titles: Mapped[list["JobTitle"]] = relationship(
        back_populates="employee",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="JobTitle.starts_on",
    )
    aliases: Mapped[list["EmployeeAlias"]] = relationship(
        back_populates="employee",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="EmployeeAlias.old_key",
    )

    __table_args__ = (
        CheckConstraint("length(number) BETWEEN 1 AND 20", name="number"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name"),
        CheckConstraint("left_on >= hired_on", name="left_after_hired"),
        Index("ix_employee_sort_key_number", "sort_key", "number"),
        Index("ix_employee_match_key_number", "match_key", "number"),
        # What a search reads, so that it need not look at the people themselves.
        Index("ix_employee_called", "name_key", "number_key", "number"),
        Index("ix_employee_hired_on_number", text("coalesce(hired_on, '9999-12-31')"), "number"),
        Index("ix_employee_left_on_number", text("coalesce(left_on, '9999-12-31')"), "number"),
    )

    @validates("number", "name", "sort_name")
    def _keep_key(self, key: str, value: str) -> str:
        value = " ".join(value.split())
        if key == "number":
            self.number_key = code_key(value)
        elif key == "sort_name":
            self.sort_key = folded(value)
        else:
            self.name_key = folded(value)
            self.match_key = match_key(value)
            if self.sort_name is None:
                self.sort_name = filed_name(value)
        return value

    @property
    def former_keys(self) -> list[str]:
        """The numbers that the person had before, their own and those of duplicates that were merged."""
        return [alias.old for alias in self.aliases]

    def was_called(self, number: str) -> bool:
        """Whether the person had this number before."""
        return any(alias.old_key == code_key(number) for alias in self.aliases)

    def __str__(self) -> str:
        return self.name


class Address(Base):
    """Where a person can be reached; one person may have several."""

    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_number: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20), default="home")
    lines: Mapped[str] = mapped_column(String(500))
    postcode: Mapped[str | None] = mapped_column(String(20))
    city: Mapped[str | None] = mapped_column(String(120))
    country: Mapped[str | None] = mapped_column(String(120))

    employee: Mapped[Employee] = relationship(back_populates="addresses")

    __table_args__ = (
        CheckConstraint("kind IN ('home', 'office', 'post', 'other')", name="kind"),
        KEEPS_NUMBERS,
    )

    def __str__(self) -> str:
        return ", ".join(part for part in (self.lines, self.postcode, self.city, self.country) if part)


class JobTitle(Ending, Base, Versioned):
    """What a person is called at work, for a span: a fact of the person, not of a stay."""

    __tablename__ = "job_title"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_number: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE")
    )
    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(KeyText(240))
    starts_on: Mapped[date]

    employee: Mapped[Employee] = relationship(back_populates="job_titles")

    __table_args__ = (
        CheckConstraint("length(title) BETWEEN 1 AND 120", name="title"),
        CheckConstraint("ends_before > starts_on", name="dates"),
        Index("ix_job_title_person", "employee_number", "starts_on"),
        KEEPS_NUMBERS,
    )

    @validates("title")
    def _keep_key(self, _key: str, title: str) -> str:
        title = " ".join(title.split())
        self.title_key = folded(title)
        return title

    def __str__(self) -> str:
        return self.title


no_overlap(
    cast(Table, JobTitle.__table__),
    "title",
    same=("employee_number", "title_key"),
    sentence="This person already has this job title on one of these days.",
)
explain(
    cast(Table, JobTitle.__table__),
    "ck_job_title_dates",
    "The last day of a job title is not before its first day.",
)


for _table, _name, _said in (
    (Department, "code", "Another department has this code. Give it one of its own."),
    (Department, "name", "Another department has this name. Give it one of its own."),
    (Employee, "number", "Another person has this number. Give it one of its own."),
):
    explain(cast(Table, _table.__table__), f"uq_{_table.__tablename__}_{_name}_key", _said, field=_name)
    if _name != "name":
        explain(cast(Table, _table.__table__), f"pk_{_table.__tablename__}", _said, field=_name)
explain(
    cast(Table, Employee.__table__),
    "uq_employee_account_id",
    "This account belongs to somebody else.",
    field="account",
)
explain(
    cast(Table, Employee.__table__),
    "ck_employee_left_after_hired",
    "The last day worked is before the hiring day.",
    field="left_on",
)

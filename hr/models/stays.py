"""The stay: the association object that joins a person and a department for a span of days."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Table, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import (
    KEEPS_NUMBERS,
    SORTS,
    Base,
    Exact,
    Versioned,
    explain,
    today,
)
from core.spans import no_overlap

if TYPE_CHECKING:
    from hr.models.records import Department, Employee

ROLES = ("member", "head", "acting head")


def day_before(day: date | None) -> date | None:
    """The last day of what ends before `day`; None where it is open."""
    return day - timedelta(days=1) if day else None


class Ending:
    """Something dated that ends the day before `ends_before`; people say its last day instead."""

    ends_before: Mapped[date | None] = mapped_column(doc="the first day away; NULL: open")

    @property
    def last_day(self) -> date | None:
        """The last day, as people say it; None: open."""
        return day_before(self.ends_before)

    @last_day.setter
    def last_day(self, day: date | None) -> None:
        self.ends_before = day + timedelta(days=1) if day else None


def _part(name: str, where: str, *columns: str) -> Index:
    """An index on the stays for which a condition holds."""
    condition = text(where)
    full = f"ix_department_employee_link_{name}"
    return Index(full, *columns, sqlite_where=condition, postgresql_where=condition)


def _sorting(name: str, first: str) -> Index:
    """An index by which the list of all stays is sorted."""
    return Index(f"ix_department_employee_link_{name}", text(first), "id", info={SORTS: True})


class DepartmentEmployeeLink(Ending, Base, Versioned):
    """A stay: one person in one department, from `starts_on` until the day before `ends_before`."""

    __tablename__ = "department_employee_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_code: Mapped[str] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="CASCADE")
    )
    employee_number: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE")
    )
    extra_data: Mapped[str | None] = mapped_column(String(256), doc="'part-time', 'full-time' or any remark")
    fte: Mapped[Decimal | None] = mapped_column(Exact(3), doc="0.000 to 1.000; NULL: not stated")
    role: Mapped[str] = mapped_column(String(20), default="member")
    is_primary: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date] = mapped_column(default=today)
    overload_reason: Mapped[str | None] = mapped_column(String(256))

    department: Mapped["Department"] = relationship(back_populates="employee_links")
    employee: Mapped["Employee"] = relationship(back_populates="department_links")

    __table_args__ = (
        CheckConstraint("fte BETWEEN 0 AND 1000", name="fte"),
        CheckConstraint("length(extra_data) <= 256", name="extra_data"),
        CheckConstraint("role IN ('member', 'head', 'acting head')", name="role"),
        CheckConstraint("ends_before > starts_on", name="dates"),
        # To the last column, so that the stays of everybody on a day are counted by the index alone.
        Index(
            "ix_department_employee_link_person",
            "employee_number",
            "department_code",
            "starts_on",
            "ends_before",
        ),
        # All that a department can be asked of its stays, so that a rare one among 86,000 is found by the
        # index alone.
        Index(
            "ix_department_employee_link_department",
            "department_code",
            "ends_before",
            "starts_on",
            "role",
            "fte",
            "extra_data",
        ),
        # How the list of all stays can be sorted.
        _sorting("by_start", "coalesce(starts_on, '9999-12-31')"),
        _sorting("by_end", "coalesce(ends_before, '9999-12-31')"),
        _sorting("by_fte", "coalesce(fte, -1)"),
        _part("heads", "role <> 'member'", "department_code", "role", "employee_number"),
        # What ends soon, and sums of FTE: few rows of many. Whole indexes would lead “on a day” astray.
        _part("ending", "ends_before IS NOT NULL", "ends_before", "starts_on"),
        _part(
            "stated",
            "fte IS NOT NULL",
            "employee_number",
            "starts_on",
            "ends_before",
            "fte",
            "overload_reason",
        ),
        KEEPS_NUMBERS,
    )

    def __init__(self, **facts: Any) -> None:
        facts.setdefault("starts_on", today())
        super().__init__(**facts)

    @classmethod
    def on(cls, day: date | ColumnElement[date]) -> ColumnElement[bool]:
        """The condition that a stay covers `day`."""
        return and_(cls.starts_on <= day, or_(cls.ends_before.is_(None), cls.ends_before > day))

    def is_on(self, day: date) -> bool:
        """Whether the stay covers `day`."""
        return self.starts_on <= day and (self.ends_before is None or self.ends_before > day)

    def __str__(self) -> str:
        return f"{self.employee} in {self.department}"


_stays = cast(Table, DepartmentEmployeeLink.__table__)
no_overlap(
    _stays,
    "pair",
    same=("employee_number", "department_code"),
    sentence="This person already has a stay in this department on one of these days.",
)
no_overlap(
    _stays,
    "primary",
    same=("employee_number",),
    where="is_primary",
    sentence="This person already has a main department on one of these days.",
)
no_overlap(
    _stays,
    "head",
    same=("department_code",),
    where="role = 'head'",
    sentence="The department already has a head on one of these days.",
)
no_overlap(
    _stays,
    "acting_head",
    same=("department_code",),
    where="role = 'acting head'",
    sentence="The department already has an acting head on one of these days.",
)


explain(_stays, "ck_department_employee_link_dates", "The last day of a stay is not before its first day.")

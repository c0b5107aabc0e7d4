"""Departments, employees, and the stays that join them.

A stay (`DepartmentEmployeeLink`) is an association object: a class of its own, because the link carries
facts, is dated, and one person may come back to the same department. See `docs/relationships.md`.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast, overload

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Table, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.db import (
    KEEPS_NUMBERS,
    Base,
    Exact,
    KeyText,
    Versioned,
    code_key,
    explain,
    filed_name,
    folded,
    match_key,
    today,
)
from core.models import User
from core.spans import no_overlap

ROLES = ("member", "head", "acting head")
ADDRESS_KINDS = ("home", "office", "post", "other")

Far = TypeVar("Far", bound="Department | Employee")


class FarSideToday(Generic[Far]):
    """The people of a department, or the departments of a person, as of today: each one once.

    A thin, writable view of the dated links. Appending somebody who is not there makes a stay that starts
    today, full-time, FTE not stated; removing ends the stay today, or deletes it if it began today.
    Earlier and later stays are never touched.
    """

    def __init__(self, links: "list[DepartmentEmployeeLink]", far: str, join: "Callable[[Far], Any]") -> None:
        self._links, self._far, self._join = links, far, join

    def _current(self) -> "dict[Far, DepartmentEmployeeLink]":
        day = today()
        return {getattr(link, self._far): link for link in self._links if link.is_on(day)}

    def __iter__(self) -> Iterator[Far]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def __contains__(self, far: object) -> bool:
        return far in self._current()

    def __getitem__(self, index: int) -> Far:
        return list(self._current())[index]

    def __eq__(self, other: object) -> bool:
        return (
            list(self) == list(cast(Any, other)) if isinstance(other, list | FarSideToday) else NotImplemented
        )

    __hash__ = None  # type: ignore[assignment]  # compared by content, as a list is

    def __repr__(self) -> str:
        return repr(list(self))

    def append(self, far: Far) -> None:
        """Join `far` from today on; nothing happens to somebody who is there."""
        if far not in self._current():
            self._links.append(self._join(far))

    def remove(self, far: Far) -> None:
        """End the stay of `far` today; ValueError if there is none."""
        link = self._current().get(far)
        if link is None:
            raise ValueError(f"{far} is not there today")
        if link.starts_on == today():
            self._links.remove(link)
        else:
            link.ends_before = today()


class FarSide(Generic[Far]):
    """Declares a `FarSideToday` attribute; on the class it builds queries: `Employee.departments.any(…)`."""

    def __init__(self, links: str, far: str) -> None:
        self._links, self._far = links, far

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner
        self._near = "employee" if self._far == "department" else "department"

    @overload
    def __get__(self, instance: None, owner: type) -> "FarSide[Far]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> FarSideToday[Far]: ...
    def __get__(self, instance: object | None, owner: type) -> "FarSide[Far] | FarSideToday[Far]":
        if instance is None:
            return self
        return FarSideToday(getattr(instance, self._links), self._far, self._joined)

    def _joined(self, far: Far) -> "DepartmentEmployeeLink":
        facts: dict[str, Any] = {self._far: far, "extra_data": "full-time"}
        return DepartmentEmployeeLink(**facts)

    def any(self, *criteria: ColumnElement[bool]) -> ColumnElement[bool]:
        """True where a far side that meets the criteria is joined today."""
        far = getattr(DepartmentEmployeeLink, self._far)
        links = getattr(self._owner, self._links)
        met = [far.has(and_(*criteria))] if criteria else []
        return cast(ColumnElement[bool], links.any(and_(DepartmentEmployeeLink.on(today()), *met)))

    def contains(self, far: Far) -> ColumnElement[bool]:
        """True where this very far side is joined today."""
        link = getattr(DepartmentEmployeeLink, self._far) == far
        links = getattr(self._owner, self._links)
        return cast(ColumnElement[bool], links.any(and_(DepartmentEmployeeLink.on(today()), link)))


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
    name_key: Mapped[str] = mapped_column(KeyText(240), index=True)
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

    def was_called(self, number: str) -> bool:
        """Whether the person had this number before."""
        return any(alias.old_key == code_key(number) for alias in self.aliases)

    def __str__(self) -> str:
        return self.name


def _part(name: str, where: str, *columns: str) -> Index:
    """An index on the stays for which a condition holds."""
    condition = text(where)
    full = f"ix_department_employee_link_{name}"
    return Index(full, *columns, sqlite_where=condition, postgresql_where=condition)


class DepartmentEmployeeLink(Base, Versioned):
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
    ends_before: Mapped[date | None] = mapped_column(doc="the first day away; NULL: open")
    overload_reason: Mapped[str | None] = mapped_column(String(256))

    department: Mapped[Department] = relationship(back_populates="employee_links")
    employee: Mapped[Employee] = relationship(back_populates="department_links")

    __table_args__ = (
        CheckConstraint("fte BETWEEN 0 AND 1000", name="fte"),
        CheckConstraint("length(extra_data) <= 256", name="extra_data"),
        CheckConstraint("role IN ('member', 'head', 'acting head')", name="role"),
        CheckConstraint("ends_before > starts_on", name="dates"),
        Index("ix_department_employee_link_person", "employee_number", "department_code", "starts_on"),
        Index("ix_department_employee_link_department", "department_code", "ends_before", "starts_on"),
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
    def on(cls, day: date) -> ColumnElement[bool]:
        """The condition that a stay covers `day`."""
        return and_(cls.starts_on <= day, or_(cls.ends_before.is_(None), cls.ends_before > day))

    def is_on(self, day: date) -> bool:
        """Whether the stay covers `day`."""
        return self.starts_on <= day and (self.ends_before is None or self.ends_before > day)

    @property
    def last_day(self) -> date | None:
        """The last day of the stay, as people say it; None: open."""
        return self.ends_before - timedelta(days=1) if self.ends_before else None

    @last_day.setter
    def last_day(self, day: date | None) -> None:
        self.ends_before = day + timedelta(days=1) if day else None

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


class JobTitle(Base, Versioned):
    """What a person is called at work, for a span: a fact of the person, not of a stay."""

    __tablename__ = "job_title"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_number: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE")
    )
    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(KeyText(240))
    starts_on: Mapped[date]
    ends_before: Mapped[date | None] = mapped_column(doc="the first day without it; NULL: open")

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

    @property
    def last_day(self) -> date | None:
        """The last day of the title, as people say it; None: open."""
        return self.ends_before - timedelta(days=1) if self.ends_before else None

    @last_day.setter
    def last_day(self, day: date | None) -> None:
        self.ends_before = day + timedelta(days=1) if day else None

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


class DepartmentAlias(Base):
    """A code that a department had before it was recoded, or that another one had before a merge.

    It keeps last month's spreadsheets and old addresses leading to the department. `name` is the name that
    went with the code, where it was another one.
    """

    __tablename__ = "department_alias"

    old_key: Mapped[str] = mapped_column(KeyText(40), primary_key=True, doc="the old code, as `code_key`")
    old: Mapped[str] = mapped_column(String(20), doc="the old code, as it was written")
    name: Mapped[str | None] = mapped_column(String(120))
    name_key: Mapped[str | None] = mapped_column(KeyText(240), index=True)
    department_code: Mapped[str] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="CASCADE"), index=True
    )

    department: Mapped[Department] = relationship(back_populates="aliases")

    @validates("old", "name")
    def _keep_key(self, key: str, value: str | None) -> str | None:
        if key == "old":
            self.old_key = code_key(value or "")
        else:
            self.name_key = folded(value) if value else None
        return value

    def __str__(self) -> str:
        return self.old


class EmployeeAlias(Base):
    """A number that a person had before a renumbering, or that a duplicate of the person had before a merge.

    It keeps last month's spreadsheets and old addresses leading to the person. `name` is the name that went
    with the number, where it was another one.
    """

    __tablename__ = "employee_alias"

    old_key: Mapped[str] = mapped_column(KeyText(40), primary_key=True, doc="the old number, as `code_key`")
    old: Mapped[str] = mapped_column(String(20), doc="the old number, as it was written")
    name: Mapped[str | None] = mapped_column(String(120))
    name_key: Mapped[str | None] = mapped_column(KeyText(240), index=True)
    employee_number: Mapped[str] = mapped_column(
        ForeignKey("employee.number", onupdate="CASCADE", ondelete="CASCADE"), index=True
    )

    employee: Mapped[Employee] = relationship(back_populates="aliases")

    @validates("old", "name")
    def _keep_key(self, key: str, value: str | None) -> str | None:
        if key == "old":
            self.old_key = code_key(value or "")
        else:
            self.name_key = folded(value) if value else None
        return value

    def __str__(self) -> str:
        return self.old


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

"""The far sides of the stays as of today: what `Department.employees` and `Employee.departments` are."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from sqlalchemy import ColumnElement, and_

from core.db import (
    today,
)
from hr.models.stays import DepartmentEmployeeLink

if TYPE_CHECKING:
    from hr.models.records import Department, Employee

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

"""Which departments somebody edits who does not edit all of them."""

from typing import cast

from sqlalchemy import ForeignKey, Table, UniqueConstraint, exists, inspect
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from core.db import KEEPS_NUMBERS, Base, explain
from core.models import User
from hr.models.records import Department


class DepartmentEditor(Base):
    """Somebody who edits one department. Whoever has such a row is limited to the departments of these rows.

    A deleted department leaves the row without one: otherwise whoever loses the last department would edit
    all of them.
    """

    __tablename__ = "department_editor"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    department_code: Mapped[str | None] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="SET NULL"), index=True
    )

    user: Mapped[User] = relationship()
    department: Mapped[Department | None] = relationship()

    __table_args__ = (
        UniqueConstraint("user_id", "department_code", name="uq_department_editor_user_id"),
        KEEPS_NUMBERS,
    )

    def __str__(self) -> str:
        return f"{self.user} edits {self.department or 'no department any more'}"


# Known with the account itself: whoever is not limited costs no further statement.
inspect(User).add_property(
    "is_limited",
    column_property(exists().where(DepartmentEditor.user_id == User.id).correlate_except(DepartmentEditor)),
)

explain(
    cast(Table, DepartmentEditor.__table__),
    "uq_department_editor_user_id",
    "This person edits this department already.",
    field="department",
)

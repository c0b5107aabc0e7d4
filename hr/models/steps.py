"""The figures of departments over time: what is more or less from a day on."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Exact


class DepartmentStep(Base):
    """What becomes more or less in a department on a day: where stays begin, and where they have ended.

    The sum of the steps up to a day is the figures of that day, so a department with 86,000 stays tells them
    as fast as one with 20. Two stays of a pair never meet, so the stays on a day are its people. The steps
    follow from the stays: `hr/operations/steps.py` keeps them so, and `flask doctor` counts again.
    """

    __tablename__ = "department_step"

    department_code: Mapped[str] = mapped_column(
        ForeignKey("department.code", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]
    fte: Mapped[Decimal] = mapped_column(Exact(3))
    not_stated: Mapped[int] = mapped_column(doc="stays without an FTE")
    full_time: Mapped[int]
    part_time: Mapped[int]
    # For whoever does not see the remarks on the stays of a department.
    full_time_by_fte: Mapped[int] = mapped_column(doc="by the FTE alone")
    part_time_by_fte: Mapped[int] = mapped_column(doc="by the FTE alone")

    # Kept in the order of its key: the steps of a department lie side by side.
    __table_args__ = ({"sqlite_with_rowid": False},)

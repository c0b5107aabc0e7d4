"""People and departments that may be there twice: pairs by evidence, the strongest first."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from core.db import db
from core.duplicates import Page, Place, after, apart, joined, page_of, sweep, without_apart
from core.search import MANY
from core.spelling import Name, by_beginning, by_filing, by_name
from hr.models import Department, Employee, NotTheSameDepartment, NotTheSamePerson

_one, _other = aliased(Employee), aliased(Employee)
_here, _there = aliased(Department), aliased(Department)


def _same_name() -> Select[*tuple[Any, ...]]:
    """Two people with the same words in their names, of whom nobody has said that they are two."""
    same = and_(_other.match_key == _one.match_key, _other.number > _one.number)
    wanted = select(_one.number, _other.number).join_from(_one, _other, same)
    return wanted.where(~apart(NotTheSamePerson, _one.number, _other.number))


def _agree() -> ColumnElement[bool]:
    """Whether two people were hired on one day, or have one e-mail address."""
    return func.coalesce(or_(_one.hired_on == _other.hired_on, _one.email == _other.email), False)


def _same_email() -> Select[*tuple[Any, ...]]:
    """Two people with one e-mail address and other names."""
    same = and_(_other.email == _one.email, _other.number > _one.number)
    differ = func.coalesce(_other.match_key, "") != func.coalesce(_one.match_key, "")
    wanted = select(_one.number, _other.number).join_from(_one, _other, same).where(differ)
    return wanted.where(~apart(NotTheSamePerson, _one.number, _other.number))


def _people_after(order: Any) -> Any:
    def rows(place: Place | None, most: int) -> Sequence[Name]:
        keys = (order, Employee.number)
        wanted = select(*keys, Employee.name_key, Employee.sort_key).where(after(keys, place))
        return [Name(*row) for row in db.session.execute(wanted.order_by(*keys).limit(most))]

    return rows


def people_twice(place: str | None) -> Page:
    """Pairs of people who may be one person, after a place of an earlier page."""
    by_key = (_one.match_key, _one.number, _other.number)
    steps = [
        joined(_same_name().where(_agree()), by_key, "same name"),
        joined(_same_email(), (_one.email, _one.number, _other.number)),
        joined(_same_name().where(~_agree()), by_key, "same name"),
        sweep(_people_after(Employee.sort_key), by_filing),
        sweep(_people_after(Employee.name_key), by_name, skip=by_filing),
    ]
    return page_of([without_apart(NotTheSamePerson, step) for step in steps], place)


def departments_twice(place: str | None) -> Page:
    """Pairs of departments that may be one, after a place of an earlier page."""
    twice = and_(_there.match_key == _here.match_key, _there.code > _here.code)
    named = and_(_there.name_key == _here.code_key, _there.code != _here.code)
    pair = select(_here.code, _there.code)
    keys = (Department.name_key, Department.code)

    def rows(place: Place | None, most: int) -> Sequence[Name]:
        wanted = select(*keys, Department.name_key, Department.name_key).where(after(keys, place))
        return [Name(*row) for row in db.session.execute(wanted.order_by(*keys).limit(most))]

    by_code = (_here.code, _there.code)
    steps = [
        joined(pair.join_from(_here, _there, twice), by_code, "same words in their names"),
        joined(pair.join_from(_here, _there, named), by_code, "the code of one is the name of the other"),
        sweep(rows, by_beginning),
    ]
    return page_of([without_apart(NotTheSameDepartment, step) for step in steps], place)


def pairs_put_aside(model: type[NotTheSamePerson] | type[NotTheSameDepartment], place: str | None) -> Page:
    """Pairs of which somebody has said that they are not the same."""
    return page_of([joined(select(model.first, model.second), (model.first, model.second))], place)


def people_with(numbers: Iterable[str]) -> dict[str, Employee]:
    """People by number."""
    wanted = select(Employee).where(Employee.number.in_(set(numbers)))
    return {one.number: one for one in db.session.scalars(wanted)}


def departments_with(codes: Iterable[str]) -> dict[str, Department]:
    """Departments by code."""
    wanted = select(Department).where(Department.code.in_(set(codes)))
    return {one.code: one for one in db.session.scalars(wanted)}


def suspected_people() -> int:
    """How many pairs of people agree in name, and in hiring day or e-mail; counted up to a limit."""
    # Names that only one person has are found by the index alone, and left out first.
    repeated = select(Employee.match_key).group_by(Employee.match_key).having(func.count() > 1)
    few = _same_name().where(_one.match_key.in_(repeated), _agree()).limit(MANY + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0

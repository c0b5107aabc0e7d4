"""From what it was found what a deed on very many would change, and whether that is still so.

What is chosen is compared key by key. The records around it are counted, and their versions and keys summed
by the database: every change counts a version, and no number is given twice. That takes a moment, and it is
asked inside the transaction that stores.
"""

import hashlib
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, cast, func, select

from core.db import db
from core.many.choice import Choice, Rows
from core.models import Role, User, user_role
from core.progress import step
from core.rights import person

AT_ONCE = 10_000


def basis_of(choice: Choice, wanted: Rows) -> str:
    """What the outcome depends on: what is chosen, the records around it, and the rights of who asks.

    The rights are read from the database too, and not from what is known of them already.
    """
    digest = hashlib.sha256()
    for one in (wanted, *map(_summed, choice.watched(wanted)), _roles()):
        in_order = one.order_by(None).order_by(*one.selected_columns)
        for some in db.session.execute(in_order, execution_options={"yield_per": AT_ONCE}).partitions():
            digest.update(repr([tuple(map(str, row)) for row in some]).encode())
        step(0)  # nothing is done yet, but it can be stopped here
    return digest.hexdigest()


def _summed(rows: Rows) -> Rows:
    """How many rows there are, and the sums of their versions and keys; without a version, the rows."""
    *keys, version = rows.order_by(None).subquery().columns
    if version.name != "version":
        return rows
    large: Any = cast(version, BigInteger)
    sums = [func.sum(large * (cast(key, BigInteger) + 1)) for key in keys if isinstance(key.type, Integer)]
    summed: Select[Any] = select(func.count(), func.sum(large), *sums)
    return summed


def _roles() -> Rows:
    who = getattr(person(), "id", None)
    theirs = select(Role.name).join(user_role, user_role.c.role_id == Role.id)
    return theirs.join(User, User.id == user_role.c.user_id).where(User.id == who, User.active)

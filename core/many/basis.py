"""From what it was found what a deed on very many would change, and whether that is still so.

A key and a version for each row stand for the row: every change counts a version, and no number is given
twice. So the basis is as short as a digest, and compared within the transaction that stores.
"""

import hashlib

from sqlalchemy import select

from core.db import db
from core.many.choice import Choice, Rows
from core.models import Role, user_role
from core.progress import step
from core.rights import person

AT_ONCE = 10_000


def basis_of(choice: Choice, wanted: Rows) -> str:
    """What the outcome depends on: what is chosen, the records around it, and the rights of who asks.

    Each row with its key and its version, read from the database and not from what is known of it already.
    """
    digest = hashlib.sha256()
    for one in (wanted, *choice.watched(wanted), _roles()):
        rows = db.session.execute(
            one.order_by(None).order_by(*one.selected_columns), execution_options={"yield_per": AT_ONCE}
        )
        for some in rows.partitions():
            digest.update(repr([tuple(row) for row in some]).encode())
            step(0)  # nothing is done yet, but it can be stopped here
    return digest.hexdigest()


def _roles() -> Rows:
    who = getattr(person(), "id", None)
    return select(Role.name).join(user_role, user_role.c.role_id == Role.id).where(user_role.c.user_id == who)

"""Who reads the history, and which saves that person may see."""

from collections.abc import Collection
from typing import Any, NamedTuple

from flask_login import current_user
from sqlalchemy import ColumnElement, and_, or_

from core.models import ChangeSet
from core.rights import is_administrator, open_rooms


class Reader(NamedTuple):
    """Somebody who reads: the names of the rooms that are open to them ("" is the house), and who it is."""

    rooms: Collection[str]
    user_id: int | None

    @property
    def sees(self) -> ColumnElement[bool]:
        """The saves that this person may see: those of the open rooms, and what they did to the house."""
        return seen_by(self.rooms, self.user_id)


def seen_by(rooms: Collection[str], user_id: Any) -> ColumnElement[bool]:
    """The condition of what somebody sees; the account may be a parameter."""
    return or_(ChangeSet.room.in_(rooms), and_(ChangeSet.room == "", ChangeSet.user_id == user_id))


def reader() -> Reader:
    """Whoever is signed in. Only administrators read what others did to accounts and the house."""
    rooms = [room.name for room in open_rooms()]
    if is_administrator():
        rooms.append("")
    return Reader(rooms, current_user.id)

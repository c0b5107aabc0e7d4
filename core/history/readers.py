"""Who reads the history, and which saves that person may see."""

from collections.abc import Collection
from typing import NamedTuple

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
        own = and_(ChangeSet.room == "", ChangeSet.user_id == self.user_id)
        return or_(ChangeSet.room.in_(self.rooms), own)


def reader() -> Reader:
    """Whoever is signed in. Only administrators read what others did to accounts and the house."""
    rooms = [room.name for room in open_rooms()]
    if is_administrator():
        rooms.append("")
    return Reader(rooms, current_user.id)

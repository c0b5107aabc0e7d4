"""The records that a change is about: found, brought back, and set back to what they were."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Integer, inspect, select, tuple_
from sqlalchemy.orm import Mapper, Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from core.db import Base, code_key
from core.history.values import Facts, as_fact, is_list
from core.history.written import ADDED, REMOVED
from core.joins import joins_of
from core.models import Change, ChangeSet, is_stored
from core.subjects import Kind, key_of, kinds, subject


class Records:
    """The records of an undo, by kind and key; those that it brings back included."""

    def __init__(self, session: Session, change_set_id: int) -> None:
        self.session, self.since = session, change_set_id
        # Before the flush: what is brought back counts before what leads there by a former key.
        self._back: dict[str, Any] = {}
        self._parents: dict[str, Any] = {}

    def of(self, kind: Kind, keys: Collection[str], with_joined: bool = False) -> dict[str, Any]:
        """The records with these keys, by key; one that has another key by now is found as well.

        `with_joined`: links with what they join, which the rules ask of each of them. Where a merge has made
        another record of one, its key leads there: see `gone_since`.
        """
        if kind.words.find is None:
            joined = [one.name for one in joins_of(kind.model) if kind.words.belongs_to.get(one.here)]
            return self._by_identity(kind.model, keys, joined if with_joined else ())
        found = kind.words.find(keys)
        return {key: one for key in keys if (one := found.get(code_key(key))) is not None}

    def _by_identity(
        self, model: type[Base], keys: Collection[str], joined: Sequence[str] = ()
    ) -> dict[str, Any]:
        columns = list(inspect(model).primary_key)
        # Only numbers are parts of a key that has several.
        numbered = [isinstance(one.type, Integer) for one in columns]
        parts = [tuple(map(int, key.split("-"))) if all(numbered) else (key,) for key in keys]
        here = columns[0].in_([one[0] for one in parts]) if len(columns) == 1 else tuple_(*columns).in_(parts)
        wanted, beside = select(model).where(here), [selectinload(getattr(model, one)) for one in joined]
        return (
            {key_of(one): one for one in self.session.scalars(wanted.options(*beside)).unique()}
            if keys
            else {}
        )

    def gone_since(self, kind: Kind, keys: Collection[str]) -> set[str]:
        """The keys whose record was removed since: what has this key now, or is led to by it, is another one.

        A record that an undo has brought back is the same again.
        """
        later = (
            select(Change.key, Change.what, Change.change_set_id, ChangeSet.undoes_id)
            .join(Change.change_set)
            .where(
                Change.kind == kind.model.__tablename__,
                Change.key.in_(list(keys)),
                Change.change_set_id > self.since,
                Change.what.in_((ADDED, REMOVED)),
                is_stored(),
            )
        )
        this = object()
        now: dict[str, Any] = dict.fromkeys(keys, this)
        removed: dict[tuple[str, int], Any] = {}
        for row in self.session.execute(later.order_by(Change.change_set_id, Change.number)):
            if row.what == REMOVED:
                removed[row.key, row.change_set_id], now[row.key] = now[row.key], None
            else:
                now[row.key] = removed.get((row.key, row.undoes_id), object())
        return {key for key, one in now.items() if one is not this}

    # --- what a link joins -------------------------------------------------------------------------

    def bring_parents(self, kind: Kind, facts: Iterable[Facts]) -> None:
        """Find the records that these links joined before, with few statements."""
        facts = list(facts)
        for column, model in kind.words.belongs_to.items():
            if model is None:
                continue
            keys = {str(said[column][0]) for said in facts if column in said and said[column][0] is not None}
            unknown = [key for key in keys if subject(model, key) not in self._back]
            found = self.of(kinds()[model.__tablename__], unknown)
            self._parents.update({subject(model, key): one for key, one in found.items()})

    def _parent(self, model: type[Base], key: Any) -> Any:
        name = subject(model, key)
        return self._back.get(name) or self._parents.get(name)

    # --- back ---------------------------------------------------------------------------------------

    def bring_back(self, kind: Kind, facts: Facts) -> None:
        """Make a removed record anew, with the key that it had."""
        record = kind.model()
        self.set_back(kind, record, facts)
        self.session.add(record)

    def set_back(self, kind: Kind, record: Any, facts: Facts) -> None:
        """Give a record the facts that it had before the change."""
        mapper: Mapper[Any] = inspect(kind.model)
        joins = {one.here: one.name for one in joins_of(kind.model)}
        for name, (old, _new) in facts.items():
            value = as_fact(kind.model, name, old)
            model = kind.words.belongs_to.get(name)
            if is_list(kind.model, name):
                far = mapper.relationships[name].mapper.class_
                setattr(record, name, list(self._by_identity(far, [str(one) for one in value]).values()))
                if inspect(record).persistent:
                    flag_modified(record, next(iter(kind.words.labels)))  # so that it counts a version
            elif model is not None and value is not None and name in joins:
                setattr(record, joins[name], self._parent(model, value))
            else:
                setattr(record, name, value)
        keys = [one.name for one in mapper.primary_key]
        if not kind.words.belongs_to and any(name in facts for name in keys):
            self._back[subject(kind.model, "-".join(str(facts[name][0]) for name in keys))] = record

"""What the history can be asked: by words, by who did it, by fact, by time, by one record."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from wtforms import Field, HiddenField, StringField, ValidationError

from core.db import folded
from core.filters import ChoiceField, Filter
from core.forms import DayField, begin_of
from core.history.names import names_of, record_called
from core.history.readers import Reader, reader
from core.history.reading import by
from core.models import ChangeSet, ChangeSubject, User
from core.rights import rooms
from core.subjects import kinds, subjects_of
from core.typed import escaped


class HistoryFilter(Filter):
    """Which saves the history shows. `record` is set by the links of pages that are about one."""

    phrases = {
        "who": "by “{}”",
        "fact": "{} changed",
        "day_from": "from {}",
        "day_to": "until {}",
    }

    record = HiddenField("Record")
    who = StringField("Who did it", render_kw={"placeholder": "a name or an e-mail address, or a part of it"})
    fact = ChoiceField("Which fact", choices={"": "any"})
    day_from = DayField("From")
    day_to = DayField("Until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact.choices = list({"": "any", **facts_known(reader())}.items())

    def validate_record(self, field: Field) -> None:
        """Refuse what is no record, or one of a room that is not open."""
        kind = kinds().get((field.data or "").partition(":")[0])
        if field.data and (kind is None or kind.room not in reader().rooms):
            raise ValidationError(f"“{field.data}” is no record that you can look up here.")

    def said(self, field: Field) -> str:
        """A filter that is set, as a part of the sentence; a record by its name."""
        if field.short_name != "record":
            return super().said(field)
        name = names_of([field.data])[field.data]
        return f"about {name.text}{' (deleted)' if name.is_gone else ''}"


def facts_known(reader: Reader) -> dict[str, str]:
    """Every fact that the history tells of in the open rooms: “FTE of a stay”, by “kind.fact”."""
    known = {
        f"{table}.{name}": f"{label} of {'an' if kind.words.noun[0] in 'aeiou' else 'a'} {kind.words.noun}"
        for table, kind in kinds().items()
        for name, label in kind.words.labels.items()
        if kind.room in reader.rooms and name not in kind.words.belongs_to
    }
    return dict(sorted(known.items(), key=lambda pair: folded(pair[1])))


def saves(asked_for: Mapping[str, Any], q: str, reader: Reader) -> Select[Any]:
    """The saves that changed something, or are told anyway, as the filters want them, with who did it."""
    told = or_(ChangeSet.count > 0, ChangeSet.is_told)
    wanted = select(ChangeSet).where(told, reader.sees).options(by())
    if "record" in asked_for:
        wanted = wanted.where(_is_about(_all_names(asked_for["record"])))
    if "who" in asked_for:
        named = [_is_called(word) for word in folded(asked_for["who"]).split()]
        wanted = wanted.where(ChangeSet.user_id.in_(select(User.id).where(*named)))
    if "fact" in asked_for:
        wanted = wanted.where(ChangeSet.facts.contains(f" {asked_for['fact']} ", autoescape=True))
    if "day_from" in asked_for:
        wanted = wanted.where(ChangeSet.made_at >= begin_of(asked_for["day_from"]))
    if "day_to" in asked_for:
        wanted = wanted.where(ChangeSet.made_at < begin_of(asked_for["day_to"] + timedelta(days=1)))
    return wanted.where(or_(_says(q), _is_about(_found(q, reader)))) if q else wanted


def _is_called(word: str) -> ColumnElement[bool]:
    """Whose name has this in it, or whose address before the “@”: that of the house is everybody's.

    With an “@” in it, it is a part of the whole address.
    """
    if "@" in word:
        return User.email.contains(word, autoescape=True)
    return or_(
        User.name_key.contains(word, autoescape=True), User.email.like(f"%{escaped(word)}%@%", escape="/")
    )


def _says(q: str) -> ColumnElement[bool]:
    """The saves with these words in what was done, or why."""
    return and_(
        *(
            or_(
                ChangeSet.deed.icontains(word, autoescape=True),
                ChangeSet.reason.icontains(word, autoescape=True),
            )
            for word in q.split()
        )
    )


def _is_about(subjects: list[str]) -> ColumnElement[bool]:
    """The saves about one of these records."""
    if not subjects:
        return false()
    return ChangeSet.id.in_(select(ChangeSubject.change_set_id).where(ChangeSubject.subject.in_(subjects)))


def _all_names(subject: str) -> list[str]:
    """Everything that a record is and was called in the history; of one that is gone what was asked for."""
    record = record_called(subject)
    return [subject] if record is None else list({subject, *subjects_of(record)})


def _found(q: str, reader: Reader) -> list[str]:
    """What the records are called that the search finds; where a whole key was typed, only those with it."""
    if not folded(q):
        return []
    open_now = [room for room in rooms() if room.name in reader.rooms]
    hits = [hit for room in open_now if room.search for found in room.search(q) for hit in found.hits]
    exact = [hit for hit in hits if hit.is_exact]
    return [one for hit in exact or hits for one in hit.subjects]

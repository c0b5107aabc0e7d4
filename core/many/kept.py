"""What a deed on very many would do, as it is kept for its page and for storing, and read again."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from core.db import db
from core.deeds import Effect, Fact, What
from core.many.choice import Many
from core.many.outcome import REASONS, Outcome, Refusal, Told
from core.models import KeptDeed
from core.selection import Selection

# What a form carries beside what was typed.
BESIDE = ("csrf_token", "form_key", "version", "shown", "do")
PIECE = 65_536


@dataclass(frozen=True)
class Kept:
    """What the page needs of an outcome."""

    digest: str
    basis: str
    total: int
    affected: int
    alike: int
    counts: Mapping[str, int]
    refused: int
    reasons: Sequence[tuple[str, int]]
    first: Sequence[Told]
    refusals: Sequence[Refusal]
    faults: Sequence[str]
    highest: Decimal | None
    is_separable: bool

    @property
    def more(self) -> int:
        """How many effects are not shown."""
        return sum(self.counts.values()) - len(self.first)


def settings_of(selection: Selection, typed: MultiDict[str, str]) -> str:
    """What was chosen and what was typed, to be read by a job."""
    said = [pair for pair in typed.items(multi=True) if pair[0] not in BESIDE]
    return json.dumps({"chosen": selection.fields, "typed": said})


def typed_in(kept: KeptDeed) -> MultiDict[str, str]:
    """What was typed."""
    return MultiDict([(name, value) for name, value in json.loads(kept.settings)["typed"]])


def chosen_in(kept: KeptDeed) -> Selection:
    """What was chosen."""
    return Selection.of(MultiDict([(name, value) for name, value in json.loads(kept.settings)["chosen"]]))


def form_of(many: Many, kept: KeptDeed) -> Any:
    """The form as it was filled in; for a job, which has no request."""
    return many.form(formdata=typed_in(kept), meta={"csrf": False}, form_key="")


# --- packed ----------------------------------------------------------------------------------------


def pack(kept: KeptDeed, found: Outcome) -> None:
    """Keep an outcome."""
    kept.preview = json.dumps(
        {
            "digest": found.digest,
            "basis": found.basis,
            "total": found.total,
            "affected": found.affected,
            "alike": found.alike,
            "counts": found.counts,
            "refused": sum(found.refused.values()),
            "reasons": found.refused.most_common(REASONS),
            "first": [(one.key, one.effect) for one in found.first],
            "refusals": found.refusals,
            "faults": found.faults,
            "highest": None if found.highest is None else str(found.highest),
            "is_separable": found.is_separable,
        }
    )
    kept.statements, kept.listing = found.statements.content, found.listing.content


def unpacked(kept: KeptDeed) -> Kept | None:
    """The outcome, if there is one."""
    if kept.preview is None:
        return None
    said: dict[str, Any] = json.loads(kept.preview)
    highest = said.pop("highest")
    first = [Told(_key(key), _effect(effect)) for key, effect in said.pop("first")]
    refusals = [Refusal(_key(key), title, sentence) for key, title, sentence in said.pop("refusals")]
    return Kept(**said, first=first, refusals=refusals, highest=None if highest is None else Decimal(highest))


def _key(said: Any) -> Any:
    """A key of several columns is a list in JSON."""
    return tuple(said) if isinstance(said, list) else said


def _effect(said: Sequence[Any]) -> Effect:
    what, title, facts, url, version = said
    return Effect(What(what), title, tuple(Fact(*one) for one in facts), url, version)


def listing_in(content: bytes) -> Iterator[bytes]:
    """All of it as a file, piece after piece."""
    unsqueeze = zlib.decompressobj()
    yield b"\xef\xbb\xbf"  # by which a spreadsheet knows that it is UTF-8
    for start in range(0, len(content), PIECE):
        yield unsqueeze.decompress(content[start : start + PIECE])
    yield unsqueeze.flush()


def own_deed(id: int | None, user_id: int, kind: str = "") -> KeptDeed | None:
    """A kept deed of this person (and of this page), if it is there still."""
    wanted = select(KeptDeed).where(KeptDeed.id == id, KeptDeed.user_id == user_id)
    return db.session.scalar(wanted.where(KeptDeed.kind == kind) if kind else wanted)

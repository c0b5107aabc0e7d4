"""Where files come from: what was said of one that waits, and what was said last time of one like it.

A source is a kind of sheet and the names of the columns, as they are read before anybody answers anything.
The report that arrives every month so finds its columns and answers again.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app

from core.db import db
from core.models import ColumnMeaning, Upload, instant
from core.sheets.files import Table, Unreadable, read_table
from core.sheets.limits import limits_of
from core.sheets.mapping import missing, propose
from core.sheets.plan import Sheet
from core.sheets.preview import Reading
from core.writing import Work

Answers = Mapping[str, str]
# So many worksheets are read to find one that fits.
LOOKED_AT = 10


def opened(content: bytes, answers: Answers | None = None) -> Table:
    """A file as a table, within the limits that are set; Unreadable says what is wrong with it."""
    return read_table(content, answers, limits_of(current_app.config))


def reading_of(upload: Upload, sheet: Sheet) -> Reading:
    """A file that waits, with everything that was said of it."""
    said = json.loads(upload.settings)
    table = opened(upload.content, said["answers"])
    return Reading(sheet, table, said["mapping"], said["answers"], said.get("lines"))


def last_time(upload: Upload) -> datetime | None:
    """When a file like this one was stored, if its columns and answers are still those of that time."""
    since = json.loads(upload.settings).get("since")
    return datetime.fromisoformat(since) if since else None


def begin(upload: Upload, sheet: Sheet, table: Table) -> Reading:
    """Set the columns and answers as last time; propose columns where there was none."""
    source = _source(sheet, table.headers)
    known = db.session.get(ColumnMeaning, source)
    if known is None:
        return _propose(upload, sheet, table, source=source)
    said = json.loads(known.settings)
    answers = {name: answer for name, answer in said["answers"].items() if _fits(table, name, answer)}
    try:
        table = opened(upload.content, answers)
    except Unreadable:
        return _propose(upload, sheet, table, source=source)
    mapping = {
        name: header
        for name, header in said["mapping"].items()
        if header in table.headers and sheet.field(name)
    }
    return _put(upload, sheet, table, mapping, answers, source=source, since=known.used_at.isoformat())


def start_afresh(upload: Upload, sheet: Sheet) -> Reading:
    """Forget what was said of this file, also last time: columns are proposed, answers are open."""
    return _propose(upload, sheet, opened(upload.content), since="")


def _propose(upload: Upload, sheet: Sheet, table: Table, **more: Any) -> Reading:
    answers = fitting_worksheet(upload.content, sheet, table)
    table = opened(upload.content, answers) if answers else table
    return _put(upload, sheet, table, propose(sheet, table.headers), answers, **more)


def fitting_worksheet(content: bytes, sheet: Sheet, table: Table) -> Answers:
    """The only worksheet with the columns that this kind of file needs; where several have, a person says."""
    names = [name for one in table.questions if one.name == "worksheet" for name in one.choices]
    fitting = [name for name in names[:LOOKED_AT] if _is_fitting(content, sheet, name)]
    return {"worksheet": fitting[0]} if len(fitting) == 1 else {}


def _is_fitting(content: bytes, sheet: Sheet, name: str) -> bool:
    try:
        headers = opened(content, {"worksheet": name}).headers
    except Unreadable:
        return False
    return not missing(sheet, headers, propose(sheet, headers))


def answered(upload: Upload, reading: Reading, mapping: Mapping[str, str], answers: Answers) -> Reading:
    """Set the columns and answers anew; where another worksheet has other columns, these are proposed."""
    answers = {name: answer for name, answer in answers.items() if answer}
    table = opened(upload.content, answers)
    if table.headers != reading.table.headers:
        mapping = propose(reading.sheet, table.headers)
    said = json.loads(upload.settings)
    same = (said["mapping"], said["answers"]) == (mapping, answers)
    since = said.get("since", "") if same else ""
    return _put(upload, reading.sheet, table, mapping, answers, since=since)


def remember(work: Work, upload: Upload, reading: Reading) -> None:
    """Keep the columns and answers for the next file like it, but not what is about this one alone."""
    kept = {one.name for one in (*reading.sheet.questions, *reading.asked) if one.kept}
    answers = {name: answer for name, answer in reading.answers.items() if name in kept}
    source = json.loads(upload.settings).get("source") or _source(reading.sheet, reading.table.headers)
    known = work.session.get(ColumnMeaning, source)
    if known is None:
        known = ColumnMeaning(source=source, kind=reading.sheet.kind)
        work.session.add(known)
    known.settings = json.dumps({"mapping": dict(reading.mapped), "answers": answers})
    known.used_at = instant()


def _fits(table: Table, name: str, answer: str) -> bool:
    """Whether an answer of last time is one for this file: its worksheets and letters are its own."""
    return all(not question.fault(answer) for question in table.questions if question.name == name)


def _source(sheet: Sheet, headers: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([sheet.kind, *headers]).encode()).hexdigest()


def _put(
    upload: Upload, sheet: Sheet, table: Table, mapping: Mapping[str, str], answers: Answers, **more: Any
) -> Reading:
    """Note what was said of a file. It is open already, and is not opened again to be read so."""
    known = json.loads(upload.settings or "{}")
    lines = sum(1 for _line in table.rows())
    said = {"mapping": dict(mapping), "answers": dict(answers), "lines": lines, **more}
    upload.settings = json.dumps({**known, **said})
    return Reading(sheet, table, said["mapping"], said["answers"], lines)

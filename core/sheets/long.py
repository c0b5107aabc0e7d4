"""Long files: their preview is drawn up and their import is done as jobs (`core/jobs`)."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from core.db import db
from core.jobs import Kinds, Task, ask
from core.models import OPEN_STATES, Job, Upload, instant
from core.rights import is_open_for_import, rooms
from core.sheets.apply import MEANWHILE, apply
from core.sheets.kept import Kept, known_reading, packed, unpacked
from core.sheets.plan import Plan, Sheet
from core.sheets.preview import Reading
from core.sheets.sources import opened, remember
from core.writing import Problem, Refused, Work, writing

KEPT_FOR = 30  # days
GONE = "This file was imported or dropped already."
SET_ANEW = "What the columns of this file mean was set anew meanwhile."


def sheet_of(kind: str) -> Sheet:
    """The sheet of this kind, if whoever asked for the job may import it still."""
    room = next((one for one in rooms() if kind in one.sheets), None)
    if room is None:
        raise Refused([Problem(f"This version of Joinery does not know the kind “{kind}” of files.")])
    if not is_open_for_import(room):
        raise Refused([Problem(f"Your account does not import into {room.title} any more.")])
    return room.sheets[kind]  # type: ignore[no-any-return]  # a room does not say more of its sheets


# --- asked for by the pages ------------------------------------------------------------------------


def is_long(upload: Upload) -> bool:
    """Whether this file is previewed and stored by a job."""
    lines: int = json.loads(upload.settings).get("lines", 0)
    return lines > int(current_app.config["LONG_FILE"])


def kept_preview(upload: Upload, sheet: Sheet) -> Kept | None:
    """The preview of a long file, if it is drawn up."""
    return unpacked(sheet, upload.preview) if upload.preview else None


def known_reading_of(upload: Upload, sheet: Sheet) -> Reading | None:
    """A long file without its lines, if its preview is drawn up: enough for the page."""
    kept = kept_preview(upload, sheet) if is_long(upload) else None
    if kept is None:
        return None
    said: dict[str, Any] = json.loads(upload.settings)
    return known_reading(sheet, kept, said["mapping"], said["answers"])


def open_job(upload: Upload) -> Job | None:
    """The job that draws up the preview of this file, or stores it, just now."""
    number = json.loads(upload.settings).get("job")
    job = db.session.get(Job, number) if number else None
    return job if job is not None and job.state in OPEN_STATES else None


def ask_for_preview(work: Work, upload: Upload, url: str) -> None:
    """Let the preview be drawn up; what was drawn up before is not shown any more."""
    upload.preview = None
    job = ask(work, "import-preview", f"Preview of {upload.filename}", _told(upload), url)
    _remember(upload, job)


def ask_for_import(work: Work, upload: Upload, which: str, digest: str, url: str) -> None:
    """Let the file be stored, if it still does what was shown."""
    told = {**_told(upload), "which": which, "digest": digest}
    job = ask(work, "import", f"Import of {upload.filename}", told, url)
    _remember(upload, job)


def forget_old_files(work: Work) -> None:
    """Whoever has not said for a month what becomes of a file does not miss it."""
    long_ago = Upload.uploaded_at < instant() - timedelta(days=KEPT_FOR)
    work.session.execute(delete(Upload).where(long_ago))


def _remember(upload: Upload, job: Job) -> None:
    upload.settings = json.dumps({**json.loads(upload.settings), "job": job.id})


def _told(upload: Upload) -> dict[str, Any]:
    return {"upload": upload.id, "filename": upload.filename, "meaning": _meaning(upload.settings)}


def _meaning(settings: str) -> dict[str, Any]:
    """What was said of a file: all but the job that works on it."""
    said: dict[str, Any] = json.loads(settings)
    said.pop("job", None)
    return said


# --- the jobs --------------------------------------------------------------------------------------


def _draw_up(task: Task) -> None:
    """Draw up the preview of a long file, and keep it."""
    reading = _reading(task)
    plan = reading.plan()
    db.session.rollback()
    with writing() as work:
        _keep(work, task, reading, plan)
        task.finish(work, f"The preview of {task.settings['filename']} is ready.")


def _import(task: Task) -> None:
    """Store a long file: all of it, or all its valid lines."""
    reading = _reading(task)

    def forget_the_file(work: Work) -> None:
        upload = _upload(work, task)
        remember(work, upload, reading)
        work.session.delete(upload)
        task.finish(work, work.change_set.deed)

    outcome = apply(
        reading,
        filename=task.settings["filename"],
        valid_only=task.settings["which"] == "valid",
        url=task.leads_to,
        shown=task.settings["digest"],
        also=forget_the_file,
    )
    if MEANWHILE in outcome.problems:
        with writing() as work:
            _keep(work, task, reading, outcome.plan)
    if not outcome.work.stored:
        raise Refused([Problem(sentence) for sentence in outcome.problems])


JOBS: Kinds = {"import-preview": _draw_up, "import": _import}


def _reading(task: Task) -> Reading:
    """The file as it is read; refused if it is gone, or means something else now."""
    wanted = select(Upload.kind, Upload.content, Upload.settings).where(Upload.id == task.settings["upload"])
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise Refused([Problem(GONE)])
    _same_meaning(task, row.settings)
    said: Mapping[str, Any] = json.loads(row.settings)
    sheet = sheet_of(row.kind)
    table = opened(row.content, said["answers"])
    return Reading(sheet, table, said["mapping"], said["answers"], said.get("lines"))


def _same_meaning(task: Task, settings: str) -> None:
    if _meaning(settings) != task.settings["meaning"]:
        raise Refused([Problem(SET_ANEW)])


def _upload(work: Work, task: Task) -> Upload:
    upload = work.session.get(Upload, task.settings["upload"], with_for_update=True)
    if upload is None:
        raise Refused([Problem(GONE)])
    _same_meaning(task, upload.settings)
    return upload


def _keep(work: Work, task: Task, reading: Reading, plan: Plan) -> None:
    _upload(work, task).preview = packed(reading, plan)

"""Import: choose a file, see what it would do, then store all of it, its valid lines, or nothing."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from core.db import db
from core.jobs import follow
from core.models import Upload
from core.rights import is_open_for_import, rooms
from core.sheets.apply import MEANWHILE, apply
from core.sheets.files import Unreadable
from core.sheets.forms import ApplyForm, MeaningForm, UploadForm, meaning_form
from core.sheets.kept import Kept
from core.sheets.long import (
    ask_for_import,
    ask_for_preview,
    forget_old_files,
    is_long,
    kept_preview,
    known_reading_of,
    open_job,
)
from core.sheets.mapping import Unsettled
from core.sheets.pages import Group, groups, reasons_of, refused_csv, shown
from core.sheets.plan import Plan, Sheet, State
from core.sheets.preview import Reading
from core.sheets.sources import answered, begin, last_time, reading_of, remember, start_afresh
from core.views.blueprint import bp
from core.writing import Problem, Work, writing

CLOSED = "Files are imported by those who may change everything in a room."


def _sheets() -> dict[str, Sheet]:
    """What this person may import: what belongs to the rooms in which everything may be changed."""
    open_now = [room for room in rooms() if is_open_for_import(room)]
    return {kind: sheet for room in open_now for kind, sheet in room.sheets.items()}


def _sheet_of(upload: Upload) -> Sheet:
    """What is in a file, if this person may import it still."""
    return _sheets().get(upload.kind) or abort(403, CLOSED)


@bp.route("/import", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """Choose a file and what is in it, or go on with one that waits."""
    sheets, form = _sheets() or abort(403, CLOSED), UploadForm()
    form.kind.choices = {kind: sheet.title for kind, sheet in sheets.items()}
    if request.method == "GET" and request.args.get("kind") in sheets:
        form.kind.data = request.args["kind"]
    if form.validate_on_submit():
        upload = Upload(kind=form.kind.data, filename=form.filename, content=form.content)
        upload.user_id = current_user.id
        # Before anything is stored: on SQLite nobody else could store a thing while a large file is read.
        reading = begin(upload, sheets[upload.kind], form.table)
        by_job = _is_for_a_job(upload, reading)
        with writing(None, form) as work:
            db.session.add(upload)
            db.session.flush()
            said = f"{upload.filename} is here. Nothing of it is stored until you say so."
            work.leads_to(url_for("core.import_preview", id=upload.id), said)
            if by_job:
                ask_for_preview(work, upload, url_for("core.import_preview", id=upload.id))
            forget_old_files(work)
        if work.stored:
            return follow(work) if by_job else work.redirect()
    page = render_template("core/imports.html", form=form, sheets=sheets, waiting=_waiting())
    return page, 422 if form.errors else 200


def _is_for_a_job(upload: Upload, reading: Reading) -> bool:
    """Whether a job draws up the preview: of a long file, when all is said that has to be."""
    return is_long(upload) and not _faults(reading)


def _preview_later(work: Work, upload: Upload, reading: Reading) -> bool:
    """Let a job draw up the preview, if one has to."""
    if not _is_for_a_job(upload, reading):
        return False
    ask_for_preview(work, upload, url_for("core.import_preview", id=upload.id))
    return True


def _waiting() -> Sequence[Any]:
    """The files of this person that are neither stored nor dropped, without their content."""
    wanted = select(Upload.id, Upload.kind, Upload.filename, Upload.uploaded_at)
    theirs = wanted.where(Upload.user_id == current_user.id)
    return db.session.execute(theirs.order_by(Upload.uploaded_at.desc(), Upload.id.desc()).limit(50)).all()


# --- one file --------------------------------------------------------------------------------------


class Opened(NamedTuple):
    """A file that waits, as it was uploaded and as it is read."""

    upload: Upload
    reading: Reading


def _own(id: int) -> Upload:
    """The file, if it is this person's own; else the end of the request."""
    upload = db.session.get(Upload, id)
    if upload is None or upload.user_id != current_user.id:
        abort(404, "This file was imported or dropped already, or it is not yours.")
    return upload


def _opened(id: int, is_shown: bool = False) -> Opened:
    """The same, read. What was taken under wider limits may be too large by now.

    A page that shows it needs no line of a long one, if the preview is drawn up.
    """
    upload = _own(id)
    sheet = _sheet_of(upload)
    try:
        known = known_reading_of(upload, sheet) if is_shown else None
        return Opened(upload, known or reading_of(upload, sheet))
    except Unreadable as fault:
        abort(422, f"{upload.filename} cannot be read any more. {fault}")


@bp.route("/import/<record:id>", methods=["GET", "POST"])
def import_preview(id: int) -> ResponseReturnValue:
    """What a file would do: columns, questions, and each line added, changed, unchanged or refused."""
    upload, reading = _opened(id, is_shown=request.method == "GET")
    form = meaning_form(reading)
    if form.validate_on_submit():
        url = url_for("core.import_preview", id=id)
        with writing(None, form) as work:
            answer = _answer(work, upload, reading, form)
            work.leads_to(url, f"The columns of {upload.filename} are set.")
            by_job = answer is not None and _preview_later(work, upload, answer)
        if work.stored:
            return follow(work) if by_job else redirect(url, code=303)
    return _page(upload, reading, form, ApplyForm())


def _answer(work: Work, upload: Upload, reading: Reading, form: MeaningForm) -> Reading | None:
    """The file as it is read now; None: it cannot be read so, and that is refused."""
    try:
        return answered(upload, reading, form.mapping, {**reading.answers, **form.answers})
    except Unreadable as fault:
        work.refuse(Problem(str(fault)))
        return None


@bp.post("/import/<record:id>/afresh")
def import_afresh(id: int) -> ResponseReturnValue:
    """Set the columns of a file as if there had been none like it."""
    upload, reading = _opened(id)
    with writing() as work:
        reading = start_afresh(upload, reading.sheet)
        work.leads_to(url_for("core.import_preview", id=id), "The columns are set afresh, from their names.")
        by_job = _preview_later(work, upload, reading)
    return follow(work) if by_job else work.redirect()


@bp.post("/import/<record:id>/preview")
def preview_anew(id: int) -> ResponseReturnValue:
    """Draw up the preview of a long file, as things are now."""
    upload, reading = _opened(id)
    with writing() as work:
        work.leads_to(url_for("core.import_preview", id=id), f"{upload.filename} was looked at.")
        by_job = _preview_later(work, upload, reading)
    return follow(work) if by_job else work.redirect()


def _page(upload: Upload, reading: Reading, meaning: MeaningForm, form: ApplyForm) -> ResponseReturnValue:
    """The preview; without it, what has to be said first."""
    faults, all_groups = _faults(reading), list[Group]()
    plan: Plan | Kept | None = None
    show = request.args.get("show", "")
    turned = request.args.get("page", 1, type=int)
    if not faults and is_long(upload):
        plan = kept_preview(upload, reading.sheet)
        all_groups = plan.groups(show, turned) if plan else []
    elif not faults:
        plan = reading.plan()
        all_groups = groups(plan, show, turned)
    if plan:
        meaning.ask(plan)
        form.digest.data = plan.digest
    page = render_template(
        "core/import_preview.html",
        upload=upload,
        sheet=reading.sheet,
        is_draft=reading.is_draft,
        said=reading.said,
        last_time=last_time(upload),
        meaning=meaning,
        form=form,
        faults=faults,
        ignored=reading.ignored,
        plan=plan,
        counts=[(state.value, count) for state, count in plan.counts.items()] if plan else [],
        refused=plan.counts[State.REFUSED] if plan else 0,
        to_store=plan.to_store if plan else 0,
        job=open_job(upload),
        waits=bool(plan and plan.open_questions),
        lacking=[f"{count:,} {done}" for done, count in plan.absent_counts.items()] if plan else [],
        groups=all_groups,
        shown=shown(all_groups, show),
    )
    return page, 422 if form.errors or meaning.errors else 200


def _faults(reading: Reading) -> list[str]:
    """What has to be said before there is a preview; how the file is to be read goes first."""
    missing = [] if reading.is_draft else reading.missing
    return missing + [f"Answer below: {question.sentence}" for question in reading.open_questions]


@bp.post("/import/<record:id>/apply")
def apply_import(id: int) -> ResponseReturnValue:
    """Store the file: all of it, or all its valid lines."""
    form = ApplyForm()
    _answer_what_is_stored(id, form)
    upload, reading = _opened(id)
    if is_long(upload):
        return _apply_later(upload, reading, form)
    if form.validate_on_submit() and not _faults(reading):
        outcome = apply(
            reading,
            filename=upload.filename,
            valid_only=form.which.data == "valid",
            url=url_for(reading.sheet.endpoint),
            form=form,
            shown=form.digest.data or "",
            also=partial(_forget, upload, reading),
        )
        if outcome.work.stored:
            return outcome.work.redirect()
        upload, reading = _opened(id)
    return _page(upload, reading, meaning_form(reading, posted=False), form)


def _forget(upload: Upload, reading: Reading, work: Work) -> None:
    """The file is stored: what was said of it is kept for the next one, the file is not."""
    remember(work, upload, reading)
    work.session.delete(upload)


def _apply_later(upload: Upload, reading: Reading, form: ApplyForm) -> ResponseReturnValue:
    """A job stores it; here is only seen to it that what was shown is what is known."""
    seen, digest = kept_preview(upload, reading.sheet), form.digest.data or ""
    if form.validate_on_submit():
        with writing(None, form) as work:
            if seen is None or seen.digest != digest or open_job(upload):
                work.refuse(Problem(MEANWHILE))
            else:
                which = "valid" if form.which.data == "valid" else "all"
                ask_for_import(work, upload, which, digest, url_for(reading.sheet.endpoint))
        if work.stored:
            return follow(work)
    return _page(upload, reading, meaning_form(reading, posted=False), form)


def _answer_what_is_stored(id: int, form: ApplyForm) -> None:
    """A second press of the same button finds no file any more: it is answered as the first one was."""
    if db.session.scalar(select(Upload.id).where(Upload.id == id)) is None and form.one_time_key:
        with writing(None, form):
            abort(404, "This file was imported or dropped already.")


@bp.post("/import/<record:id>/drop")
def drop_import(id: int) -> ResponseReturnValue:
    """Forget the file; nothing of it is stored."""
    upload = _own(id)
    job = open_job(upload)
    if job is not None:
        flash("This file is being worked on. Stop that first, then drop it.", "error")
        return redirect(url_for("core.job", id=job.id), code=303)
    with writing() as work:
        work.session.delete(upload)
        work.leads_to(url_for("core.imports"), f"{upload.filename} is dropped. Nothing of it was stored.")
    return work.redirect()


@bp.get("/import/<record:id>/refused.csv")
def import_refused(id: int) -> ResponseReturnValue:
    """The refused lines with their reasons, as a file to mend and load again."""
    upload, reading = _opened(id)
    reasons = _reasons(upload, reading)
    name = f"refused-{upload.kind}.csv"
    answer = Response(refused_csv(reasons, reading.table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _reasons(upload: Upload, reading: Reading) -> Mapping[int, str]:
    if is_long(upload):
        seen = kept_preview(upload, reading.sheet)
        return seen.reasons if seen else abort(404)
    try:
        return reasons_of(reading.plan())
    except Unsettled:
        abort(404)

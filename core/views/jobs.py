"""Long work: how far it is, and what came of it. Seen with and without script."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import safe_url
from core.jobs import begin, own_job, own_jobs, save_of
from core.jobs.signs import Sign, signs, signs_of
from core.models import OPEN_STATES, Job
from core.rights import may_take_back
from core.views.blueprint import bp
from core.writing import message_kind


@bp.get("/jobs")
def jobs() -> ResponseReturnValue:
    """The long work that one asked for, the newest first."""
    begin()
    own = own_jobs()
    return render_template("core/jobs.html", jobs=own, signs=signs_of(own))


@bp.get("/jobs/<record:id>")
def job(id: int) -> ResponseReturnValue:
    """One piece of long work. With ?follow=1 it leads on by itself when it is done."""
    begin()
    found = own_job(id)
    save = save_of(found) if found.state == "done" else None
    may_undo = save is not None and may_take_back(save)
    if found.state == "done" and request.args.get("follow"):
        flash(found.said, message_kind(save.id if save else None, may_undo))
        return redirect(safe_url(found.leads_to, url_for("core.home")), code=303)
    sign = signs_of([found])[id]
    return render_template(
        "core/job.html",
        job=found,
        sign=sign,
        words=_words(found, sign),
        is_open=found.state in OPEN_STATES,
        save=save,
        may_undo=may_undo,
    )


@bp.get("/jobs/<record:id>/progress")
def job_progress(id: int) -> ResponseReturnValue:
    """The same in numbers, for the script of the page."""
    begin()
    found = own_job(id)
    sign = signs_of([found])[id]
    return {
        "ended": found.state not in OPEN_STATES,
        "words": _words(found, sign),
        "done": sign.done,
        "total": sign.total,
    }


@bp.post("/jobs/<record:id>/stop")
def stop_job(id: int) -> ResponseReturnValue:
    """Wish that it stops. It does at its next step, and then nothing of it is stored.

    This is the one post that stores nothing in the database itself: on SQLite it would wait for the very
    transaction that it wants to end (`will_write` in app.py, `core/jobs/signs.py`).
    """
    found = own_job(id)
    if found.state in OPEN_STATES:
        signs().change(found.id, found.asked_at, stop_asked=True)
        begin()
    return redirect(url_for("core.job", id=id, follow=1), code=303)


def _words(job: Job, sign: Sign) -> str:
    if job.state not in OPEN_STATES:
        return job.said
    if sign.stop_asked:
        return "Stopping at the next step"
    if job.state == "waiting":
        return "Waiting for its turn"
    if not sign.is_fresh:
        return "Interrupted. It begins anew in a moment"
    return sign.doing or "Beginning"

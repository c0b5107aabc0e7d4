"""Asking for a job, and finding one's own again."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, abort, redirect, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core.db import db
from core.jobs.command import work_command
from core.jobs.start import begin, begin_after_a_restart
from core.jobs.worker import Task, key_of_save
from core.models import ChangeSet, Job, User
from core.rights import is_administrator
from core.writing import Work

Kinds = Mapping[str, Callable[[Task], None]]
SHOWN = 50


def init_app(app: Flask, kinds: Sequence[Kinds]) -> None:
    """Know what can be done as a job, and by which command."""
    app.extensions["jobs"] = {kind: function for known in kinds for kind, function in known.items()}
    app.cli.add_command(work_command)
    app.before_request(begin_after_a_restart)


def ask(work: Work, kind: str, title: str, settings: Mapping[str, Any], leads_to: str) -> Job:
    """Ask for a job, which begins when this work is stored. `leads_to` is where one goes when it is done."""
    job = Job(kind=kind, title=title[:300], settings=json.dumps(settings), leads_to=leads_to)
    job.user_id = current_user.id
    work.session.add(job)
    work.session.flush()
    work.leads_to(url_for("core.job", id=job.id, follow=1), f"Asked for: {job.title}.")
    return job


def follow(work: Work) -> Response:
    """The answer to a stored form that asked for a job: its page, and from there to where it leads."""
    url = work.change_set.leads_to or url_for("core.jobs")
    begin()
    return redirect(url, code=303)


def own_jobs() -> Sequence[Job]:
    """The newest jobs of the person who is signed in; for an administrator those of everybody."""
    wanted = select(Job).options(joinedload(Job.user).lazyload(User.roles))
    if not is_administrator():
        wanted = wanted.where(Job.user_id == current_user.id)
    return db.session.scalars(wanted.order_by(Job.id.desc()).limit(SHOWN)).all()


def own_job(id: int) -> Job:
    """A job of the person who is signed in; somebody else's is there for administrators alone."""
    job = db.session.get(Job, id)
    if job is None or (job.user_id != current_user.id and not is_administrator()):
        abort(404, "There is no such work, or somebody else asked for it.")
    return job


def save_of(job: Job) -> ChangeSet | None:
    """The save in which a job did what it was asked for; None where it changed nothing."""
    wanted = select(ChangeSet).where(ChangeSet.form_key == key_of_save(job.id), ChangeSet.count > 0)
    return db.session.scalar(wanted)

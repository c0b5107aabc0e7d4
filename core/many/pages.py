"""The page of a deed on very many: asked as usual, looked at and done by jobs."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, func, select

from core.access import this_page
from core.db import db
from core.deeds import Deed
from core.forms import number_text
from core.jobs import ask, follow
from core.many.choice import Many, key_of, many_named
from core.many.kept import Kept, own_deed, settings_of, typed_in, unpacked
from core.many.storing import MEANWHILE, forget_old_deeds
from core.models import OPEN_STATES, Job, KeptDeed
from core.selection import back_to, chosen_here
from core.writing import Problem, Work, writing

# A few of those that are chosen are called by their names.
NAMED = 10
MOST = 1_000_000


def deed_on_very_many(wanted: Select[Any]) -> ResponseReturnValue:
    """The page of this deed where more is chosen than fits one page."""
    endpoint = request.endpoint or ""
    many = many_named(endpoint)
    if many is None:
        raise RuntimeError(f"{endpoint} cannot be done with very many.")
    back = back_to(url_for(many.choice.here), many.choice.here)
    number = request.args.get("preview", type=int)
    kept = own_deed(number, current_user.id, endpoint) if number else None
    if number and kept is None:
        return redirect(back)  # it was done
    return _page(many, wanted, kept, back)


def _page(many: Many, wanted: Select[Any], kept: KeptDeed | None, back: str) -> ResponseReturnValue:
    form = many.form(formdata=typed_in(kept)) if kept and request.method == "GET" else many.form()
    form.asks_sum = bool(form.overload_reason.data)
    found, job = unpacked(kept) if kept else None, _open_job(kept)
    count = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    deed = many.says(form)[0]
    if form.validate_on_submit():
        work = _ask(many, deed, form, kept, count)
        if work.stored:
            return follow(work)
    if request.method == "POST":
        # A preview belongs to what was typed before.
        found = found if form.is_another else None
    if found is not None:
        _show_what_was_found(form, found)
    page = render_template(
        "core/deed_very_many.html",
        deed=deed,
        form=form,
        many=many.choice.many,
        count=count,
        about=_first(many, wanted),
        kept=kept,
        found=found,
        urls=_urls(many, found) if found else {},
        job=job,
        here=many.choice.here,
        back=back,
    )
    return page, form.status


def _show_what_was_found(form: Any, found: Kept) -> None:
    """Let the form know what is shown below it, and ask for the reason of a sum."""
    form.shown.data = found.digest
    for sentence in found.faults:
        form.form_errors.append(sentence)
    if found.highest is not None:
        form.asks_sum, form.confirmed_sum.data = True, number_text(found.highest)


# --- asked for -------------------------------------------------------------------------------------


def _ask(many: Many, deed: Deed, form: Any, kept: KeptDeed | None, count: int) -> Work:
    """Let a job do what was shown, or look at what would change."""
    with writing(None, form) as work:
        found = unpacked(kept) if kept else None
        if count > MOST:
            work.refuse(Problem(f"At most {MOST:,} at a time. Choose fewer by a filter."))
        elif _open_job(kept):
            work.refuse(Problem("This is being worked on already. Wait until it has ended, or stop it."))
        elif not form.is_confirmed:
            _ask_to_look(work, many, deed, kept, count)
        elif kept is None or found is None or form.shown.data != found.digest or not found.affected:
            form.is_another = True
            work.refuse(Problem(MEANWHILE))
        else:
            _ask_to_do(work, many, deed, kept, found)
    return work


def _ask_to_look(work: Work, many: Many, deed: Deed, kept: KeptDeed | None, count: int) -> None:
    forget_old_deeds(work)
    if kept is None:
        kept = KeptDeed(user_id=current_user.id, kind=request.endpoint)
        work.session.add(kept)
    kept.settings = settings_of(chosen_here(), request.form)
    kept.preview = kept.statements = kept.listing = None
    work.session.flush()
    title = f"Preview: {deed.title}, {count:,} {many.choice.many}"
    kept.job_id = ask(work, "look-at-many", title, {"kept": kept.id}, this_page(preview=kept.id)).id


def _ask_to_do(work: Work, many: Many, deed: Deed, kept: KeptDeed, found: Kept) -> None:
    whom = f"{found.affected:,} {many.choice.many}"
    told = {
        "kept": kept.id,
        "digest": found.digest,
        "said": deed.said.format(what=whom),
        "count": sum(found.counts.values()),
    }
    kept.job_id = ask(work, "do-many", f"{deed.title}, {whom}", told, this_page(preview=kept.id)).id


def _open_job(kept: KeptDeed | None) -> Job | None:
    """The job that works on it just now."""
    job = db.session.get(Job, kept.job_id) if kept and kept.job_id else None
    return job if job is not None and job.state in OPEN_STATES else None


# --- shown -----------------------------------------------------------------------------------------


def _first(many: Many, wanted: Select[Any]) -> list[tuple[str, str]]:
    """The first of those that are chosen, by name."""
    rows = db.session.execute(wanted.order_by(None).order_by(*wanted.selected_columns).limit(NAMED)).all()
    keys = [row[0] if len(row) == 1 else tuple(row) for row in rows]
    return [many.choice.about(one) for one in many.choice.load(keys)]


def _urls(many: Many, found: Kept) -> Mapping[Any, str | None]:
    """The pages of what is shown, by key; what is new has none."""
    keys = {one.key for one in found.first} | {one.key for one in found.refusals}
    said = many.choice.words[many.choice.model]
    return {key_of(one): said.url(one) for one in many.choice.load(sorted(keys - {None}))}

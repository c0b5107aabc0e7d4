"""The two pages about the data of a person: what is kept, and how it is erased. The rooms say of whom."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import inspect, select
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from core import administration
from core.access import is_administrator
from core.deeds import Deed, DeedForm, Words, carry_out, show
from core.forms import squeezed
from core.history import recording
from core.models import Post, User
from core.privacy import history
from core.privacy.account import ACCOUNT
from core.privacy.files import download
from core.privacy.names import Eraser, Person, token_of
from core.privacy.parts import Part, counts
from core.subjects import kinds, subject_of, subjects_of
from core.words import WORDS
from core.writing import Problem, Work

ERASE = Deed(
    title="Erase",
    button="Erase for good",
    said="Erased.",
    about="The name, the e-mail address and whatever else says who this is become a token, here and in the "
    "history. This cannot be undone. Backups that were made before keep the name until they expire.",
)


class EraseForm(DeedForm):
    """Asks why somebody is erased."""

    reason = StringField(
        "Why",
        [DataRequired("Say why, such as the request of the person."), Length(max=500)],
        filters=[squeezed],
        description="It stays in the history, without the name.",
    )


def data_page(name: str, parts: Sequence[Part], back: str, erase_url: str = "") -> ResponseReturnValue:
    """What is kept about somebody, or all of it as a file."""
    file = download(parts, name)
    if file is not None:
        return file
    page: str = render_template(
        "core/person_data.html",
        name=name,
        parts=list(zip(parts, counts(parts), strict=True)),
        back=back,
        erase_url=erase_url if is_administrator() else "",
    )
    return page


def erase_page(
    record: Any,
    person: Person,
    check: Callable[[Work], Iterable[Problem]],
    words: Words,
    here: str,
    back: str,
) -> ResponseReturnValue:
    """The page on which somebody is erased: what would change, and then exactly that."""
    form = EraseForm()
    title, number = str(record), subject_of(record)

    def erase(work: Work) -> list[str]:
        work.lock(type(record), inspect(record).identity or (), whole=True)
        notes = forget(work, record, person)
        work.leads_to(back, f"{token_of(number)} was somebody; who it was is no longer kept.")
        work.tells(record)
        return [*filter(None, [person.stays]), *notes]

    def checked(work: Work) -> list[Problem]:
        return [*administration.check(work), *check(work)]  # the account of a person goes along

    reason = Eraser(token_of(number), person.called(record)).in_text(form.reason.data or "", own=True)
    # What is forgotten is not written down: neither what it was, nor that this and that fact had it.
    with recording.unrecorded():
        trial = carry_out(form, checked, erase, {**WORDS, **words}, reason)
    return show(ERASE, form, trial, [(title, f"#{number.partition(':')[2]}")], here, back)


def forget(work: Work, record: Any, person: Person) -> list[str]:
    """Forget somebody wherever it is said who it is; returns what else was done, in sentences."""
    account = person.account(record)
    everyone = [(record, person), *([(account, ACCOUNT)] if account is not None else [])]
    if any(isinstance(one, User) and one.id == current_user.id for one, _person in everyone):
        work.refuse(Problem("This is your own account. Another administrator has to do it."))
    notes = []
    for one, how in everyone:
        notes += _forget_one(work, one, how)
    return notes


def _forget_one(work: Work, record: Any, person: Person) -> list[str]:
    token, session = token_of(subject_of(record)), work.session
    each = {*person.names, *person.contacts}
    facts = {kind: {*person.names.get(kind, ()), *person.contacts.get(kind, ())} for kind in each}
    room = kinds()[record.__tablename__].room
    scope = history.Scope(subjects_of(record), room, {**facts, "post": {"body"}})
    before = history.names_in_history(session, scope, dict(person.names))
    names = [*person.called(record), *before]
    eraser = Eraser(token, names, person.shared(record, [name for name in names if name]))
    about = select(Post).where(Post.about.in_(scope.subjects)).order_by(Post.id)
    for post in session.scalars(about):
        session.delete(post)
    for post in history.notes_with_the_name(session, scope, eraser):
        post.body = eraser.in_text(post.body, False)[:4000]
    person.forget(work, record, token)
    return history.forget(work, scope, eraser)

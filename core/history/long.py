"""A large save taken back as long work: portion after portion, in one transaction, with progress."""

from collections.abc import Sequence

from core import administration
from core.history import recording
from core.history.undo import Undo
from core.jobs import Kinds, Task
from core.models import ChangeSet
from core.progress import step, tell
from core.rights import may_take_back, rooms
from core.writing import Problem, Refused, Work, unlawful, write_down, writing

SHOWN = 20


def problems_of(left: Sequence[str]) -> list[Problem]:
    """Why a save is not taken back: the first of what would be left, and how many more there are."""
    more = [f"… and {len(left) - SHOWN:,} more are left as they are."] if len(left) > SHOWN else []
    return [Problem(sentence) for sentence in (*left[:SHOWN], *more)]


def _undo(task: Task) -> None:
    with writing(reason=task.settings["reason"]) as work:
        change_set = work.session.get(ChangeSet, task.settings["change_set"])
        if change_set is None:
            raise Refused([Problem("This save is not known any more.")])
        if not may_take_back(change_set):
            raise Refused([Problem("Your account cannot take this back any more.")])
        # What goes by rows is as it was added, and that this may be taken away is asked above.
        undone = Undo(work, change_set, by_rows=True)
        undone.begin()
        tell("Taking back", change_set.count)
        for portion in undone.portions():
            undone.reverse(portion)
            step(len(portion))
            _store(work, keep=(change_set, work.change_set))
        if undone.left and not task.settings["others"]:
            raise Refused(problems_of(undone.left))
        task.finish(work, _said(task, undone))


def _store(work: Work, keep: tuple[ChangeSet, ...]) -> None:
    """Store a portion, its history as well, and forget its records: there may be hundreds of thousands."""
    with work.session.no_autoflush:
        work.collect()
        problems = list(unlawful(work)) or [
            *administration.check(work),
            *(problem for room in rooms() for problem in room.check(work) if not _was_allowed(problem)),
        ]
    if problems:
        raise Refused(problems[:SHOWN])
    write_down(work)
    work.session.flush()
    work.touched.clear()
    work.rows = recording.Rows()
    for one in list(work.session):
        if one not in keep:
            work.session.expunge(one)


def _was_allowed(problem: Problem) -> bool:
    """Whether a sum that comes back is one for which somebody gave a reason: it has come back too."""
    return problem.confirm is not None and any(getattr(one, "overload_reason", None) for one in problem.about)


def _said(task: Task, undone: Undo) -> str:
    left = f" {len(undone.left):,} are left: {' '.join(undone.left[:3])}" if undone.left else ""
    return f"Undone: {task.settings['deed']} {undone.reversed:,} taken back.{left}"


JOBS: Kinds = {"undo": _undo}

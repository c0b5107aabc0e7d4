"""Long work: asked for on a page, done by a process of its own, seen and stopped while it goes on.

A room says in its `room.py` what can be done so, by name:

    jobs={"end-stays": end_stays}

and a page asks for it inside `writing`, so that a double click asks once:

    with writing(None, form) as work:
        jobs.ask(work, "end-stays", "End 4,031 stays", {"filter": …, "day": …}, leads_to=url)
    if work.stored:
        return jobs.follow(work)

The function gets a `Task`. It stores everything in ONE `writing` block, whose last word is `task.finish`:

    def end_stays(task: Task) -> None:
        with writing(operations.check) as work:
            for link in counted(links, "Ending", total): ...
            task.finish(work, "4,031 stays end on 30 Apr 2026.")

`finish` stores in the same transaction that the job is done. So a job is done and everything it did is
there, or it is not and nothing is; a worker that dies before its commit is followed by another one, which
begins anew, and one that dies after it is followed by nobody. `tell`, `step` and `counted`
(`core/progress.py`) say how far it is, and end it by an exception where the person wants it stopped.
What it cannot do it refuses, as any deed (`Refused`, or `work.refuse`); its sentences are shown on the
page of the job. Settings are JSON, as the filters and not the thousands of ids. Addresses are made where it
is asked for, since a worker does not know under which name people call the server.

| file | what it does |
|---|---|
| `signs.py` | how far a job is, and whether it shall stop, beside its open transaction |
| `worker.py` | claims jobs and does them, one after the other; `flask work` |
| `start.py` | starts a worker where one is needed |
"""

from core.jobs.asking import Kinds, ask, follow, init_app, own_job, own_jobs, save_of
from core.jobs.start import begin
from core.jobs.worker import Task, work_off

__all__ = [
    "Kinds",
    "Task",
    "ask",
    "begin",
    "follow",
    "init_app",
    "own_job",
    "own_jobs",
    "save_of",
    "work_off",
]

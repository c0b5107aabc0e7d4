"""A plan in sentences, for the page, the command line and the history."""

from collections.abc import Iterator
from typing import Any

from core.links import in_words
from core.sheets.absent import TITLE
from core.sheets.plan import Line, Plan, State


def counts(plan: Plan) -> str:
    """“11,050 added, 0 changed, 0 unchanged, 1 refused”."""
    return ", ".join(f"{count:,} {state.value}" for state, count in plan.counts.items())


def deed(filename: str, plan: Plan) -> str:
    """What was done, as the history says it."""
    filename = filename[:200]
    if not plan.has_work:
        return f"Everything in {filename} that can be stored is stored already."
    shown = [state for state, count in plan.counts.items() if count and state is not State.UNCHANGED]
    said = [f"{plan.counts[state]:,} {state.value}" for state in shown]
    said += [f"{count:,} {done} that it lacks" for done, count in plan.absent_counts.items()]
    return f"Imported {filename}: {', '.join(said)}."


def value(said: Any) -> str:
    """A value of a line, as a person reads it. A file says nothing or something; only “open” is None."""
    if isinstance(said, tuple):
        return ", ".join(said)
    return "open" if said is None else in_words(said) if said != "" else ""


def about(plan: Plan, line: Line) -> str:
    """Who or what a line is about, as far as it could be read."""
    try:
        return plan.sheet.describe(line.values)
    except KeyError:
        return ""


def facts(plan: Plan, line: Line) -> list[str]:
    """What a line gives for each mapped field, as it will be stored; empty where it gives nothing."""
    given = line.values | plan.sheet.will_be(line)
    return [value(given[name]) if name in given else "" for name in plan.mapped]


def said(plan: Plan, line: Line) -> str:
    """Everything a line gives, in one line."""
    return " · ".join(fact for fact in facts(plan, line) if fact)


def changed(line: Line) -> str:
    """“Name: Ann Lee → Anna Lee; Hired: 1 May 2020 → 1 Jun 2020”."""
    return "; ".join(f"{change.label}: {change.old} → {change.new}" for change in line.changes)


def report(plan: Plan, most: int) -> Iterator[str]:
    """The preview as text: counts first, every refused line, and the first few of each other group."""
    for name, column in plan.mapped.items():
        yield f"  {column} → {plan.sheet.label_of(name)}"
    if plan.ignored:
        yield f"Columns ignored: {', '.join(plan.ignored)}."
    yield f"{plan.sheet.title}: {counts(plan)}."
    for state in (State.REFUSED, State.CHANGED, State.ADDED):
        lines = plan.in_state(state)
        shown = lines if state is State.REFUSED else lines[:most]
        words = [f"line {one.number}: {_words(plan, one)}" for one in shown]
        yield from _group(state.value.capitalize(), words, plan.counts[state])
    for kind, count in plan.notice_counts.items():
        notices = [notice for notice in plan.notices if notice.kind == kind][:most]
        yield from _group(kind, [f"line {notice.line}: {notice.sentence}" for notice in notices], count)
    lacking = [f"{one.what}: {one.becomes}" for one in plan.absent[:most]]
    yield from _group(TITLE, lacking, len(plan.absent))


def _words(plan: Plan, line: Line) -> str:
    if line.state is State.REFUSED:
        where = about(plan, line)
        return f"{where}: {line.reason}" if where else line.reason
    if line.state is State.CHANGED:
        return f"{about(plan, line)}: {changed(line)}"
    return said(plan, line)


def _group(title: str, lines: list[str], count: int) -> Iterator[str]:
    if count:
        yield f"{title} ({count:,}){'' if len(lines) == count else f', the first {len(lines):,}'}:"
        yield from (f"  {line}" for line in lines)

"""`flask import KIND FILE`: the import without a browser, by the same code.

Exit status: 0 when it was stored, or when a preview was asked for and shown; 1 when lines are refused and
nothing was stored for that reason; 2 when the file cannot be read, a column is missing or a question open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from core.progress import told_in_terminal
from core.rooms import Room
from core.sheets.apply import apply
from core.sheets.days import DAY_FIRST, MONTH_FIRST
from core.sheets.files import Unreadable
from core.sheets.mapping import Unsettled, propose, remap
from core.sheets.plan import Plan, Sheet
from core.sheets.preview import Reading
from core.sheets.questions import Question
from core.sheets.sources import fitting_worksheet, opened
from core.sheets.words import deed, report
from core.writing import retrying

HELP = """Load FILE, a CSV file or a spreadsheet (XLSX) of the given KIND: {kinds}.

Without --yes or --valid-only the preview is shown and nothing is stored. Loading the same file again
changes nothing; an empty cell, or a column that is not there, leaves what is stored.

Exit status: 0 stored, or the preview was shown; 1 lines are refused, so nothing was stored; 2 the file
cannot be read, a column is missing, or a question is not answered.
"""

# What a file may leave open whatever is in it.
OF_THE_FILE = (
    click.Option(["--worksheet"], metavar="NAME", help="Which worksheet of a spreadsheet."),
    click.Option(["--encoding"], metavar="NAME", help="How the letters are stored, if not as UTF-8."),
    click.Option(
        ["--day-order"],
        type=click.Choice([DAY_FIRST, MONTH_FIRST]),
        help="What comes first in 03/04/2025, where no line of the file shows it.",
    ),
)


def import_command(rooms: Sequence[Room]) -> click.Command:
    """The command, with the kinds and the questions of these rooms."""
    sheets: dict[str, Sheet] = {kind: sheet for room in rooms for kind, sheet in room.sheets.items()}
    questions = _questions(sheets.values())

    @with_appcontext
    def run(kind: str, file: str, **options: Any) -> None:
        names = [*questions, *(one.name for one in OF_THE_FILE if one.name)]
        answers = {name: options[name] for name in names if options[name]}
        _run(sheets[kind], Path(file), answers, options)

    return click.Command(
        "import",
        callback=run,
        params=[
            click.Argument(["kind"], type=click.Choice(list(sheets))),
            click.Argument(["file"], type=click.Path(exists=True, dir_okay=False)),
            click.Option(["--yes"], is_flag=True, help="Store it, if no line is refused."),
            click.Option(["--valid-only"], is_flag=True, help="Store the valid lines and list the others."),
            *(_option(question) for question in questions.values()),
            *OF_THE_FILE,
            click.Option(["--map", "maps"], multiple=True, metavar='"COLUMN=FIELD"', help=_map_help()),
            click.Option(
                ["--show"], type=click.IntRange(0), default=20, show_default=True, help="Lines of each group."
            ),
        ],
        help=HELP.format(kinds=", ".join(sheets)),
        short_help="Load a CSV file or a spreadsheet.",
    )


def _questions(sheets: Iterable[Sheet]) -> dict[str, Question]:
    """Every question by its name; what two kinds of file both ask is one option, with the choices of both."""
    found: dict[str, Question] = {}
    for question in (one for sheet in sheets for one in sheet.questions):
        known = found.get(question.name, question)
        found[question.name] = replace(known, choices={**known.choices, **question.choices})
    return found


def _map_help() -> str:
    return "Take this column for that field; “COLUMN=” ignores it. May be given several times."


def _option(question: Question) -> click.Option:
    names = [f"--{question.name.replace('_', '-')}", question.name]
    kind = click.Choice(list(question.choices)) if question.choices else click.STRING
    return click.Option(names, type=kind, help=question.sentence)


def _run(sheet: Sheet, path: Path, answers: Mapping[str, str], options: Mapping[str, Any]) -> None:
    try:
        reading = _read(sheet, path.read_bytes(), answers, options["maps"])
        _ask(reading)
        status = _store(reading, path.name, options)
    except (Unreadable, Unsettled) as fault:
        click.echo(str(fault), err=True)
        status = 2
    except OperationalError as error:
        click.echo(f"The database did not answer, so nothing was stored: {error.orig}", err=True)
        status = 2
    if status:
        raise click.exceptions.Exit(status)


def _read(sheet: Sheet, content: bytes, answers: Mapping[str, str], maps: Sequence[str]) -> Reading:
    table = opened(content, answers)
    if not maps and "worksheet" not in answers:
        fitting = fitting_worksheet(content, sheet, table)
        answers = {**answers, **fitting}
        table = opened(content, answers) if fitting else table
    return Reading(sheet, table, remap(sheet, table.headers, propose(sheet, table.headers), maps), answers)


def _said(reading: Reading) -> list[str]:
    """How the file is read: its worksheet, if there are several, and its days."""
    which = [
        f"Read from the worksheet “{question.answer(reading.answers)}”; --worksheet takes another one."
        for question in reading.table.questions
        if question.name == "worksheet"
    ]
    return [*which, *reading.said]


def _ask(reading: Reading) -> None:
    """Say in words which columns and answers are missing, and how to give them."""
    if reading.missing:
        columns = f"The columns are: {', '.join(reading.table.headers)}."
        raise Unsettled("\n".join([*_said(reading), *reading.missing, columns, "Say which with --map."]))
    if reading.open_questions:
        raise Unsettled("\n".join(_in_words(one, reading) for one in reading.open_questions))


def _in_words(question: Question, reading: Reading) -> str:
    """A question with the options that answer it."""
    option, column = f"--{question.name.replace('_', '-')}", reading.mapped.get(question.field)
    given = reading.answers.get(question.name, "")
    said = [
        question.sentence,
        f"(column “{column}”)" if column else "",
        question.fault(given) if given else "",
    ]
    answers = [f"{option} {name}: {meaning}" for name, meaning in question.choices.items()]
    lines = [*question.shown, *(answers or [f"{option} …"])]
    return "\n".join([" ".join(filter(None, said)), *(f"  {line}" for line in lines)])


def _store(reading: Reading, name: str, options: Mapping[str, Any]) -> int:
    """Store it if that was asked for, and show the preview; the exit status."""
    if not (options["yes"] or options["valid_only"]):
        plan = told_in_terminal(reading.plan)
        for sentence in _said(reading):
            click.echo(sentence)
        _print(plan, options["show"])
        for question in plan.asked:
            if question in plan.open_questions or not reading.answers.get(question.name):
                click.echo(_in_words(question, reading))
        click.echo("Nothing was stored: this is a preview. Use --yes, or --valid-only, to store it.")
        return 0
    storing = partial(apply, reading, filename=name, valid_only=options["valid_only"], url="/")
    outcome = told_in_terminal(partial(retrying, storing))
    _print(outcome.plan, options["show"])
    if outcome.plan.open_questions:
        raise Unsettled("\n".join(_in_words(one, reading) for one in outcome.plan.open_questions))
    click.echo(" ".join(outcome.problems) or deed(name, outcome.plan))
    return 1 if outcome.problems else 0


def _print(plan: Plan, most: int) -> None:
    for line in report(plan, most):
        click.echo(line)

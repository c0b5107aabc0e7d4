"""The forms of an import: which file, what its columns mean, and the decision."""

from typing import Any

from wtforms import Field, FileField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from core.forms import PageForm
from core.sheets.files import Table, Unreadable
from core.sheets.kept import Kept
from core.sheets.plan import Plan
from core.sheets.preview import Reading
from core.sheets.questions import Question
from core.sheets.sources import opened

NOT_THERE = "not in this file"


class RepeatableForm(PageForm):
    """A form whose deed may be done twice: what is repeated is harmless, what is new must not be lost.

    A file is no field by which two sent forms could be told apart.
    """

    @property
    def one_time_key(self) -> str | None:
        """None: nothing has to be kept from being done twice."""
        return None


class UploadForm(RepeatableForm):
    """Which file, and what is in it. `content` and `table` are there once it could be read."""

    kind = SelectField("What is in the file")
    file = FileField("File")

    content = b""
    filename = ""
    table: Table

    def validate_file(self, field: Field) -> None:
        """Refuse a file that cannot be read, with the reason."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError("Choose a CSV file or a spreadsheet.")
        # Some browsers send a path; only the last part of it is a name.
        self.filename = field.data.filename.replace("\\", "/").rsplit("/", 1)[-1][-200:]
        # From the start: a post that is tried again has been read before.
        field.data.seek(0)
        self.content = field.data.read()
        try:
            self.table = opened(self.content)
        except Unreadable as fault:
            raise ValidationError(str(fault)) from None


class ApplyForm(PageForm):
    """The decision, with the preview on which it was made."""

    digest = HiddenField(validators=[InputRequired()])
    which = HiddenField()


class MeaningForm(RepeatableForm):
    """What the columns of a file mean, and the answers to what it leaves open."""

    mapping_names: tuple[str, ...] = ()
    question_names: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()

    @property
    def columns(self) -> list[Field]:
        """The choices of a column, one for each field of the sheet."""
        return [self._fields[f"map-{name}"] for name in self.mapping_names]

    @property
    def questions(self) -> list[tuple[Field, Question]]:
        """The questions that this file raises, each with its input."""
        return [(self._fields[f"ask-{question.name}"], question) for question in self.asked]

    def ask(self, plan: Plan | Kept) -> None:
        """Show the questions that only the lines of the file raise, in the words of this very file."""
        for question in plan.asked:
            field = self._fields[f"ask-{question.name}"]
            field.label.text = question.sentence
            if question.choices:
                field.choices = _choices(question)
            if not field.raw_data:
                field.data = plan.answers.get(question.name) or question.default
            given = plan.answers.get(question.name, "")
            if given and not field.errors and question.fault(given):
                field.errors = [question.fault(given)]
        self.asked = (*self.asked, *plan.asked)

    @property
    def mapping(self) -> dict[str, str]:
        """The chosen column of each field that is in the file."""
        chosen = {name: self._fields[f"map-{name}"].data for name in self.mapping_names}
        return {name: column for name, column in chosen.items() if column}

    @property
    def answers(self) -> dict[str, str]:
        """The answers that were given; empty where a typed one was taken back."""
        fields = {name: self._fields[f"ask-{name}"] for name in self.question_names}
        return {name: (field.data or "").strip() for name, field in fields.items() if field.raw_data}


def meaning_form(reading: Reading, posted: bool = True) -> MeaningForm:
    """The form for this file: its columns are the choices, each with what its first line says.

    `posted` is False on a page that answers another form: this one then shows what is stored.
    """
    sheet, table = reading.sheet, reading.table
    # All that the sheet may ask: which of it this file raises is known only when its lines are read.
    questions = {one.name: one for one in (*sheet.questions, *reading.asked)}
    fields: dict[str, Any] = {
        "mapping_names": tuple(one.name for one in sheet.fields),
        "question_names": tuple(questions),
        "asked": tuple(reading.asked),
    }
    choices = {"": NOT_THERE} | {column: _with_sample(column, table) for column in table.headers}
    for one in sheet.fields:
        chosen = reading.mapped.get(one.name, "")
        hint = one.hint
        fields[f"map-{one.name}"] = SelectField(one.label, choices=choices, default=chosen, description=hint)
    for question in questions.values():
        fields[f"ask-{question.name}"] = _answer_field(question, reading.answers.get(question.name))
    made: type[MeaningForm] = type("ThisMeaningForm", (MeaningForm,), fields)
    return made() if posted else made(formdata=None)


def _answer_field(question: Question, answer: str | None) -> Any:
    """The input for an answer: a choice, or a line of text."""
    if question.choices:
        choices, chosen = _choices(question), answer or question.default or None
        return RadioField(question.sentence, [Optional()], choices=choices, default=chosen)
    return StringField(question.sentence, [Optional(), Length(max=500)], default=answer or "")


def _choices(question: Question) -> dict[str, str]:
    return {name: _sentence(meaning) for name, meaning in question.choices.items()}


def _with_sample(column: str, table: Table) -> str:
    position = table.headers.index(column)
    sample = table.sample[position].strip() if position < len(table.sample) else ""
    return f"{column} ({sample[:24]})" if sample else column


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]

"""Which column of a file says what: proposed from the headers, changed by a person, checked."""

import re
from collections.abc import Iterable, Mapping, Sequence

from core.db import folded
from core.sheets.plan import Sheet
from core.sheets.questions import Question


class Unsettled(Exception):
    """The mapping or an answer is missing or wrong; nothing can be previewed until it is given."""


def header_key(header: str) -> str:
    """A header as letters and digits only: “Emp_No.”, “emp no” and “EmpNo” are the same."""
    return re.sub(r"[\W_]", "", folded(header))


def propose(sheet: Sheet, headers: Sequence[str]) -> dict[str, str]:
    """For each field the column that seems to say it; a column is proposed once."""
    by_key: dict[str, str] = {}
    for header in headers:
        by_key.setdefault(header_key(header), header)
    mapped: dict[str, str] = {}
    for field in sheet.fields:
        names = (header_key(field.name), header_key(field.label), *field.known_as.split())
        found = next((by_key[name] for name in names if name in by_key), None)
        if found is not None and found not in mapped.values():
            mapped[field.name] = found
    return mapped


def remap(
    sheet: Sheet, headers: Sequence[str], mapped: Mapping[str, str], changes: Iterable[str]
) -> dict[str, str]:
    """The mapping with changes “column=field”; “column=” lets a column be ignored."""
    result = dict(mapped)
    by_key = {header.casefold(): header for header in headers}
    for change in changes:
        column, equals, name = change.rpartition("=")
        column, name = column.strip(), name.strip()
        header = by_key.get(column.casefold())
        if not equals or header is None:
            raise Unsettled(f"The file has no column “{column or change}”. It has: {', '.join(headers)}.")
        result = {field: said for field, said in result.items() if said != header}
        if name:
            result[_field_name(sheet, name)] = header
    return result


def _field_name(sheet: Sheet, name: str) -> str:
    wanted = header_key(name)
    for field in sheet.fields:
        if wanted in (header_key(field.name), header_key(field.label)):
            return field.name
    names = ", ".join(field.name for field in sheet.fields)
    raise Unsettled(f"There is no field “{name}” here. The fields are: {names}.")


def missing(sheet: Sheet, headers: Sequence[str], mapped: Mapping[str, str]) -> list[str]:
    """What keeps this mapping from being used, in sentences."""
    said = [
        f"No column is chosen for “{field.label}”, and the file has none called “{column}”."
        for field in sheet.fields
        if (column := mapped.get(field.name)) and column not in headers
    ]
    if not mapped:
        shown = ", ".join(headers[:8]) + (", …" if len(headers) > 8 else "")
        said.append(f"None of the columns is known ({shown}). Is the first line the one with their names?")
    for alternatives in sheet.needs:
        if not any(name in mapped for name in alternatives):
            labels = " or ".join(f"“{sheet.label_of(name)}”" for name in alternatives)
            said.append(f"A column for {labels} is needed.")
    return said


def open_questions(sheet: Sheet, mapped: Mapping[str, str], answers: Mapping[str, str]) -> list[Question]:
    """The questions that this file raises and nobody has answered."""
    return [
        question for question in asked(sheet, mapped) if answers.get(question.name) not in question.choices
    ]


def asked(sheet: Sheet, mapped: Mapping[str, str]) -> list[Question]:
    """The questions that this file raises."""
    return [question for question in sheet.questions if question.field in mapped]

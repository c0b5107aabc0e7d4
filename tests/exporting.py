"""How the tests take a list away: the file as it comes, and as lines of a table."""

import csv
import io
import re
from contextvars import Context
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from core.db import db
from tests.conftest import Client
from tests.importing import CommandLine

FORMATS = ("csv", "xlsx")


def fetched(client: Client, url: str) -> Any:
    """The answer, read to its end inside the request's own context, as a server does it."""
    answer = client.get(url, buffered=True)
    assert answer.status_code == 200, answer.text
    return answer


def lines(client: Client, url: str) -> list[list[Any]]:
    """The lines of a file: texts of a CSV file, texts, numbers and days of a spreadsheet."""
    answer = fetched(client, url)
    if answer.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return list(book.get_sheet_by_index(0).to_python(skip_empty_area=False))


def shown_text(answer: Any) -> str:
    """Every text in an answer, also in the files that a spreadsheet is an archive of."""
    if not answer.data.startswith(b"PK"):
        return str(answer.text)
    with ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())


def column(client: Client, url: str, label: str) -> list[Any]:
    """What stands below a name in the first line."""
    first, *others = lines(client, url)
    return [line[first.index(label)] for line in others]


def records(client: Client, url: str) -> list[dict[str, Any]]:
    """Each line with the names of its columns, without the empty ones."""
    first, *others = lines(client, url)
    return [{name: cell for name, cell in zip(first, line, strict=True) if cell != ""} for line in others]


def loaded_back(run: CommandLine, client: Client, kind: str, url: str, *options: str) -> dict[str, int]:
    """Take a list away and load the file: how many lines would be added, changed, unchanged or refused."""
    path = Path(run.folder, f"back.{url.rpartition('.')[2]}")
    path.write_bytes(fetched(client, url).data)
    said = run(kind, path, *options)
    assert said.status == 0, said.text
    found = re.search(r"([\d,]+) added, ([\d,]+) changed, ([\d,]+) unchanged, ([\d,]+) refused", said.text)
    assert found, said.text
    names = ("added", "changed", "unchanged", "refused")
    counts = dict(zip(names, (int(one.replace(",", "")) for one in found.groups()), strict=True))
    if counts["changed"] or counts["added"] or counts["refused"]:
        raise AssertionError(said.text[:4000])
    return counts


def unchanged(count: int) -> dict[str, int]:
    """What an import says that has nothing to do."""
    return {"added": 0, "changed": 0, "unchanged": count, "refused": 0}


def in_a_context_of_its_own(deed: Any) -> Any:
    """Do it as another request would, with a session of its own."""
    db.session.rollback()
    return Context().run(deed)

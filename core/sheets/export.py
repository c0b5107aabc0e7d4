"""A list as a file: every row that its filters find, as CSV or as a spreadsheet, which loads back unchanged.

    answer = download(offered)           # ?download=people.csv; None where nobody asks for a file
    if answer: return answer

The rows come from the list's own select, in batches, each with what belongs to it; nothing is asked per row.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from itertools import chain
from typing import Any
from urllib.parse import quote

from flask import Response, abort, request, stream_with_context
from sqlalchemy import Select
from werkzeug.wsgi import FileWrapper

from core.columns import Column, Value
from core.db import db, today
from core.sheets.plan import Sheet
from core.sheets.safe import guarded

BATCH = 1_000
BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Export:
    """Something that a list can be taken away as.

    `name` begins the name of the file, and stands in the address. `rows()` is a select in the order of the
    file, which only a file is put together for, and not the page that offers it; `beside(batch)` adds to
    some of its rows what belongs to them, with a fixed number of statements.
    `about` says in a sentence what a line is. `day` is the day the rows depend on, if any, and `of` whose
    they are, for the name of the file. `loads_back` says whether an import takes it.
    """

    name: str
    title: str
    about: str
    rows: Callable[[], Select[Any]]
    columns: Sequence[Column]
    beside: Callable[[Sequence[Any]], Iterable[Any]] = iter
    day: date | None = None
    of: str = ""
    loads_back: bool = True

    @property
    def labels(self) -> list[str]:
        """The first line of the file."""
        return [column.label for column in self.columns]

    def batches(self) -> Generator[list[list[Value]], None, None]:
        """The lines, some at a time; memory holds one batch, however many there are."""
        return self._batches(self.rows())

    def _batches(self, rows: Select[Any]) -> Generator[list[list[Value]], None, None]:
        with closing(db.session.execute(rows, execution_options={"yield_per": BATCH})) as found:
            for part in found.partitions():
                records = [row[0] if len(row) == 1 else row for row in part]
                yield [[column.value(one) for column in self.columns] for one in self.beside(records)]

    def filename(self, format: str) -> str:
        """“stays-IT-on-2026-05-03-made-2026-11-22.csv”: what it is, and of when."""
        of = "".join(c if c.isalnum() or c in "_.&" else "-" for c in self.of)
        day = f"on-{self.day}-made" if self.day not in (None, today()) else ""
        return "-".join(part for part in (self.name, of, day, str(today())) if part) + f".{format}"


def sheet_columns(sheet: Sheet, values: Mapping[str, Callable[[Any], Value]]) -> list[Column]:
    """Columns under the names by which an import of this kind knows them for certain."""
    labels = {field.name: field.label for field in sheet.fields}
    return [Column(name, labels[name], value) for name, value in values.items()]


# --- the answer ------------------------------------------------------------------------------------


def download(offered: Iterable[Export]) -> Response | None:
    """The file that `?download=name.format` asks for; None where the page is asked for."""
    wanted = request.args.get("download")
    if wanted is None:
        return None
    name, _dot, format = wanted.rpartition(".")
    export = next((one for one in offered if one.name == name), None)
    if export is None or format not in FORMATS:
        abort(404, f"This list cannot be taken away as “{wanted}”. Choose one of its downloads.")
    return send(export, format)


def send(export: Export, format: str) -> Response:
    """The rows as a file of this format: “csv” or “xlsx”."""
    answer = FORMATS[format](export)
    answer.headers.set("Content-Disposition", "attachment", **_names(export.filename(format)))
    # A proxy that keeps the answer until it is whole would take away what streaming gives.
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _names(name: str) -> dict[str, str]:
    """The name of the file, and the same in plain letters for what reads no others."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name)}"}


def _as_csv(export: Export) -> Response:
    """Lines that flow while they are read: the first at once, and memory holds one batch.

    The session of the request is gone by the time they flow: nothing that was begun in the view may be used
    here, and the stream has a session of its own. It ends, and the transaction that reads with it, after the
    last piece, or when whoever asked hangs up: the server then closes the stream. The page of the list was
    fetched by the same select before, so what is wrong with the filters was told by a page.
    """
    batches = export.batches()

    def pieces() -> Iterator[bytes]:
        yield (BOM + _lines([export.labels])).encode()
        with closing(batches):
            for batch in batches:
                yield _lines([[cell_text(value) for value in line] for line in batch]).encode()

    return Response(stream_with_context(pieces()), mimetype="text/csv")


def _lines(cells: Iterable[Sequence[str]]) -> str:
    """Lines as RFC 4180 has them: ended by CR LF, quoted where needed."""
    file = io.StringIO()
    csv.writer(file).writerows(cells)
    return file.getvalue()


def cell_text(value: Value) -> str:
    """A value in a CSV file: days as 2026-04-30, numbers with a point and all their places."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else guarded(str(value))


def _as_workbook(export: Export) -> Response:
    """A spreadsheet is a zip archive, whose table of contents stands at its end and counts every byte.

    So it is written to a file first, and sent from there; that file is gone with the answer.
    """
    # Loaded with the first one, since its library is large: few workers ever make a spreadsheet.
    workbook = import_module("core.sheets.workbook")
    try:
        file = workbook.written_workbook(export.name, export.labels, chain.from_iterable(export.batches()))
    except workbook.TooLong as fault:
        abort(413, str(fault))
    answer = Response(FileWrapper(file, 64 * 1024), mimetype=XLSX, direct_passthrough=True)
    answer.call_on_close(file.close)
    return answer


FORMATS: Mapping[str, Callable[[Export], Response]] = {"csv": _as_csv, "xlsx": _as_workbook}

"""All that is kept about a person as one file: JSON, or an archive of CSV files, while it is read.

As with every file of this application, the stream has a session of its own, and ends it
(`core/sheets/export.py`).
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, abort, request, stream_with_context

from core.db import clock, db, today
from core.privacy.parts import Part
from core.sheets.safe import guarded

BATCH = 500
BOM = "\ufeff"


def download(parts: Sequence[Part], name: str) -> Response | None:
    """The file that `?download=json` or `=zip` asks for; None where the page is asked for."""
    wanted = request.args.get("download")
    if wanted is None:
        return None
    if wanted not in ("json", "zip"):
        abort(404, f"This cannot be taken away as “{wanted}”. Choose one of its downloads.")
    pieces = _json(parts) if wanted == "json" else _archive(parts)
    answer = Response(stream_with_context(pieces), mimetype=f"application/{wanted}")
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in name)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{plain}-{today()}.{wanted}")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _rows(part: Part) -> Iterator[Sequence[Any]]:
    with closing(db.session.execute(part.rows, execution_options={"yield_per": BATCH})) as found:
        yield from found


# --- JSON ------------------------------------------------------------------------------------------


def _json(parts: Sequence[Part]) -> Iterator[bytes]:
    yield f'{{"made_at": {json.dumps(_instant(clock.now()))}'.encode()
    for part in parts:
        yield f',\n"{part.name}": ['.encode()
        for number, row in enumerate(_rows(part)):
            values = {name: _plain(part, name, value) for name, value in zip(part.columns, row, strict=True)}
            yield f"{',' if number else ''}\n  {json.dumps(values, ensure_ascii=False)}".encode()
        yield b"]"
    yield b"\n}\n"


def _plain(part: Part, name: str, value: Any) -> Any:
    """A value as JSON has it: numbers with places as text, so that each place is kept."""
    if value is not None and name in part.as_json:
        return json.loads(value)
    return value if isinstance(value, bool | int | None) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _instant(value: datetime) -> str:
    """An instant in UTC; SQLite forgets its time zone."""
    known = value if value.tzinfo else value.replace(tzinfo=UTC)
    return known.astimezone(UTC).isoformat(timespec="seconds")


# --- CSV -------------------------------------------------------------------------------------------


class _Pipe(io.RawIOBase):
    """What an archive is written into, and taken out of piece by piece; nothing is ever gone back to."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        super().__init__()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _archive(parts: Sequence[Part]) -> Iterator[bytes]:
    pipe = _Pipe()
    with ZipFile(cast(Any, pipe), "w", ZIP_DEFLATED) as archive:
        for part in parts:
            with archive.open(f"{part.name}.csv", "w") as file:
                file.write((BOM + _line(part.columns)).encode())
                for row in _rows(part):
                    file.write(_line([_cell(value) for value in row]).encode())
                    yield pipe.taken()
    yield pipe.taken()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return guarded(_text(value))


def _line(cells: Sequence[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow(cells)
    return file.getvalue()

"""How the tests import: a file from a text, by the command line or by the page."""

import io
import re
from contextvars import Context
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from core.db import db


@dataclass
class Said:
    """What the command line answered."""

    status: int
    text: str


class CommandLine:
    """Imports by `flask import`, each time as a process of its own would."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder

    def __call__(self, kind: str, content: str | bytes | Path, *options: str) -> Said:
        path = content if isinstance(content, Path) else self.folder / f"{kind}.csv"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        args = ["import", kind, str(path), *options]
        db.session.rollback()
        result: Any = Context().run(self.app.test_cli_runner().invoke, args=args)
        db.session.rollback()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.output)


class Pages:
    """Imports by the pages, as somebody with a browser does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.url = ""

    def upload(self, kind: str, content: str | bytes | Path, name: str = "file.csv") -> Any:
        """Send a file; the answer is the preview, or the page that says why not."""
        if isinstance(content, Path):
            name, content = content.name, content.read_bytes()
        data = content.encode() if isinstance(content, str) else content
        # In memory: the client of Werkzeug writes large files to disk and leaves them open.
        form = {"kind": kind, "file": FileStorage(io.BytesIO(data), name)}
        stream, length, boundary = stream_encode_multipart(form, use_tempfile=False)
        answer = self.client.post(
            "/import",
            input_stream=stream,
            content_length=length,
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        if answer.status_code == 303:
            self.url = answer.location
            return self.client.get(self.url)
        return answer

    def mean(self, **changes: str) -> Any:
        """Change what the columns mean, or answer a question; the rest stays as it is proposed."""
        page = self.client.get(self.url).text
        form = {name: _chosen(page, name) for name in re.findall(r'<select[^>]* name="(map-\w+)"', page)}
        for name, value in changes.items():
            form[f"map-{name}" if f"map-{name}" in form else f"ask-{name}"] = value
        self.client.post(self.url, data=form)
        return self.client.get(self.url)

    def apply(self, which: str = "all", page: str = "") -> Any:
        """Press the button of the preview (or of the one that was shown earlier)."""
        page = page or self.client.get(self.url).text
        digest = re.search(r'name="digest"[^>]* value="(\w+)"', page)
        assert digest, "the page has no preview"
        key = re.search(r'name="form_key"[^>]* value="([^"]+)"', page)
        form = {"digest": digest.group(1), "which": which, "form_key": key.group(1) if key else ""}
        return self.client.post(f"{self.url}/apply", data=form)


def _chosen(page: str, name: str) -> str:
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    chosen = re.search(r'<option selected value="([^"]*)"', select.group()) if select else None
    return unescape(chosen.group(1)) if chosen else ""


def counts(page: str) -> dict[str, int]:
    """The counts at the top of a preview."""
    found = re.findall(r"<b>([\d,]+)</b> (added|changed|unchanged|refused)\b|>0 (\w+)<", page)
    return {word or none: int(number.replace(",", "") or 0) if number else 0 for number, word, none in found}

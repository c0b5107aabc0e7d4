"""Which bytes stand for which letters. Where a file does not say it for certain, a person does.

UTF-8 and UTF-16 with a mark at the beginning are certain, and so is UTF-8 without one: text in another
encoding is not UTF-8 by chance. Everything else is a question with examples from the file; no guess is made.
"""

import codecs
import re
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from core.sheets.cells import CONTROL
from core.sheets.limits import Unreadable
from core.sheets.questions import Question

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Those that people meet, the likelier ones first. Each byte is one letter in all of them.
OFFERED = {
    "windows-1252": "Windows, Western Europe",
    "iso-8859-1": "ISO 8859-1, Western Europe",
    "iso-8859-15": "ISO 8859-15, Western Europe",
    "macintosh": "Mac, Western Europe",
    "cp850": "DOS, Western Europe",
    "windows-1250": "Windows, Central Europe",
    "iso-8859-2": "ISO 8859-2, Central Europe",
    "windows-1254": "Windows, Turkish",
    "windows-1257": "Windows, Baltic",
    "windows-1251": "Windows, Cyrillic",
    "windows-1253": "Windows, Greek",
}
PIECE = 1 << 20
ASCII = bytes(range(128))
# A cell with something beyond ASCII in it, up to the next delimiter or end of line.
TELLING = re.compile(rb"[^,;\t|\"\r\n]{0,40}[\x80-\xff][^,;\t|\"\r\n]{0,40}")
EXAMPLES, LOOKED_AT = 3, 20_000
SENTENCE = "The file does not say which letters its bytes stand for. Which of these reads right?"


class Encoding(NamedTuple):
    """How the bytes of a file are read, and the question about it if it is not certain."""

    name: str
    question: Question | None = None


def encoding_of(content: bytes, answers: Mapping[str, str]) -> Encoding:
    """The encoding of a file. While the question is open, the first of those offered stands in."""
    certain = next((name for bom, name in BOMS if content.startswith(bom)), "utf-8")
    fault = _first_fault(content, certain)
    if fault is None:
        return Encoding(certain)
    if certain != "utf-8" or _is_damaged_utf8(content[max(0, fault - PIECE) : fault + PIECE]):
        line = content.count(b"\n", 0, fault) + 1
        raise Unreadable(
            f"The file is {_words(certain)}, but it is damaged: line {line:,} has the byte "
            f"{content[fault]:02X}, which cannot stand there (byte {fault + 1:,} of the file)."
        )
    question, given = _question(content), answers.get("encoding", "")
    if given and given not in question.choices:
        return _told(content, given)
    return Encoding(given or next(iter(question.choices)), question)


def _words(name: str) -> str:
    return {"utf-8-sig": "UTF-8"}.get(name, name.upper())


def _first_fault(content: bytes, name: str) -> int | None:
    """Where the first byte stands that is not of this encoding; piece by piece, so that memory stays flat."""
    decoder = codecs.getincrementaldecoder(name)()
    for start in range(0, len(content) or 1, PIECE):
        piece = content[start : start + PIECE]
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=start + PIECE >= len(content))
        except UnicodeDecodeError as error:
            return start - waiting + error.start
    return None


def _is_damaged_utf8(around: bytes) -> bool:
    """Whether most of what is beyond ASCII around a fault is UTF-8, and only some bytes are not."""
    read = around.decode("utf-8", "surrogateescape")
    odd = sum(map(len, re.findall("[\udc80-\udcff]+", read)))
    letters = sum(map(len, re.findall("[^\x00-\x7f\udc80-\udcff]+", read)))
    return letters > odd


def _question(content: bytes) -> Question:
    """Which encoding reads right? Those that read this file alike are one answer, with the same examples."""
    examples = _examples(content)
    beyond_ascii = bytes(sorted(set(content.translate(None, ASCII))))
    offered: dict[str, str] = {}
    known: set[str] = set()
    for name, words in OFFERED.items():
        letters = _decoded(beyond_ascii, name)
        if letters is not None and letters not in known:
            known.add(letters)
            offered[name] = f"{' · '.join(str(_decoded(one, name)) for one in examples)} ({words})"
    if not offered:
        raise Unreadable(
            "The file is not UTF-8, and in none of the usual older encodings do all of its bytes stand for "
            "letters. Save it as “CSV UTF-8” and try again."
        )
    return Question("encoding", "", SENTENCE, offered)


def _decoded(content: bytes, name: str) -> str | None:
    """The bytes as letters, if each of them is one that can be shown."""
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return None
    return None if CONTROL.search(text) else text


def _examples(content: bytes) -> list[bytes]:
    """A few cells of the file that show as many as possible of the letters in doubt."""
    found = {one.group().strip() for one in islice(TELLING.finditer(content), LOOKED_AT)}
    shown: list[bytes] = []
    seen: set[int] = set()
    for one in sorted(found, key=lambda cell: (-len(set(cell.translate(None, ASCII))), len(cell), cell)):
        new = set(one.translate(None, ASCII)) - seen
        if new and len(shown) < EXAMPLES:
            shown.append(one)
            seen |= new
    return shown


def _told(content: bytes, name: str) -> Encoding:
    """An encoding that is not offered and that somebody names nevertheless, as the command line lets one."""
    try:
        "a".encode(name)
        fault = _first_fault(content, name)
    except (LookupError, TypeError, UnicodeError):
        raise Unreadable(f"There is no encoding “{name}”. Known are: {', '.join(OFFERED)}.") from None
    if fault is not None:
        line = content.count(b"\n", 0, fault) + 1
        raise Unreadable(f"The file is not {name}: line {line:,} has the byte {content[fault]:02X}.")
    return Encoding(name)

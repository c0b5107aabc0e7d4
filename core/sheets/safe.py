"""Cells that no spreadsheet takes for a formula, and the way back.

A text that begins like a formula gets an apostrophe in front, which is what people type there to say “this is
a text”. A program that splits the line elsewhere (at “;”, where decimals have a comma) would begin a cell in
the middle of a text, so the rule holds there too. What has apostrophes and then such a character gets one
more: `unguarded` takes exactly one off, so that each text comes back as it was, also one that began with an
apostrophe by right. ’s-Hertogenbosch and 't Hart are left alone.
"""

import re

# The full-width forms are taken for the plain ones where people type with them.
_FORMULA = r"(?=[\s']*[=+\-@＝＋－＠])"
_UNMARKED = re.compile(rf"(^|[;\t\r\n]){_FORMULA}")
_MARKED = re.compile(rf"(^|[;\t\r\n])'{_FORMULA}")
_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?")


def guarded(text: str) -> str:
    """The text for a CSV file. A negative number is one, and stays so."""
    return text if _NEGATIVE.fullmatch(text) else _UNMARKED.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """The text that a cell means, whoever wrote it: without the marks of `guarded`."""
    return _MARKED.sub(r"\1", text) if "'" in text else text


def typed(text: str) -> str:
    """The text for a cell that has a type: it needs a mark only where one would be taken off again."""
    return text if unguarded(text) == text else guarded(text)

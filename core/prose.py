"""What people wrote, on a page: plain text with its line breaks, in which addresses can be followed.

Everything is escaped. An address is one only where it says so itself: http, https or mailto. Nothing else
becomes a link, whatever a browser would make of it.
"""

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

# No blanks, quotes or angle brackets, and none of the marks that are not seen or turn the text round.
_INVISIBLE = "\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
_ADDRESS = re.compile(rf"(?<!\w)(?:https?://|mailto:)[^\s<>\"'`“”„‟«»‹›{_INVISIBLE}]+", re.IGNORECASE)
# What ends a sentence and not an address.
_AFTER = ".,;:!?…*_~|"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_LINK = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>')
_BREAK = Markup("<br>")


def prose(text: str) -> Markup:
    """The text for a page."""
    return _BREAK.join(_line(line) for line in text.splitlines())


def _line(line: str) -> Markup:
    said, done = Markup(), 0
    for found in _ADDRESS.finditer(line):
        address = _without_what_follows(found.group())
        if _leads_somewhere(address):
            said += escape(line[done : found.start()]) + _LINK.format(address, address)
            done = found.start() + len(address)
    return said + escape(line[done:])


def _without_what_follows(address: str) -> str:
    """The address without the full stop of its sentence, and without a bracket that it did not open."""
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        is_open = opening is not None and address.count(opening) >= address.count(last)
        if is_open or (opening is None and last not in _AFTER):
            break
        address = address[:-1]
    return address


def _leads_somewhere(address: str) -> bool:
    """Whether there is a host, or somebody to write to."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return re.fullmatch(r"[^@?&\s]+@[^@?&\s]+", parts.path) is not None
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False

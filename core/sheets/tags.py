"""The tags of an XML part, as plain attributes. What is searched may be anything, so no search goes back."""

import re
from collections.abc import Iterator
from html import unescape

ATTRIBUTE = re.compile(r"""(?<![\w:])(?:\w++:)?(\w++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")


def tags(xml: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each tag of this name, both without their prefixes."""
    for tag in re.findall(rf"<(?:\w++:)?{name}\b[^<>]*+>", xml.decode("utf-8", "replace")):
        yield {key: unescape(double or single) for key, double, single in ATTRIBUTE.findall(tag)}

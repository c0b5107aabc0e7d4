"""What the form of a page would send, of whoever made the page."""

import html
import re


def fields_of(page: str) -> dict[str, str]:
    """The fields of a page as they stand, by name."""
    found = {}
    unsent = ("checkbox", "radio", "search", "submit")
    for tag in re.findall(r"<input[^>]*>", page):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in told and (told.get("type") not in unsent or "checked" in tag):
            found[told["name"]] = html.unescape(told.get("value", ""))
    for name, options in re.findall(r'<select[^>]*\sname="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = [tag for tag in re.findall(r"<option[^>]*>", options) if re.search(r"\sselected\b", tag)]
        value = re.search(r'value="([^"]*)"', chosen[0]) if chosen else None
        found[name] = html.unescape(value.group(1)) if value else ""
    return found

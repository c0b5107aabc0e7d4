"""Pages as a person without script meets them: read, fill in, save.

page = Page(client, "/hr/departments/IT")
page.change("Lee, Ann", fte="1/2")
page.add(employee="#1002", fte="0.6")
answer = page.save()
assert answer.stored
"""

import re
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from tests.conftest import Client

Attributes = dict[str, str | None]


def squeezed(words: str) -> str:
    return " ".join(words.split())


class _Reader(HTMLParser):
    """Notes the inputs of each form, the rows of the list, what is said as an error, and all words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.actions: list[str] = []
        self.words: list[str] = []
        self.errors: list[str] = []
        self.table: list[list[str]] = []
        self._fields: dict[str, str] = {}
        self._hidden = 0
        self._select: str | None = None
        self._area: str | None = None
        self._noting: tuple[str, list[str]] | None = None
        self._summary = False
        self._grid = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        about = dict(attributes)
        self._hidden += tag in ("template", "script", "style")
        if not self._hidden:
            self._begin_input(tag, about)
            self._begin_words(tag, about)

    def _begin_input(self, tag: str, about: Attributes) -> None:
        match tag:
            case "form":
                self._fields = {}
                self.forms.append(self._fields)
                self.actions.append(about.get("action") or "")
            case "input" if about.get("name"):
                self._input(about)
            case "select":
                self._select = about.get("name")
            case "option" if self._select:
                if "selected" in about or self._select not in self._fields:
                    self._fields[self._select] = about.get("value") or ""
            case "textarea":
                self._area = about.get("name")
                self._fields[self._area or ""] = ""

    def _begin_words(self, tag: str, about: Attributes) -> None:
        match tag:
            case "table":
                self._grid = about.get("class") == "grid"
            case "tr" if self._grid:
                self.table.append([])
            case "div" if about.get("class") == "errors":
                self._summary = True
            case "td" if about.get("class") == "choose":
                pass  # the box by which a row is chosen says nothing of it
            case "td" | "p" | "li" if self._is_told(tag, about):
                self._noting = (tag, [])

    def _is_told(self, tag: str, about: Attributes) -> bool:
        return {"td": self._grid, "p": about.get("class") in ("error", "conflict"), "li": self._summary}[tag]

    def _input(self, about: Attributes) -> None:
        if about.get("type") in ("checkbox", "radio"):
            if "checked" in about:
                self._fields[about["name"] or ""] = about.get("value") or "y"
        elif about.get("type") != "submit":
            self._fields[about["name"] or ""] = about.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "script", "style"):
            self._hidden -= 1
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "div":
            self._summary = False
        elif self._noting and self._noting[0] == tag:
            said = squeezed("".join(self._noting[1]))
            (self.table[-1] if tag == "td" else self.errors).append(said)
            self._noting = None

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._area is not None:
            self._fields[self._area] += data.lstrip("\r\n")
            return
        self.words.append(data)
        if self._noting:
            self._noting[1].append(data)


class Page:
    """One page, with the form on it that can be saved."""

    def __init__(self, client: Client, url: str, response: Any = None) -> None:
        self.client, self.url = client, url
        response = response or client.get(url)
        self.stored = response.status_code == 303
        if response.status_code in (302, 303):
            self.url = response.location
            response = client.get(response.location)
        self.status = response.status_code
        self.html = response.text

    @cached_property
    def _read(self) -> _Reader:
        """What stands on it; read only where a test asks for it."""
        reader = _Reader()
        reader.feed(self.html)
        return reader

    @cached_property
    def text(self) -> str:
        return squeezed(" ".join(self._read.words))

    @property
    def errors(self) -> str:
        return " ".join(self._read.errors)

    @property
    def table(self) -> list[list[str]]:
        return [row for row in self._read.table if row]

    @property
    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """Each form: where it is sent, and its fields."""
        return list(zip(self._read.actions, self._read.forms, strict=True))

    @cached_property
    def _form(self) -> tuple[str, dict[str, str]]:
        """The form that can be saved."""
        return next((form for form in self.forms if "form_key" in form[1]), ("", {}))

    @cached_property
    def fields(self) -> dict[str, str]:
        """The inputs of the form that can be saved, as they will be sent."""
        return self._form[1]

    @cached_property
    def action(self) -> str:
        return self._form[0] or self.url

    @property
    def first_column(self) -> list[str]:
        """What the rows of a list are called."""
        return [row[0] for row in self.table]

    def link(self, label: str) -> str | None:
        """Where the link with this text leads."""
        found = re.search(rf'<a [^>]*?href="([^"]*)"[^>]*>{re.escape(label)}<', self.html)
        return found.group(1).replace("&amp;", "&") if found else None

    # The link table.

    def prefixes(self, table: str = "") -> list[str]:
        """The rows of the form, as “employee_rows-0”."""
        found = (re.match(rf"(\w*{table}\w*_rows-\d+)-", name) for name in self.fields)
        return list(dict.fromkeys(match.group(1) for match in found if match))

    def rows(self, whom: str) -> list[str]:
        """The stored rows whose far side is called so, or has this #key."""
        far = re.compile(rf"(^|\b){re.escape(whom)}( #|$)" if not whom.startswith("#") else rf"{whom}$")
        return [
            prefix
            for prefix in self.prefixes()
            if self.fields.get(f"{prefix}-identity")
            and any(far.search(value) for name, value in self.fields.items() if name.startswith(f"{prefix}-"))
        ]

    def values(self, whom: str, fact: str) -> list[str]:
        """What the rows about this far side show for a fact."""
        return [self.fields.get(f"{row}-{fact}", "") for row in self.rows(whom)]

    def change(self, whom: str, nth: int = 0, **facts: str) -> "Page":
        """Type into a stored row; `remove="y"` ticks a box."""
        self._type(self.rows(whom)[nth], facts)
        return self

    def add(self, table: str = "", **facts: str) -> str:
        """Type into the first row that is empty, or into one more; answers its prefix."""
        far = next(iter(facts))
        last = self.prefixes(table or far)[-1]
        if self.fields.get(f"{last}-{far}"):
            name, number = last.rsplit("-", 1)
            last = f"{name}-{int(number) + 1}"
        self._type(last, facts)
        return last

    def _type(self, prefix: str, facts: dict[str, str]) -> None:
        for fact, value in facts.items():
            self.fields[f"{prefix}-{fact}"] = value

    def type(self, **fields: str) -> "Page":
        """Type into the fields of the page itself."""
        self.fields.update(fields)
        return self

    def save(self, **pressed: str) -> "Page":
        """Press Save; `another="yes"` presses the other button."""
        answer = self.client.post(self.action, data={**self.fields, **pressed})
        return Page(self.client, self.action, answer)

"""Reads the code and the templates, and fails with the sentence that it protects."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

ROOT = Path(__file__).parent.parent
OURS = ("app", "core", "hr", "library")
ROOMS = ("hr", "library")
RULES_OF_A_ROOM = {"hr": "staffing", "library": "royalties"}
WRITE_PATH = "core/writing.py"

# Which file of a room may know which others of it. `room` introduces the room, and so knows all.
MAY_KNOW = {
    "views": {"forms", "operations", "queries", "columns", "sheets", "words", "rules", "models"},
    "sheets": {"operations", "queries", "columns", "rules", "models"},
    "demo": {"operations", "models"},
    "doctor": {"operations", "queries", "rules", "models"},
    "operations": {"queries", "rules", "models"},
    "queries": {"rules", "models"},  # the plain tuples that the rules read
    "columns": {"queries", "models"},
    "forms": {"rules", "models"},  # the words that a choice offers
    "words": {"queries", "rules", "models"},
    "models": set(),
    "rules": set(),
    "room": {
        "views",
        "demo",
        "doctor",
        "forms",
        "operations",
        "queries",
        "columns",
        "sheets",
        "words",
        "rules",
        "models",
    },
}

# What a stranger may ask for: to sign in, to be the first or invited, a new password, whether all is well,
# and the files of every page.
OPEN_TO_EVERYBODY = {
    "static",
    "core.sign_in",
    "core.second_step",
    "core.first_account",
    "core.invitation",
    "core.forgot_password",
    "core.reset_password",
    "core.healthz",
}


def code() -> Iterator[tuple[str, ast.Module]]:
    """Each Python file of the application, with its tree."""
    for folder in OURS:
        for path in sorted(ROOT.glob(f"{folder}.py")) + sorted(ROOT.glob(f"{folder}/**/*.py")):
            yield path.relative_to(ROOT).as_posix(), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    """The tree of a file; many tests look at each."""
    return ast.parse(path.read_text())


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each module that is imported, with its line: `from hr import queries` is `hr.queries`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written out whole"
            module = node.module or ""
            if module in OURS:
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def kind_of(module: str) -> str:
    """What a file of a room is for: hr.staffing and library.royalties are both the rules of theirs."""
    room, _, rest = module.partition(".")
    kind = rest.split(".")[0]
    return "rules" if kind == RULES_OF_A_ROOM.get(room) else kind


def hold(sentence: str, wrong: list[str]) -> None:
    """Fail with the sentence, and with every place where it is not so."""
    assert not wrong, "\n  ".join([sentence + ":", *wrong])


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").glob("**/*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_core_knows_no_room_and_the_rooms_not_each_other() -> None:
    knows = {
        "app": {"core", "hr", "library"},
        "core": {"core"},
        "hr": {"hr", "core"},
        "library": {"library", "core"},
    }
    wrong = [
        f"{path}:{line} imports {module}"
        for path, tree in code()
        for line, module in imports(tree)
        if module.split(".")[0] in OURS and module.split(".")[0] not in knows[module_of(path).split(".")[0]]
    ]
    hold("core knows neither hr nor library, and these two never know of each other", wrong)


def test_inside_a_room_knowledge_goes_one_way() -> None:
    wrong = [
        f"{path}:{line} imports {module}"
        for path, tree in code()
        if (room := path.split("/")[0]) in ROOMS and path != f"{room}/__init__.py"
        for line, module in imports(tree)
        if module.startswith(f"{room}.")
        and kind_of(module) not in MAY_KNOW[kind_of(module_of(path))] | {kind_of(module_of(path))}
    ]
    hold("inside a room: views know all, operations know queries and rules, models know nothing", wrong)


def test_models_know_the_database_and_nothing_else_of_ours() -> None:
    wrong = [
        f"{path}:{line} imports {module}"
        for path, tree in code()
        if path.split("/")[0] in ROOMS and kind_of(module_of(path)) == "models"
        for line, module in imports(tree)
        if module.startswith("core.") and module not in ("core.db", "core.models", "core.spans")
    ]
    hold("a model states facts: it knows core.db and the accounts, no pages and no forms", wrong)


def test_the_rules_of_a_room_can_be_done_on_paper() -> None:
    wrong = [
        f"{path}:{line} imports {module}"
        for path, tree in code()
        if path.split("/")[0] in ROOMS and kind_of(module_of(path)) == "rules"
        for line, module in imports(tree)
        if module.split(".")[0] not in sys.stdlib_module_names
    ]
    hold("staffing and royalties are arithmetic on plain values: the standard library is enough", wrong)


def test_imports_stand_at_the_top() -> None:
    wrong = []
    for path, tree in code():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                wrong += [
                    f"{path}:{line} imports {module} inside a function" for line, module in imports(function)
                ]
        first = min(
            (n.lineno for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)), default=10**6
        )
        wrong += [
            f"{path}:{line} imports {module} too late" for line, module in imports(tree) if line > first
        ]
    hold("no import inside a function, none below the first definition", wrong)


def test_only_the_write_path_commits() -> None:
    wrong = [
        f"{path}:{node.lineno} commits"
        for path, tree in code()
        if path != WRITE_PATH
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    hold(f"whatever is stored goes through `writing`, so a commit stands in {WRITE_PATH} only", wrong)


WORDS_OF_THE_ROOMS = {
    "department",
    "departments",
    "employee",
    "employees",
    "book",
    "books",
    "author",
    "authors",
}
# One account may belong to one employee, and `User.employee` is the name by which scripts know it.
GRANTED = {("core/models.py", "employee")}


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every word of names and texts, split at underscores and capitals."""
    for node in ast.walk(tree):
        names = [
            value
            for field in ("id", "name", "attr", "arg", "asname", "value", "module")
            if isinstance(value := getattr(node, field, None), str)
        ]
        for name in names:
            for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
                yield getattr(node, "lineno", 0), word.lower()


def test_core_does_not_speak_the_language_of_a_room() -> None:
    wrong = [
        f"{path}:{line} says {word}"
        for path, tree in code()
        if path.startswith("core/")
        for line, word in words(tree)
        if word in WORDS_OF_THE_ROOMS and (path, word) not in GRANTED
    ]
    hold("core is about the whole application: the words of a room stay in the room", wrong)


def test_the_rooms_have_the_same_files() -> None:
    def kinds(room: str) -> set[str]:
        return {
            kind_of(f"{room}.{path.stem}")
            for path in (ROOT / room).iterdir()
            if not path.name.startswith("_")
        }

    assert kinds("hr") == kinds("library"), (
        "who knows one room knows the other: both have the same file names"
    )


def test_every_page_has_a_title() -> None:
    wrong = [
        name
        for name, text in templates()
        if "{% extends" in text and not re.search(r"{%-?\s*block title\b", text)
    ]
    hold("a page without a title is nameless in tabs, bookmarks and screen readers", wrong)


FORBIDDEN = {
    "an inline script": r"<script\b(?![^>]*\bsrc=)",
    "an inline style sheet": r"<style\b",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "a javascript: address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|autoescape\s+false",
    "a file from elsewhere": r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    wrong = [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}"
        for name, text in templates()
        for found in re.finditer(FORBIDDEN[what], text)
    ]
    hold(f"the content security policy is strict, so no template has {what}", wrong)


def test_every_template_is_used() -> None:
    """By its name, in a view or another template; what replaces one of a library is used by it."""
    texts = [path.read_text() for folder in OURS for path in ROOT.glob(f"{folder}/**/*.py")]
    texts += [text for _, text in templates()]
    names = [name.removeprefix("templates/") for name, _ in templates()]
    wrong = [
        n for n in names if not n.startswith("security/") and not any(f'"{n}"' in text for text in texts)
    ]
    hold("a template that nothing renders is dead", wrong)


# --- the pages, as the application knows them ----------------------------------------------------------


def rules(app: Flask, method: str) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if method in (rule.methods or set()))


def address(rule: Rule) -> str:
    """The address with something in each of its gaps; it need not exist."""
    gaps = {
        name: 1 if isinstance(converter, IntegerConverter) else "x"
        for name, converter in rule._converters.items()
    }
    return str(rule.build(gaps, append_unknown=False)[1])  # type: ignore[index]


def test_every_view_says_what_it_shows(app: Flask) -> None:
    views: dict[str, Callable[..., object]] = app.view_functions
    wrong = [
        name
        for name, view in views.items()
        if view.__module__.split(".")[0] in OURS and not (view.__doc__ or "").strip()
    ]
    hold("every view has a docstring that says what the page is for", wrong)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_shown_to_strangers(app: Flask, anonymous: object, method: str) -> None:
    client = app.test_client()
    wrong = []
    for rule in rules(app, method):
        if rule.endpoint not in OPEN_TO_EVERYBODY:
            answer = client.open(address(rule), method=method)
            if answer.status_code not in (302, 303, 401) or "sign-in" not in answer.headers.get(
                "Location", "sign-in"
            ):
                wrong.append(f"{method} {rule.rule} ({rule.endpoint}) answered {answer.status}")
    hold("no page without signing in", wrong)

"""No cell of a file is a formula, and each text comes back as it was."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sheets.safe import guarded, typed, unguarded

ANYTHING = st.text(max_size=20) | st.text(alphabet="'=+-@＝＋－＠; \t\r\n,1.a|\"", max_size=10)
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('=HYPERLINK("http://example.org")', '\'=HYPERLINK("http://example.org")'),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1+1|cmd", "'-1+1|cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t'=1+1"),
        ("\r=1+1", "'\r'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        (" =1+1", "' =1+1"),
        # A program that takes the semicolon for the end of a cell begins one in the middle of this text.
        ("Sales;=1+1", "Sales;'=1+1"),
        ("-0750-03", "'-0750-03"),
    ],
)
def test_what_begins_like_a_formula_is_marked(text: str, marked: str) -> None:
    assert guarded(text) == marked
    assert unguarded(marked) == text


@pytest.mark.parametrize("text", ["-750", "-0.5", "'s-Hertogenbosch", "'t Hart", "O'Neil", "", "a=b", "2+2"])
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text == unguarded(text) == typed(text)


@pytest.mark.parametrize("text", ["'=", "''+1", "'-5", "'@home"])
def test_an_apostrophe_by_right_is_kept(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == unguarded(typed(text)) == text


@given(ANYTHING)
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(typed(text)) == text


@given(ANYTHING)
def test_no_cell_of_any_separator_begins_like_a_formula(text: str) -> None:
    marked = guarded(text)
    if not re.fullmatch(r"-\d+(\.\d+)?", marked):
        assert not any(FORMULA.match(part) for part in re.split(r"[;\t\r\n]", marked))

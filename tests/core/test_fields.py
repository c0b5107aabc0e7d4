"""Numbers and days are read as people write them; where two readings are possible, both are offered."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from core.forms import (
    CodeField,
    DayField,
    ExactField,
    day_text,
    number_text,
    read_day,
    read_number,
)


class Example(Form):
    fte = ExactField("FTE", places=3, most=Decimal(1), shown_places=3)
    royalty = ExactField("Royalty", places=4, most=Decimal(100), unit="%")
    price = ExactField("Price", places=2, shown_places=2)
    day = DayField("Day")
    code = CodeField("Code")


def typed(name: str, text: str) -> tuple[Any, str]:
    """What is read from `text`, and what is said about it."""
    form = Example(MultiDict({name: text}))
    form.validate()
    return form[name].data, " ".join(form[name].errors)


# --- numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", ["12"]),
        ("12.5", ["12.5"]),
        ("12,5", ["12.5"]),
        ("12,5 %", ["12.5"]),
        (" 12 ", ["12"]),
        ("+3", ["3"]),
        ("-3.5", ["-3.5"]),
        ("1/2", ["0.5"]),
        ("3/4", ["0.75"]),
        ("1.234,50", ["1234.50"]),
        ("1,234.50", ["1234.50"]),
        ("1,234,567", ["1234567"]),
        ("1.234.567", ["1234567"]),
        ("1 234,5", ["1234.5"]),
        ("1\u00a0234,5", ["1234.5"]),
        ("1’234.50", ["1234.50"]),
        ("1'234.50", ["1234.50"]),
        (".5", ["0.5"]),
        (",5", ["0.5"]),
        ("0,125", ["0.125"]),
        ("0.001", ["0.001"]),
        ("1,234", ["1.234", "1234"]),
        ("1.234", ["1.234", "1234"]),
        ("12,34", ["12.34"]),
        ("1234,567", ["1234.567"]),
    ],
)
def test_a_number_is_every_number_it_can_mean(text: str, expected: list[str]) -> None:
    assert read_number(text) == [Decimal(one) for one in expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "+",
        "%",
        ".",
        ",",
        "abc",
        "1e3",
        "1/0",
        "1//2",
        "1/2/3",
        "1.2.3",
        "1,2,3",
        "--1",
        "½",
        "∞",
        "NaN",
        "0x10",
        "1..2",
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) == []


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_a_number_as_it_is_written_here_is_read_back(number: Decimal) -> None:
    assert number in read_number(number_text(number))


@given(st.text(max_size=12))
def test_whatever_is_typed_a_field_answers(text: str) -> None:
    for name in ("fte", "royalty", "price"):
        typed(name, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,5", "0.5"),
        ("1/2", "0.5"),
        ("50 %", "0.5"),
        ("50%", "0.5"),
        ("1", "1"),
        ("0", "0"),
        ("0,125", "0.125"),
    ],
)
def test_fte_is_read_as_people_write_it(text: str, expected: str) -> None:
    assert typed("fte", text) == (Decimal(expected), "")


@pytest.mark.parametrize(
    ("text", "expected"), [("12,5 %", "12.5"), ("12.5", "12.5"), ("3.3334", "3.3334"), ("1/2", "0.5")]
)
def test_a_percentage_is_read_as_people_write_it(text: str, expected: str) -> None:
    assert typed("royalty", text) == (Decimal(expected), "")


def test_both_readings_are_offered() -> None:
    value, said = typed("price", "1,23")
    assert (value, said) == (Decimal("1.23"), "")
    value, said = typed("royalty", "1,234")
    assert value == Decimal("1.234"), "1234 would be more than 100 % anyway"
    wide = type("Wide", (Form,), {"number": ExactField("Number", places=3)})
    form = wide(MultiDict({"number": "1,234"}))
    assert not form.validate()
    assert form.number.data is None
    assert form.number.errors == ["“1,234” can be read in two ways. Write “1.2340” or “1234.0000”."]


def test_what_is_offered_has_one_reading() -> None:
    wide = type("Wide", (Form,), {"number": ExactField("Number", places=3)})
    form = wide(MultiDict({"number": "1,234"}))
    form.validate()
    for offered in form.number.errors[0].split("“")[2:]:
        again = wide(MultiDict({"number": offered.split("”")[0]}))
        assert again.validate(), offered


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("fte", "two", "“two” is not a number."),
        ("fte", "1.2", "This can be at most 1."),
        ("fte", "-0.1", "This must be at least 0."),
        ("fte", "0.12345", "Only 3 decimal places"),
        ("fte", "1/3", "Only 3 decimal places"),
        ("royalty", "100.0001", "This can be at most 100."),
        ("price", "1" * 40, "This number is too large."),
    ],
)
def test_a_number_is_refused_in_words(name: str, text: str, said: str) -> None:
    value, told = typed(name, text)
    assert value is None
    assert said in told


def test_what_was_refused_stays_as_it_was_typed() -> None:
    assert Example(MultiDict({"fte": " one half "})).fte._value() == " one half "


@pytest.mark.parametrize(
    ("number", "least", "expected"),
    [
        ("7.5000", 0, "7.5"),
        ("7.5", 3, "7.500"),
        ("0", 3, "0.000"),
        ("100", 0, "100"),
        ("1E+2", 0, "100"),
        ("-0.50", 2, "-0.50"),
    ],
)
def test_a_number_is_written_without_needless_zeros(number: str, least: int, expected: str) -> None:
    assert number_text(Decimal(number), least) == expected


# --- days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-04-30", ["2025-04-30"]),
        ("2025-4-3", ["2025-04-03"]),
        ("30 Apr 2025", ["2025-04-30"]),
        ("30 april 2025", ["2025-04-30"]),
        ("30. Apr. 2025", ["2025-04-30"]),
        ("3 Dec 1995", ["1995-12-03"]),
        ("3.12.1995", ["1995-12-03"]),
        ("03.12.1995", ["1995-12-03"]),
        ("30/4/2025", ["2025-04-30"]),
        ("4/30/2025", ["2025-04-30"]),
        ("4/4/2025", ["2025-04-04"]),
        ("3/4/2026", ["2026-03-04", "2026-04-03"]),
        ("29 Feb 2024", ["2024-02-29"]),
    ],
)
def test_a_day_is_every_day_it_can_mean(text: str, expected: list[str]) -> None:
    assert [str(one) for one in read_day(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("today", "2025-05-20"), ("Tomorrow", "2025-05-21"), ("yesterday", "2025-05-19")]
)
def test_a_day_can_be_said_in_a_word(app: Flask, today: Callable, text: str, expected: str) -> None:
    assert [str(one) for one in read_day(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-02-29",
        "31 Feb 2025",
        "2025-13-01",
        "soon",
        "30 Abc 2025",
        "1/2",
        "2025",
        "20250430",
        "0/0/2025",
        "٣ Dec 1995x",
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) == []


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9998, 12, 31)))
def test_a_day_as_it_is_written_here_is_read_back(day: date) -> None:
    assert read_day(day_text(day)) == [day]
    assert read_day(day.isoformat()) == [day]


@given(st.text(max_size=14))
def test_whatever_is_typed_as_a_day_a_field_answers(text: str) -> None:
    if text.strip().casefold().rstrip(".") not in ("today", "tomorrow", "yesterday"):
        typed("day", text)


def test_both_days_are_offered() -> None:
    assert typed("day", "3/4/2026") == (
        None,
        "“3/4/2026” can be read in two ways. Write “4 Mar 2026” or “3 Apr 2026”.",
    )


def test_a_day_is_refused_in_words() -> None:
    value, said = typed("day", "soon")
    assert value is None
    assert said == "“soon” is not a day. Write it as 2026-04-30, 30 Apr 2026 or “today”."


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_days_that_no_calendar_here_holds_are_refused(text: str) -> None:
    assert typed("day", text)[0] is None


# --- codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["IT", "d005", "R&D", "a.b-c_d", "Ä1", "x" * 20, " IT "])
def test_a_code_is_letters_digits_and_a_few_signs(text: str) -> None:
    assert typed("code", text) == (text.strip(), "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 21, "At most 20 characters."),
        (".hidden", "A code does not begin with a dot."),
        ("a b", "Only letters, digits"),
        ("a/b", "Only letters, digits"),
        ("a?b", "Only letters, digits"),
        ("a#b", "Only letters, digits"),
        ("a\nb", "Only letters, digits"),
    ],
)
def test_another_code_is_refused(text: str, said: str) -> None:
    assert said in typed("code", text)[1]

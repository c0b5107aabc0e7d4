"""What the columns of a file mean: proposed from the headers, changed by a person."""

import pytest

from core.sheets.mapping import Unsettled, header_key, missing, open_questions, propose, remap
from hr.sheets import SHEETS as STAFFING
from library.sheets import SHEETS as LIBRARY


@pytest.mark.parametrize("header", ["emp_no", "Emp. No.", "EMP NO", "EmpNo", " emp-no "])
def test_a_header_is_known_however_it_is_written(header: str) -> None:
    assert header_key(header) == "empno"
    assert propose(STAFFING["employees"], [header]) == {"number": header}


@pytest.mark.parametrize(
    ("kind", "headers", "mapped"),
    [
        ("departments", "dept_no dept_name", "code name"),
        ("employees", "emp_no born first_name last_name hire_date", "number - first_name last_name hired_on"),
        ("employees", "Surname Number E-mail Joined", "last_name number email hired_on"),
        ("department-links", "emp_no dept_no from_date to_date", "employee department starts_on ends_on"),
        ("department-links", "Dept EmpNo Since Until Note", "department employee starts_on last_day -"),
    ],
)
def test_staffing_columns_are_proposed(kind: str, headers: str, mapped: str) -> None:
    names = headers.split()
    expected = {field: header for field, header in zip(mapped.split(), names, strict=True) if field != "-"}

    assert propose(STAFFING[kind], names) == expected


@pytest.mark.parametrize(
    ("kind", "headers", "mapped"),
    [
        (
            "books",
            "book_id isbn isbn13 authors original_publication_year original_title title ratings_1",
            "reference isbn isbn13 authors published original_title title -",
        ),
        ("books", "id Title Author Year", "- title authors published"),
        ("authors", "author sort_name", "name sort_name"),
        (
            "book-links",
            "book_id author royalty order",
            "reference author royalty_percentage publication_order",
        ),
    ],
)
def test_library_columns_are_proposed(kind: str, headers: str, mapped: str) -> None:
    names = headers.split()
    expected = {field: header for field, header in zip(mapped.split(), names, strict=True) if field != "-"}

    assert propose(LIBRARY[kind], names) == expected


def test_a_column_is_given_another_meaning() -> None:
    sheet, headers = STAFFING["departments"], ["dept_no", "dept_name", "long name"]
    proposed = propose(sheet, headers)

    assert remap(sheet, headers, proposed, ["long name=name"]) == {"code": "dept_no", "name": "long name"}
    assert remap(sheet, headers, proposed, ["DEPT_NAME="]) == {"code": "dept_no"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("nowhere=name", "The file has no column “nowhere”. It has: dept_no, dept_name."),
        ("dept_no=size", "There is no field “size” here. The fields are: code, name."),
        ("dept_no", "The file has no column “dept_no”"),
    ],
)
def test_a_meaning_that_cannot_be_given(change: str, sentence: str) -> None:
    headers = ["dept_no", "dept_name"]

    with pytest.raises(Unsettled) as refused:
        remap(STAFFING["departments"], headers, {}, [change])

    assert sentence in str(refused.value)


def test_what_is_missing_is_said_in_words() -> None:
    sheet = STAFFING["departments"]

    assert missing(sheet, ["code"], {"code": "code"}) == ["A column for “Name” is needed."]
    assert "None of the columns is known (d001, Marketing)" in missing(sheet, ["d001", "Marketing"], {})[0]


def test_the_end_is_asked_about_only_where_it_is_in_doubt() -> None:
    sheet = STAFFING["department-links"]

    assert [one.name for one in open_questions(sheet, {"ends_on": "to_date"}, {})] == ["end_date"]
    assert open_questions(sheet, {"ends_on": "to_date"}, {"end_date": "last-day"}) == []
    assert open_questions(sheet, {"last_day": "until"}, {}) == []

"""Letters: certain where a file says so, and else a question with examples from the file."""

import pytest

from core.sheets.files import Unreadable, read_table
from core.sheets.preview import Reading
from hr.sheets import SHEETS

TEXT = "code,name\nIT,Müller & Søn\nHR,Größe\n"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "utf-8-sig", "utf-16"])
def test_what_is_certain_is_not_asked(encoding: str) -> None:
    text = TEXT if encoding != "ascii" else "code,name\nIT,Technology\n"

    assert read_table(text.encode(encoding)).questions == ()


def test_examples_differ_between_the_answers() -> None:
    (question,) = read_table(TEXT.encode("cp1252")).questions

    assert question.answer({}) == ""
    assert question.choices["windows-1252"] == "Größe · Müller & Søn (Windows, Western Europe)"
    assert question.choices["macintosh"] == "Grˆﬂe · M¸ller & S¯n (Mac, Western Europe)"
    assert question.choices["windows-1250"] == "Größe · Müller & Sřn (Windows, Central Europe)"
    assert len(set(question.choices.values())) == len(question.choices)
    # ISO 8859-1 and -15 read these letters as Windows does, so they would be the same answer.
    assert "iso-8859-1" not in question.choices
    assert "iso-8859-15" not in question.choices


@pytest.mark.parametrize("encoding", ["windows-1252", "macintosh", "cp850", "windows-1250"])
def test_an_answer_is_taken(encoding: str) -> None:
    text = "code,name\nIT,Öl – für Müller\n" if encoding != "cp850" else TEXT
    content = text.encode(encoding)

    table = read_table(content, {"encoding": encoding})

    assert [",".join(cells) for _, cells in table.rows()] == text.splitlines()[1:]


def test_nothing_is_planned_before_the_answer() -> None:
    table = read_table(TEXT.encode("cp1252"))
    mapped = {"code": "code", "name": "name"}

    assert Reading(SHEETS["departments"], table, mapped, {}).is_draft
    assert not Reading(SHEETS["departments"], table, mapped, {"encoding": "windows-1252"}).is_draft


def test_what_cannot_be_in_an_encoding_is_no_answer() -> None:
    # 0x81 is no letter in Windows-1252, and a control character in ISO 8859-1.
    choices = read_table(b"code,name\nIT,x\x81y\n").questions[0].choices

    assert not {"windows-1252", "iso-8859-1"} & set(choices)
    assert choices["cp850"] == "xüy (DOS, Western Europe)"


def test_a_damaged_utf8_file_is_no_other_encoding() -> None:
    with pytest.raises(Unreadable, match="is UTF-8, but it is damaged: line 3 has the byte FF"):
        read_table("code,name\nIT,Größe\n".encode() + b"HR,\xff\n")


def test_an_encoding_can_be_named_that_is_not_offered() -> None:
    content = "code,name\nIT,日本\n".encode("shift_jis")

    assert list(read_table(content, {"encoding": "shift_jis"}).rows()) == [(2, ["IT", "日本"])]
    for same in ("iso-8859-1", "latin1", "cp1252"):
        assert read_table(TEXT.encode("cp1252"), {"encoding": same}).questions == ()
    with pytest.raises(Unreadable, match="There is no encoding “klingon”"):
        read_table(content, {"encoding": "klingon"})
    with pytest.raises(Unreadable, match="The file is not ascii: line 2 has the byte 93"):
        read_table(content, {"encoding": "ascii"})
    with pytest.raises(Unreadable, match="There is no encoding “base64”"):
        read_table(content, {"encoding": "base64"})

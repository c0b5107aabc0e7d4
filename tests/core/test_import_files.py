"""Files as people have them: encodings, delimiters, quotes; and what is said of a broken one."""

import pytest

from core.sheets.files import Unreadable, read_table


def rows(content: bytes) -> list[tuple[int, list[str]]]:
    return list(read_table(content).rows())


@pytest.mark.parametrize(
    "content",
    [
        "code,name\nIT,Größe\n".encode(),
        b"\xef\xbb\xbf" + "code,name\nIT,Größe\n".encode(),
        "code,name\nIT,Größe\n".encode("utf-16"),
        b"\xfe\xff" + "code,name\nIT,Größe\n".encode("utf-16-be"),
        "code;name\r\nIT;Größe\r\n".encode(),
        "code\tname\nIT\tGröße".encode(),
        "sep=;\r\ncode;name\r\nIT;Größe".encode(),
        '"code","name"\r"IT","Größe"\r'.encode(),
        "\n\ncode,name,,\n\nIT,Größe,,\n,,\n".encode(),
    ],
)
def test_encodings_delimiters_and_line_ends(content: bytes) -> None:
    table = read_table(content)

    assert table.headers == ("code", "name")
    assert [cells for _, cells in table.rows()] == [["IT", "Größe"]]


def test_a_line_is_known_by_where_it_begins_in_the_file() -> None:
    content = b'code,name\nA,"two\nlines, and a ""quote"""\n\nB,after a blank line\n'

    assert rows(content) == [(2, ["A", 'two\nlines, and a "quote"']), (5, ["B", "after a blank line"])]


def test_a_delimiter_in_a_quoted_header_is_not_counted() -> None:
    assert read_table(b'"a;b;c",d\n1,2').headers == ("a;b;c", "d")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf  \r\n \n", "The file is empty."),
        (b"code,name\n", "no line after it"),
        ("code,name\nIT,Größe\n".encode() + b"X,\xf6", "line 3 has the byte F6, which cannot stand there"),
        (b"code,name\nIT,a\0b", "Line 2 has a NUL byte"),
        ("code,name\nIT,a".encode("utf-16-le"), "Line 1 has a NUL byte"),
        (b"code,name,Code\nIT,a,b", "Two columns are called “Code”: number 1 and number 3"),
        (b'code,name\nIT,"never closed\nX,y', "opened in line 2 and never closed"),
        (b'code,name\nIT,"a"b\n', "Line 2 goes on after a closing quotation mark"),
        (b"code,name\nIT," + b"x" * 200_000, "Line 2 has a cell of more than 131,072 characters"),
        (b",".join(b"c%d" % n for n in range(400)) + b"\n1", "has 400 columns; at most 300"),
        (b"PK\x03\x04 whatever", "is damaged, or only a part of it has arrived"),
    ],
)
def test_a_broken_file_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_table(content)

    assert sentence in str(refused.value)

"""A spreadsheet (XLSX) and its worksheets: what is in the file, whether it may be read, and which one is.

The file is a ZIP archive of XML. It is looked at before the library reads it, since that one believes what it
is told: it makes room for the whole rectangle up to the last cell, and where memory lacks the whole process
ends. So it gets a package of only those parts that were measured here; macros and pictures are none of them.
"""

import io
import re
import zipfile
import zlib
from functools import lru_cache
from posixpath import join, normpath

from core.sheets.limits import Limits, Unreadable, megabytes
from core.sheets.tags import tags
from core.sheets.worksheet_cells import DAMAGED, Faults, lines_of, measure

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MOST_PARTS = 5_000
# As many as a page offers.
MOST_WORKSHEETS = 50
# So much of a worksheet is looked at to see whether it has a table.
GLANCE = 1 << 20
PIECE = 1 << 20
# What a damaged archive makes the reader of archives say.
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, RuntimeError, ValueError)
OTHER_ARCHIVES = {
    "content.xml": "an OpenDocument file",
    "word/document.xml": "a text document (Word)",
    "ppt/presentation.xml": "a presentation",
    "xl/workbook.bin": "a binary spreadsheet (.xlsb)",
}
# What is needed to read a worksheet, beside the worksheet itself.
KEPT = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels|xl/\w+\.xml")
ROW, VALUE = re.compile(rb"<(?:\w+:)?row\b"), re.compile(rb"<(?:\w+:)?[vt]\b")


def worksheets_of(content: bytes, limits: Limits) -> list[str]:
    """The names of the worksheets that have a table, in their order."""
    try:
        package = _opened(content, limits)
        parts = _worksheets(package)
        tables = [name for name, part in parts.items() if _has_table(package, part)]
    except FAULTS:
        raise Unreadable(DAMAGED) from None
    if not tables:
        raise Unreadable(
            "No worksheet of the file has a table: a line with the names of the columns, and lines below."
        )
    return tables[:MOST_WORKSHEETS]


@lru_cache(maxsize=2)
def read_worksheet(content: bytes, name: str, limits: Limits) -> tuple[bytes, Faults]:
    """A worksheet as comma-separated lines in UTF-8, and its cells without a value; row n is line n.

    The last ones are kept: each page of a preview asks again.
    """
    try:
        package = _opened(content, limits)
        parts = _worksheets(package)
        if name not in parts:
            raise Unreadable(f"The file has no worksheet “{name}”. It has: {', '.join(parts)}.")
        xml = _part(package, parts[name])
        measure(xml, _part(package, "xl/sharedStrings.xml"), limits)
        kept = _repacked(package, parts[name], xml)
        return lines_of(kept, name, xml, _part(package, "xl/styles.xml"))
    except FAULTS:
        raise Unreadable(DAMAGED) from None


def _opened(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, once it is known to be a spreadsheet that is not too large when unpacked."""
    if content.count(b"PK\x01\x02") > MOST_PARTS:
        raise Unreadable(
            f"The file is an archive of more than {MOST_PARTS:,} parts, and no usual spreadsheet."
        )
    package = zipfile.ZipFile(io.BytesIO(content))
    infos = package.infolist()
    if any(one.flag_bits & 1 for one in infos):
        raise Unreadable("The file is protected with a password. Save it without one and choose that file.")
    names = {one.filename for one in infos}
    if WORKBOOK not in names:
        what = next((words for part, words in OTHER_ARCHIVES.items() if part in names), "a ZIP archive")
        raise Unreadable(
            f"This is {what}, not a spreadsheet that can be read here. "
            "Save the table as “Excel workbook (.xlsx)” or as CSV and choose that file."
        )
    # Nothing is ever unpacked beyond the size that a part declares: more than that is an error of the part.
    size = sum(one.file_size for one in infos if one.filename.endswith((".xml", ".rels")))
    if size > limits.unpacked:
        raise Unreadable(
            f"The spreadsheet would have {megabytes(size)} when unpacked; at most "
            f"{megabytes(limits.unpacked)} can be read. Split it in parts, or save it as CSV."
        )
    return package


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    """A part, unpacked to the size it declares and not a byte further; empty if there is none."""
    if name not in package.namelist():
        return b""
    info = package.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    pieces, left = [], info.file_size
    with package.open(info) as file:
        while left and (piece := file.read(min(left, PIECE))):
            pieces.append(piece)
            left -= len(piece)
    content = b"".join(pieces)
    if left or zlib.crc32(content) != info.CRC:
        raise zipfile.BadZipFile
    return content


def _worksheets(package: zipfile.ZipFile) -> dict[str, str]:
    """The part of each worksheet by its name, in order; charts and dialogs are none."""
    targets: dict[str, str] = {}
    for relation in tags(_part(package, RELATIONS), "Relationship"):
        if relation.get("Type", "").endswith("/worksheet"):
            target = relation.get("Target", "")
            targets[relation.get("Id", "")] = (
                normpath(join("xl", target)) if target[:1] != "/" else target[1:]
            )
    sheets = [
        (one.get("name", ""), targets.get(one.get("id", ""), ""))
        for one in tags(_part(package, WORKBOOK), "sheet")
    ]
    return {name: part for name, part in sheets if part in package.namelist()}


def _has_table(package: zipfile.ZipFile, part: str) -> bool:
    """Whether two rows have something in them."""
    with package.open(part) as file:
        rows = ROW.split(file.read(GLANCE))[1:]
    return sum(1 for row in rows if VALUE.search(row)) > 1


def _repacked(package: zipfile.ZipFile, worksheet: str, xml: bytes) -> bytes:
    """A package with one worksheet, of parts that have been unpacked and measured."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
        for name in dict.fromkeys(package.namelist()):
            if KEPT.fullmatch(name):
                made.writestr(name, _part(package, name))
        made.writestr(worksheet, xml)
    return file.getvalue()

"""Small PNG files: 256 colours are enough for a page of text, and a byte for each pixel packs well."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, RGBA = 2, 6
COLOURS = 256
Colour = bytes


def smaller(content: bytes) -> bytes:
    """The same picture with a palette: the most frequent colours, and the nearest one for each other."""
    width, height, rows = _rows(content)
    counted: Counter[Colour] = Counter()
    for row in rows:
        counted.update(row)
    palette = [colour for colour, _count in counted.most_common(COLOURS)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in counted.keys() - place.keys():
        place[colour] = _nearest(colour, palette)
    packed = b"".join(b"\0" + bytes(place[colour] for colour in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(packed, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    def far(number: int) -> int:
        return sum((one - other) ** 2 for one, other in zip(colour, palette[number], strict=True))

    return min(range(len(palette)), key=far)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += 12 + length


def _rows(content: bytes) -> tuple[int, int, list[list[Colour]]]:
    """Width, height and the colours of each row; only what Chromium writes is read."""
    chunks = list(_chunks(content))
    width, height, depth, kind, *_how, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in (RGB, RGBA) or interlaced:
        raise ValueError("not a picture as Chromium writes it")
    size = 3 if kind == RGB else 4
    data = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    line = bytes(width * size)
    rows = []
    for start in range(0, len(data), width * size + 1):
        line = _unfiltered(data[start], data[start + 1 : start + 1 + width * size], line, size)
        rows.append([line[place : place + 3] for place in range(0, len(line), size)])
    return width, height, rows


def _unfiltered(how: int, line: bytes, above: bytes, size: int) -> bytes:
    """A row as it was before it was written as differences from its neighbours (PNG, section 9)."""
    if how == 0:
        return line
    if how == 2:
        return bytes((one + other) & 255 for one, other in zip(line, above, strict=True))
    done = bytearray(line)
    for place, difference in enumerate(line):
        left = done[place - size] if place >= size else 0
        corner = above[place - size] if place >= size else 0
        done[place] = (difference + _foretold(how, left, above[place], corner)) & 255
    return bytes(done)


def _foretold(how: int, left: int, above: int, corner: int) -> int:
    if how == 1:
        return left
    if how == 3:
        return (left + above) // 2
    both = left + above - corner
    return min((left, above, corner), key=lambda one: abs(both - one))

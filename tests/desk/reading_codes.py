"""Reads a square code (ISO/IEC 18004) as a camera would after finding it: format, mask, words.

Written from the norm alone, with nothing of the library that draws: sizes 2 to 6, bytes.
"""

from collections.abc import Iterator

Grid = list[list[bool]]
# By version and level: how many blocks, and words of data in each (of two lengths at most).
BLOCKS = {
    (2, "q"): [22], (3, "q"): [17, 17], (4, "q"): [24, 24], (5, "q"): [15, 15, 16, 16],
    (6, "q"): [19] * 4,
}  # fmt: skip
LEVELS = {0b01: "l", 0b00: "m", 0b11: "q", 0b10: "h"}
MASKS = [
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
]


def read(grid: Grid) -> str:
    """The text of a code whose modules are dark where true."""
    version = (len(grid) - 17) // 4
    level, mask = _format(grid)
    bits = [grid[r][c] != MASKS[mask](r, c) for r, c in _way(len(grid))]
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    data = _apart(words, BLOCKS[version, level])
    stream = [bool(word >> (7 - at) & 1) for word in data for at in range(8)]
    assert _number(stream[:4]) == 0b0100, "bytes"
    many = _number(stream[4:12])
    return bytes(_number(stream[12 + 8 * n : 20 + 8 * n]) for n in range(many)).decode()


def _format(grid: Grid) -> tuple[str, int]:
    places = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    said = _number([grid[r][c] for r, c in places]) ^ 0b101010000010010
    return LEVELS[said >> 13], said >> 10 & 0b111


def _way(size: int) -> Iterator[tuple[int, int]]:
    """The modules of data in the order in which they are laid: up and down, two by two."""
    up = True
    columns = [c for c in range(size - 1, 0, -2) if c > 6] + [5, 3, 1]
    for right in columns:
        rows = range(size - 1, -1, -1) if up else range(size)
        yield from ((r, c) for r in rows for c in (right, right - 1) if _is_data(r, c, size))
        up = not up


def _is_data(r: int, c: int, size: int) -> bool:
    corner = (r < 9 and c < 9) or (r < 9 and c > size - 9) or (r > size - 9 and c < 9)
    alignment = abs(r - (size - 7)) <= 2 and abs(c - (size - 7)) <= 2
    return not (corner or alignment or r == 6 or c == 6)


def _apart(words: list[int], blocks: list[int]) -> list[int]:
    """The words of data in their order: laid down block by block, one word of each at a time."""
    laid: list[list[int]] = [[] for _ in blocks]
    rest = iter(words)
    for turn in range(max(blocks)):
        for block, many in zip(laid, blocks, strict=True):
            if turn < many:
                block.append(next(rest))
    return [word for block in laid for word in block]


def _number(bits: list[bool]) -> int:
    found = 0
    for bit in bits:
        found = found << 1 | bit
    return found

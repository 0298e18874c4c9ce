"""A photo from a stranger."""

import io
import struct
import zlib

import pytest
from PIL import Image

from gongbi.reports import photos


def drawn(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **saving: object) -> bytes:
    """A small picture as file bytes."""
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **saving)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_kinds_are_known_by_content(kind: str) -> None:
    photos.check(drawn(kind))


def test_still_photo_with_a_second_map_is_taken() -> None:
    # What phones write: two frames in an MPO, of which only the first is the photo.
    file = io.BytesIO()
    first, second = Image.new("RGB", (40, 30), "teal"), Image.new("RGB", (20, 15), "black")
    first.save(file, "MPO", save_all=True, append_images=[second])
    photos.check(file.getvalue())


def bomb(width: int, height: int) -> bytes:
    """A PNG whose head promises more pixels than it is safe to open."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a JPEG"),
        (b"MZ\x90\x00 a program", "not a JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG"),
        (drawn("GIF"), "not a JPEG"),
        (drawn("PNG")[:20], "damaged"),
        (bomb(30_000, 30_000), "too many pixels"),
        (bomb(7_000, 7_000), "too many pixels"),
        (b"\xff" * (photos.MOST_BYTES + 1), "larger than 12 MB"),
    ],
)
def test_refused_with_a_sentence(content: bytes, said: str) -> None:
    from django.utils import translation

    with translation.override("en"), pytest.raises(photos.PhotoRefused, match=said):
        photos.check(content)


def test_moving_picture_is_refused() -> None:
    from django.utils import translation

    file = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    with translation.override("en"), pytest.raises(photos.PhotoRefused, match="moves"):
        photos.check(file.getvalue())

"""Pictures: checked, cleaned of metadata, and kept sealed in two copies below the data folder.

Both copies lie under their owner's key, so that deleting the key deletes the picture in every
backup too. The evidence copy holds the bytes as they came, with the time and place they came from.
"""

import hashlib
import io
import json
import os
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from numpy import asarray, float64
from PIL import Image, ImageOps, UnidentifiedImageError

from gongbi.cases.errors import Incomplete
from gongbi.core.public import seal_bytes, unseal_bytes
from gongbi.kernel.cases.prints import print_of

MOST_BYTES = 12 * 2**20
MOST_PIXELS = 40_000_000
LONGEST_EDGE_SHOWN = 2048
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked upload: the bytes to show, the bytes as they came, and the size shown."""

    shown: bytes
    original: bytes
    width: int
    height: int
    likeness: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes as they came."""
        return hashlib.sha256(self.original).hexdigest()


def read_picture(content: bytes) -> Picture:
    """Check a picture's size, kind and pixels and draw it anew, without metadata."""
    if len(content) > MOST_BYTES:
        raise Incomplete(
            "photo",
            _("The picture has %(size)d MB; at most %(most)d MB can be taken.")
            % {"size": len(content) // 2**20, "most": MOST_BYTES // 2**20},
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # counted just below
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Incomplete(
                        "photo", _("The picture has too many pixels; 40 million are the most.")
                    )
                return _drawn_anew(image, content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Incomplete(
            "photo", _("This is not a picture that can be read; send a JPEG, PNG or WebP.")
        ) from error


def _drawn_anew(image: Image.Image, content: bytes) -> Picture:
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((LONGEST_EDGE_SHOWN, LONGEST_EDGE_SHOWN))
    # Only the pixels are copied: a saved copy of the opened image could carry its metadata on.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85)
    likeness = print_of(asarray(clean.convert("L"), dtype=float64))
    return Picture(out.getvalue(), content, clean.width, clean.height, likeness)


def keep(
    picture: Picture, uuid: UUID, owner: str, *, at: datetime, lon: float | None, lat: float | None
) -> None:
    """Write both copies, sealed for their owner."""
    said = json.dumps({"at": at.isoformat(), "lon": lon, "lat": lat, "digest": picture.digest})
    evidence = said.encode() + b"\n" + picture.original
    shown, kept = files_of(uuid)
    shown.parent.mkdir(parents=True, exist_ok=True)
    _write(shown, seal_bytes(owner, picture.shown))
    _write(kept, seal_bytes(owner, evidence))


def _write(file: Path, content: bytes) -> None:
    """On disk when it returns: a receipt is given for it next."""
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def shown_bytes(uuid: UUID, owner: str) -> bytes | None:
    """The JPEG to show, or None when it was deleted."""
    with suppress(FileNotFoundError):
        return unseal_bytes(owner, files_of(uuid)[0].read_bytes())
    return None


def evidence_of(uuid: UUID, owner: str) -> tuple[dict[str, object], bytes] | None:
    """Time and place, and the bytes as they came; None when deleted."""
    with suppress(FileNotFoundError):
        opened = unseal_bytes(owner, files_of(uuid)[1].read_bytes())
        if opened is not None:
            said, _newline, original = opened.partition(b"\n")
            return json.loads(said), original
    return None


def remove(uuid: UUID) -> None:
    """Delete both copies from the data folder."""
    for file in files_of(uuid):
        file.unlink(missing_ok=True)


def files_of(uuid: UUID) -> tuple[Path, Path]:
    """Where the copy to show and the evidence lie."""
    folder = Path(settings.GONGBI_DATA) / "photos" / uuid.hex[:2]
    return folder / f"{uuid}.shown", folder / f"{uuid}.evidence"

"""A photo from a stranger: known by its content, bounded, and without what its maker did not say."""

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 12 * 2**20
MOST_PIXELS = {"JPEG": 60_000_000, "MPO": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONGEST_SIDE_PIXELS = 2048
QUALITY = 85


class PhotoRefused(Exception):
    """The photo cannot be taken; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG made anew from the pixels: nothing of the original file is in it."""

    jpeg: bytes
    width: int
    height: int


def clean(original: bytes) -> Photo:
    """Redraw a photo without metadata; PhotoRefused with a sentence for anything else."""
    if len(original) > MOST_BYTES:
        raise PhotoRefused(
            _("The photo is larger than %(most)s MB. Choose a smaller one, or send without it.")
            % {"most": MOST_BYTES // 2**20}
        )
    try:
        with warnings.catch_warnings():
            # Pillow warns of bombs where we refuse by our own, lower limit.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _redrawn(Image.open(io.BytesIO(original), formats=("JPEG", "PNG", "WEBP")))
    except PhotoRefused:
        raise
    except UnidentifiedImageError as error:
        raise PhotoRefused(
            _("This file is not a JPEG, PNG or WebP photo. Choose another, or send without it.")
        ) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError) as error:
        # SyntaxError is what Pillow raises for a broken PNG.
        raise PhotoRefused(
            _("The photo is damaged and cannot be opened. Take it again, or send without it.")
        ) from error


def _redrawn(image: Image.Image) -> Photo:
    _refuse_unfit(image)
    image.draft("RGB", (LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
    bare = Image.new("RGB", upright.size, "white")
    coloured = upright.convert("RGBA")
    bare.paste(coloured, mask=coloured.getchannel("A"))
    drawn = io.BytesIO()
    bare.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return Photo(drawn.getvalue(), *bare.size)


def _refuse_unfit(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS[image.format or "PNG"]:
        raise PhotoRefused(
            _("The photo has %(width)s × %(height)s pixels, too many to open safely. "
              "Send a smaller one.")
            % {"width": width, "height": height}
        )
    # Phones write still photos as MPO, with a depth or brightness map as second frame.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PhotoRefused(
            _("This picture moves. Send a still photo, so that everyone sees the same.")
        )

"""A photo from a stranger, looked at from outside before it is opened.

Only its head is read here: kind by content, bytes, pixels, and whether it moves. Cases then draws
it anew, which is what removes its metadata.
"""

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MOST_BYTES = 12 * 2**20
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class PhotoRefused(Exception):
    """The photo cannot be taken; the sentence says why and what to do."""


def check(original: bytes) -> None:
    """PhotoRefused with a sentence for anything but a still photo of bearable size."""
    if len(original) > MOST_BYTES:
        raise PhotoRefused(
            _("The photo is larger than %(most)s MB. Choose a smaller one, or send without it.")
            % {"most": MOST_BYTES // 2**20}
        )
    try:
        with warnings.catch_warnings():
            # Pillow warns of bombs where we refuse by our own, lower limit.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(original), formats=FORMATS) as image:
                _refuse_unfit(image)
    except UnidentifiedImageError as error:
        raise PhotoRefused(
            _("This file is not a JPEG, PNG or WebP photo. Choose another, or send without it.")
        ) from error
    except Image.DecompressionBombError as error:
        raise PhotoRefused(_too_many_pixels()) from error
    except (OSError, ValueError, SyntaxError) as error:
        # SyntaxError is what Pillow raises for a broken PNG.
        raise PhotoRefused(damaged()) from error


def _refuse_unfit(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PhotoRefused(_too_many_pixels())
    # Phones write still photos as MPO, with a depth or brightness map as second frame.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PhotoRefused(
            _("This picture moves. Send a still photo, so that everyone sees the same.")
        )


def damaged() -> str:
    """The sentence for a photo that breaks off or cannot be drawn."""
    return _("The photo is damaged and cannot be opened. Take it again, or send without it.")


def _too_many_pixels() -> str:
    return _("The photo has too many pixels to open safely. Send a smaller one.")

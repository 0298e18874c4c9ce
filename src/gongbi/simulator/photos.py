"""A crew's picture of the result: drawn, and saying on its face that it is."""

import base64
import io

from PIL import Image, ImageDraw

from gongbi.kernel.simulation.chance import name_number

SIZE = (640, 480)


def draw_photo(case: str, said: str) -> str:
    """A small JPEG as base64: pavement, a mended patch, the number of the case."""
    number = name_number("photo", case)
    grey = 120 + number % 60
    image = Image.new("RGB", SIZE, (grey, grey, grey + 6))
    pen = ImageDraw.Draw(image)
    for row in range(0, SIZE[1], 40):
        pen.line([(0, row), (SIZE[0], row)], fill=(grey - 18,) * 3, width=2)
        shift = 40 * (row // 40 % 2)
        for column in range(shift, SIZE[0], 80):
            pen.line([(column, row), (column, row + 40)], fill=(grey - 18,) * 3, width=2)
    left, top = 160 + number % 120, 130 + number // 7 % 90
    pen.ellipse([left, top, left + 220, top + 130], fill=(grey - 35, grey - 38, grey - 42))
    pen.rectangle([0, 440, SIZE[0], SIZE[1]], fill=(28, 32, 38))
    pen.text((12, 452), f"SIMULATED PHOTO  case {case}  {said}", fill=(255, 214, 10))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return base64.b64encode(out.getvalue()).decode()

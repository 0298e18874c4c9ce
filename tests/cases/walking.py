"""Walking a case by its pages, as people do."""

import io
import re
from typing import Any

from django.test import Client
from PIL import Image

from gongbi.cases import questions
from gongbi.cases.models import Case


def same(html: str) -> str:
    """A page without its form tokens, which are masked anew at each drawing."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", html).strip()


def do(browser: Client, number: str, verb: str, **said: Any) -> Any:
    """Send a verb's form as the page would, with the version of now unless one is given."""
    said.setdefault("seen", Case.objects.get(number=number).version)
    return browser.post(f"/cases/{number}/do/{verb}", said)


def case_of(number: str) -> Case:
    """The case as it is stored now."""
    return Case.objects.get(number=number)


def picture(colour: str = "red", exif: bool = True) -> bytes:
    """A small JPEG that says where and by which camera it was taken."""
    image, out = Image.new("RGB", (60, 40), colour), io.BytesIO()
    said = Image.Exif()
    if exif:
        said[0x010F] = "SecretCamera"
    image.save(out, "JPEG", exif=said)
    return out.getvalue()


def answers_of(case: Case) -> dict[str, Any]:
    """What a case's reports answer to the questions of its type."""
    return questions.of_case(case, case.type)

"""Answers of the door: JSON or XML by the address's suffix, errors in the standard's own form."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import orjson
from django.http import HttpResponse

KINDS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ONE_OF = {
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
}
# XML 1.0 knows no way to write these at all, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Row = Mapping[str, Any]


class OpenError(Exception):
    """A refusal: a status, and one sentence for each thing that is wrong."""

    def __init__(self, status: int, *sentences: str, wait_seconds: int = 0) -> None:
        super().__init__(" ".join(sentences))
        self.status, self.sentences, self.wait_seconds = status, sentences, wait_seconds


def answer(
    form: str, said: Row | Sequence[Row], *, root: str, child: str = "", status: int = 200
) -> HttpResponse:
    """One object or a list of them; in XML under ``root``, each as ``child``."""
    body = orjson.dumps(said, default=str) if form == "json" else _xml(said, root, child)
    return HttpResponse(body, content_type=KINDS[form], status=status)


def refusal(form: str, error: OpenError) -> HttpResponse:
    """The errors of a refusal, as the standard writes them."""
    said = [{"code": error.status, "description": one} for one in error.sentences]
    response = answer(form, said, root="errors", child="error", status=error.status)
    if error.wait_seconds:
        response["Retry-After"] = str(error.wait_seconds)
    return response


def stamp(at: datetime | None) -> str | None:
    """W3C date and time with its zone, to the second."""
    return at.isoformat(timespec="seconds") if at else None


def _xml(said: Row | Sequence[Row], root: str, child: str) -> bytes:
    top = ET.Element(root)
    if isinstance(said, Mapping):
        _fill(top, said)
    else:
        for row in said:
            _fill(ET.SubElement(top, child), row)
    return ET.tostring(top, encoding="utf-8", xml_declaration=True)


def _fill(element: ET.Element, said: Any) -> None:
    match said:
        case Mapping():
            for key, value in said.items():
                _fill(ET.SubElement(element, key), value)
        case list() | tuple():
            for value in said:
                _fill(ET.SubElement(element, ONE_OF[element.tag]), value)
        case bool():
            element.text = "true" if said else "false"
        case None:
            pass
        case _:
            element.text = xml_text(said)


def xml_text(said: Any) -> str:
    """Anything as text that XML can write at all."""
    return _NO_XML.sub("\ufffd", str(said))

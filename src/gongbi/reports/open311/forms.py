"""Reading a posted request: form fields, answers to a service's questions, pictures.

Everything that is wrong is said at once; nothing is stored until all of it is right.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError

from gongbi.cases.public import TypeRecord
from gongbi.core.public import assets_said, place
from gongbi.reports import photos, queries
from gongbi.reports.open311 import access, house, questions
from gongbi.reports.open311.house import Attribute
from gongbi.reports.open311.wire import OpenError

MOST_BYTES = 40 * 2**20
MOST_WORDS, MOST_PHOTOS, MOST_CONTACT, MOST_ANSWER = 8000, 5, 200, 1000
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ATTRIBUTE = re.compile(r"attribute\[([^\]\[]{1,60})\](\[\])?")
_LONE = re.compile("[\ud800-\udfff\x00]")


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it was sent, understood and whole."""

    type: str
    words: str
    lon: float | None
    lat: float | None
    place: str | None
    place_words: str
    contact: str
    reference: str
    asset: str
    answers: tuple[tuple[str, str], ...]
    pictures: tuple[bytes, ...]


def fields_of(request: HttpRequest) -> QueryDict:
    """The form; OpenError for a body that is none or is too large."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if int(length) > MOST_BYTES if length.isdecimal() else True:
        raise OpenError(413, f"The body is larger than {MOST_BYTES // 2**20} MB.")
    if request.content_type not in FORMS:
        raise OpenError(400, f"Send a form: {FORMS[0]} or {FORMS[1]}.")
    try:
        return request.POST
    except (BadRequest, SuspiciousOperation, UnreadablePostError, ValueError, LookupError) as bad:
        raise OpenError(400, f"The form cannot be read ({type(bad).__name__}).") from bad


def posted(said: QueryDict, request: HttpRequest) -> Posted:
    """The request of a form; OpenError(400) with one sentence for each thing that is wrong."""
    code = said.get("service_code", "").strip()
    if not code:
        raise OpenError(400, "service_code was not provided.")
    kind = access.service(code)
    wrong: list[str] = []
    service = house.house().service(kind.code)
    asked = service.attributes
    asset = _asset(said, kind, asked)
    given = _given(said)
    to_type = tuple(_to_type(given, questions.asked_beside(kind, service), wrong))
    answers = list(_answers(given, asked, wrong, named=bool(asset)))
    lon, lat = _point(said, wrong)
    where = None if asset and not said.get("address_id") else _place(said, lon, wrong)
    found = Posted(
        type=kind.code,
        words=_words(said, kind.name, answers, wrong),
        lon=lon,
        lat=lat,
        place=where,
        place_words=clean(said.get("address_string", ""))[:500],
        contact=_contact(said, wrong),
        reference=_reference(said, wrong),
        asset=asset,
        answers=to_type,
        pictures=_pictures(request, wrong),
    )
    if wrong:
        raise OpenError(400, *wrong)
    return found


def clean(text: str) -> str:
    """Without blanks around it, and without what no text may hold."""
    return _LONE.sub("\ufffd", text).strip()


def _point(said: QueryDict, wrong: list[str]) -> tuple[float | None, float | None]:
    texts = said.get("lat", "").strip(), said.get("long", "").strip()
    if texts == ("", ""):
        return None, None
    try:
        lat, lon = (float(text) for text in texts)
    except ValueError:
        wrong.append("lat and long go together and are decimal degrees.")
        return None, None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        wrong.append("lat is up to 90 and long up to 180 degrees.")
        return None, None
    if queries.lies_outside(lon, lat):
        wrong.append("The point lies outside the city.")
    return lon, lat


def _place(said: QueryDict, lon: float | None, wrong: list[str]) -> str | None:
    code, words = said.get("address_id", "").strip(), said.get("address_string", "").strip()
    if lon is not None:
        return None
    if code:
        found = place(code[:40]) if "\x00" not in code else None
        if found is None:
            wrong.append(f"The address_id {code[:40]!r} was not found.")
        return found.code if found else None
    if words:
        return queries.place_said(words[:500])
    wrong.append("A place is needed: lat and long, address_string or address_id.")
    return None


def _words(said: QueryDict, name: str, answers: list[str], wrong: list[str]) -> str:
    """What was said, the answers and the addresses of media; nothing of it is thrown away."""
    spoken = clean(said.get("description", "")) or name
    media = [clean(url) for key in ("media_url", "media_url[]") for url in said.getlist(key)]
    words = "\n".join([spoken, *answers, *(f"media: {url}" for url in media if url)])
    if len(words) > MOST_WORDS:
        wrong.append(
            f"description and answers have {len(words)} characters; at most {MOST_WORDS}."
        )
    return words


def _asset(said: QueryDict, kind: TypeRecord, asked: tuple[Attribute, ...]) -> str:
    """The one asset that ``attribute[asset]`` means; what means none or several stays with the
    words, as any answer that nobody asked for."""
    texts = said.getlist(f"attribute[{house.ASSET}]")
    asked_for = any(one.code == house.ASSET for one in asked)
    if not kind.assets or asked_for or len(texts) != 1 or not texts[0].strip():
        return ""
    found = [one for one in assets_said(clean(texts[0]), kind.assets) if one.kind in kind.assets]
    return found[0].ref if len(found) == 1 else ""


def _given(said: QueryDict) -> dict[str, list[str]]:
    """The answers of a form by the codes of what they answer."""
    given: dict[str, list[str]] = {}
    for key in said:
        if found := _ATTRIBUTE.fullmatch(key):
            texts = [clean(text) for text in said.getlist(key)]
            given.setdefault(found[1], []).extend(text for text in texts if text)
    return given


def _to_type(
    given: dict[str, list[str]], asked: tuple[Attribute, ...], wrong: list[str]
) -> Iterator[tuple[str, str]]:
    """Answers to the questions of the type itself, taken out of those that go with the words."""
    for one in asked:
        if texts := given.pop(one.code, []):
            wrong += [f"attribute[{one.code}]: {bad}" for bad in _faults(one, texts)]
            yield one.code, questions.answer_of(one, texts)


def _answers(
    given: dict[str, list[str]],
    asked: tuple[Attribute, ...],
    wrong: list[str],
    *,
    named: bool = False,
) -> Iterator[str]:
    for one in asked:
        texts = given.pop(one.code, [])
        if one.required and one.variable and not texts:
            wrong.append(f"attribute[{one.code}] is required: {one.description}")
        if texts:
            wrong += [f"attribute[{one.code}]: {bad}" for bad in _faults(one, texts)]
            yield f"{one.description or one.code}: {', '.join(_named(one, texts))}"
    # Answers nobody asked for are kept under their own names: somebody thought they matter.
    given.pop("fixmystreet_id", None)
    if named:
        given.pop(house.ASSET, None)
    yield from (f"{clean(code)}: {', '.join(texts)}" for code, texts in given.items() if texts)


def _named(one: Attribute, texts: list[str]) -> list[str]:
    names = {value.key: value.name or value.key for value in one.values}
    return [names.get(text, text) for text in texts]


def _faults(one: Attribute, texts: list[str]) -> Iterator[str]:
    if one.datatype != "multivaluelist" and len(texts) > 1:
        yield "one answer is asked for."
    for text in texts:
        if len(text) > MOST_ANSWER:
            yield f"{len(text)} characters; at most {MOST_ANSWER}."
        elif one.values and text not in {value.key for value in one.values}:
            yield f"{text[:40]!r} is not among the values."
        elif one.datatype == "number" and not _is_number(text):
            yield f"{text[:40]!r} is no number."
        elif one.datatype == "datetime" and not _is_moment(text):
            yield f"{text[:40]!r} is no time; write it as 2026-11-24T08:00:00+08:00."


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _contact(said: QueryDict, wrong: list[str]) -> str:
    """Whom to reach, sealed further on. device_id and account_id are not kept: no tracking."""
    name = " ".join(clean(said.get(key, "")) for key in ("first_name", "last_name")).strip()
    parts = [name, *(clean(said.get(key, "")) for key in ("phone", "email"))]
    contact = ", ".join(part for part in parts if part)
    if len(contact) > MOST_CONTACT:
        wrong.append(f"Name, phone and email have more than {MOST_CONTACT} characters.")
    return contact


def _reference(said: QueryDict, wrong: list[str]) -> str:
    """The sender's own number, by which sending again is harmless: an extension."""
    keys = ("client_reference", "attribute[fixmystreet_id]")
    given = (said.get(key, "").strip() for key in keys)
    text = next((one for one in given if one), "")
    if len(text) > 60 or not text.isprintable():
        wrong.append("client_reference has at most 60 characters that can be printed.")
    return text


def _pictures(request: HttpRequest, wrong: list[str]) -> tuple[bytes, ...]:
    files: list[Any] = [file for key in request.FILES for file in request.FILES.getlist(key)]
    if len(files) > MOST_PHOTOS:
        wrong.append(f"At most {MOST_PHOTOS} pictures at once.")
        return ()
    contents = tuple(file.read(photos.MOST_BYTES + 1) for file in files)
    for content in contents:
        try:
            photos.check(content)
        except photos.PhotoRefused as refused:
            wrong.append(str(refused))
    return contents

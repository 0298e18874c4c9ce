"""Verbs: somebody's words go down to cases as a signal."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction

from gongbi.cases import public as cases
from gongbi.cases.public import ReceiptRecord, SignalIn
from gongbi.core import public as core
from gongbi.reports import queries
from gongbi.reports.references import reference_of

WEB, COUNTER = "web", "counter"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, in whichever way they came in."""

    words: str
    type: str | None
    lon: float | None
    lat: float | None
    place_words: str
    contact: str
    language: str
    joins: str = ""
    asset: str = ""
    news: bool = False
    about_unit: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def send(said: Said, *, source: str, signed: str, photo: bytes | None = None) -> ReceiptRecord:
    """Report once: the same form with the same words gives the same receipt again."""
    signal = replace(signal_of(said, source), reference=reference_for(said, signed))
    with transaction.atomic():
        receipt = cases.receive_signal(signal)
        if photo and not receipt.repeated:
            cases.add_photo(receipt.follow_token, photo)
        if said.news and not receipt.repeated:
            cases.ask_news(receipt.follow_token, said.contact, said.language)
    return receipt


def reference_for(said: Said, signed: str) -> str:
    """The reference of what was said on a form: the same words on it are the same report."""
    told = [said.words, said.place_words, str(said.lon), str(said.lat)]
    more = [said.asset] if said.asset or said.about_unit else []
    more += [said.about_unit] if said.about_unit else []
    return reference_of(signed, "\x1f".join([*told, *more]))


def signal_of(said: Said, source: str) -> SignalIn:
    """What was said as cases take it, without a reference yet."""
    return SignalIn(
        source=source,
        reference="asked",
        words=said.words,
        type=said.type,
        lon=said.lon,
        lat=said.lat,
        place=None if said.lon is not None else queries.place_said(said.place_words),
        place_words=said.place_words,
        at=core.now(),
        language=said.language,
        contact=said.contact,
        joins=said.joins,
        asset=said.asset,
        about_unit=said.about_unit or None,
        answers=dict(said.answers),
    )

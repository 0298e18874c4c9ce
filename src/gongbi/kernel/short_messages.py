"""Text messages: how many parts a text is sent and paid as, and when people may be disturbed.

A text in the alphabet of GSM 03.38 has 160 characters, or 153 in each of several parts; any other
goes as UCS-2 with 70, or 67 (3GPP TS 23.038 and 23.040).
"""

from datetime import datetime, time, timedelta

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("\f^{}\\[~]|€")
"""Characters that take an escape before them."""


def parts_of(text: str) -> int:
    """In how many parts a text goes; an empty one goes in one."""
    if all(one in _GSM or one in _TWICE for one in text):
        return _parts(sum(2 if one in _TWICE else 1 for one in text), 160, 153)
    return _parts(len(text.encode("utf-16-le")) // 2, 70, 67)


def _parts(units: int, alone: int, each: int) -> int:
    return 1 if units <= alone else -(-units // each)


def not_at_night(at: datetime, begin: int, end: int) -> datetime:
    """The instant, or the next one between ``begin`` and ``end`` (minutes of the local day).

    ``at`` is aware and local. An end at or before the beginning is on the next day; the same
    minute twice is all day.
    """
    minute = at.hour * 60 + at.minute
    if begin == end or (begin <= minute < end) or (end < begin and not end <= minute < begin):
        return at
    day = at.date() + timedelta(days=1 if minute >= begin else 0)
    return datetime.combine(day, time(begin // 60, begin % 60), at.tzinfo)

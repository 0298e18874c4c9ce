"""Ways to reach somebody, read out of what they left: e-mail addresses and telephone numbers.

A number has one spelling only, that of ITU-T E.164 with its plus sign, so that the same telephone
is known again however it was written.
"""

import re
from dataclasses import dataclass

MAIL, PHONE = "mail", "phone"
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w@.])(?:\+|\(\+?)?\d(?:[\d()]|[ .\-\u2010-\u2013](?=[\d(])){5,22}(?![\w@])", re.ASCII
)
FEWEST_DIGITS, MOST_DIGITS = 7, 15
_MOBILE_OF = {"86": re.compile(r"1[3-9][0-9]{9}"), "886": re.compile(r"9[0-9]{8}")}


@dataclass(frozen=True, slots=True)
class Way:
    """One way: ``mail`` with its address in small letters, or ``phone`` in E.164."""

    kind: str
    address: str


def ways_in(said: str, country: str = "86") -> list[Way]:
    """Every way somebody left, in the text's order, each once.

    Numbers without a country are read as of ``country`` (its calling code).
    """
    said = said.translate(_NARROW)
    found = [(m.start(), Way(MAIL, m[0].lower())) for m in _MAIL.finditer(said)]
    rest = _MAIL.sub(lambda m: " " * len(m[0]), said)
    for match in _PHONE.finditer(rest):
        number = e164(match[0], country)
        if number:
            found.append((match.start(), Way(PHONE, number)))
    return list(dict.fromkeys(way for _at, way in sorted(found, key=lambda one: one[0])))


def e164(said: str, country: str = "86") -> str:
    """A number with its country, ``+8613812345678``; empty when it can be none."""
    digits = re.sub(r"[^0-9]", "", said)
    if said.lstrip(" (").startswith("+"):
        number = digits
    elif digits.startswith("00"):
        number = digits[2:]
    elif digits.startswith(country) and _is_mobile(digits[len(country) :], country):
        number = digits
    else:
        number = country + digits.removeprefix("0")
    return f"+{number}" if FEWEST_DIGITS <= len(number) <= MOST_DIGITS else ""


def _is_mobile(digits: str, country: str) -> bool:
    shape = _MOBILE_OF.get(country)
    return bool(shape and shape.fullmatch(digits))


def can_take_text(number: str, country: str = "86") -> bool:
    """Whether a number may be a mobile telephone: known for two countries, else taken as one."""
    shape = _MOBILE_OF.get(country)
    if not number.startswith(f"+{country}") or shape is None:
        return True
    return bool(shape.fullmatch(number.removeprefix(f"+{country}")))


def shadow_of(way: Way) -> str:
    """A way as its owner knows it again and nobody learns it: ``l…@example.org``, ``+86…678``."""
    if way.kind == MAIL:
        name, _at, home = way.address.partition("@")
        return f"{name[:1]}…@{home}"
    return f"{way.address[:3]}…{way.address[-3:]}"

"""Whether a number can be what it looks like: check digits and dates."""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_REGIONS = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46}
    | {50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83}
)
# Letters of Taiwan's numbers in the order of their values from 10 on.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
FIRST_YEAR, LAST_YEAR = 1900, 2099


def is_day(said: str) -> bool:
    """Whether eight digits are a day, year first."""
    if len(said) != 8 or not said.isdigit():
        return False
    year, month, day = int(said[:4]), int(said[4:6]), int(said[6:])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_chinese_identity(said: str) -> bool:
    """Region, day of birth and check digit of 18 (GB 11643); region and day of the older 15."""
    if not said[:2].isdigit() or int(said[:2]) not in _REGIONS:
        return False
    if len(said) == 15:
        return said.isdigit() and is_day("19" + said[6:12])
    if len(said) != 18 or not said[:17].isdigit() or not is_day(said[6:14]):
        return False
    whole = sum(weight * int(one) for weight, one in zip(_WEIGHTS, said[:17], strict=True))
    return _CHECK[whole % 11] == said[17]


def is_taiwan_identity(said: str) -> bool:
    """A letter and nine digits, the last of them the check."""
    if len(said) != 10 or said[0] not in _LETTERS or not said[1:].isdigit():
        return False
    first = _LETTERS.index(said[0]) + 10
    whole = first // 10 + 9 * (first % 10)
    whole += sum((8 - place) * int(one) for place, one in enumerate(said[1:9]))
    return (whole + int(said[9])) % 10 == 0


def is_bank_card(said: str) -> bool:
    """Thirteen to nineteen digits whose last proves the others (Luhn, ISO/IEC 7812)."""
    if not (13 <= len(said) <= 19 and said.isdigit()) or len(set(said)) == 1:
        return False
    whole = 0
    for place, one in enumerate(reversed(said)):
        value = int(one) * (1 + place % 2)
        whole += value - 9 if value > 9 else value
    return whole % 10 == 0

"""Figures, levels and moments as people write them."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

from gongbi.core.public import unit_words
from gongbi.vitals.yes_no import SAYS, says_yes_or_no

LEVELS = {
    -1: pgettext_lazy("level", "no data"),
    0: pgettext_lazy("level", "normal"),
    1: pgettext_lazy("level", "notice"),
    2: pgettext_lazy("level", "warning"),
    3: pgettext_lazy("level", "alarm"),
}


def level_words(level: int) -> str:
    """A level's name, in a sentence."""
    return str(LEVELS[level])


def figure(value: float | None, unit: str) -> str:
    """A value as people write it, with its unit; yes or no where a sensor knows no more."""
    if value is None:
        return "–"
    if says_yes_or_no(unit, value):
        return str(SAYS[value])
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit_words(unit)}".strip()


def moment(at: datetime | None) -> str:
    """Month, day and time in the city's zone."""
    return date_format(timezone.localtime(at), "m-d H:i") if at else "–"

"""Figures, levels and moments as people write them."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, pgettext_lazy

LEVELS = {
    -1: pgettext_lazy("level", "no data"),
    0: pgettext_lazy("level", "normal"),
    1: pgettext_lazy("level", "notice"),
    2: pgettext_lazy("level", "warning"),
    3: pgettext_lazy("level", "alarm"),
}
# As people write them; a pack keeps to plain letters.
UNITS = {
    "m3/h": "m³/h",
    "ug/m3": "µg/m³",
    "persons": gettext_lazy("persons"),
    "reports": gettext_lazy("reports"),
    "0/1": "",
    "index": "",
    "degC": "°C",
    "mg/m3": "mg/m³",
    "mm/d": gettext_lazy("mm a day"),
    "calls": gettext_lazy("calls"),
    "runs": gettext_lazy("runs"),
    "visits": gettext_lazy("visits"),
    "households": gettext_lazy("households"),
    "bikes": gettext_lazy("bikes"),
    "days": gettext_lazy("days"),
    "persons/m2": gettext_lazy("persons/m²"),
    "persons/min": gettext_lazy("persons/min"),
    "yuan/kg": gettext_lazy("yuan/kg"),
}


def level_words(level: int) -> str:
    """A level's name, in a sentence."""
    return str(LEVELS[level])


def figure(value: float | None, unit: str) -> str:
    """A value as people write it, with its unit."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {UNITS.get(unit, unit)}".strip()


def moment(at: datetime | None) -> str:
    """Month, day and time in the city's zone."""
    return date_format(timezone.localtime(at), "m-d H:i") if at else "–"

"""Units of measure as people write them: a pack keeps to plain letters."""

from django.utils.translation import gettext_lazy

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


def unit_words(unit: str) -> str:
    """A unit in the reader's language; one the table does not know as the pack writes it."""
    return str(UNITS.get(unit, unit))

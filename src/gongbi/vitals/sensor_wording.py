"""Sentences about sensors in trouble: the sensor's fault, never the city's."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.core.public import unit_words
from gongbi.vitals.models import SensorTrouble

KINDS = {
    "silence": gettext_lazy("silent"),
    "stuck": gettext_lazy("stuck at one value"),
    "range": gettext_lazy("outside of what is possible"),
    "jump": gettext_lazy("changes faster than possible"),
    "spikes": gettext_lazy("jumps away and back"),
    "future": gettext_lazy("clock ahead"),
    "backwards": gettext_lazy("clock runs backwards"),
    "duplicate": gettext_lazy("one time again and again"),
    "offset": gettext_lazy("clock off by a constant"),
}
_SAID = {
    "silence": gettext_lazy("Nothing has come for %(figure)s; it may pause for %(bound)s."),
    "stuck": gettext_lazy("It says %(value)s and nothing else for %(figure)s."),
    "range": gettext_lazy("It says %(value)s; the limit of what is possible is %(bound)s."),
    "jump": gettext_lazy("It moved by %(figure)s a second; %(bound)s is the most possible."),
    "spikes": gettext_lazy("It jumps by %(figure)s and back; usual moves stay within %(bound)s."),
    "future": gettext_lazy("Its rows are %(figure)s ahead of the clock."),
    "backwards": gettext_lazy("Its times run back, by %(figure)s at last."),
    "duplicate": gettext_lazy("It tells one time again and again."),
    "offset": gettext_lazy("Its rows come %(figure)s off their times, constantly."),
}
_SECONDS = frozenset({"silence", "stuck", "future", "backwards", "offset"})


def kind_words(kind: str) -> str:
    """A kind of trouble."""
    return str(KINDS.get(kind, kind))


def evidence(row: SensorTrouble) -> str:
    """What was seen, in figures."""
    if row.group:
        said = {"sensors": row.sensors, "bound": span(row.bound)}
        return _("None of its %(sensors)d sensors has spoken for over %(bound)s.") % said
    told = _amount if row.kind not in _SECONDS else lambda value, unit: span(value)
    return str(_SAID.get(row.kind, "")) % {
        "figure": told(row.figure, row.unit),
        "bound": told(row.bound, row.unit),
        "value": _amount(row.value, row.unit),
    }


def _amount(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.4g} {unit_words(unit)}".strip()


def span(seconds: float | None) -> str:
    """A span of time as people say it."""
    if seconds is None:
        return "–"
    size = abs(seconds)
    for length, words in ((86400, _("%(n).1f days")), (3600, _("%(n).1f h"))):
        if size >= length:
            return words % {"n": size / length}
    if size >= 60:
        return _("%(n)d min") % {"n": round(size / 60)}
    return _("%(n)d s") % {"n": round(size)}


def in_every_language(row: SensorTrouble) -> str:
    """What a case is told, in each of the city's languages."""
    said: list[Any] = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said.append(f"{row.name or row.group}: {kind_words(row.kind)}. {evidence(row)}")
    return "\n".join(said)

"""Words of codes, for vitals' own templates."""

from django import template
from django.utils.translation import gettext_lazy as _

from gongbi.vitals.forms import REASONS
from gongbi.vitals.wording import UNITS

register = template.Library()
SEVERITIES = {
    "Extreme": _("extreme"),
    "Severe": _("severe"),
    "Moderate": _("moderate"),
    "Minor": _("minor"),
    "Unknown": _("severity unknown"),
}
WITHDRAWN = {
    "by_person": _("withdrawn"),
    "cancelled": _("cancelled by its source"),
    "updated": _("replaced by its source"),
}
KINDS = {
    "safety": _("Public safety"),
    "traffic": _("Traffic"),
    "water": _("Water"),
    "power": _("Power"),
    "environment": _("Environment"),
    "crowd": _("Crowds"),
    "waste": _("Waste"),
    "livelihood": _("Livelihood"),
    "energy": _("Energy"),
    "order": _("Street order"),
    "voice": _("Service and public voice"),
    "health": _("Health"),
}


@register.filter
def unit_words(unit: str) -> str:
    """A unit of any sign as people write it; the kit knows but the few of every part."""
    return str(UNITS.get(unit, unit))


@register.filter
def sign_kind(code: str) -> str:
    """A class of signs in the reader's language; a pack's own class as it is written."""
    return str(KINDS.get(code, code))


@register.filter
def mute_reason(code: str) -> str:
    """Why an alert is muted."""
    return str(dict(REASONS).get(code, code))


@register.filter
def warning_severity(code: str) -> str:
    """How severe a warning says it is."""
    return str(SEVERITIES.get(code, code))


@register.filter
def withdrawn_why(code: str) -> str:
    """Why an event no longer holds."""
    return str(WITHDRAWN.get(code, code))


@register.filter
def whole(value: float) -> str:
    """A count without decimals."""
    return f"{round(value):,}"

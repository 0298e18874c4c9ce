"""Words of codes, for vitals' own templates."""

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongbi.core.public import unit_words
from gongbi.vitals.forms import REASONS
from gongbi.vitals.yes_no import SAYS, YES_NO

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
    "health": pgettext_lazy("class of signs", "Health"),
}


register.filter("unit_words", unit_words)


@register.filter
def with_unit(said: str, unit: str) -> str:
    """An amount with its unit: ``value|amount|with_unit:unit``; yes or no where that is all."""
    if unit == YES_NO and said in ("0", "1"):
        return str(SAYS[float(said)])
    return f"{said} {unit_words(unit)}".strip()


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

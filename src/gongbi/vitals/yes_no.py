"""Sensors that know only yes and no (a lift out of order, smoke): words in place of 1 and 0."""

from django.utils.translation import pgettext_lazy

YES_NO = "0/1"
SAYS = {0.0: pgettext_lazy("a sensor", "no"), 1.0: pgettext_lazy("a sensor", "yes")}


def says_yes_or_no(unit: str, value: float | None) -> bool:
    """Whether a value is an answer and no number; a share of answers is a number."""
    return unit == YES_NO and value in SAYS

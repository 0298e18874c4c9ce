"""What an officer fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

REASONS = (
    ("works", _("Planned works")),
    ("sensor_fault", _("Fault of the sensor")),
    ("known_matter", _("The matter is known")),
    ("drill", _("Drill")),
)


class MuteForm(forms.Form):
    """Why, and for how long."""

    reason = forms.ChoiceField(label=_("Why"), choices=REASONS)
    hours = forms.IntegerField(
        label=_("For how many hours"),
        min_value=1,
        max_value=72,
        initial=4,
        help_text=_("At most 72; then it calls again."),
    )
    whole_sign = forms.BooleanField(
        label=_("Also alerts that this sign raises here until then"), required=False
    )

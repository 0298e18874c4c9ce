"""What an officer fills in."""

from typing import Any

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


class TryForm(forms.Form):
    """A rule to be tried on history: what the engine judges by, nothing else."""

    days = forms.IntegerField(label=_("Days back"), min_value=1, max_value=31, initial=7)
    direction = forms.ChoiceField(
        label=_("Bad is"),
        choices=[("above", _("above")), ("below", _("below"))],
    )
    notice = forms.FloatField(label=_("Limit of notice"), required=False)
    warning = forms.FloatField(label=_("Limit of warning"), required=False)
    alarm = forms.FloatField(label=_("Limit of alarm"), required=False)
    clear_margin = forms.FloatField(label=_("Clears when back by"), min_value=0)
    min_windows = forms.IntegerField(
        label=_("Windows in a row to raise"), min_value=1, max_value=100
    )
    missing_windows = forms.IntegerField(
        label=_("Empty windows until silence (0: never)"), min_value=0, max_value=1000
    )
    usual_notice = forms.FloatField(
        label=_("Notice at … times the usual scatter"), required=False, min_value=0.1
    )
    usual_warning = forms.FloatField(label=_("Warning at … times"), required=False, min_value=0.1)
    usual_alarm = forms.FloatField(label=_("Alarm at … times"), required=False, min_value=0.1)
    usual_margin = forms.FloatField(
        label=_("Clears when back by … times"), min_value=0, required=False
    )
    least_deviation = forms.FloatField(
        label=_("Smaller deviations are no news"), min_value=0, required=False
    )
    least_days = forms.IntegerField(
        label=_("Days to learn before it judges"), min_value=3, max_value=60
    )

    def clean(self) -> dict[str, Any]:
        """Limits must get stricter; what is left empty counts as in the pack."""
        said = super().clean() or {}
        for name in ("usual_margin", "least_deviation"):
            said[name] = said.get(name) or 0.0
        below = said.get("direction") == "below"
        limits = [said[n] for n in ("notice", "warning", "alarm") if said.get(n) is not None]
        if limits != sorted(limits, reverse=below):
            self.add_error("notice", _("Limits must get stricter from notice to alarm."))
        scores = [
            said[f"usual_{n}"] for n in ("notice", "warning", "alarm") if said.get(f"usual_{n}")
        ]
        if scores != sorted(scores):
            self.add_error("usual_notice", _("Scores must rise from notice to alarm."))
        if scores and not said["least_deviation"]:
            self.add_error("least_deviation", _("Say how large a deviation must be at least."))
        return said

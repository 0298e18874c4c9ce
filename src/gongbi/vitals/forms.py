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
    novel_notice = forms.FloatField(
        label=_("Notice from a surprise of"),
        required=False,
        min_value=0.1,
        help_text=_("How new a value is by all its place has shown; 1.35 is little, 12 is much."),
    )
    novel_warning = forms.FloatField(
        label=_("Warning from a surprise of"), required=False, min_value=0.1
    )
    novel_alarm = forms.FloatField(
        label=_("Alarm from a surprise of"), required=False, min_value=0.1
    )
    novel_margin = forms.FloatField(
        label=_("Clears when the surprise is less by"), min_value=0, required=False
    )
    novel_least = forms.FloatField(
        label=_("Smallest usual excess believed"), min_value=0, required=False
    )
    novel_side = forms.ChoiceField(
        label=_("New is what lies"),
        required=False,
        choices=[("both", _("above or below")), ("above", _("above")), ("below", _("below"))],
    )

    def clean(self) -> dict[str, Any]:
        """Limits must get stricter; what is left empty counts as in the pack."""
        said = super().clean() or {}
        for name in ("usual_margin", "least_deviation", "novel_margin", "novel_least"):
            said[name] = said.get(name) or 0.0
        said["novel_side"] = said.get("novel_side") or "both"
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
        self._check_novelty(said)
        return said

    def _check_novelty(self, said: dict[str, Any]) -> None:
        names = ("novel_notice", "novel_warning", "novel_alarm")
        asked = [said[name] for name in names if said.get(name)]
        if asked != sorted(asked):
            self.add_error("novel_notice", _("Surprises must rise from notice to alarm."))
        if asked and not said["novel_least"]:
            self.add_error("novel_least", _("Say how small a usual excess is believed."))
        if asked and said["novel_margin"] >= asked[0]:
            self.add_error("novel_margin", _("It must be less than the first surprise asked."))

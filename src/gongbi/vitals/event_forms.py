"""What an officer knows ahead."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongbi.core.public import now
from gongbi.vitals.known_events import EventIn
from gongbi.vitals.models import Indicator
from gongbi.vitals.templatetags.vitals_words import KINDS

LONGEST = timedelta(days=366)
MOST_XML = 1_000_000
CLOCK = "%Y-%m-%dT%H:%M"
Choices = list[tuple[str, Any]]


def _signs() -> Choices:
    """All signs, a class of them, or one."""
    rules = list(Indicator.objects.filter(in_force=True))
    kinds = sorted({rule.kind for rule in rules})
    return [
        ("", _("All signs")),
        *((f"class:{kind}", KINDS.get(kind, kind)) for kind in kinds),
        *((f"sign:{rule.code}", rule.name) for rule in rules),
    ]


class EventForm(forms.Form):
    """What, when, which signs, how much more or less, and who says so."""

    name_en = forms.CharField(label=_("What, in English"), max_length=200, required=False)
    name_zh = forms.CharField(label=_("What, in Chinese"), max_length=200, required=False)
    begins_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, CLOCK)
    )
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, CLOCK)
    )
    touches = forms.ChoiceField(label=_("Which signs"), choices=_signs, required=False)
    percent = forms.IntegerField(
        label=_("How much of the usual is expected, in %"),
        min_value=0,
        max_value=10_000,
        initial=100,
        help_text=_("150 means half as much again; 100 changes nothing."),
    )
    shift = forms.FloatField(
        label=_("And how much is added"),
        required=False,
        help_text=_("In the sign's unit; empty for nothing. Only where one sign is named."),
    )
    holds = forms.BooleanField(
        label=_("Planned works: no alert begins meanwhile by itself"), required=False
    )
    source = forms.CharField(label=_("Who says so"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """A name in some language, a span in order, an amount only where it has a unit."""
        said = super().clean() or {}
        if not said.get("name_en") and not said.get("name_zh"):
            self.add_error("name_en", _("Say what it is, in one language at least."))
        begins, ends = said.get("begins_at"), said.get("ends_at")
        if begins and ends and not begins < ends <= begins + LONGEST:
            self.add_error("ends_at", _("It must end after it begins, within a year."))
        elif ends and ends <= now():
            self.add_error("ends_at", _("It is over already."))
        if said.get("shift") and not str(said.get("touches")).startswith("sign:"):
            self.add_error("shift", _("An amount needs one sign, whose unit it is in."))
        return said

    def event(self) -> EventIn:
        """As the action takes it."""
        said = self.cleaned_data
        what, _colon, code = said["touches"].partition(":")
        return EventIn(
            begins_at=said["begins_at"],
            ends_at=said["ends_at"],
            name_en=said["name_en"],
            name_zh=said["name_zh"],
            source=said["source"],
            factor=said["percent"] / 100,
            shift=said["shift"] or 0.0,
            holds=said["holds"],
            kinds=(code,) if what == "class" else (),
            signs=(code,) if what == "sign" else (),
        )


class BulletinForm(forms.Form):
    """A CAP message as text."""

    xml = forms.CharField(
        label=_("CAP 1.2 message (XML)"),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        max_length=MOST_XML,
        strip=False,
    )

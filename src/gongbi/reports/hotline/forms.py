"""What clerks type, checked with a sentence each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongbi.reports.forms import MOST_WORDS, ReportForm
from gongbi.reports.hotline import choices
from gongbi.reports.offices import OfficeForm
from gongbi.reports.queries import OTHER

LATER = (("1", _("In an hour")), ("3", _("In three hours")), ("24", _("Tomorrow")))


class CallForm(OfficeForm):
    """The notes of a call. Nothing is required: to be heard nobody needs a name or a number."""

    wrong_answer = ""

    words = forms.CharField(
        label=_("What the caller says"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}),
    )
    place_words = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = forms.CharField(
        label=_("Number to ring back"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    type = forms.CharField(required=False, max_length=40)
    other_type = forms.CharField(required=False, max_length=40)
    code = ReportForm.declared_fields["code"]
    asset = forms.CharField(required=False, max_length=100)
    aid = forms.ChoiceField(label=_("Help on the line"), required=False, choices=choices.AIDS)
    photo = ReportForm.declared_fields["photo"]

    def chosen_type(self) -> str:
        """The kind chosen by hand or left as suggested; empty when left open."""
        said = self.cleaned_data["type"]
        return str(self.cleaned_data["other_type"] if said == OTHER else said)


class ChatForm(forms.Form):
    """A conversation pasted out of a chat."""

    chat = forms.CharField(
        label=_("Paste the conversation"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Paste the conversation first.")},
    )


class TransferForm(forms.Form):
    """To whom the caller was handed over, and whether they were."""

    to = forms.CharField(
        label=_("To whom"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
        error_messages={"required": _("Say to whom: a unit, or another number such as 110.")},
    )
    taken = forms.ChoiceField(
        label=_("What came of it"),
        choices=choices.TAKEN,
        error_messages={"required": _("Say whether they took over.")},
    )


class PromiseForm(forms.Form):
    """When the caller will be rung again."""

    hours = forms.ChoiceField(label=_("When"), choices=LATER)


class NumberForm(forms.Form):
    """The caller's short number."""

    number = forms.CharField(
        label=_("The caller's short number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": _("Type the ten digits of the receipt.")},
    )


class AttemptForm(forms.Form):
    """What came of ringing somebody."""

    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=choices.RESULTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what came of ringing.")},
    )
    said = forms.ChoiceField(
        label=_("Is it solved?"), required=False, choices=[("", "–"), *choices.SAID]
    )
    satisfied = forms.ChoiceField(
        label=_("With how it was done"), required=False, choices=choices.SATISFIED
    )
    words = forms.CharField(
        label=_("In their words"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    check = forms.BooleanField(required=False, widget=forms.HiddenInput)
    tries = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Who was reached for a check was asked; who was not has said nothing."""
        said = super().clean() or {}
        if said.get("result") == "reached" and said.get("check") and not said.get("said"):
            self.add_error("said", _("Ask whether it is solved, and write down what they said."))
        if said.get("result") != "reached":
            said["said"] = said["satisfied"] = said["words"] = ""
        return said

"""What people type, checked with a sentence each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongbi.cases import public as cases
from gongbi.core.public import ways_out
from gongbi.reports.offices import OfficeForm
from gongbi.reports.queries import OTHER

MOST_WORDS = 4_000
MOST_CODE = 200


class _Where(forms.Form):
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    place_words = forms.CharField(
        label=_("Where is it, in words?"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Describe the place in at most 300 characters.")},
    )

    def clean(self) -> dict[str, Any]:
        """Half a position is none: a point needs both numbers."""
        said = super().clean() or {}
        if said.get("lon") is None or said.get("lat") is None:
            said["lon"] = said["lat"] = None
        return said


class ReportForm(_Where, OfficeForm):
    """One page, one sentence is enough."""

    wrong_answer = ""
    """The question whose answer cannot be, after the form was refused for it."""

    reference = forms.CharField(max_length=120, widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label=_("What is wrong?"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say in a few words what is wrong; one sentence is enough."),
            "max_length": _(
                "At most 4,000 characters can be read carefully. Say the most "
                "important part; you can add more afterwards."
            ),
        },
    )
    asked = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
    joins = forms.CharField(required=False, max_length=48)
    asset = forms.CharField(label=_("Asset"), required=False, max_length=100)
    code = forms.CharField(
        label=_("Code on the asset, as it is read out"),
        required=False,
        max_length=MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    type = forms.CharField(required=False, max_length=40)
    other_type = forms.CharField(required=False, max_length=40)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    contact = forms.CharField(
        label=_("Phone or e-mail"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "text"}),
    )

    news = forms.BooleanField(label=_("Tell me there how it goes"), required=False)

    def clean_news(self) -> bool:
        """Only what the city can do; whoever asks for it must have left a way."""
        return bool(self.cleaned_data["news"] and ways_out())

    def clean(self) -> dict[str, Any]:
        """Nobody can be told without an address."""
        said = super().clean()
        if said.get("news") and not cases.way_to(said.get("contact", "")):
            self.add_error("contact", cases.no_way())
        return said

    def chosen_type(self) -> str | None:
        """The type somebody chose by hand or left as suggested; None when left open."""
        said = self.cleaned_data["type"]
        return (self.cleaned_data["other_type"] if said == OTHER else said) or None


class NewsForm(forms.Form):
    """Where to tell a reporter how it goes."""

    address = forms.CharField(
        label=_("E-mail address or mobile number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write an address, or leave it.")},
    )


class FollowForm(forms.Form):
    """The short number on the receipt."""

    number = forms.CharField(
        label=_("Short number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the short number from your receipt.")},
    )


class VerdictForm(forms.Form):
    """Is it solved?"""

    solved = forms.ChoiceField(
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    prompted = forms.BooleanField(
        label=_("The unit asked me to say that it is solved"), required=False
    )
    words = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgainForm(forms.Form):
    """Why it should be looked at once more."""

    words = forms.CharField(
        label=_("Why should it be looked at again?"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "id": "id_again"}),
        error_messages={"required": _("Say in a sentence why.")},
    )


class WordsForm(forms.Form):
    """More words or a photo to a report that was sent."""

    words = forms.CharField(
        label=_("What else should we know?"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = ReportForm.declared_fields["photo"]

    def clean(self) -> dict[str, Any]:
        """Nothing said and nothing shown is not an addition."""
        said = super().clean() or {}
        if not said.get("words") and not said.get("photo") and not self.errors:
            self.add_error("words", _("Write something or choose a photo."))
        return said

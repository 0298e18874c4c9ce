"""What a person fills in for each verb; the actions check again, the forms only ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongbi.cases import states, wording
from gongbi.cases.choosing import LongSelect
from gongbi.core.public import UnitRecord

MOST_WORDS = 2000


def words_field(
    label: Any, *, required: bool = True, rows: int = 3, help_text: Any = ""
) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def choices(codes: tuple[str, ...], names: dict[str, Any]) -> list[tuple[str, Any]]:
    """Codes with their names, in the table's order."""
    return [(code, names[code]) for code in codes]


class SeenForm(forms.Form):
    """Carries the version of the case the person had before them, and which task of several."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on_task = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PlainForm(SeenForm):
    """Nothing to fill in."""


class DispatchForm(SeenForm):
    """Which unit, and what it should know."""

    unit = forms.ChoiceField(label=_("Unit"), widget=LongSelect)
    words = words_field(_("What the unit should know"), required=False, rows=2)

    def __init__(self, *args: Any, units: list[UnitRecord], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["unit"].choices = [("", "—"), *((one.code, one.name) for one in units)]  # type: ignore[attr-defined]


class SortForm(SeenForm):
    """What kind of matter."""

    type = forms.ChoiceField(label=_("Type"))
    sub_type = forms.ChoiceField(label=_("Sub-type"), required=False)

    def __init__(
        self,
        *args: Any,
        types: list[tuple[str, str]],
        sub_types: list[tuple[str, list[tuple[str, str]]]],
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.fields["type"].choices = [("", "—"), *types]  # type: ignore[attr-defined]
        if sub_types:
            self.fields["sub_type"].choices = [("", "—"), *sub_types]  # type: ignore[attr-defined]
        else:
            del self.fields["sub_type"]

    def clean_sub_type(self) -> str:
        """The sub-type's code, where it is one of the type that was chosen."""
        kind, _colon, code = str(self.cleaned_data["sub_type"]).partition(":")
        if kind and kind != self.cleaned_data.get("type"):
            raise forms.ValidationError(
                _("This sub-type is one of another type; choose both alike.")
            )
        return code


class WeighForm(SeenForm):
    """How urgent, and why."""

    priority = forms.TypedChoiceField(
        label=_("Urgency"), coerce=int, choices=tuple(wording.PRIORITIES.items())
    )
    words = words_field(_("Why, in a sentence"), rows=2)


class AssignForm(SeenForm):
    """Which of the unit's people."""

    handler = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["handler"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class ReturnForm(SeenForm):
    """Why it goes back."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=choices(states.RETURN_REASONS, wording.REASONS)
    )
    words = words_field(_("What the dispatcher must know"))


class WaitForm(SeenForm):
    """Who must act first."""

    reason = forms.ChoiceField(
        label=_("Waits for"), choices=choices(states.WAIT_REASONS, wording.REASONS)
    )
    words = words_field(
        _("What exactly is awaited"),
        help_text=_("Where the resident must answer, they read this, without telephone numbers."),
    )


class CancelForm(SeenForm):
    """Why it is no case."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=choices(states.CANCEL_REASONS, wording.REASONS)
    )
    words = words_field(
        _("Why, in a sentence"),
        help_text=_("The reporter reads this, without telephone numbers."),
    )


class DeclareForm(SeenForm):
    """What became of it."""

    declared = forms.ChoiceField(
        label=_("Outcome"),
        choices=choices(states.DECLARED, wording.DECLARED),
        initial="done",
        widget=forms.RadioSelect,
    )
    words = words_field(_("What was done, in words the resident understands"))
    photo = forms.FileField(
        label=_("Photo taken afterwards"),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        ),
    )


class WordsForm(SeenForm):
    """A sentence."""

    words = words_field(_("Words"))


class VerdictForm(SeenForm):
    """What the resident said when called back."""

    words = words_field(_("What the resident said"))


class MergeForm(SeenForm):
    """Which case it is the same matter as."""

    into = forms.CharField(label=_("Number of the other case"), max_length=48)
    words = words_field(_("Why they are the same"), required=False, rows=2)


class NoteForm(forms.Form):
    """A note, perhaps for the reporter, perhaps with a photo."""

    words = words_field(_("Note"), required=False)
    for_reporter = forms.BooleanField(label=_("The reporter may read it"), required=False)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

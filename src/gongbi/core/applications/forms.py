"""What people fill in about an application."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongbi.core.applications.keys import KNOWN_SCOPES
from gongbi.core.city import city
from gongbi.core.models import Application, Place, Unit
from gongbi.core.pack_files import CODE
from gongbi.core.webhooks.hearing import kinds

SCOPES = {
    "report": _("report: bring reports and follow them"),
    "work": _("work: read and do tasks"),
    "dispatch": _("dispatch: sort and send cases"),
    "hear": _("hear: be told what happens"),
}
FIELDS = ("title_zh", "title_en", "purpose_zh", "purpose_en", "owner", "place", "own_unit_only",
          "types", "contact", "scopes", "per_minute", "per_day", "contract_until")  # fmt: skip


class EntryForm(forms.Form):
    """An entry of the register."""

    title_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    title_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    purpose_zh = forms.CharField(label=_("Purpose, in Chinese"), max_length=400, required=False)
    purpose_en = forms.CharField(label=_("Purpose, in English"), max_length=400, required=False)
    owner = forms.CharField(label=_("Code of the unit that answers for it"), max_length=32)
    contact = forms.CharField(
        label=pgettext_lazy("applications", "Contact"),
        max_length=120,
        required=False,
        help_text=_("A desk and its number, not a person."),
    )
    contract_until = forms.DateField(
        label=_("Contract until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Keys go on working after that day; the register says that it is over."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    place = forms.CharField(
        label=_("Code of the place it hears of and works in"),
        max_length=32,
        required=False,
        help_text=_("Empty: it hears nothing, and works or sorts in the whole city."),
    )
    own_unit_only = forms.BooleanField(
        label=_("It hears, reads and does only what its own unit has in hand"), required=False
    )
    types = forms.CharField(
        label=_("Codes of the types it hears"),
        required=False,
        max_length=1000,
        help_text=_("Parted by blanks. Empty: public types, and all where it may work or sort."),
    )
    per_minute = forms.IntegerField(
        label=_("Calls a minute"), min_value=0, max_value=1_000_000, help_text=_("0: no limit.")
    )
    per_day = forms.IntegerField(
        label=_("Calls a day"), min_value=0, max_value=1_000_000_000, help_text=_("0: no limit.")
    )

    def clean_owner(self) -> Unit:
        """The unit of that code."""
        found = Unit.objects.select_related("place").filter(pk=self.cleaned_data["owner"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no unit of this code."))
        return found

    def clean_place(self) -> Place | None:
        """The place of that code."""
        code = self.cleaned_data["place"]
        found = Place.objects.defer("geometry").filter(pk=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("There is no place of this code."))
        return found

    def clean_types(self) -> list[str]:
        """Codes, each once."""
        return sorted(set(self.cleaned_data["types"].split()))

    def clean_scopes(self) -> list[str]:
        """Scopes in order; one to send readings, which has its own door, is kept."""
        held = set(self.initial.get("scopes", [])) - set(KNOWN_SCOPES)
        return sorted(held | set(self.cleaned_data["scopes"]))


class RegisterForm(EntryForm):
    """A new entry."""

    name = forms.CharField(
        label=_("Code name"),
        max_length=32,
        help_text=_("a-z, 0-9 and -. It stands in every journal line and never changes."),
    )
    field_order = ["name"]

    def clean_name(self) -> str:
        """A code nobody has yet."""
        name: str = self.cleaned_data["name"]
        if not CODE.fullmatch(name):
            raise forms.ValidationError(_("Use a-z, 0-9 and -, beginning with a letter or digit."))
        if Application.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is an application of this name."))
        return name


def entry_of(row: Application) -> dict[str, Any]:
    """What stands in the form before somebody changes it."""
    said = {name: getattr(row, name) for name in FIELDS}
    return said | {
        "owner": row.owner_id or "",
        "place": row.place_id or "",
        "types": " ".join(row.types),
    }


def stands(row: Application) -> dict[str, str]:
    """What stands in an entry, in words, for whoever was about to write over it."""
    said = {name: _in_words(now) for name, now in entry_of(row).items()}
    return {name: words or "–" for name, words in said.items()}


def _in_words(now: Any) -> str:
    if isinstance(now, bool):
        return str(_("yes") if now else _("no"))
    if isinstance(now, list):
        return " ".join(now)
    return "" if now is None else str(now)


class KeyForm(forms.Form):
    """One more key."""

    label = forms.CharField(label=_("What the key is for"), max_length=64, required=False)


class WhyForm(forms.Form):
    """A reason, for what cannot be undone."""

    why = forms.CharField(label=_("Why"), max_length=400)


class WebhookForm(forms.Form):
    """Where and of what an application is told."""

    url = forms.CharField(
        label=_("Address"), max_length=400, widget=forms.URLInput(attrs={"type": "url"})
    )
    kinds = forms.MultipleChoiceField(
        label=_("It is told when"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["kinds"].choices = list(kinds().items())  # type: ignore[attr-defined]


class SinceForm(forms.Form):
    """From when to tell again."""

    since = forms.DateTimeField(
        label=_("Tell again what happened since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def clean_since(self) -> datetime:
        """In the city's zone."""
        said: datetime = self.cleaned_data["since"]
        found = said if timezone.is_aware(said) else said.replace(tzinfo=city().zone)
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(
                _("This is too early for this city's calendar; write a later time.")
            ) from error

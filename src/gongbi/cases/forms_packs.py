"""What an officer fills in to have a changed pack tried."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

DAYS = (7, 30, 90, 365)
MOST_UPLOAD = 64 * 2**20


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """The files somebody chose; none is allowed."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file, each looked at as one alone would be."""
        several = data if isinstance(data, list | tuple) else [data]
        found = [super(FilesField, self).clean(one, initial) for one in several if one]
        if sum(one.size for one in found) > MOST_UPLOAD:
            raise forms.ValidationError(
                _("Together the files are larger than %(most)d MB."),
                params={"most": MOST_UPLOAD // 2**20},
            )
        return found


def _spans() -> list[tuple[int, str]]:
    """A callable: the words are those of whoever reads the form."""
    return [(n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS]


def _text(label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"class": "rules", "spellcheck": "false", "wrap": "off"})
    return forms.CharField(label=label, required=False, strip=False, widget=area)


class PackForm(forms.Form):
    """A changed pack: by the text of its rules, or by files."""

    title = forms.CharField(label=_("What you want to try"), required=False, max_length=120)
    days = forms.TypedChoiceField(
        label=_("On the cases of the last"),
        coerce=int,
        choices=_spans,
        initial=30,
    )
    brought = FilesField(
        label=_("Files of a pack, or a whole pack as ZIP"),
        required=False,
        help_text=_(
            "A file takes the place of the file of that name, also of a text below. "
            "A ZIP is a whole pack."
        ),
    )
    routes = _text(_("Which unit takes a case: routes.toml"))
    case_types = _text(_("Types and promises: case_types.toml"))
    calendars = _text(_("Working time: calendars.toml"))

    def texts(self) -> dict[str, str]:
        """The rules as they stand in the form, by file."""
        return {f"{name}.toml": self.cleaned_data[name] for name in TEXTS}


TEXTS = ("routes", "case_types", "calendars")


class SwitchForm(forms.Form):
    """That somebody has looked, before another pack is in force."""

    sure = forms.BooleanField(
        label=_("I have read what changes, for the whole city"),
        error_messages={"required": _("Please tick that you have read what changes.")},
    )

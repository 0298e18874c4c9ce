"""*About which office?* A unit found by its name, so that a city of thousands needs no list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.core.public import UnitRecord, places, units_called

MOST = 8
MOST_NAME = 100
NONE_OF_THESE = "-"


@dataclass(frozen=True, slots=True)
class Office:
    """One of the list: its name, where it works, and whether it is the chosen one."""

    code: str
    name: str
    where: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Offices:
    """What is called so, and whether there are more than are shown."""

    said: str = ""
    rows: list[Office] = field(default_factory=list)
    more: bool = False
    none: bool = False


class OfficeForm(forms.Form):
    """The part of a form that asks which office a complaint is about. Empty: it is none."""

    office = forms.CharField(
        label=gettext_lazy("Which office? Its name, or a part of it"),
        required=False,
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": gettext_lazy("A part of the name is enough.")},
    )
    about_unit = forms.CharField(required=False, max_length=40)

    def clean(self) -> dict[str, Any]:
        """One office or none: of several one is to be chosen, and an unknown one is said."""
        said = super().clean() or {}
        name, chosen = said.get("office", ""), said.get("about_unit", "")
        found = called(name)
        said["about_unit"] = _meant(name, chosen, found)
        if name and not said["about_unit"] and chosen != NONE_OF_THESE:
            self.add_error("office", _several() if found else _unknown())
        return said


def _several() -> str:
    return _("Several offices are called so; choose one of them, or write more of its name.")


def _unknown() -> str:
    return _(
        "No office of that name is known. Write a shorter part of its name, or leave this empty "
        "and name it in your words: a person will see to it."
    )


def called(name: str) -> list[UnitRecord]:
    """Units of that name, one more than are shown where there are more."""
    return units_called(name, MOST + 1)


def _meant(name: str, chosen: str, found: list[UnitRecord]) -> str:
    """What was chosen counts for the name it was chosen for; a single or very name needs none."""
    if chosen == NONE_OF_THESE:
        return ""
    if chosen and chosen in {one.code for one in found}:
        return chosen
    very = [one for one in found if name in (one.name_en, one.name_zh)]
    sure = very if len(very) == 1 else found
    return sure[0].code if len(sure) == 1 else ""


def offered(said: Mapping[str, Any]) -> Offices:
    """The list under the field, for what was typed so far."""
    name = str(said.get("office", "")).strip()[:MOST_NAME]
    found = called(name)
    meant = _meant(name, str(said.get("about_unit", "")), found)
    names = places(one.place for one in found)
    rows = [
        Office(one.code, one.name, names[one.place].name, one.code == meant)
        for one in found[:MOST]
    ]
    return Offices(name, rows, len(found) > MOST, said.get("about_unit") == NONE_OF_THESE)

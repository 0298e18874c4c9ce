"""Which facts of the house other systems may be told: modes, packs, and the register itself.

How applications fare is told to those that work or sort in the same place; a mode and a pack to
all that hear there.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from gongbi.core.city import city
from gongbi.core.models import Application, Place
from gongbi.core.webhooks.hearing import About

KINDS: dict[str, Any] = {
    "core.ModeSet": gettext_lazy("a place is in another mode"),
    "core.ModeEnded": gettext_lazy("a mode was ended before its time"),
    "core.PackLoaded": gettext_lazy("another city pack is in force"),
    "core.ApplicationRegistered": gettext_lazy("an application stands in the register"),
    "core.ApplicationChanged": gettext_lazy("the entry of an application was changed"),
    "core.ApplicationRetired": gettext_lazy("an application was retired"),
    "core.ApplicationKeyMade": gettext_lazy("an application has one more key"),
    "core.ApplicationKeyRetired": gettext_lazy("a key of an application ended"),
    "core.WebhookChanged": gettext_lazy("a webhook was made, paused, resumed, replayed or ended"),
}


def about(bodies: Sequence[dict[str, Any]]) -> list[About | None]:
    """What facts are about, by the place or the application each names. Two queries."""
    places = _places({body["place"] for body in bodies if "place" in body})
    applications = _applications({body["application"] for body in bodies if "application" in body})
    everywhere = About(public=True, type="", place_path=f"/{city().code}/", unit_path="")
    return [
        places.get(body["place"])
        if "place" in body
        else applications.get(body["application"])
        if "application" in body
        else everywhere
        for body in bodies
    ]


def _places(wanted: set[str]) -> dict[str, About]:
    rows = Place.objects.filter(pk__in=wanted).values_list("pk", "path")
    return {pk: About(public=True, type="", place_path=path, unit_path="") for pk, path in rows}


def _applications(wanted: set[str]) -> dict[str, About]:
    rows = Application.objects.filter(name__in=wanted)
    root = f"/{city().code}/"
    return {
        name: About(public=False, type="", place_path=place or root, unit_path=unit or "")
        for name, place, unit in rows.values_list("name", "place__path", "owner__path")
    }

"""What a query string asks of the worklist: a page, a kept list and an export alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.cases import states, types, wording
from gongbi.cases.access import widest
from gongbi.cases.choosing import LongSelect
from gongbi.cases.models import CaseType
from gongbi.cases.records_listed import CaseFilter
from gongbi.core.public import (
    PlaceRecord,
    Scope,
    UnitRecord,
    children,
    no_nul,
    place,
    unit,
    units,
    units_under,
)

ONLY = {
    "overdue": gettext_lazy("Overdue only"),
    "today": gettext_lazy("Due today"),
    "reopened": gettext_lazy("Reopened"),
}
NARROW = ("type", "unit", "source", "priority")
KEPT = ("state", "place", "group", *NARROW, *ONLY)
TABS = {
    "open": (states.OPEN,),
    "in_hand": (states.IN_HAND,),
    "waiting": (states.WAITING,),
    "answered": (states.ANSWERED,),
    "live": states.LIVE,
    "over": tuple(sorted(states.ENDS)),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query string asks of the worklist; what it cannot mean is passed over."""

    tab: str
    place: PlaceRecord | None
    type: CaseType | None
    unit: UnitRecord | None
    only: dict[str, bool]
    kept: dict[str, str]
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A filter in words, and the list without it."""

    words: str
    without: str


def asked_for(said: Mapping[str, str], known: Iterable[CaseType] | None = None) -> Asked:
    """A query string as a filter; ``known``: the types in force, where they are at hand."""
    said = {name: no_nul(value) for name, value in said.items()}  # a kept list is read anew
    tab = said.get("state") or ""
    tab = tab if tab in TABS else "open"
    chosen = place(said["place"]) if said.get("place") else None
    of_unit = unit(said["unit"]) if said.get("unit") else None
    kind = _type(said.get("type", ""), known)
    source = said.get("source", "") if said.get("source") in wording.SOURCES else ""
    priority = _priority(said.get("priority", ""))
    only = {name: said.get(name) == "1" for name in ONLY}
    wanted = CaseFilter(
        states=TABS[tab],
        overdue=only["overdue"],
        due_today=only["today"],
        reopened=only["reopened"],
        place_path=chosen.path if chosen else "",
        group=said.get("group", ""),
        type=kind.code if kind else "",
        units=_with_those_below(of_unit) if of_unit else (),
        unit_path=of_unit.path if of_unit else "",
        source=source,
        priority=priority,
    )
    meant = {"type": kind, "unit": of_unit, "source": source, "priority": priority}
    kept = {key: said[key] for key in KEPT if said.get(key) and meant.get(key, True)}
    return Asked(tab, chosen, kind, of_unit, only, kept, wanted)


def _type(code: str, known: Iterable[CaseType] | None) -> CaseType | None:
    if not code:
        return None
    if known is not None:
        return next((row for row in known if row.code == code), None)
    return CaseType.objects.filter(code=code).order_by("-version").first()


def _priority(said: str) -> int:
    return next((code for code in wording.PRIORITIES if said == str(code)), 0)


def _with_those_below(one: UnitRecord) -> tuple[str, ...]:
    below = (row for row in units_under(one.place_path) if row.path.startswith(one.path))
    return tuple(dict.fromkeys((one.code, *(row.code for row in below))))


def in_words(asked: Asked) -> list[TakenOff]:
    """The filters that are on, each with the way to take it off."""
    named: dict[str, Any] = {}
    if asked.place:
        named["place"] = _("Place: %(name)s") % {"name": asked.place.name}
    if asked.type:
        named["type"] = _("Type: %(name)s") % {"name": asked.type.name}
    if asked.unit:
        named["unit"] = _("Unit: %(name)s") % {"name": asked.unit.name}
    if asked.filter.source:
        source = wording.SOURCES[asked.filter.source]
        named["source"] = _("Source: %(name)s") % {"name": source}
    if asked.filter.priority:
        urgency = wording.PRIORITIES[asked.filter.priority]
        named["priority"] = _("Urgency: %(name)s") % {"name": urgency}
    named |= {name: str(words) for name, words in ONLY.items() if asked.only[name]}
    without = partial(_without, asked.kept)
    return [TakenOff(words, without(name)) for name, words in named.items()]


def _without(kept: dict[str, str], name: str) -> str:
    return urlencode({key: said for key, said in kept.items() if key != name})


def _select(label: Any) -> forms.ChoiceField:
    widget = LongSelect(attrs={"data-submit-on-change": ""})
    return forms.ChoiceField(label=label, required=False, widget=widget)


class NarrowForm(forms.Form):
    """What the list may be narrowed by besides place and time."""

    type = _select(gettext_lazy("Type"))
    unit = _select(gettext_lazy("Unit"))
    source = _select(gettext_lazy("Source"))
    priority = _select(gettext_lazy("Urgency"))


def narrowing(scope: Scope, asked: Asked) -> NarrowForm:
    """The form, with what is chosen: the types in force, and units one may ask about."""
    form = NarrowForm(initial={name: asked.kept.get(name, "") for name in NARROW})
    offered: dict[str, list[tuple[Any, Any]]] = {
        "type": [(row.code, row.name) for row in types.in_force()],
        "unit": [(row.code, row.name) for row in _units(scope)],
        "source": list(wording.SOURCES.items()),
        "priority": list(wording.PRIORITIES.items()),
    }
    for name, rows in offered.items():
        form.fields[name].choices = [("", _("all")), *rows]  # type: ignore[attr-defined]
    return form


def _units(scope: Scope) -> list[UnitRecord]:
    """Those of the person's places; without a place, the units they work for."""
    paths = scope.place_paths("cases.see")
    if paths:
        found = {one.code: one for path in widest(paths) for one in units_under(path)}
        return list(found.values())
    return list(units({post.unit for post in scope.posts}).values())


def places(scope: Scope, chosen: PlaceRecord | None) -> list[PlaceRecord]:
    """Places one level below the chosen one, or below the person's own; and the way back up."""
    if chosen:
        return [chosen, *children(chosen.code)]
    paths = scope.place_paths("cases.see")
    return children(paths[0].rstrip("/").rsplit("/", 1)[-1]) if paths else []

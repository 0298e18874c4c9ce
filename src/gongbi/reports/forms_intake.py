"""What an officer sets: which file, which column says what, what its kinds are called here."""

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongbi.cases import public as cases
from gongbi.feeds import public as feeds
from gongbi.reports import reading

ZONES = ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Urumqi", "Europe/Zurich",
         "Europe/London", "America/New_York", "UTC")  # fmt: skip
TIMES = {
    "iso": "2026-11-24 08:00:00",
    "%Y-%m-%d %H:%M:%S": "2026-11-24 08:00:00",
    "%Y-%m-%d %H:%M": "2026-11-24 08:00",
    "%Y/%m/%d %H:%M:%S": "2026/11/24 08:00:00",
    "%Y/%m/%d %H:%M": "2026/11/24 08:00",
    "%Y/%m/%d": "2026/11/24",
    "%Y年%m月%d日 %H:%M": "2026年11月24日 08:00",
    "%d/%m/%Y %H:%M": "24/11/2026 08:00",
    "%m/%d/%Y %H:%M": "11/24/2026 08:00",
    "epoch_s": "1795478400",
    "epoch_ms": "1795478400000",
}
DATUMS = ("WGS84", "GCJ-02", "BD-09")
ROW = "{@row}"
Offer = list[tuple[str, Any]]


class FileForm(forms.Form):
    """Today's export."""

    file = forms.FileField(
        label=pgettext_lazy("document", "File"),
        widget=forms.FileInput(attrs={"accept": ",".join(reading.SUFFIXES)}),
        error_messages={
            "required": _("Choose the file that the other system exported."),
            "empty": _("The file is empty. Export it again."),
        },
    )

    def clean_file(self) -> Any:
        """Refuse by size and ending before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > reading.MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Export fewer days."),
                params={"most": reading.MOST_BYTES // 2**20},
            )
        if reading.suffix_of(file.name) not in reading.SUFFIXES:
            raise forms.ValidationError(
                _("Files that end in %(endings)s can be read. Export it as one of these."),
                params={"endings": " ".join(reading.SUFFIXES)},
            )
        return file


class MappingForm(forms.Form):
    """A mapping as selects: the columns of the file, and a type for each kind in it."""

    source = forms.RegexField(
        label=_("Short name of the other system"),
        regex=r"^[a-z0-9][a-z0-9_.-]{0,31}$",
        help_text=_("Small letters and digits; the same every day, so that nothing comes twice."),
        error_messages={"invalid": _("Write small letters, digits, - and _ only.")},
    )
    reference = forms.ChoiceField(label=_("Its own number"))
    words = forms.ChoiceField(label=_("What was said"))
    at = forms.ChoiceField(label=_("When"))
    form = forms.ChoiceField(label=_("How the time is written"))
    zone = forms.ChoiceField(label=_("Time zone"))
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    place_words = forms.ChoiceField(label=_("Place in words"), required=False)
    lon = forms.ChoiceField(label=_("Longitude"), required=False)
    lat = forms.ChoiceField(label=_("Latitude"), required=False)
    datum = forms.ChoiceField(label=_("Coordinates are"), choices=[(d, d) for d in DATUMS])
    contact = forms.ChoiceField(label=_("Contact"), required=False)

    def __init__(self, found: reading.Reading, columns: list[str], data: Any = None) -> None:
        self.before = found.mapping
        super().__init__(data, initial=_initial(found.mapping))
        self.kinds = [kind for kind, _n in found.kinds.most_common(reading.MOST_KINDS) if kind]
        self._offer(columns)
        self._ask_kinds(found)

    def _offer(self, columns: list[str]) -> None:
        plain: Offer = [(name, name) for name in columns]
        braced: Offer = [("{" + name + "}", name) for name in columns]
        none: Offer = [("", "–")]
        offers: dict[str, Offer] = {
            "reference": [*braced, (ROW, _("it has none: told apart by its words"))],
            "words": braced,
            "at": plain,
            "form": [*TIMES.items()],
            "zone": [(zone, zone) for zone in ZONES],
            "kind": none + plain,
            "place_words": none + braced,
            "lon": none + plain,
            "lat": none + plain,
            "contact": none + braced,
        }
        for name, choices in offers.items():
            now = self.initial[name]
            # A mapping may join columns; what it says stays on offer.
            known = {value for value, _words in choices}
            joined: Offer = [(now, re.sub(r"[{}]", "", now))] if now and now not in known else []
            field = self.fields[name]
            field.choices = joined + choices  # type: ignore[attr-defined]  # all ChoiceFields

    def _ask_kinds(self, found: reading.Reading) -> None:
        choices: Offer = [("", _("by the words of each report"))]
        choices += [(one.code, one.name) for one in cases.case_types()]
        for number, kind in enumerate(self.kinds):
            self.fields[f"kind-{number}"] = forms.ChoiceField(
                label=f"{kind} ({found.kinds[kind]})",
                choices=choices,
                required=False,
                initial=found.mapping.report.types.get(kind, ""),
            )

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """Which column says what."""
        return [self[name] for name in self.base_fields]

    @property
    def type_fields(self) -> list[forms.BoundField]:
        """What each kind is called here."""
        return [self[f"kind-{number}"] for number in range(len(self.kinds))]

    def mapping(self) -> str:
        """The mapping with what the officer set, as TOML."""
        said, before = self.cleaned_data, self.before
        types = {
            kind: said[f"kind-{number}"]
            for number, kind in enumerate(self.kinds)
            if said[f"kind-{number}"]
        }
        both = bool(said["lon"] and said["lat"])
        changed = replace(
            before,
            time=replace(before.time, column=said["at"], format=said["form"], zone=said["zone"]),
            place=replace(
                before.place,
                lon=said["lon"] if both else "",
                lat=said["lat"] if both else "",
                datum=said["datum"],
            ),
            report=replace(
                before.report,
                source=said["source"],
                reference=said["reference"],
                words=said["words"],
                place_words=said["place_words"],
                contact=said["contact"],
                type_column=said["kind"],
                # Another column has other kinds: nobody has said yet what those are called.
                types=types if said["kind"] == before.report.type_column else {},
            ),
        )
        return feeds.to_toml(changed)


def _initial(mapping: feeds.Mapping) -> dict[str, str]:
    rule = mapping.report
    return {
        "source": rule.source,
        "reference": rule.reference if reading.has_column(rule.reference) else ROW,
        "words": rule.words,
        "at": mapping.time.column,
        "form": mapping.time.format,
        "zone": mapping.time.zone,
        "kind": rule.type_column,
        "place_words": rule.place_words,
        "lon": mapping.place.lon,
        "lat": mapping.place.lat,
        "datum": mapping.place.datum,
        "contact": rule.contact,
    }

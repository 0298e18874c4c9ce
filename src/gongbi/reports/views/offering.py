"""*Which one is it?* Assets near a reported position, to be chosen instead of described; and what
a code means that somebody reads out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.core.public import AssetRecord, asset, assets_near, assets_said, place, places
from gongbi.reports.forms import MOST_CODE, ReportForm
from gongbi.reports.queries import Kinds

MOST = 5
NONE = "-"  # somebody said that it is none of those that were offered
WIDE = frozenset({"city", "district", "subdistrict", "town"})
FOUND, UNKNOWN, SEVERAL = "found", "unknown", "several"
Near = list[tuple[AssetRecord, float]]


@dataclass(frozen=True, slots=True)
class Offer:
    """One asset of the list: how far it is, or where it stands, and whether it is the chosen."""

    ref: str
    kind_name: str
    code: str
    name: str
    metres: int | None
    chosen: bool
    where: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """The list, what came of a code that was said, and the place from whose middle is measured."""

    rows: list[Offer] = field(default_factory=list)
    code: str = ""
    answer: str = ""
    middle: str = ""


def linked(request: HttpRequest) -> AssetRecord | None:
    """The asset named in the address (the code printed on it) or chosen on the form."""
    ref = standing(request.POST) or request.GET.get("asset", "")[:100]
    return asset(ref) if ref and ref != NONE else None


def standing(said: Mapping[str, Any]) -> str:
    """The asset that is chosen on a form; NONE where it was said to be none of the list.

    Empty where nothing was chosen, or only what a code meant that is another by now: the list is
    drawn for a code (``code_for``), and whoever types on may send before it is drawn anew.
    """
    if "asset" not in said:
        return ""
    chosen, code = said["asset"][:100], said.get("code", "").strip()[:MOST_CODE]
    drawn = said.get("code_for", code).strip()[:MOST_CODE]
    if drawn != code and (not chosen or chosen in {one.ref for one in assets_said(drawn)}):
        return ""
    return chosen or NONE


def offered(
    form: ReportForm, kinds: Kinds, chosen: AssetRecord | None, *, spoken: bool = False
) -> Offers:
    """The nearest first; one that was chosen is always among them. Nothing without a position.

    While the type is open, of the kinds that the suggested types are about. ``spoken``: a code is
    read out to whoever fills in the form, who may know the place only by its name.
    """
    wanted = kinds_about(kinds)
    lon, lat = (_degrees(form[name].value()) for name in ("lon", "lat"))
    if not spoken:
        return offers(wanted, lon, lat, chosen)
    code, words = (_cut(form, name) for name in ("code", "place_words"))
    return offers(wanted, lon, lat, chosen, code=code, place_code=cases.place_named(words))


def kinds_about(kinds: Kinds) -> tuple[str, ...]:
    """The kinds of assets that the chosen type, or else the suggested ones, are about."""
    return cases.asset_kinds_of([kinds.code] if kinds.code else [c.code for c in kinds.choices])


def offers(
    wanted: Collection[str],
    lon: float | None,
    lat: float | None,
    chosen: AssetRecord | None,
    *,
    code: str = "",
    place_code: str | None = None,
) -> Offers:
    """What bears the code, then the nearest to the point, or to the middle of a small place."""
    said = assets_said(code, wanted) if code.strip() else []
    answer = (UNKNOWN, FOUND, SEVERAL)[min(len(said), 2)] if code.strip() else ""
    chosen = said[0] if answer == FOUND else chosen
    middle = ""
    if lon is None or lat is None:
        lon, lat, middle = _middle(place_code)
    near: Near = []
    if lon is not None and lat is not None:
        near = assets_near(lon, lat, wanted or ((chosen.kind,) if chosen else ()), MOST)
    rows = [_offer(one, round(metres), chosen) for one, metres in near]
    known = {one.ref for one in rows}
    apart = [*said, *([chosen] if chosen and chosen not in said else [])]
    apart = [one for one in apart if one.ref not in known]
    names = places(one.place for one in apart if one.place) if apart else {}
    first = [
        _offer(one, None, chosen, names[one.place].name if one.place in names else "")
        for one in apart
    ]
    return Offers([*first, *rows], code.strip(), answer, middle if near else "")


def _middle(code: str | None) -> tuple[float | None, float | None, str]:
    """The middle of a place that is small enough to look about in, and its name."""
    found = place(code) if code else None
    if found is None or found.kind in WIDE:
        return None, None, ""
    return found.lon, found.lat, found.name


def settled(code: str, chosen: str, words: str, wanted: Collection[str]) -> tuple[str, str]:
    """The asset that is reported, and the words: a code that means no one asset, or not the one
    that was chosen, stands in them, so that nothing the caller said is lost."""
    said = [one.ref for one in assets_said(code, wanted)] if code.strip() else []
    if chosen == NONE:
        # A code that is known is not put there: it would be read, and be the asset after all.
        return "", words if said else _with_code(words, code)
    if chosen in said or (len(said) == 1 and not chosen):
        return chosen or said[0], words
    return chosen, _with_code(words, code)


def _with_code(words: str, code: str) -> str:
    if not (code.strip() and words.strip()):
        return words
    return f"{words}\n{_('Code that was read out: %(code)s') % {'code': code.strip()}}"


def _cut(form: ReportForm, name: str) -> str:
    """What stands in a field, as long as it may be: it is looked up before the form is checked."""
    most: int = getattr(form.fields[name], "max_length")  # noqa: B009 - it is a field of words
    return str(form[name].value() or "")[:most]


def _offer(
    one: AssetRecord, metres: int | None, chosen: AssetRecord | None, where: str = ""
) -> Offer:
    is_it = chosen is not None and one.id == chosen.id
    return Offer(one.ref, one.kind_name, one.code, one.name, metres, is_it, where)


def _degrees(said: object) -> float | None:
    try:
        found = float(str(said))
    except ValueError:
        return None
    return found if abs(found) <= 180 else None

"""*Which one is it?* Assets near a reported position, to be chosen instead of described."""

from dataclasses import dataclass

from django.http import HttpRequest

from gongbi.cases import public as cases
from gongbi.core.public import AssetRecord, asset, assets_near
from gongbi.reports.forms import OTHER, ReportForm
from gongbi.reports.queries import Kinds

MOST = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """One asset of the list: how far it is, and whether it is the chosen one."""

    ref: str
    kind_name: str
    code: str
    name: str
    metres: int | None
    chosen: bool


def linked(request: HttpRequest) -> AssetRecord | None:
    """The asset named in the address (the code printed on it) or chosen on the form."""
    ref = request.POST.get("asset", "") or request.GET.get("asset", "")
    return asset(ref[:100]) if ref else None


def offered(form: ReportForm, kinds: Kinds, chosen: AssetRecord | None) -> list[Offer]:
    """The nearest first; one that was chosen is always among them. Nothing without a position.

    While the type is open, of the kinds that the suggested types are about.
    """
    lon, lat = (_degrees(form[name].value()) for name in ("lon", "lat"))
    chosen_type = kinds.other if kinds.chosen == OTHER else kinds.chosen
    wanted = cases.asset_kinds_of(
        [chosen_type] if chosen_type else [c.code for c in kinds.choices]
    )
    near: list[tuple[AssetRecord, float]] = []
    if lon is not None and lat is not None:
        near = assets_near(lon, lat, wanted or ((chosen.kind,) if chosen else ()), MOST)
    found = [_offer(one, round(metres), chosen) for one, metres in near]
    if chosen and not any(one.chosen for one in found):
        found.insert(0, _offer(chosen, None, chosen))
    return found


def _offer(one: AssetRecord, metres: int | None, chosen: AssetRecord | None) -> Offer:
    is_it = chosen is not None and one.id == chosen.id
    return Offer(one.ref, one.kind_name, one.code, one.name, metres, is_it)


def _degrees(said: object) -> float | None:
    try:
        found = float(str(said))
    except ValueError:
        return None
    return found if abs(found) <= 180 else None

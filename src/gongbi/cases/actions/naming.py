"""Saying which asset a case is about, or that it is about none: by whoever stands before it."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongbi.cases import assets
from gongbi.cases.actions.moving import move, need, overtaken
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Incomplete
from gongbi.cases.events import CaseAssetNamed
from gongbi.cases.models import Case, Likely
from gongbi.core.public import AssetRecord, asset, now, places, publish
from gongbi.kernel.cases.cells import cell_of


@transaction.atomic
def name_asset(
    case: Case,
    actor: Actor,
    *,
    ref: str,
    words: str = "",
    seen: int | None = None,
    was: str | None = None,
) -> Case:
    """Set the asset of a case, put another in its place with the reason, or with an empty ``ref``
    say that it is about none. Nothing is routed anew: the case stays with whom it is.

    ``was`` is the asset that somebody without a version (a phone) had before them.
    """
    # A report that joins may have brought one since the page was drawn.
    held = _hold(case)
    before, found = assets.of_id(held), _known(ref)
    if was is not None and was != (before.ref if before else ""):
        raise overtaken(case)
    if (found.id if found else None) == held:
        raise CannotMove(_("The case has this asset already.") if found else
                         _("The case has no asset already."))  # fmt: skip
    said = need(words) if before else words.strip()
    named = [before.ref if before else "", found.ref if found else ""]
    move(case, "name_asset", actor, at=now(), seen=seen, words=said, why={"asset": named},
         **_changes(case, before, found))  # fmt: skip
    _look_anew(case)
    fact = CaseAssetNamed(case=case.uuid, number=case.number, was=named[0], asset=named[1])
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path,
            unit_path=case.unit_path)  # fmt: skip
    return case


def _hold(case: Case) -> int | None:
    """The asset it has now. The case is held, and those it was found likely with: in one order,
    so that two of them that are named at once wait for each other."""
    likely = Likely.objects.filter(Q(case=case) | Q(other=case), denied_at=None)
    asked = {case.pk, *likely.values_list("case", flat=True)}
    rows = Case.objects.select_for_update(no_key=True).filter(pk__in=asked).order_by("pk")
    assets_now: dict[int, int | None] = dict(rows.values_list("pk", "asset"))
    return assets_now[case.pk]


def _known(ref: str) -> AssetRecord | None:
    if not ref:
        return None
    found = asset(ref)
    if found is None or not found.standing:
        raise Incomplete(
            "code", _("The register has no such asset in force; look at the code again.")
        )
    return found


def _changes(case: Case, before: AssetRecord | None, found: AssetRecord | None) -> dict[str, Any]:
    point = _point(case, before, found)
    lon, lat = (None, None) if point else (case.lon, case.lat)
    why = assets.why_of(found, lon, lat, by=assets.OFFICER) or {"by": assets.OFFICER}
    changes = {"asset_id": found.id if found else None, "asset_why": why, **point}
    if assets.asked_by_routes(case.route_why):
        # What the rules were told stays written; that it is no longer so is said beside it.
        changes["route_why"] = {**case.route_why, assets.CHANGED: True}
    return changes


def _point(
    case: Case, before: AssetRecord | None, found: AssetRecord | None
) -> dict[str, float | int | None]:
    """Where the asset stands, for a case whose point nobody said: it had none, an area's middle,
    or the other asset's. Its place stays, by which it is decided who sees it."""
    told = "metres" in (case.asset_why or {})
    of_before = before and not told and (case.lon, case.lat) == (before.lon, before.lat)
    if found is None or not (case.lon is None or case.is_vague or of_before):
        return {}
    stands = places([found.place]).get(found.place) if found.place else None
    if stands is None or not stands.path.startswith(case.place_path):
        return {}
    return {"lon": found.lon, "lat": found.lat, "cell": cell_of(found.lon, found.lat)}


def _look_anew(case: Case) -> None:
    """What was found likely with the other asset is forgotten, and looked for again."""
    rows = Likely.objects.filter(Q(case=case) | Q(other=case), denied_at=None)
    asked = {case.pk, *rows.values_list("case", flat=True)}
    rows.delete()
    Case.objects.filter(pk__in=asked).update(looked_at=None)

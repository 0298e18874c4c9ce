"""Reading what the engine found of sensors into the database, exactly once in effect."""

from datetime import datetime
from os.path import commonpath
from typing import Any

from django.conf import settings
from django.db import transaction

from gongbi.cases import public as cases
from gongbi.core.public import PlaceRecord, kept_folder, pack_version, places, publish
from gongbi.stream import public as stream
from gongbi.vitals import sensor_wording
from gongbi.vitals.events import SensorTroubleBegan, SensorTroubleEnded
from gongbi.vitals.models import Bookmark, SensorTrouble
from gongbi.vitals.pack_sensors import read_sensors

READER = "sensors"
ENGINE = "engine"


def read_troubles(most: int = 500) -> int:
    """Read what the engine has found since; returns how many facts were read."""
    bookmark = Bookmark.objects.filter(pk=READER).first()
    after = bookmark.position if bookmark else 0
    found = stream.read_troubles(settings.GONGBI_DATA, after, most)
    if found:
        with transaction.atomic():
            _take(found)
    return len(found)


def _take(found: list[stream.SensorTrouble]) -> None:
    Bookmark.objects.get_or_create(reader=READER)
    bookmark = Bookmark.objects.select_for_update().get(pk=READER)
    found = [one for one in found if one.position > bookmark.position]
    where = places({code for one in found for code in one.places})
    rules = read_sensors(kept_folder(pack_version())) if found else {}
    for one in found:
        if one.begun:
            _begin(one, where, rules.get(one.property, {}))
        else:
            _end(one.trouble, one.at)
        bookmark.position = one.position
    bookmark.save(update_fields=["position"])


def _begin(one: stream.SensorTrouble, where: dict[str, PlaceRecord], rule: dict[str, Any]) -> None:
    spots = [where[code] for code in one.places if code in where]
    path = _common([spot.path for spot in spots])
    row, new = SensorTrouble.objects.get_or_create(
        pk=one.trouble,
        defaults={
            "kind": one.kind,
            "datastream": one.datastream,
            "name": one.name,
            "observed_property": one.property,
            "unit": one.unit,
            "group": one.group,
            "sensors": one.sensors,
            "place_path": path,
            "place_code": path.rstrip("/").rsplit("/", 1)[-1],
            "since": one.since,
            "found_at": one.at,
            "figure": one.figure,
            "bound": one.bound,
            "value": one.value,
            "position": one.position,
        },
    )
    if not new:
        return
    told = SensorTroubleBegan(
        trouble=row.pk, kind=row.kind, place=row.place_code, sensors=row.sensors, since=row.since
    )
    publish(told, subject=f"sensor:{row.pk}", actor=ENGINE, place_path=path)
    if rule.get("case_type"):
        _ask_for_case(row, str(rule["case_type"]), spots[0] if spots else None)


def _common(paths: list[str]) -> str:
    """The path of the nearest place that holds all of them."""
    return f"{commonpath(paths)}/" if paths else ""


def _end(trouble: str, at: datetime) -> None:
    row = SensorTrouble.objects.filter(pk=trouble, ended_at=None).first()
    if row is None:
        return
    row.ended_at = max(at, row.since)
    row.save(update_fields=["ended_at"])
    told = SensorTroubleEnded(trouble=row.pk, until=row.ended_at)
    publish(told, subject=f"sensor:{row.pk}", actor=ENGINE, place_path=row.place_path)


def _ask_for_case(row: SensorTrouble, kind: str, spot: PlaceRecord | None) -> None:
    """Maintenance, by the pack's rule; a refusal leaves the trouble on its list."""
    signal = cases.SignalIn(
        source="alert",
        reference=f"sensor-{row.pk}",
        words=sensor_wording.in_every_language(row),
        type=kind,
        lon=spot.lon if spot else None,
        lat=spot.lat if spot else None,
        place=row.place_code,
        place_words="",
        at=row.since,
        language=settings.LANGUAGE_CODE,
        level=1,
        why={"sensor": row.name or row.group, "trouble": row.kind, "figure": row.figure},
    )
    try:
        row.case_number = cases.receive_signal(signal).number
    except cases.SignalRefused:
        return
    row.save(update_fields=["case_number"])

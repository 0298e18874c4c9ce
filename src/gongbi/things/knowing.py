"""Does the log know this datastream, and does an indicator read it? If not, why not.

A datastream that the city cannot place, or whose property no sensor of the pack has, is kept and
served all the same.
"""

import re
from dataclasses import dataclass

import httpx
from django.conf import settings

from gongbi.stream.public import PlanInWords, plan_in_words
from gongbi.things.models import Bookmark, Datastream, Observation
from gongbi.things.packed_file import follow_database
from gongbi.things.passing import client

MOST_AT_ONCE = 200
PLAN = "plan"
NOT_READ = "No indicator of the city's pack reads the property {0!r}."
_WORDS = re.compile(r"[^a-z0-9\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``read``, ``known`` or ``unknown``, with the reason and the id in the log."""

    sensing: str
    why: str = ""
    engine_id: int | None = None


def make_known() -> int:
    """Judge datastreams that are new, after another plan also what was unknown; how many."""
    follow_database()
    words = plan_in_words(settings.GONGBI_DATA)
    if not words.number:
        return 0
    _judge_again(words)
    waiting = Datastream.objects.filter(sensing="new").select_related("thing", "observed_property")
    rows = list(waiting.order_by("pk")[:MOST_AT_ONCE])
    if not rows:
        return 0
    judged = 0
    with client() as ingest:
        for stream in rows:
            verdict = judge(stream, words, ingest)
            if verdict is None:
                break
            _keep(stream, verdict)
            judged += 1
    return judged


def _judge_again(words: PlanInWords) -> None:
    mark, _ = Bookmark.objects.get_or_create(reader=PLAN)
    if mark.position == words.number:
        return
    Datastream.objects.filter(from_pack=False, sensing="unknown").update(sensing="new")
    packs = Datastream.objects.filter(from_pack=True).exclude(sensing="unknown")
    read = packs.filter(observed_property__name__in=words.read)
    keys = list(read.values_list("pk", flat=True))
    Datastream.objects.filter(pk__in=keys).update(sensing="read", sensing_why="")
    for name in set(words.units) - words.read:
        packs.filter(observed_property__name=name).update(
            sensing="known", sensing_why=NOT_READ.format(name)
        )
    mark.position = words.number
    mark.save()


def _keep(stream: Datastream, verdict: Verdict) -> None:
    stream.sensing, stream.sensing_why = verdict.sensing, verdict.why[:300]
    stream.engine_id = verdict.engine_id or stream.engine_id
    stream.save(update_fields=["sensing", "sensing_why", "engine_id"])
    if verdict.sensing == "unknown":
        Observation.objects.filter(datastream=stream, owed=True).update(owed=False)


def judge(stream: Datastream, words: PlanInWords, ingest: httpx.Client) -> Verdict | None:
    """What the log makes of a datastream; None where the ingest process does not answer."""
    name = property_in(stream, words)
    if name is None:
        said = stream.observed_property.name
        return Verdict("unknown", f"No sensor of the city's pack measures {said[:100]!r}.")
    unit = stream.unit or {}
    if words.units[name] not in (unit.get("symbol"), unit.get("name"), unit.get("definition")):
        wanted = words.units[name]
        return Verdict(
            "unknown", f"It measures in {unit.get('symbol')!r}, the pack in {wanted!r}."
        )
    place = stream.thing.place_path.strip("/").rpartition("/")[2]
    if not place:
        return Verdict(
            "unknown",
            "Its Thing is nowhere in the city: give it a Location inside, or properties.place.",
        )
    return _announce(stream, name, place, words, ingest)


def property_in(stream: Datastream, words: PlanInWords) -> str | None:
    """The pack's property that an ObservedProperty means: by its name, or the end of its URI."""
    observed = stream.observed_property
    said = {_plain(observed.name), _plain(re.split(r"[/#:]", observed.definition)[-1])}
    return next((name for name in sorted(words.units) if _plain(name) in said), None)


def _plain(said: str) -> str:
    return _WORDS.sub("_", said.casefold()).strip("_")


def _announce(
    stream: Datastream, name: str, place: str, words: PlanInWords, ingest: httpx.Client
) -> Verdict | None:
    extra = stream.properties if isinstance(stream.properties, dict) else {}
    step = extra.get("step_seconds")
    body = {
        "name": f"sensorthings:{stream.pk}",
        "place": place,
        "property": name,
        "unit": words.units[name],
        "step_seconds": step if isinstance(step, int) and 0 < step < 86400 * 366 else 60,
    }
    try:
        answer = ingest.post("/ingest/datastreams", json=body)
    except httpx.TransportError:
        return None
    if answer.status_code in (200, 201):
        known = Verdict("known", NOT_READ.format(name), int(answer.json()["id"]))
        return Verdict("read", "", known.engine_id) if name in words.read else known
    if answer.status_code in (400, 403, 422):
        return Verdict("unknown", f"The log does not take it: {_sentence(answer)}")
    return None


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("error") or answer.text)[:200]
    except (ValueError, AttributeError):
        return answer.text[:200]

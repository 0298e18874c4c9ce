"""What is held of one reporter: all of it, in words a person can read, for whoever asks for it.

The link or short number shows who asks. Reading is written into the journal like any other
reading of a sealed reporter.
"""

import base64
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import follow, photos, questions, wording
from gongbi.cases.actors import Actor, reporter
from gongbi.cases.checked_files import SHUT
from gongbi.cases.events import ReporterSeen
from gongbi.cases.models import Case, Look, News, Photo, Signal, Step, Verdict
from gongbi.cases.reading.wishes import in_words, wishes_in
from gongbi.core.public import lines_about, publish, unseal, unseal_many

READINGS = ("cases.ReporterSeen", "cases.EvidenceSeen")


class Holder(Protocol):
    """What a part offers that holds something of reporters itself (``HOLDERS``)."""

    def held_of(self, signal: UUID) -> dict[str, Any]:
        """What it holds of the reporter of a signal, each kind under a name of its own."""


def held(said: str, actor: Actor) -> dict[str, Any]:
    """Everything held of a reporter; Refused for a link or number that is unknown or forgotten."""
    return held_of(follow.find(said)[0], actor)


@transaction.atomic
def held_of(signal: Signal, actor: Actor) -> dict[str, Any]:
    """Everything held of the reporter of a signal."""
    fact = ReporterSeen(case=signal.case.uuid, number=signal.case.number, signal=signal.uuid)
    publish(fact, subject=f"case:{signal.case.uuid}", actor=str(actor))
    case = signal.case.followed
    return {
        "report": _report(signal),
        "case": _case(case),
        "added": _added(signal),
        "news": _news(signal),
        "answers": _answers(signal),
        "asked_again": _asked_again(signal),
        "pictures": [_picture(row) for row in Photo.objects.filter(signal=signal)],
        "told": [
            {"what": step.what, "at": step.at.isoformat(), "unit": step.unit, "words": step.words}
            for step in follow.steps_of(case)
        ],
        "read_by": sorted(_readings(signal) + _looks(signal), key=lambda one: one["at"]),
        "kept_until": _kept_until(case),
        **_elsewhere(signal),
    }


def _report(signal: Signal) -> dict[str, Any]:
    opened = unseal_many([signal.words_id, signal.contact_id, signal.place_words_id])
    reading = signal.reading_id or 0
    return {
        "source": signal.source,
        "reference": signal.reference,
        "at": signal.at.isoformat(),
        "language": signal.language,
        "words": opened.get(signal.words_id or 0, ""),
        "contact": opened.get(signal.contact_id or 0, ""),
        "place_words": opened.get(signal.place_words_id or 0, ""),
        "answers": signal.why.get(questions.KEPT, {}),
        "wishes": list(in_words(wishes_in([reading]).get(reading, ()))),
        "point": None if signal.lon is None else [signal.lon, signal.lat],
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "type": case.type.code if case.type else None,
        "place": case.place_id,
        "unit": case.unit_id,
        "state": case.state,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
    }


def _added(signal: Signal) -> list[dict[str, Any]]:
    notes = list(signal.notes.order_by("pk"))
    opened = unseal_many(note.words_id for note in notes)
    return [{"at": note.at.isoformat(), "words": opened.get(note.words_id, "")} for note in notes]


def _news(signal: Signal) -> dict[str, Any] | None:
    row = News.objects.filter(signal=signal).first()
    if row is None:
        return None
    return {
        "way": row.way,
        "address": unseal(row.address_id) or "",
        "asked_at": row.asked_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }


def _answers(signal: Signal) -> list[dict[str, Any]]:
    rows = Verdict.objects.filter(signal=signal).order_by("pk")
    return [
        {
            "said": row.said,
            "at": row.said_at.isoformat() if row.said_at else None,
            "words": unseal(row.words_id) or "",
        }
        for row in rows
    ]


def _asked_again(signal: Signal) -> list[dict[str, Any]]:
    """What they wrote when they asked for another look at a cancelled case."""
    rows = Step.objects.filter(verb="ask_again", actor=str(reporter(signal.uuid))).order_by("pk")
    rows = rows.filter(case__in={signal.case_id, signal.case.merged_into_id or signal.case_id})
    return [{"at": row.at.isoformat(), "words": unseal(row.words_id) or ""} for row in rows]


def _picture(row: Photo) -> dict[str, Any]:
    shown = None if row.checked in SHUT else photos.shown_bytes(row.uuid, row.key_owner)
    return {
        "id": str(row.uuid),
        "at": row.at.isoformat(),
        "checked": row.checked,
        "jpeg": base64.b64encode(shown).decode() if shown else None,
    }


def _elsewhere(signal: Signal) -> dict[str, Any]:
    """What the parts above hold of them, which cases may not import; each under its own names."""
    found: dict[str, Any] = {}
    for name in settings.HOLDERS:
        holder: Holder = import_module(name)
        found |= holder.held_of(signal.uuid)
    return found


def _looks(signal: Signal) -> list[dict[str, str]]:
    """On whose pages the masked words stood: by the hour, kind and unit, never by name."""
    followed = signal.case.merged_into
    cases = [signal.case.uuid, *([followed.uuid] if followed else [])]
    return [
        {"at": one.hour.isoformat(), "what": f"masked:{one.page}",
         "by": one.reader.partition(":")[0], "unit": one.unit}
        for one in Look.objects.filter(case__in=cases).order_by("hour", "pk")
    ]  # fmt: skip


def _readings(signal: Signal) -> list[dict[str, str]]:
    """When and as whom somebody read the sealed words; persons by their kind, never by name."""
    lines = lines_about(f"case:{signal.case.uuid}", READINGS)
    mine = str(signal.uuid)
    return [
        {"at": line.at.isoformat(), "what": line.kind, "by": line.actor.partition(":")[0]}
        for line in lines
        if line.body.get("signal", mine) == mine
    ]


def _kept_until(case: Case) -> str:
    days = case.type.keep_days if case.type else None
    whole = _term(days) if days else _("until you ask for deletion")
    parts = case.type.keep if case.type else {}
    said = (
        _("%(part)s: %(term)s") % {"part": wording.KEPT_PARTS.get(part, part), "term": _term(n)}
        for part, n in parts.items()
    )
    return _("; ").join([whole, *said])


def _term(days: int) -> str:
    return _("%(days)d days after closing") % {"days": days}

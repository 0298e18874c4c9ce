"""Reports of other systems, and following them: JSON over HTTP.

``POST /api/reports`` needs an application key with scope ``report``. A reference is the sender's
own: what one application sent can neither be repeated nor followed by another.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

import orjson
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gongbi.cases import public as cases
from gongbi.cases.public import FollowRecord, ReceiptRecord, SignalIn
from gongbi.core.public import ApplicationRecord, now
from gongbi.reports import access, wire
from gongbi.reports.private import private
from gongbi.reports.views.follow import TOKEN

LINES_A_TRANSACTION = 100
SENSES = frozenset({"alert", "sensor", "camera"})
NDJSON = "application/x-ndjson"


def answer(said: Any, status: int = 200) -> HttpResponse:
    """JSON, readable in a terminal by whoever tries it."""
    return HttpResponse(orjson.dumps(said), content_type="application/json", status=status)


@csrf_exempt
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """One report as an object, or many as newline JSON."""
    sender = access.reporting_application(request)
    if sender is None:
        return answer(
            {"error": "Send an application key with scope `report`: `Authorization: Bearer KEY`."},
            401,
        )
    body = request.read(wire.MOST_BYTES + 1)
    if len(body) > wire.MOST_BYTES:
        return answer(
            {
                "error": f"The body is larger than {wire.MOST_BYTES} bytes: "
                "send fewer lines at a time."
            },
            413,
        )
    if request.content_type == NDJSON:
        return _many(sender, body)
    return _one(sender, body)


def _one(sender: ApplicationRecord, body: bytes) -> HttpResponse:
    try:
        receipt = cases.receive_signal(signal_of(sender, wire.read_report(body)))
    except (wire.BadLine, cases.Refused) as refused:
        return answer({"error": str(refused)}, 422)
    return answer(receipt_json(receipt), 200 if receipt.repeated else 201)


@csrf_exempt
@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """Cases a report may be one more voice of; nothing is stored.

    A POST although it only asks: what somebody says must not stand in an address.
    """
    sender = access.reporting_application(request)
    if sender is None:
        return answer(
            {"error": "Send an application key with scope `report`: `Authorization: Bearer KEY`."},
            401,
        )
    try:
        said = wire.read_report(request.read(wire.MOST_LINE_BYTES + 1))
        found = cases.likely_to_report(signal_of(sender, said))
    except (wire.BadLine, cases.Refused) as refused:
        return answer({"error": str(refused)}, 422)
    return answer({"alike": [asdict(one) for one in found]})


@dataclass(slots=True)
class Taken:
    """What became of the lines so far."""

    stored: int = 0
    repeated: int = 0
    receipts: list[dict[str, Any]] = field(default_factory=list)
    refused: list[wire.Refused] = field(default_factory=list)

    def add(self, other: "Taken") -> None:
        """Count what was committed."""
        self.stored += other.stored
        self.repeated += other.repeated
        self.receipts += other.receipts
        self.refused += other.refused

    def json(self) -> dict[str, Any]:
        """As the sender gets it."""
        refused = [{"line": one.line, "reason": one.reason} for one in self.refused]
        return {
            "stored": self.stored,
            "repeated": self.repeated,
            "refused": refused,
            "receipts": self.receipts,
        }


def _many(sender: ApplicationRecord, body: bytes) -> HttpResponse:
    if body.count(b"\n") > wire.MOST_LINES:
        return answer({"error": f"More than {wire.MOST_LINES} lines: send them in parts."}, 413)
    lines, taken = iter(wire.read_lines(body)), Taken()
    try:
        while some := list(islice(lines, LINES_A_TRANSACTION)):
            taken.add(_some(sender, some))
    except OperationalError:
        # What was committed stays; the sender need not know where it broke off.
        said = "The database is away. Send the same lines again: none is stored twice."
        return answer(taken.json() | {"error": said}, 503)
    return answer(taken.json())


def _some(
    sender: ApplicationRecord, lines: Sequence[tuple[int, wire.Report | wire.Refused]]
) -> Taken:
    taken, signals = Taken(), dict[int, SignalIn]()
    for number, said in lines:
        if isinstance(said, wire.Refused):
            taken.refused.append(said)
            continue
        try:
            signals[number] = signal_of(sender, said)
        except wire.BadLine as refused:
            taken.refused.append(wire.Refused(number, str(refused)))
    for number, told in zip(signals, cases.receive_signals([*signals.values()]), strict=True):
        if isinstance(told, cases.SignalRefused):
            taken.refused.append(wire.Refused(number, str(told)))
            continue
        taken.stored += not told.repeated
        taken.repeated += told.repeated
        taken.receipts.append({"line": number} | receipt_json(told))
    taken.refused.sort(key=lambda one: one.line)
    return taken


def signal_of(sender: ApplicationRecord, said: wire.Report) -> SignalIn:
    """The signal of a line, under the sender's own name."""
    if said.source in SENSES:
        raise wire.BadLine(f"The source `{said.source}` is for sensing: name the channel.")
    return SignalIn(
        source=said.source,
        reference=f"{sender.name}:{said.reference}",
        words=said.words,
        type=said.type,
        lon=said.lon,
        lat=said.lat,
        place=said.place,
        place_words=said.place_words,
        at=said.at or now(),
        language=said.language,
        contact=said.contact,
        joins=_joins(sender, said.joins),
        asset=said.asset,
        about_unit=said.about_unit,
        answers=dict(said.answers),
    )


def _joins(sender: ApplicationRecord, number: str) -> str:
    return number if number and cases.joinable_by(sender.name, number) else ""


def receipt_json(receipt: ReceiptRecord) -> dict[str, Any]:
    """A receipt on the wire; `follow` is the secret of the link."""
    return {
        "number": receipt.number,
        "short_number": receipt.short_number,
        "follow": receipt.follow_token,
        "type": receipt.type,
        "place": receipt.place,
        "unit": receipt.unit,
        "deadline": receipt.deadline,
        "joined": receipt.joined,
        "repeated": receipt.repeated,
    }


@require_safe
@private
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Where a case stands, for whoever holds the secret of its link."""
    # A short number is refused here: its guesses are counted at the page, not at this door.
    found = cases.follow(token) if TOKEN.fullmatch(token) else None
    if found is None:
        return answer({"error": "Nothing is followed by this token."}, 404)
    return answer(follow_json(found))


def follow_json(found: FollowRecord) -> dict[str, Any]:
    """Where a case stands, on the wire; the reporter's words stay on the page."""
    return {
        "number": found.number,
        "state": found.state,
        "type": found.type,
        "unit": found.unit_name,
        "deadline": found.due_at,
        "waiting_for": found.waiting_for,
        "question": found.question,
        "asked": found.asked,
        "asked_until": found.asked_until,
        "may_reopen": found.may_reopen,
        "outcome": found.outcome,
        "outcome_words": found.outcome_words,
        "verdict": found.verdict,
        "ended_as": found.ended_as,
        "ended_words": found.ended_words,
        "merged_into": found.merged_into,
    }


@csrf_exempt
@require_POST
@private
def give_verdict(request: HttpRequest, token: str) -> HttpResponse:
    """The reporter's word."""
    if not TOKEN.fullmatch(token) or cases.follow(token) is None:
        return answer({"error": "Nothing is followed by this token."}, 404)
    try:
        said = wire.read_verdict(request.read(wire.MOST_LINE_BYTES))
        cases.give_verdict(token, said.solved, said.words)
    except wire.BadLine as refused:
        return answer({"error": str(refused)}, 422)
    except cases.Refused as refused:
        return answer({"error": str(refused)}, 409)
    found = cases.follow(token)
    return answer(follow_json(found) if found else {})

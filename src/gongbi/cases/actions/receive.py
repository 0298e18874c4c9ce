"""Taking a report: one case for it, or one more signal on a case that is there."""

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from gongbi.cases import following, joining, promises, states, types
from gongbi.cases.actions.dispatch import send
from gongbi.cases.actors import SYSTEM, Actor, reporter
from gongbi.cases.events import CaseOpened, SignalJoined
from gongbi.cases.intake import Understood, understand
from gongbi.cases.models import Case, CaseType, Signal, Step
from gongbi.cases.records import ReceiptRecord, SignalIn
from gongbi.cases.routes import Choice, choose_unit
from gongbi.core.public import city, now, publish, seal
from gongbi.kernel.cases.suggest import Guess


def receive_signal(signal: SignalIn) -> ReceiptRecord:
    """Take a report and say how to follow it; the same (source, reference) again changes nothing.

    SignalRefused names the first field that cannot be taken.
    """
    known = _known(signal.source, signal.reference)
    if known:
        return receipt(known, repeated=True)
    at = now()
    said = understand(signal, at)
    try:
        with transaction.atomic():
            return _take(said, at)
    except IntegrityError:
        known = _known(signal.source, signal.reference)
        if known is None:
            raise
        return receipt(known, repeated=True)


def _known(source: str, reference: str) -> Signal | None:
    rows = Signal.objects.select_related("case__type", "case__unit", "case__suggested_unit")
    forgotten = following.forgotten_reference(source, reference)
    return rows.filter(source=source, reference__in=(reference, forgotten)).first()


def _take(said: Understood, received_at: datetime) -> ReceiptRecord:
    guesses = types.guess_types(said.signal.words) if said.type is None else []
    kind = said.type or _sure_type(guesses)
    host, because = joining.find_host(said, kind)
    case = host or _open(said, kind, guesses)
    row = _hang(case, said, received_at, because)
    if host:
        _tell_joined(case, row, because)
    else:
        _tell_opened(case)
        _send_at_once(case)
    return receipt(row)


def _sure_type(guesses: list[Guess]) -> CaseType | None:
    code = types.sure(guesses)
    return CaseType.objects.filter(code=code, in_force=True).first() if code else None


def _open(said: Understood, kind: CaseType | None, guesses: list[Guess]) -> Case:
    """A case with its number, its suggested unit and the reason, and its promises."""
    signal = said.signal
    about_path = said.about.path if said.about else ""
    choice = choose_unit(
        kind, said.place_path, at=signal.at, level=signal.level, about_path=about_path
    )
    fresh = uuid.uuid4()
    case = Case.objects.create(
        uuid=fresh,
        number=fresh.hex,  # the number needs the row's id, which is known a moment later
        type=kind,
        guesses=[[guess.type, round(guess.score, 3)] for guess in guesses],
        priority=kind.priority if kind else 3,
        source=signal.source,
        level=signal.level,
        place_id=said.place.code if said.place else None,
        place_path=said.place_path,
        lon=_first(signal.lon, said.place.lon if said.place else None),
        lat=_first(signal.lat, said.place.lat if said.place else None),
        suggested_unit_id=choice.unit.code if choice.unit else None,
        about_unit_id=said.about.code if said.about else None,
        about_path=about_path,
        route=choice.route,
        route_why=_why(choice, said.type, kind),
        opened_at=signal.at,
        changed_at=signal.at,
    )
    case.number = f"{city().code.upper()}-{case.pk:06d}"
    Case.objects.filter(pk=case.pk).update(number=case.number)
    promises.promise(case, signal.at)
    return case


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _why(choice: Choice, said: CaseType | None, kind: CaseType | None) -> dict[str, Any]:
    named_by = "sender" if said else "words" if kind else "nobody"
    return {**choice.why, "type_by": named_by}


def _hang(case: Case, said: Understood, received_at: datetime, because: str) -> Signal:
    signal, fresh = said.signal, uuid.uuid4()
    while Signal.objects.filter(
        short_digest=following.short_digest(following.short_number_of(fresh))
    ).exists():
        fresh = uuid.uuid4()
    owner = f"signal:{fresh}"
    row = Signal.objects.create(
        uuid=fresh,
        case=case,
        source=signal.source,
        reference=signal.reference,
        from_person=said.from_person,
        language=signal.language,
        words_id=seal(owner, signal.words) if signal.words else None,
        contact_id=seal(owner, signal.contact) if signal.contact else None,
        place_words_id=seal(owner, signal.place_words) if signal.place_words else None,
        place_id=said.place.code if said.place else None,
        lon=signal.lon,
        lat=signal.lat,
        level=signal.level,
        why=signal.why,
        at=signal.at,
        received_at=received_at,
        joined_why=because,
        token_digest=following.token_digest(following.token_of(fresh)),
        short_digest=following.short_digest(following.short_number_of(fresh)),
        follow_until=received_at + following.follow_days(),
    )
    verb = "join" if because else "open"
    _step(case, verb, reporter(fresh) if said.from_person else SYSTEM, signal, because)
    return row


def _step(case: Case, verb: str, actor: Actor, signal: SignalIn, because: str) -> None:
    Step.objects.create(
        case=case,
        verb=verb,
        source=case.state,
        target=case.state,
        actor=str(actor),
        unit_id=case.suggested_unit_id if verb == "open" else None,
        at=signal.at,
        why={"source": signal.source, "level": signal.level}
        | ({"why": because} if because else {}),
    )


def _tell_joined(case: Case, row: Signal, because: str) -> None:
    Case.objects.filter(pk=case.pk).update(signals_count=F("signals_count") + 1)
    fact = SignalJoined(
        case=case.uuid, number=case.number, signal=row.uuid, source=row.source, why=because
    )
    publish(fact, subject=f"case:{case.uuid}", actor="system:intake", place_path=case.place_path)


def _tell_opened(case: Case) -> None:
    fact = CaseOpened(
        case=case.uuid,
        number=case.number,
        type=case.type.code if case.type else "",
        place=case.place_id or "",
        source=case.source,
        priority=case.priority,
        level=case.level,
        suggested_unit=case.suggested_unit_id or "",
        due_at=case.due_at,
    )
    publish(fact, subject=f"case:{case.uuid}", actor="system:intake", place_path=case.place_path)


def _send_at_once(case: Case) -> None:
    if case.type and case.type.file_first:
        return
    if case.route and case.route.at_once and case.suggested_unit_id:
        send(case, SYSTEM, at=case.opened_at, unit_code=case.suggested_unit_id)


def receipt(row: Signal, *, repeated: bool = False) -> ReceiptRecord:
    """What the reporter gets, the same at every asking."""
    case = row.case
    return ReceiptRecord(
        case_id=case.uuid,
        number=case.number,
        short_number=following.short_number_of(row.uuid),
        follow_token=following.token_of(row.uuid),
        type=case.type.code if case.type else None,
        place=case.place_id,
        unit=case.unit_id or case.suggested_unit_id,
        deadline=promises.to_people(case) if repeated or row.joined_why else case.due_at,
        joined=bool(row.joined_why),
        repeated=repeated,
    )


def note_alert(
    reference: str, *, change: str, level: int, at: datetime, why: dict[str, Any] | None = None
) -> str | None:
    """Write an alert's change (raised higher, lower, cleared) on its case; the case's number.

    None when no case came of that alert. Nothing is closed by it: a unit says what became of it.
    """
    row = Signal.objects.select_related("case").filter(source="alert", reference=reference).first()
    if row is None:
        return None
    case = row.case.merged_into or row.case
    with transaction.atomic():
        Step.objects.create(
            case=case,
            verb="alert",
            source=case.state,
            target=case.state,
            actor=str(SYSTEM),
            at=at,
            why={**(why or {}), "change": change, "level": level},
        )
        live = Q(state__in=states.LIVE)
        Case.objects.filter(live, pk=case.pk).update(level=level, changed_at=at)
    return case.number

"""Taking reports: one case for each, or one more signal on a case that is there.

One report is a chunk of one. A chunk is one transaction and costs nearly what one report costs:
what it needs to know is asked once, and each table is written once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from gongbi.cases import assets, following, joining, promises, scorecards, states, types
from gongbi.cases.actions.dispatch import send
from gongbi.cases.actions.writing import Coming, steps_of, write_signals
from gongbi.cases.actors import SYSTEM
from gongbi.cases.errors import SignalRefused
from gongbi.cases.events import CaseOpened, SignalJoined
from gongbi.cases.intake import MACHINES, Understood, type_in_force, understand
from gongbi.cases.models import Case, CaseType, Deadline, Signal, Step
from gongbi.cases.numbering import number_of, take_ids
from gongbi.cases.reading.applying import codes_of, priority_of, sub_type_of, with_place
from gongbi.cases.reading.asset_named import with_asset
from gongbi.cases.reading.noticing import Noticed, notice
from gongbi.cases.reading.wishes import with_aid
from gongbi.cases.records import ReceiptRecord, SignalIn
from gongbi.cases.routes import Choice, choose_unit
from gongbi.core.public import Told, holding, now, publish_many
from gongbi.kernel.cases.cells import cell_of
from gongbi.kernel.cases.suggest import Guess


class HostMoved(Exception):
    """The case a report was to join ended, or was merged, a moment ago: it is decided anew."""


Answer = ReceiptRecord | SignalRefused
Key = tuple[str, str]


def receive_signal(signal: SignalIn) -> ReceiptRecord:
    """Take a report and say how to follow it; the same (source, reference) again changes nothing.

    SignalRefused names the first field that cannot be taken.
    """
    answer = receive_signals([signal])[0]
    if isinstance(answer, SignalRefused):
        raise answer
    return answer


def receive_signals(signals: Sequence[SignalIn]) -> list[Answer]:
    """Take many reports, each with its receipt or the reason why it was refused, in order.

    What can be taken is taken in one transaction: after a fault of the database none is.
    """
    with holding():
        return _receive(signals, now())


def _receive(signals: Sequence[SignalIn], at: datetime) -> list[Answer]:
    known = _known(signals)
    answers: dict[int, Answer] = {}
    fresh: dict[Key, tuple[int, Understood]] = {}
    for place, signal in enumerate(signals):
        key = (signal.source, signal.reference)
        if key in known or key in fresh:
            continue
        try:
            fresh[key] = place, understand(signal, at)
        except SignalRefused as refused:
            answers[place] = refused
    taken = _take_or_find([said for _, said in fresh.values()], at) if fresh else {}
    answers |= {place: taken[key] for key, (place, _) in fresh.items()}
    for place, signal in enumerate(signals):
        if place not in answers:
            key = (signal.source, signal.reference)
            answers[place] = _again(known[key] if key in known else taken[key])
    return [answers[place] for place in range(len(signals))]


def _known(signals: Iterable[SignalIn]) -> dict[Key, ReceiptRecord]:
    """Receipts of those that came before, also of those whose reporter was forgotten since."""
    asked: dict[Key, Key] = {}
    sought: list[tuple[str, list[str]]] = []
    for source, some in groupby(sorted(signals, key=lambda one: one.source), lambda s: s.source):
        for one in some:
            kept = following.forgotten_reference(source, one.reference)
            asked[source, one.reference] = asked[source, kept] = (source, one.reference)
        sought.append((source, [reference for of, reference in asked if of == source]))
    # Nearly always there is none; the wide look, with the case and its unit, is for those alone.
    ids = _ids_of(sought)
    if not ids:
        return {}
    rows = Signal.objects.filter(pk__in=ids)
    rows = rows.select_related("case__type", "case__unit", "case__suggested_unit")
    return {asked[row.source, row.reference]: receipt(row, repeated=True) for row in rows}


def _ids_of(sought: Sequence[tuple[str, list[str]]]) -> list[int]:
    """Signals by source and reference; written out: composing it took longer than its answer."""
    if not sought:
        return []
    each = [f"(source = %s AND reference IN ({', '.join(['%s'] * len(r))}))" for _, r in sought]
    named = [text for source, references in sought for text in (source, *references)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM cases_signal WHERE {' OR '.join(each)}", named)
        return [pk for (pk,) in cursor.fetchall()]


def _again(one: Answer) -> Answer:
    return one if isinstance(one, SignalRefused) else replace(one, repeated=True)


def _take_or_find(said: Sequence[Understood], at: datetime) -> dict[Key, Answer]:
    """Take them together; where somebody else sent one of them at the same moment, one by one."""
    try:
        with transaction.atomic():
            taken = [receipt(row) for row in _take_all(said, at)]
    except HostMoved:
        return _one_by_one(said, at) if len(said) > 1 else _take_or_find(said, at)
    except IntegrityError:
        if len(said) == 1:
            known = _known([said[0].signal])
            if not known:
                raise
            return dict(known)
        return _one_by_one(said, at)
    keys = [(one.signal.source, one.signal.reference) for one in said]
    return dict(zip(keys, taken, strict=True))


def _one_by_one(said: Sequence[Understood], at: datetime) -> dict[Key, Answer]:
    return {key: one for row in said for key, one in _take_or_find([row], at).items()}


def _take_all(said: Sequence[Understood], at: datetime) -> list[Signal]:
    rows: list[Signal] = []
    for number, some in enumerate(_apart(said)):
        with holding(anew=number > 0):
            rows += _take(some, at)
    return rows


def _apart(said: Sequence[Understood]) -> Iterator[list[Understood]]:
    """Reports that cannot join one another; what a machine says may be joined by the next."""
    for machine, some in groupby(said, lambda one: one.signal.source in MACHINES):
        if machine:
            yield from ([one] for one in some)
        else:
            yield list(some)


def _take(said: Sequence[Understood], received_at: datetime) -> list[Signal]:
    coming = [_decided(one) for one in said]
    opened = [one for one in coming if not one.joined_why]
    if opened:
        _open(opened)
    # In one order, so that two files about the same cases wait for each other, and stop neither.
    for one in sorted(coming, key=lambda one: one.case.pk):
        if one.joined_why:
            _count_in(one)
    rows = write_signals(coming, received_at)
    Step.objects.bulk_create(steps_of(coming, rows))
    publish_many([_told(one, row) for one, row in zip(coming, rows, strict=True)])
    for one in opened:
        _send_at_once(one.case)
    return rows


def _count_in(one: Coming) -> None:
    """One more report on a case, which cannot end from here on before the report is on it; it may
    be the first to know the asset."""
    case = Case.objects.filter(pk=one.case.pk)
    if not case.filter(state__in=states.AT_WORK).update(signals_count=F("signals_count") + 1):
        raise HostMoved
    if one.said.asset and one.case.asset_id is None:
        # Asked anew: an officer may have said which it is, or that it is none, a moment ago.
        open_yet = case.filter(asset=None).exclude(asset_why__by=assets.OFFICER)
        open_yet.update(asset=one.said.asset.id, asset_why=one.said.asset_why)


def _decided(said: Understood) -> Coming:
    """The case a report hangs on: one that is there, or its own, not yet stored."""
    guesses = _guesses(said) if said.type is None else []
    kind = said.type or _sure_type(guesses)
    noticed = _noticed(said, guesses, kind)
    said = with_asset(with_place(said, noticed))
    host, because = joining.find_host(said, kind)
    if because == joining.BY_REPORTER:
        said = _with_scorecard(said)
    case = host or _case(said, kind, guesses, noticed)
    return Coming(said, case, because if host else "", noticed)


def _with_scorecard(said: Understood) -> Understood:
    """With the number of the weights by which its reporter was asked *is it this one?*"""
    why = said.signal.why | {"scorecard": scorecards.in_force().number}
    return replace(said, signal=replace(said.signal, why=why))


def _guesses(said: Understood) -> list[Guess]:
    signal = said.signal
    return types.guess_types(signal.words, at=signal.at, point=(signal.lon, signal.lat))


def _noticed(said: Understood, guesses: list[Guess], kind: CaseType | None) -> Noticed | None:
    """What is read in a person's words."""
    signal = said.signal
    if not said.from_person:
        return None
    point = (signal.lon, signal.lat)
    return with_aid(notice(signal.words, guesses, kind, signal.at, point), signal.aid)


def _sure_type(guesses: list[Guess]) -> CaseType | None:
    code = types.sure(guesses)
    return type_in_force(code) if code else None


def _case(
    said: Understood,
    kind: CaseType | None,
    guesses: list[Guess],
    noticed: Noticed | None = None,
) -> Case:
    """A case with its suggested unit and the reason."""
    signal = said.signal
    about_path = said.about.path if said.about else ""
    choice = choose_unit(
        kind,
        said.place_path,
        at=signal.at,
        level=signal.level,
        about_path=about_path,
        source=signal.source,
        facts=signal.why | assets.facts_of(said.asset),
    )
    return Case(
        type=kind,
        sub_type=sub_type_of(noticed, kind),
        guesses=[[guess.type, round(guess.score, 3)] for guess in guesses],
        priority=priority_of(kind.priority if kind else 3, noticed),
        source=signal.source,
        level=signal.level,
        place_id=said.place.code if said.place else None,
        place_path=said.place_path,
        lon=_first(signal.lon, said.place.lon if said.place else None),
        lat=_first(signal.lat, said.place.lat if said.place else None),
        asset_id=said.asset.id if said.asset else None,
        asset_why=said.asset_why,
        cell=cell_of(signal.lon, signal.lat),
        suggested_unit_id=choice.unit.code if choice.unit else None,
        about_unit_id=said.about.code if said.about else None,
        about_path=about_path,
        governed_by=signal.governed_by,
        route=choice.route,
        route_why=_why(choice, said.type, kind) | codes_of(noticed),
        opened_at=signal.at,
        changed_at=signal.at,
    )


def _open(coming: Sequence[Coming]) -> None:
    """Give the new cases their numbers and promises, and write both."""
    made: list[Deadline] = []
    for one, case_id in zip(coming, take_ids(len(coming)), strict=True):
        one.case.pk, one.case.number = case_id, number_of(case_id)
        rows = promises.promised(one.case, one.said.signal.at)
        one.case.due_at = min((row.due_at for row in rows), default=None)
        made += rows
    Case.objects.bulk_create(one.case for one in coming)
    Deadline.objects.bulk_create(made)


def open_apart(said: Understood, kind: CaseType | None) -> Case:
    """Open a case for a report that is there already, told and sent as if it had just come."""
    guesses = _guesses(said) if kind is None else []
    noticed = _noticed(said, guesses, kind)
    one = Coming(said, _case(said, kind, guesses, noticed), "")
    _open([one])
    return one.case


def tell_apart(said: Understood, case: Case, row: Signal) -> None:
    """Tell of a case that was opened apart, and send it where its route says at once."""
    publish_many([_told(Coming(said, case, ""), row)])
    _send_at_once(case)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _why(choice: Choice, said: CaseType | None, kind: CaseType | None) -> dict[str, Any]:
    named_by = "sender" if said else "words" if kind else "nobody"
    return {**choice.why, "type_by": named_by}


def _told(one: Coming, row: Signal) -> Told:
    case = one.case
    if one.joined_why:
        fact: CaseOpened | SignalJoined = SignalJoined(
            case=case.uuid,
            number=case.number,
            signal=row.uuid,
            source=row.source,
            why=one.joined_why,
        )
    else:
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
    return Told(fact, f"case:{case.uuid}", "system:intake", place_path=case.place_path)


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
    case = row.case.followed
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

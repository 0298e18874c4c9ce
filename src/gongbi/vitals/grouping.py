"""An alert's case: opened, joined or left alone, so that one burst pipe is not ninety cases.

Alerts of one indicator that begin within half an hour below one place (the kind is the pack's
``case_group``, usually the subdistrict) are one matter. ``cases`` may join further alerts by its
own rules; what it decides is kept too.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from gongbi.cases import public as cases
from gongbi.core.public import now
from gongbi.vitals import known_events, waiting, wording
from gongbi.vitals.models import Alert
from gongbi.vitals.within import group_path

log = logging.getLogger("gongbi.vitals")
TOGETHER = timedelta(minutes=30)
MOST_WAITS_ENDED = 40
LIVE = frozenset({"open", "in_hand", "waiting"})
SAME_SIGN_AROUND = "same_sign_around"
JOINED_BY_CASES = "joined_by_cases"
FOLLOWS_FROM = "follows_from"


def ask_for_case(alert: Alert) -> None:
    """Join the case of an alert of the same group, or ask cases for one; once an alert."""
    rule = alert.series.indicator
    asked = alert.case_id or alert.case_refused
    if asked or not rule.case_type or level_asked(alert) < rule.case_from_level:
        return
    alert.group_path = group_path(alert, rule.case_group)
    parent = None if rule.own_case else _live_parent(alert)
    leader = None if parent or rule.own_case else _leader(alert)
    if parent is not None:
        _join(alert, parent, FOLLOWS_FROM)
    elif leader is not None:
        _join(alert, leader, SAME_SIGN_AROUND)
    elif rule.own_case or not waiting.still_waits(alert):
        _open(alert)
    alert.save()


def level_asked(alert: Alert) -> int:
    """The level a case is asked for at: one that ended while it waited had its worst."""
    ended = alert.ended_at is not None and alert.waits_until is not None and not alert.withdrawn
    return alert.peak_level if ended else alert.level


def _live_parent(alert: Alert) -> Alert | None:
    """The alert this one follows from, while work on its case goes on."""
    if alert.parent is None or alert.parent.case_id is None:
        return None
    leader = alert.parent.led_by or alert.parent
    return leader if _is_live(leader) else None


def let_follow(alert: Alert) -> None:
    """Those that waited for this alert, and follow from it, go where its case is."""
    for child in _waiting().filter(parent=alert.pk):
        ask_for_case(child)


def end_waits() -> int:
    """Let alerts that have waited long enough ask for a case of their own; how many did."""
    rows = _waiting().filter(waits_until__lte=now(), case_refused="")
    over = list(rows.order_by("waits_until", "pk")[:MOST_WAITS_ENDED])
    for alert in over:
        with transaction.atomic():
            ask_for_case(alert)
            if alert.ended_at and alert.case_id:
                note_on_case(alert, "cleared")
    return len(over)


def _waiting() -> "QuerySet[Alert]":
    rows = Alert.objects.filter(waits_until__isnull=False, case_id=None, withdrawn=False)
    rows = rows.exclude(series__indicator__case_type="")
    return rows.select_related(
        "series__indicator", "series__place", "parent__led_by", "cause", "waits_for"
    )


def note_on_case(alert: Alert, change: str) -> None:
    """Let the case hear that an alert of it rose, fell or cleared; nothing is closed by it.

    The case's level is the worst of its alerts that are on: one that clears hides no other.
    """
    if alert.case_id is None:
        return
    alerts_on = Alert.objects.filter(case_id=alert.case_id, ended_at=None)
    worst = max(alerts_on.values_list("level", flat=True), default=0)
    cases.note_alert(
        reference(alert.led_by or alert), change=change, level=worst, at=now(), why=why(alert)
    )


def reference(alert: Alert) -> str:
    """The name under which cases knows an alert."""
    return f"alert-{alert.pk}"


def why(alert: Alert) -> dict[str, Any]:
    """What the alert rests on, in codes and numbers."""
    rule = alert.series.indicator
    level = alert.level if alert.ended_at is None else alert.peak_level
    return {
        "alert": alert.pk,
        "indicator": rule.code,
        "place": alert.series.place_id,
        "level": level,
        "value": alert.value,
        "unit": rule.unit,
        "limit": dict(rule.limits).get(level),
        "direction": rule.direction,
        "since": alert.began_at.isoformat(),
        "windows": rule.min_windows,
        **({"follows_from": alert.parent_id, "cause": alert.cause_id} if alert.parent_id else {}),
        **(_waited(alert) if alert.waits_until else {}),
        **({"novelty": alert.novelty} if alert.novelty else {}),
        **known_events.why_of_alert(alert),
    }


def _waited(alert: Alert) -> dict[str, Any]:
    until = alert.waits_until.isoformat() if alert.waits_until else None
    return {"waited_until": until, "waited_for": alert.waits_for_id}


def _leader(alert: Alert) -> Alert | None:
    """The alert whose live case this one joins."""
    rows = Alert.objects.select_related("series__indicator", "series__place").filter(
        group_path=alert.group_path,
        series__indicator=alert.series.indicator_id,
        led_by=None,
        case_id__isnull=False,
        began_at__gte=alert.began_at - TOGETHER,
        began_at__lte=alert.began_at + TOGETHER,
    )
    found = rows.exclude(pk=alert.pk).order_by("-raised_at", "pk")
    return next((one for one in found[:5] if _is_live(one)), None)


def _is_live(leader: Alert) -> bool:
    """Whether work on its case goes on. Asking again under the same reference changes nothing."""
    record = cases.follow(cases.receive_signal(_signal(leader)).follow_token)
    return record is not None and record.state in LIVE


def _join(alert: Alert, leader: Alert, why_joined: str) -> None:
    alert.led_by, alert.joined_why = leader, why_joined
    alert.case_id, alert.case_number = leader.case_id, leader.case_number
    alert.save()
    note_on_case(alert, "joined")


def _open(alert: Alert) -> None:
    try:
        receipt = cases.receive_signal(_signal(alert))
    except cases.SignalRefused as error:
        # One alert that cases cannot take must not keep the others from being read.
        alert.case_refused = error.field
        log.error("a case was refused", extra={"alert": alert.pk, "reason": str(error)})
        return
    alert.case_id, alert.case_number = receipt.case_id, receipt.number
    alert.joined_why = JOINED_BY_CASES if receipt.joined else ""


def _signal(alert: Alert) -> cases.SignalIn:
    place = alert.series.place
    return cases.SignalIn(
        source="alert",
        reference=reference(alert),
        words="\n".join(_words(alert)),
        type=alert.series.indicator.case_type,
        lon=place.lon,
        lat=place.lat,
        place=place.code,
        place_words="",
        at=alert.began_at,
        language=settings.LANGUAGE_CODE,
        level=level_asked(alert),
        why=why(alert),
    )


def _words(alert: Alert) -> Iterator[str]:
    """What the machine says, in each of the city's languages, its own first."""
    codes = [code for code, _name in settings.LANGUAGES]
    for code in sorted(codes, key=lambda code: code != settings.LANGUAGE_CODE):
        with translation.override(code):
            said = (wording.raised(alert, alert.series), *known_events.words_at_alert(alert))
            yield " ".join(said)

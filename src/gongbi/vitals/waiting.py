"""Alerts that wait a little for what they follow from: a power cut is not a case for each lift.

A cause of the pack may say ``wait_minutes`` and whose alerts wait. Such an alert asks for no case
of its own until then, and only where others of that cause begin around it: alone, it waits
seven minutes and no longer. The alert itself is on every list at once. Signs with ``own_case``
(people are inside) neither wait nor share a case.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.core.public import now
from gongbi.kernel.vitals.matters import near
from gongbi.vitals import wording
from gongbi.vitals.models import Alert, Cause
from gongbi.vitals.within import group_path

ALONE = timedelta(minutes=7)
"""So long one waits that has no company yet: one more window of five minutes, and its telling."""
MOST_NEAR = 200


def still_waits(alert: Alert) -> bool:
    """Whether an alert may yet turn out to follow from another; sets how long, saves nothing."""
    if alert.parent_id or alert.withdrawn:
        return False
    if alert.waits_until is None:
        alert.waits_for = _cause_to_wait_for(alert)
        if alert.waits_for is None:
            return False
        alert.waits_until = min(alert.raised_at + ALONE, _longest(alert, alert.waits_for))
    elif alert.waits_for and now() >= alert.waits_until and has_company(alert, alert.waits_for):
        alert.waits_until = _longest(alert, alert.waits_for)
    return now() < alert.waits_until


def _cause_to_wait_for(alert: Alert) -> Cause | None:
    rows = Cause.objects.filter(in_force=True, wait_minutes__gt=0)
    return next((one for one in rows if alert.series.indicator_id in one.waits), None)


def _longest(alert: Alert, cause: Cause) -> datetime:
    return alert.raised_at + timedelta(minutes=cause.wait_minutes)


def has_company(alert: Alert, cause: Cause) -> bool:
    """Whether another alert that would follow by the same cause began near it, about then."""
    span = timedelta(minutes=cause.minutes)
    rows = Alert.objects.filter(
        series__indicator__in=cause.follows,
        began_at__gte=alert.began_at - span,
        began_at__lte=alert.began_at + span,
        withdrawn=False,
    ).exclude(pk=alert.pk)
    within = group_path(alert, cause.within)
    paths = rows.order_by("-began_at", "-pk").values_list("place_path", flat=True)[:MOST_NEAR]
    return any(near(path, within) for path in paths)


def in_words(alert: Alert) -> str:
    """Why there is no case yet, or why there is one of its own; nothing where nothing is odd."""
    if alert.series.indicator.own_case:
        return _("This sign never shares a case and never waits for one.")
    if alert.waits_until is None or alert.waits_for is None:
        return ""
    said = {"cause": alert.waits_for.name, "at": wording.moment(alert.waits_until)}
    if alert.case_id is None and not alert.case_refused:
        return WAITS % said
    return (WAITED_FOR_IT if alert.parent_id else WAITED_IN_VAIN) % said


WAITS = gettext_lazy(
    "It may follow from a matter of the kind %(cause)s, so it waits until %(at)s for the "
    "alert that leads before it asks for a case of its own."
)
WAITED_FOR_IT = gettext_lazy("It waited for what leads in a matter of the kind %(cause)s.")
WAITED_IN_VAIN = gettext_lazy(
    "It waited until %(at)s; no alert came that leads in a matter of the kind %(cause)s, "
    "so the case is its own."
)

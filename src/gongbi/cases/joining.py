"""When one more signal belongs to a case that is there, and when it must not.

Careful on purpose: two people trapped in two lifts of one quarter are two cases. By itself a
report joins only a case that an *alert* opened, and none when people may be in danger. Whoever
reports may say that it is a case already known; else people bring reports together.
"""

from datetime import datetime, timedelta
from math import cos, hypot, radians

from django.db import connection
from django.db.models import Q

from gongbi.cases import states
from gongbi.cases.access import a_number
from gongbi.cases.intake import Understood
from gongbi.cases.models import Case, CaseType
from gongbi.core.public import held
from gongbi.kernel.cases.alike_text import in_danger

WINDOW = timedelta(hours=2)
NEAR_METRES = 50.0
METRES_A_DEGREE = 111_320.0
MOST_LEVELS_APART = 2
JOIN = ("never", "same_place", "around")
BY_REPORTER = "said_by_reporter"
_ALERTED = """
SELECT DISTINCT cases_casetype.code FROM cases_case
JOIN cases_casetype ON cases_casetype.id = cases_case.type_id
WHERE cases_case.source = 'alert' AND cases_case.opened_at >= %s"""


def find_host(said: Understood, kind: CaseType | None) -> tuple[Case | None, str]:
    """The live case a signal joins, and why in a word; (None, "") when it opens its own."""
    if said.signal.governed_by:
        return None, ""
    if said.signal.joins:
        chosen = _chosen(said, kind)
        if chosen:
            return chosen, BY_REPORTER
    if kind is None or kind.join == "never" or said.about or said.place is None:
        return None, ""
    if said.from_person:
        return (None, "") if _danger(said, kind) else _alert_here(said, kind)
    return _alert_around(said, kind)


def _chosen(said: Understood, kind: CaseType | None) -> Case | None:
    """The case a reporter says theirs is, where that can be; its own case opens otherwise."""
    if _danger(said, kind) or said.about:
        return None
    rows = Case.objects.select_related("type", "unit", "suggested_unit", "merged_into")
    found = rows.filter(number=a_number(said.signal.joins), about_path="").first()
    host = found and found.followed
    return host if host and host.state in states.AT_WORK and not host.about_path else None


def _danger(said: Understood, kind: CaseType | None) -> bool:
    return speaks_of_danger(said.signal.words, kind)


def speaks_of_danger(words: str, kind: CaseType | None) -> bool:
    """Whether people may be trapped or hurt, by the words or by the type."""
    return in_danger(words) or means_danger(kind)


def means_danger(kind: CaseType | None) -> bool:
    """Whether a type's own words speak of people in danger."""
    return kind is not None and in_danger(" ".join(kind.words))


@held
def _alerted(since: datetime) -> frozenset[str]:
    """Types that an alert opened a case of since then: asked once for a whole chunk of reports.

    Written out, because composing the question took longer than its answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALERTED, [connection.ops.adapt_datetimefield_value(since)])
        return frozenset(code for (code,) in cursor.fetchall())


def _candidates(said: Understood, kind: CaseType) -> "list[Case]":
    since = said.signal.at - WINDOW
    if kind.code not in _alerted(since.replace(minute=0, second=0, microsecond=0)):
        return []
    rows = Case.objects.filter(
        type__code=kind.code,
        source="alert",
        state__in=states.AT_WORK,
        opened_at__gte=since,
        about_unit=None,
        governed_by="",
    )
    # The places a match can have: the path itself, two levels up, and what lies below or beside.
    rows = rows.filter(Q(place_path__startswith=_up(said.place_path, MOST_LEVELS_APART)))
    chosen = rows.select_related("type", "unit", "suggested_unit").order_by("-opened_at", "-pk")
    return list(chosen[:50])


def _alert_here(said: Understood, kind: CaseType) -> tuple[Case | None, str]:
    for case in _candidates(said, kind):
        if case.place_path == said.place_path:
            return case, "same_place_as_alert"
        if _metres(case, said) <= NEAR_METRES:
            return case, "beside_alert"
    return None, ""


def _alert_around(said: Understood, kind: CaseType) -> tuple[Case | None, str]:
    for case in _candidates(said, kind):
        if case.place_path == said.place_path:
            return case, "same_place"
        if kind.join == "around" and _related(case.place_path, said.place_path):
            return case, "around"
    return None, ""


def _related(one: str, other: str) -> bool:
    """One place holds the other, two levels apart at most, or both lie side by side."""
    apart = abs(one.count("/") - other.count("/"))
    holds = one.startswith(other) or other.startswith(one)
    return (holds and apart <= MOST_LEVELS_APART) or (_up(one, 1) == _up(other, 1) != "/")


def _up(path: str, levels: int) -> str:
    codes = [code for code in path.split("/") if code]
    kept = codes[: max(1, len(codes) - levels)] if len(codes) > 1 else codes
    return "/" + "/".join(kept) + "/" if kept else "/"


def _metres(case: Case, said: Understood) -> float:
    lon, lat = said.signal.lon, said.signal.lat
    if case.lon is None or case.lat is None or lon is None or lat is None:
        return float("inf")
    east = (case.lon - lon) * cos(radians(lat))
    north = case.lat - lat
    return hypot(east, north) * METRES_A_DEGREE

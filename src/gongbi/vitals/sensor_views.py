"""The page of sensors in trouble."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongbi.core.public import scope_of
from gongbi.vitals import sensor_queries
from gongbi.vitals.sensor_wording import KINDS, kind_words
from gongbi.vitals.views import above_of, is_fragment, where_of

MOST = 200


@require_GET
@login_required
def trouble_list(request: HttpRequest) -> HttpResponse:
    """Sensors that are not to be believed, by kind, with what was seen."""
    where = where_of(request, "vitals.see")
    scope = scope_of(request.user)
    kind = request.GET.get("kind", "")
    ended = request.GET.get("state") == "ended"
    counts = sensor_queries.trouble_counts(scope, where.path)
    rows = sensor_queries.troubles(
        scope, where.path, kind=kind if kind in KINDS else "", ended=ended, most=MOST + 1
    )
    context = {
        "where": where,
        "above": above_of(request, where, "vitals.see"),
        "rows": rows[:MOST],
        "more": len(rows) > MOST,
        "kind": kind,
        "ended": ended,
        "kinds": [(name, kind_words(name), count) for name, count in counts.items()],
        "all": sum(counts.values()),
        "sensors": sensor_queries.sensors_in_trouble(scope, where.path),
    }
    page = "vitals/_sensors.html" if is_fragment(request) else "vitals/sensors.html"
    return render(request, page, context)

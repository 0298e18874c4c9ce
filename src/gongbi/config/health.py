"""How the house is: alive, ready, and figures for whoever watches the machine."""

import tempfile

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gongbi.cases import public as cases
from gongbi.core.models import Delivery, JournalLine
from gongbi.core.public import now, pack_version
from gongbi.stream import public as stream


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of anyone else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready when the database answers, a pack is loaded and the data folder can be written."""
    troubles = list(_troubles())
    return JsonResponse(
        {"ready": not troubles, "troubles": troubles}, status=503 if troubles else 200
    )


def _troubles() -> list[str]:
    try:
        version = pack_version()
    except DatabaseError:
        return [
            "The database does not answer, or its tables are not made: gongbi doctor says more."
        ]
    found = [] if version else ["No city pack is loaded: gongbi pack load FOLDER."]
    try:
        # A name of its own: of two who asked at once one would take the other's file away.
        with tempfile.NamedTemporaryFile(dir=settings.GONGBI_DATA, prefix=".writable."):
            pass
    except OSError as error:
        found.append(f"The data folder cannot be written: {error.strerror}.")
    return found


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures as Prometheus text; counts only, nothing of any person or case."""
    lines = [
        line for name, kind, help_, value in _figures() for line in _said(name, kind, help_, value)
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _figures() -> list[tuple[str, str, str, float]]:
    state = stream.status(settings.GONGBI_DATA)
    return [
        ("gongbi_pack_version", "gauge", "Number of the city pack in force.", pack_version()),
        ("gongbi_city_time_seconds", "gauge", "The city's clock.", now().timestamp()),
        ("gongbi_outbox_waiting", "gauge", "Reactions still owed.", Delivery.objects.count()),
        (
            "gongbi_outbox_set_aside",
            "gauge",
            "Reactions set aside after repeated failure.",
            Delivery.objects.exclude(set_aside_at=None).count(),
        ),
        (
            "gongbi_journal_unordered",
            "gauge",
            "Journal lines that wait for their order.",
            JournalLine.objects.filter(seq=None).count(),
        ),
        ("gongbi_cases_open", "gauge", "Cases not yet closed.", cases.open_now()),
        ("gongbi_engine_lag_rows", "gauge", "Rows in the log not yet folded.", state.lag_rows),
    ]


def _said(name: str, kind: str, help_: str, value: float) -> list[str]:
    return [f"# HELP {name} {help_}", f"# TYPE {name} {kind}", f"{name} {value:g}"]

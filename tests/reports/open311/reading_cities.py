"""Another city connected under the name of koeln, and turns of the worker that reads it."""

from typing import Any

from django.utils import timezone
from tests.reports.open311.elsewhere import Elsewhere

from gongbi.cases.models import Signal
from gongbi.reports.open311 import cities
from gongbi.reports.open311.models import OpenCity
from gongbi.reports.public import open311_read_cities


def connect(there: Elsewhere, **wanted: Any) -> OpenCity:
    given: dict[str, Any] = {"url": there.url, "codes": {"012": "lamp-out"}}
    return cities.connect("koeln", cities.Wanted(**(given | wanted)), actor="command:test")


def turn(*, due: bool = True) -> OpenCity:
    """One turn of the worker, and how the city stands then."""
    if due:
        OpenCity.objects.update(due_at=timezone.now())
    assert open311_read_cities() == (1 if due else 0)
    return OpenCity.objects.get()


def taken() -> set[str]:
    return set(Signal.objects.filter(source="koeln").values_list("reference", flat=True))

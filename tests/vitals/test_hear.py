"""Alerts are told to other systems: those that work there, or are entered for that sign."""

from django.utils import timezone

from gongbi.core import outbox
from gongbi.core.models import Application, Notice
from gongbi.core.webhooks.keeping import make_webhook
from gongbi.core.webhooks.noticing import take_up

KINDS = ["vitals.AlertRaised", "vitals.AlertChanged", "vitals.AlertCleared"]


def listener(name: str, **said: object) -> None:
    """Another system with a webhook for alerts."""
    given = {"scopes": ["hear"], "place_id": "xx", "made_at": timezone.now(), "made_by": "test"}
    row = Application.objects.create(name=name, **(given | said))
    make_webhook(row, url="http://127.0.0.1:9/hook", kinds=KINDS, by="test")


def test_a_burst_is_told_to_who_may_hear_it(small_city, request):
    listener("crews", scopes=["hear", "work"])
    listener("gauge", types=["pressure"])
    listener("west", types=["pressure"], place_id="xx-w")
    listener("press")
    outbox.order_lines()
    take_up()
    request.getfixturevalue("burst")
    outbox.order_lines()
    take_up()
    told = {
        (notice.webhook.application.name, notice.line.kind)
        for notice in Notice.objects.select_related("webhook__application", "line")
    }
    assert {name for name, _kind in told} == {"crews", "gauge"}
    assert ("gauge", "vitals.AlertRaised") in told
    body = Notice.objects.filter(line__kind="vitals.AlertRaised").first().line.body
    assert set(body) == {"alert", "indicator", "place", "level", "since"}

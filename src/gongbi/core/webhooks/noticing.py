"""From the journal to notices: each fact is owed to each webhook that asked and may hear it."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from gongbi.core.applications.keys import record_of
from gongbi.core.models import Heard, JournalLine, Notice, Webhook
from gongbi.core.webhooks.hearing import About, about_lines, may_hear

LISTENING = Q(ended_at=None, application__retired_at=None)


def take_up(most: int = 500) -> int:
    """Owe what the journal says since last time; returns how many lines were read.

    The notices and the place in the journal are written in one transaction: a kill leaves both
    or neither, so nothing is missed and nothing is owed twice.
    """
    if not Webhook.objects.filter(LISTENING).exists():
        return 0
    with transaction.atomic():
        heard, _new = Heard.objects.select_for_update().get_or_create(pk=1)
        hooks = listening()  # with the place held: one made a moment ago must not be passed over
        lines = list(JournalLine.objects.filter(seq__gt=heard.seq).order_by("seq")[:most])
        if lines:
            owe(hooks, lines)
            Heard.objects.filter(pk=1).update(seq=lines[-1].seq)
    return len(lines)


def listening() -> list[Webhook]:
    """Webhooks that are owed something when it happens; paused ones too."""
    rows = Webhook.objects.filter(LISTENING)
    rows = rows.select_related("application__owner", "application__place")
    return list(rows.defer("application__place__geometry"))


def owe(hooks: Sequence[Webhook], lines: Sequence[JournalLine]) -> dict[int, list[int]]:
    """Write what lines each webhook is owed; which, by webhook. Inside a transaction."""
    about = about_lines(lines)
    owed = {hook.pk: heard_by(hook, lines, about) for hook in hooks}
    made = [Notice(webhook_id=hook, line_id=line) for hook in owed for line in owed[hook]]
    Notice.objects.bulk_create(made, batch_size=200, ignore_conflicts=True)
    return owed


def heard_by(hook: Webhook, lines: Sequence[JournalLine], about: Mapping[int, About]) -> list[int]:
    """The lines a webhook asked for and may hear as things stand now."""
    who, kinds = record_of(hook.application), set(hook.kinds)
    return [
        line.pk
        for line in lines
        if line.kind in kinds and line.pk in about and may_hear(who, about[line.pk])
    ]

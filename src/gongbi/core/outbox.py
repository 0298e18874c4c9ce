"""The worker's side of the journal: order the lines, deliver each fact to each reaction."""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from gongbi.core.journal import Fact, kind_of, reactions_of, restore
from gongbi.core.models import Delivery, JournalLine

MOST_TRIES = 8
log = logging.getLogger(__name__)


def order_lines(most: int = 1000) -> int:
    """Give unordered lines the next numbers; returns how many. A second worker waits its turn."""
    with transaction.atomic():
        wanted = JournalLine.objects.filter(seq=None).order_by("id").select_for_update()
        lines = list(wanted.values_list("pk", flat=True)[:most])
        if not lines:
            return 0
        last = JournalLine.objects.aggregate(last=Max("seq"))["last"] or 0
        with connection.cursor() as cursor:  # one plain statement a line beats one long CASE
            cursor.executemany(
                f"UPDATE {JournalLine._meta.db_table} SET seq = %s WHERE id = %s",
                list(enumerate(lines, start=last + 1)),
            )
    return len(lines)


def deliver_due(most: int = 100) -> int:
    """Run due reactions, each in a transaction of its own; returns how many were tried."""
    due = Delivery.objects.filter(set_aside_at=None, due_at__lte=timezone.now())
    ids = list(due.order_by("line_id").values_list("pk", flat=True)[:most])
    for pk in ids:
        _deliver(pk)
    return len(ids)


def _deliver(pk: int) -> None:
    try:
        with transaction.atomic():
            delivery = _claimed(pk)
            if delivery:
                _react(delivery)
                delivery.delete()
    except Exception as error:  # whatever a reaction raises, the next fact must still be told
        log.warning("reaction failed", extra={"delivery": pk, "error": type(error).__name__})
        _put_off(pk, error)


def _claimed(pk: int) -> Delivery | None:
    rows = Delivery.objects.select_related("line").filter(pk=pk, set_aside_at=None)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.first()


def _react(delivery: Delivery) -> None:
    line = delivery.line
    for kind in known_facts():
        if kind_of(kind) == line.kind and delivery.reaction in reactions_of(kind):
            reactions_of(kind)[delivery.reaction](restore(kind, line.body))
            return
    raise LookupError(f"Nobody answers to {delivery.reaction} any more.")


def known_facts() -> list[type[Fact]]:
    """Every kind of fact that some loaded part tells."""
    return list(Fact.__subclasses__())


def _put_off(pk: int, error: Exception) -> None:
    """Try later, each time later still; after eight tries set aside for a person to see.

    Only the kind of the error is kept: its message may quote somebody's words.
    """
    now = timezone.now()
    delivery = Delivery.objects.filter(pk=pk).first()
    if delivery is None:
        return
    delivery.tries += 1
    delivery.trouble = type(error).__name__
    delivery.due_at = now + timedelta(seconds=2**delivery.tries)
    delivery.set_aside_at = now if delivery.tries >= MOST_TRIES else None
    delivery.save(update_fields=["tries", "trouble", "due_at", "set_aside_at"])


def try_again(pk: int) -> None:
    """Bring a delivery that was set aside back into the queue."""
    Delivery.objects.filter(pk=pk).update(set_aside_at=None, tries=0, due_at=timezone.now())

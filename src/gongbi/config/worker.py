"""What runs by the clock: order and seal the journal, deliver facts, read levels, keep promises.

One process, several loops: what waits on other systems has loops of its own, and so has what
takes long, so that neither a slow receiver, a slow scanner nor a pack being tried can hold up a
promise. Each duty stands alone: when one fails it is logged and tried again at its next turn,
and the others go on.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError, close_old_connections, connections

from gongbi.cases import public as cases
from gongbi.core import outbox, sealing
from gongbi.core.applications.counting import forget_old_hours
from gongbi.core.files.checking import check_due
from gongbi.core.files.checking import forget_old as forget_old_checks
from gongbi.core.messages.sending import forget_old as forget_old_messages
from gongbi.core.messages.sending import send_due as send_messages
from gongbi.core.once import forget_old as forget_sent_forms
from gongbi.core.planning import look_at_tables
from gongbi.core.public import now
from gongbi.core.webhooks.keeping import forget_ended as forget_ended_webhooks
from gongbi.core.webhooks.noticing import take_up
from gongbi.core.webhooks.sending import send_due
from gongbi.reports import public as reports
from gongbi.things import public as things
from gongbi.vitals import public as vitals

log = logging.getLogger("gongbi.worker")


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do again and again; it returns how much it did.

    A turn that did ``full`` or more has probably left some.
    """

    name: str
    every_seconds: float
    do: Callable[[], int]
    full: int = 50


DUTIES = (
    Duty("read levels", 1.0, lambda: vitals.read_levels(2000), full=40),
    Duty("end the waits of alerts", 2.0, vitals.end_waits),
    Duty("escalate alerts", 10.0, vitals.escalate_unseen),
    Duty("follow created datastreams", 1.0, vitals.follow_created),
    Duty("tell what is known ahead", 1.0, vitals.tell_known),
    Duty("make datastreams known", 2.0, things.make_known),
    Duty("pass numbers on", 1.0, things.pass_on),
    Duty("follow the log", 10.0, things.follow_log),
    Duty("read troubles of sensors", 2.0, lambda: vitals.read_troubles(500)),
    Duty("order the journal", 0.5, outbox.order_lines),
    Duty("seal the journal", 5.0, sealing.seal_lines),
    Duty("deliver facts", 0.5, outbox.deliver_due),
    Duty("forget after the term", 600.0, lambda: cases.forget_due(now())),
    Duty("keep promises", 5.0, lambda: cases.run_due(now())),
    Duty("go on with files", 20.0, reports.run_due, full=5),
    Duty("draw call-backs", 600.0, reports.draw_call_backs),
    Duty("owe facts to applications", 1.0, take_up),
    Duty("owe daily lists", 30.0, lambda: cases.owe_daily(now())),
    Duty("forget old messages", 3600.0, forget_old_messages),
    Duty("forget old checks of files", 3600.0, forget_old_checks),
    Duty("forget old counts", 3600.0, forget_old_hours),
    Duty("forget secrets of ended webhooks", 3600.0, forget_ended_webhooks),
    Duty("forget sent forms", 3600.0, forget_sent_forms),
    Duty("look at tables", 3600.0, look_at_tables),
)
OUTSIDE = (
    Duty("tell applications", 1.0, send_due),
    Duty("send cases on", 2.0, reports.open311_send_on, full=20),
)
CITIES = (Duty("read other cities", 5.0, reports.open311_read_cities),)
LONG = (Duty("try packs", 1.0, cases.rehearse_due),)
MAIL = (Duty("send mail", 1.0, lambda: send_messages("mail")),)
SMS = (Duty("send text messages", 1.0, lambda: send_messages("sms")),)
FILES = (Duty("look at files", 1.0, check_due),)
AT_ONCE, GATHER = 0.05, 0.3


def run(stop: threading.Event, duties: tuple[Duty, ...] = DUTIES) -> None:
    """Do every duty at its turn until told to stop."""
    next_turn = dict.fromkeys((duty.name for duty in duties), 0.0)
    while not stop.is_set():
        for duty in duties:
            if time.monotonic() >= next_turn[duty.name] and not stop.is_set():
                next_turn[duty.name] = time.monotonic() + rest(_do(duty), duty)
        stop.wait(0.1)


def rest(done: int, duty: Duty) -> float:
    """Seconds until the next turn of a duty that did so much.

    Where much was done, more waits. Where a little was, a little more may come: a turn costs
    nearly the same for one report as for twenty, so they are let gather.
    """
    if done >= duty.full:
        return AT_ONCE
    return min(duty.every_seconds, GATHER) if done else duty.every_seconds


def _do(duty: Duty) -> int:
    try:
        close_old_connections()
        return duty.do()
    except OperationalError as error:
        log.warning("database away", extra={"duty": duty.name, "error": str(error)[:200]})
    except Exception:  # one duty's fault must not stop the others; it is logged whole
        log.exception("duty failed", extra={"duty": duty.name})
    return 0


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    log.info("worker up")
    beside = [
        threading.Thread(target=_run_beside, args=(stop, duties), name=name)
        for name, duties in (
            ("outside", OUTSIDE),
            ("cities", CITIES),
            ("files", FILES),
            ("mail", MAIL),
            ("sms", SMS),
            ("long", LONG),
        )
    ]
    for thread in beside:
        thread.start()
    run(stop)
    for thread in beside:
        thread.join()
    log.info("worker down")


def _run_beside(stop: threading.Event, duties: tuple[Duty, ...]) -> None:
    try:
        run(stop, duties)
    finally:
        connections.close_all()

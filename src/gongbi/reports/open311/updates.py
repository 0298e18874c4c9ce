"""Updates of requests, both ways: what happened here, and what a reporter's app adds."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from gongbi.cases import public as cases
from gongbi.core.public import ApplicationRecord
from gongbi.reports.open311 import asking, statuses
from gongbi.reports.open311.forms import clean
from gongbi.reports.open311.house import house
from gongbi.reports.open311.models import OpenSent, OpenUpdate
from gongbi.reports.open311.posting import SOURCE
from gongbi.reports.open311.wire import OpenError, stamp

MOST_WORDS = 4000


def listed(said: QueryDict) -> list[dict[str, Any]]:
    """What happened to public cases in a span of time, oldest first: codes, and words of outcomes
    where the pack says so for the type, masked."""
    since, until = asking.span(said, "start_date", "end_date")
    limit, offset = asking.page(said)
    numbers = asking.many(said, "service_request_id")[: asking.MOST_ROWS]
    steps = cases.open_steps(
        since,
        until,
        numbers=[one.upper()[:48] for one in numbers],
        with_outcomes=house().answered(),
        most=limit,
        offset=offset,
    )
    return [
        {
            "update_id": str(step.id),
            "service_request_id": step.number,
            "status": statuses.of_step(step),
            "updated_datetime": stamp(step.at),
            "description": f"{step.what}: {step.words}" if step.words else step.what,
            "media_url": None,
        }
        for step in steps
    ]


def take(who: ApplicationRecord, said: QueryDict) -> str:
    """Words or a verdict of a reporter, brought by the application that brought the report.

    Returns the update's id; the same ``update_id`` again changes nothing.
    """
    number = clean(said.get("service_request_id", "")).upper()[:48]
    update_id = said.get("update_id", "").strip()
    if not number:
        raise OpenError(400, "service_request_id was not provided.")
    if len(update_id) > 128 or not update_id.isprintable():
        raise OpenError(400, "update_id has at most 128 characters that can be printed.")
    status = said.get("status", "").strip().upper()
    if status and status not in {*statuses.EXTENDED, *statuses.SOLVED, *statuses.AGAIN}:
        raise OpenError(400, f"The status {status[:40]!r} is not known here.")
    words = clean(said.get("description", ""))
    if len(words) > MOST_WORDS:
        raise OpenError(400, f"description has {len(words)} characters; at most {MOST_WORDS}.")
    if update_id and _known(who, update_id):
        return update_id
    return _write(who, _token(who, number), number, update_id, status, words)


def _known(who: ApplicationRecord, update_id: str) -> bool:
    return OpenUpdate.objects.filter(application=who.name, update_id=update_id).exists()


def _token(who: ApplicationRecord, number: str) -> str:
    """The reporter's link, for the application that brought their report on that request."""
    rows = OpenSent.objects.filter(application=who.name, number=number).order_by("-sent_at", "-pk")
    for row in rows[:1]:
        if token := cases.token_for(SOURCE, row.reference):
            return token
    raise OpenError(404, f"This application has brought no report on the request {number[:48]!r}.")


def _write(
    who: ApplicationRecord, token: str, number: str, update_id: str, status: str, words: str
) -> str:
    try:
        with transaction.atomic():
            row = OpenUpdate.objects.create(
                application=who.name,
                update_id=update_id or f"{number}-{timezone.now().timestamp():.6f}",
                number=number,
                at=timezone.now(),
            )
            _say(token, status, words)
    except IntegrityError:
        if update_id and _known(who, update_id):  # two senders of one update
            return update_id
        raise
    except cases.Refused as refused:
        raise OpenError(409, str(refused)) from refused
    return row.update_id


def _say(token: str, status: str, words: str) -> None:
    """A verdict where the resident is asked or may still object, words otherwise."""
    found = cases.follow(token)
    if found is None:
        raise OpenError(404, "The reporter of this request was forgotten.")
    if found.asked and status in statuses.SOLVED:
        cases.give_verdict(token, True, words)
    elif found.may_reopen and status in statuses.AGAIN:
        cases.give_verdict(token, False, words)
    elif found.may_ask_again and status in statuses.AGAIN and words:
        cases.ask_again(token, words)
    elif words:
        cases.add_words(token, words)
    else:
        raise OpenError(400, "There is nothing in this update: write a description.")

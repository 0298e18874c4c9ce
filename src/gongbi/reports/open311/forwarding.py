"""Sending a task on to a unit's own Open311 system, and bringing back how it fares there.

Open311 knows no number of the sender's, so a request whose answer was lost may or may not be
there. It is not just sent again: the other system is asked for it by the mark in its words, and
where it cannot tell, a person is. Only a system that takes ``client_reference`` is sent it again.
"""

from datetime import datetime, timedelta
from typing import Any

import httpx
from django.db import transaction
from django.utils import timezone

from gongbi.cases import public as cases
from gongbi.cases.public import TaskOutside
from gongbi.core.public import city, publish, unseal
from gongbi.kernel.webhooks import wait_seconds
from gongbi.reports.events import ForwardSetAside
from gongbi.reports.open311.models import OpenForward
from gongbi.reports.open311.reading import Read, Unreadable, read_requests

TIMEOUT_SECONDS, MOST_AT_ONCE, MOST_TRIES = 10.0, 20, 12
MOST_ATTEMPTS = 20
MOST_PAGES = 20
LIKELY_CUT = 50
"""From so many rows on, one answer of a system without pages may be all that it shows at once."""
LOOK_EVERY = timedelta(minutes=5)
LOOK_BACK = timedelta(days=2)
# The other system has read the request and says no: nothing was made there.
NOT_TAKEN = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429})
LATER = 429
# Over there without being done, where a system says more than "closed".
NOT_DONE = frozenset(
    {
        "unable_to_fix",
        "no_further_action",
        "not_councils_responsibility",
        "not_possible",
        "rejected",
        "declined",
        "wont_fix",
        "duplicate",
        "invalid",
    }
)
OVER_HERE = "over here and open there: tell them"


def send_on() -> int:
    """Send what is owed, look after what was sent; returns how many were tried."""
    at = timezone.now()
    rows = OpenForward.objects.filter(over_at=None, set_aside_at=None, due_at__lte=at)
    due = list(rows.select_related("receiver").order_by("due_at", "pk")[:MOST_AT_ONCE])
    if not due:
        return 0
    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
        for row in due:
            _go_on(client, row)
    return len(due)


def _go_on(client: httpx.Client, row: OpenForward) -> None:
    task = cases.task_outside(row.task)
    if task is None and not row.remote_id and row.sending_at is not None:
        _tell_them(row)
    elif task is None and not row.remote_id:
        _keep(row, over_at=timezone.now(), trouble="over here before it was sent")
    elif row.remote_id:
        if task is not None:  # whoever was killed between its number and this had not said so
            cases.work_outside(row.task, "accept", by=_by(row))
        _look(client, row, running=task is not None)
    elif task is not None and row.sending_at is not None and not row.receiver.safe_again:
        _find(client, row, task)
    elif task is not None:
        _send(client, row, task)


def _send(client: httpx.Client, row: OpenForward, task: TaskOutside) -> None:
    _keep(row, sending_at=timezone.now())
    try:
        answer = client.post(f"{row.receiver.url}/requests.json", data=_form(row, task))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
        _later(row, type(error).__name__, sending_at=None)  # nobody heard it
        return
    except httpx.HTTPError as error:
        _later(row, f"{type(error).__name__}: it may be there")
        return
    if answer.status_code in NOT_TAKEN:
        end = {} if answer.status_code == LATER else {"set_aside_at": timezone.now()}
        _later(row, f"{answer.status_code} {_said(answer)}", sending_at=None, **end)
    elif answer.is_success and (id := _id_in(answer)):
        _taken(row, id)
    else:
        _later(row, f"{answer.status_code}: it may be there")


def _form(row: OpenForward, task: TaskOutside) -> dict[str, str]:
    said = {
        "service_code": row.receiver.codes.get(task.type, task.type),
        "description": f"{task.words or task.type_name}\n{_mark(task)}",
        "address_string": task.place_name,
        "client_reference": f"task-{task.task}",
        "api_key": unseal(row.receiver.key_id) or "",
        "jurisdiction_id": row.receiver.jurisdiction,
    }
    if task.lon is not None and task.lat is not None:
        said |= {"lat": str(task.lat), "long": str(task.lon)}
    return {key: value for key, value in said.items() if value}


def _mark(task: TaskOutside) -> str:
    """By which a request is found again in the other system's words."""
    return f"[{task.number}/{task.task}]"


def _find(client: httpx.Client, row: OpenForward, task: TaskOutside) -> None:
    """Whether a request whose answer was lost is there; a person decides where it cannot tell."""
    since = (row.sending_at or timezone.now()) - LOOK_BACK
    try:
        found, whole = _every_page(client, row, since)
    except (httpx.HTTPError, Unreadable) as error:
        _later(row, f"cannot be asked: {type(error).__name__}")
        return
    here = next((one for one in found if _mark(task) in one.description), None)
    if here is not None:
        _taken(row, here.id)
    elif whole and any(one.description for one in found):
        _later(row, "it was not there", sending_at=None, due_at=timezone.now())
    else:
        _keep(row, set_aside_at=timezone.now(), trouble="it may be there; please look and decide")


def _look(client: httpx.Client, row: OpenForward, *, running: bool) -> None:
    """How a request fares there: closed there is declared here, with their words; over here and
    open there, a person must tell them, or they go on with what is settled."""
    try:
        found = _ask(client, row, f"requests/{row.remote_id}.json")
    except (httpx.HTTPError, Unreadable) as error:
        _later(row, f"cannot be asked: {type(error).__name__}", tries=0)
        return
    declared = declared_by(found[0]) if found else ""
    if not declared:
        status = found[0].status if found else row.remote_status
        _keep(row, remote_status=status[:32], due_at=_next_look(), trouble="")
        if found and not running:
            _tell_them(row)
        elif not running:  # it shows the request no more: nobody goes on with it there
            _keep(row, over_at=timezone.now())
        return
    words = found[0].notes or f"{row.receiver.unit}: {found[0].status}"
    done = cases.work_outside(row.task, declared, by=_by(row), words=words)
    _keep(
        row,
        remote_status=found[0].status[:32],
        over_at=timezone.now(),
        trouble="" if done or not running else "closed there; it could not be declared here",
    )


def declared_by(found: Read) -> str:
    """What the other system says became of it: done, not_possible, or nothing yet. Only one that
    says more than open and closed can say that it was not done; its words say the rest."""
    said = found.status.strip().lower().replace(" ", "_").replace("-", "_")
    if said in NOT_DONE:
        return "not_possible"
    return "" if found.open else "done"


def _tell_them(row: OpenForward) -> None:
    """Settled, merged or sent elsewhere: Open311 has no word for that, so a person says it."""
    _keep(row, set_aside_at=timezone.now(), trouble=OVER_HERE)


def _ask(client: httpx.Client, row: OpenForward, path: str, **said: str) -> list[Read]:
    """Requests the other system shows; rows that cannot be read are left out."""
    params: dict[str, Any] = dict(said)
    if row.receiver.jurisdiction:
        params["jurisdiction_id"] = row.receiver.jurisdiction
    answer = client.get(f"{row.receiver.url}/{path}", params=params)
    answer.raise_for_status()
    return [one for one in read_requests(answer.content, city().zone) if isinstance(one, Read)]


def _every_page(
    client: httpx.Client, row: OpenForward, since: datetime
) -> tuple[list[Read], bool]:
    """What is there since then, page by page; False where more may be there than it showed."""
    found: dict[str, Read] = {}
    for page in range(1, MOST_PAGES + 1):
        more = {"page": str(page)} if page > 1 else {}
        try:
            rows = _ask(client, row, "requests.json", start_date=since.isoformat(), **more)
        except httpx.HTTPStatusError as error:
            if page == 1 or error.response.status_code >= 500:
                raise
            return [*found.values()], False  # it refuses further pages: what it showed stands
        fresh = {one.id: one for one in rows if one.id not in found}
        if not fresh:  # the end; or it knows no pages and says the first again
            return [*found.values()], page > 2 or not rows or len(rows) < LIKELY_CUT
        found |= fresh
    return [*found.values()], False


def _taken(row: OpenForward, id: str) -> None:
    now = timezone.now()
    _keep(row, remote_id=id, sent_at=now, tries=0, trouble="", due_at=_next_look())
    cases.work_outside(row.task, "accept", by=_by(row))


def _id_in(answer: httpx.Response) -> str:
    try:
        said = answer.json()
        first = said[0] if isinstance(said, list) else said
        return str(first.get("service_request_id") or first.get("token") or "")[:100]
    except (ValueError, AttributeError, IndexError):
        return ""


def _said(answer: httpx.Response) -> str:
    try:
        return str(answer.json()[0]["description"])[:160]
    except (ValueError, LookupError, TypeError):
        return ""


def _by(row: OpenForward) -> str:
    return f"open311-{row.receiver.unit}"


def _next_look() -> datetime:
    return timezone.now() + LOOK_EVERY


def _later(row: OpenForward, trouble: str, **more: Any) -> None:
    tries, now = row.tries + 1, timezone.now()
    rest = timedelta(seconds=wait_seconds(tries, 0))
    values = {"tries": tries, "trouble": trouble[:200], "due_at": now + rest} | more
    values["attempts"] = [*row.attempts, [now.isoformat(), trouble[:200]]][-MOST_ATTEMPTS:]
    if tries >= MOST_TRIES:
        values.setdefault("set_aside_at", now)
    _keep(row, **values)


@transaction.atomic
def _keep(row: OpenForward, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    if values.get("set_aside_at"):
        fact = ForwardSetAside(
            number=row.number, task=row.task, unit=row.receiver.unit, tries=row.tries
        )
        publish(fact, subject=f"forward:{row.task}", actor="system:clock")

"""A form that makes something is done once: pressed twice, or sent again where the answer was
lost, it leads to what it made the first time.

The page mints a token (``{% once %}``). Who sent what under it is written first, in the
transaction of the deed: whoever sends it again at that moment waits for the first to end. Other
words on the same form are another deed; what was refused is not kept, so it can be mended.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.core.models import SentForm

FIELD = "once"
REMEMBERED = timedelta(days=30)
LEADS_TO = "_gongbi_leads_to"
View = Callable[..., HttpResponse]


class _NotDone(Exception):
    """Takes an answer that made nothing out of the transaction."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def once_a_form(view: View) -> View:
    """A view that does what a form with a token asks, once; below ``login_required``."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **named)
        return done_once(request, lambda: view(request, *args, **named))

    return guarded


def done_once(request: HttpRequest, do: Callable[[], HttpResponse]) -> HttpResponse:
    """Do what a form asks, once. For a view that first reads a large file: nobody else shall wait
    for the database meanwhile."""
    if not request.POST.get(FIELD):
        return do()
    digest = _digest(request)
    known = _known(digest)
    try:
        return _repeated(request, known) if known else _first(digest, do)
    except _NotDone as told:
        return told.answer
    except IntegrityError:
        known = _known(digest)
        if known is None:
            raise
        return _repeated(request, known)


def leads_to(answer: HttpResponse, address: str) -> HttpResponse:
    """Say where the same form again shall lead: of a page that is itself an answer to a deed; or
    nowhere (""), of a way back that tells why nothing was done."""
    setattr(answer, LEADS_TO, address)
    return answer


def forget_old() -> int:
    """Forms are remembered for thirty days; returns how many rows went."""
    gone, _ = SentForm.objects.filter(at__lt=timezone.now() - REMEMBERED).delete()
    return gone


def _first(digest: str, do: Callable[[], HttpResponse]) -> HttpResponse:
    with transaction.atomic():
        row = SentForm.objects.create(digest=digest, at=timezone.now())
        answer = do()
        row.led_to = str(getattr(answer, LEADS_TO, answer.get("Location", "")))[:400]
        if not row.led_to:
            raise _NotDone(answer)
        row.save(update_fields=["led_to"])
    return answer


def _repeated(request: HttpRequest, known: SentForm) -> HttpResponse:
    messages.info(request, _("You had sent this already; nothing was done twice."))
    return redirect(known.led_to)


def _known(digest: str) -> SentForm | None:
    return SentForm.objects.filter(digest=digest).first()


def _digest(request: HttpRequest) -> str:
    """Who sent what where; the token in it keeps anybody from testing what was written."""
    told = hashlib.sha256(f"{request.user.pk}\0{request.path}".encode())
    for part in _parts(request):
        told.update(hashlib.sha256(part).digest())
    return told.hexdigest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    for name in sorted(set(request.POST) - {"csrfmiddlewaretoken"}):
        yield from (f"{name}={value}".encode() for value in request.POST.getlist(name))
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            yield f"{name}:{file.name}".encode()
            yield file.read()
            file.seek(0)

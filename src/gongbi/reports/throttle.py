"""Against guessing and flooding: knocks are counted per address and for the whole city."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from gongbi.reports.models import Attempt

EVERYBODY = "*"
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Door:
    """How many knocks a door bears in a while, from one address and in all."""

    name: str
    minutes: int
    per_address: int
    in_all: int


# A short number is guessed one in millions; ten wrong ones from a phone are typing, not luck.
GUESS = Door("follow", minutes=10, per_address=10, in_all=300)
# One household or office may share an address; a machine that writes reports has the API.
REPORT = Door("report", minutes=10, per_address=30, in_all=3000)
# What is added by one link, from whatever address: nobody writes thirty times in ten minutes.
ADD = Door("add", minutes=10, per_address=30, in_all=3000)


def is_shut(door: Door, request: HttpRequest, link: str = "") -> bool:
    """Whether too many knocks came from this address (or by this link), or from everywhere."""
    one = _one(request, link)
    rows = Attempt.objects.filter(door=door.name, began_at=_began(door), who__in=[EVERYBODY, one])
    counts = dict(rows.values_list("who", "count"))
    return counts.get(EVERYBODY, 0) >= door.in_all or counts.get(one, 0) >= door.per_address


def knock(door: Door, request: HttpRequest, link: str = "") -> None:
    """Count one knock; what is older than an hour is forgotten on the way."""
    for who in (EVERYBODY, _one(request, link)):
        key: dict[str, Any] = {"door": door.name, "who": who, "began_at": _began(door)}
        Attempt.objects.get_or_create(**key)
        Attempt.objects.filter(**key).update(count=F("count") + 1)
    Attempt.objects.filter(began_at__lt=timezone.now() - KEPT).delete()


def _began(door: Door) -> datetime:
    # Wall time, not the city's: a played city's clock may stand still while somebody guesses.
    now = timezone.now()
    return now.replace(minute=now.minute - now.minute % door.minutes, second=0, microsecond=0)


def _one(request: HttpRequest, link: str) -> str:
    if link:
        return salted_hmac("gongbi.reports.link", link).hexdigest()
    return _address(request)


def _address(request: HttpRequest) -> str:
    return salted_hmac("gongbi.reports.address", request.META.get("REMOTE_ADDR", "")).hexdigest()

"""Scorecards learnt here: kept for ever, one in force, and the one before one command away.

A scorecard and a switch are rows that are never changed: which weights judged when, who said so
and why can be read afterwards, and going back is one more row.
"""

from typing import Any

from django.db import transaction

from gongbi.cases.events_alike import ScorecardSwitched
from gongbi.cases.models import Scorecard, ScorecardSwitch
from gongbi.core.public import now, publish
from gongbi.kernel.cases.alike_card import SHIPPED, SHIPPED_NUMBER, Card


class NoSuchCard(Exception):
    """There is no such scorecard, or none to go back to; the message says it in a sentence."""


def card_of(row: Scorecard) -> Card:
    """A kept scorecard as it judges; levels that a later version knows have what is shipped."""
    return Card(row.pk, row.bias, {**SHIPPED.weights, **row.weights})


def in_force() -> Card:
    """The scorecard that judges now. One query."""
    switch = ScorecardSwitch.objects.select_related("card").order_by("-pk").first()
    return card_of(switch.card) if switch and switch.card else SHIPPED


def kept(number: int) -> Card:
    """The scorecard of that number, 0 the shipped one; NoSuchCard with a sentence where none."""
    if number == SHIPPED_NUMBER:
        return SHIPPED
    return card_of(_row(number))


def learnt_until(number: int) -> float:
    """Until when the cases were opened that it has learnt from; seconds since 1970."""
    return _row(number).learnt_until.timestamp() if number != SHIPPED_NUMBER else 0.0


def _row(number: int) -> Scorecard:
    row = Scorecard.objects.filter(pk=number).first()
    if row is None:
        there = ", ".join(str(one.pk) for one in all_kept()) or "none but 0, the shipped ones"
        raise NoSuchCard(f"There are no weights {number}; there are: {there}.")
    return row


def all_kept() -> list[Scorecard]:
    """Every scorecard there is, oldest first."""
    return list(Scorecard.objects.order_by("pk"))


def switches(most: int = 20) -> list[ScorecardSwitch]:
    """Who put which weights in force, when and why, newest first."""
    return list(ScorecardSwitch.objects.order_by("-pk")[:most])


def keep(card: Card, learnt_until: Any, told: dict[str, Any], actor: str) -> Scorecard:
    """Write a scorecard down; it is not in force by that. All of it: what is shipped may change
    with a later version, and a kept one judges as it did."""
    own = {name: round(value, 4) for name, value in card.weights.items()}
    return Scorecard.objects.create(
        bias=round(card.bias, 4), weights=own, learnt_until=learnt_until, told=told, at=now(),
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def switch(number: int, *, actor: str, words: str) -> int:
    """Let weights judge from now on (0: the shipped ones); returns the number before."""
    card = _row(number) if number != SHIPPED_NUMBER else None
    was = in_force().number
    ScorecardSwitch.objects.create(card=card, at=now(), actor=actor, words=words)
    _tell(number, was, actor)
    return was


@transaction.atomic
def go_back(*, actor: str, words: str = "") -> int:
    """Take the last switch back that was not taken back yet; returns the number then in force."""
    standing = ScorecardSwitch.objects.filter(undoes=None, undone=None).order_by("-pk")
    last = standing.first()
    if last is None:
        raise NoSuchCard("No other weights were in force before.")
    before = standing.exclude(pk=last.pk).first()
    card, was = before.card if before else None, in_force().number
    ScorecardSwitch.objects.create(card=card, at=now(), actor=actor, words=words, undoes=last)
    number = card.pk if card else SHIPPED_NUMBER
    _tell(number, was, actor)
    return number


def _tell(number: int, was: int, actor: str) -> None:
    fact = ScorecardSwitched(number=number, was=was)
    publish(fact, subject=f"scorecard:{number}", actor=actor)

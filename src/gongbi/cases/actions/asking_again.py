"""A reporter whose case was cancelled asks for another look: once, in their words."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import states
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.verdict import promise_anew, reopening
from gongbi.cases.actors import Actor, reporter
from gongbi.cases.errors import CannotMove, Refused
from gongbi.cases.intake import MOST
from gongbi.cases.models import Case, Signal, Step
from gongbi.cases.routes import is_below
from gongbi.cases.still_held import still_held
from gongbi.core.public import now, people_with, unit

VERB = "ask_again"


@transaction.atomic
def ask_again(signal: Signal, words: str, *, channel: str = "link") -> Case:
    """Open a cancelled case again, as a new matter for whoever decides. A second no stands."""
    case, at, who = signal.case.followed, now(), reporter(signal.uuid)
    if case.state != states.CANCELLED:
        raise CannotMove(_("It was not cancelled, or somebody was quicker; load the page anew."))
    if not may_ask_again(case):
        raise CannotMove(_("Another look can be asked for once; please report anew instead."))
    said = need(words)[: MOST["words"]]
    why: dict[str, Any] = {"channel": channel, "was": case.ended_as}
    with still_held(signal):
        move(case, VERB, who, at=at, words=said, sealed_for=signal.key_owner, why=why,
             **reopening(case))  # fmt: skip
    promise_anew(case, at, who)
    return case


def may_ask_again(case: Case) -> bool:
    """Whether a cancelled case is still to be looked at a second time."""
    return case.state == states.CANCELLED and not case.steps.filter(verb=VERB).exists()


def leave_to_others(case: Case, actor: Actor) -> None:
    """Refused for who cancelled it before its reporter asked for another look, as long as
    somebody else may: nobody is the judge of their own no."""
    asked = Step.objects.filter(case=case, verb=VERB).order_by("-pk").first()
    if asked is None or actor.kind != "person":
        return
    before = case.steps.filter(verb="cancel", pk__lt=asked.pk).order_by("-pk").first()
    if before and before.actor == str(actor) and _others(case, actor):
        raise Refused(
            _("You cancelled it before, and its reporter asked for another look: a colleague "
              "decides now.")
        )  # fmt: skip


def _others(case: Case, actor: Actor) -> bool:
    may = (one for one in people_with("cases.cancel", case.place_path) if one.id != actor.id)
    if not case.about_path:
        return any(True for _one in may)
    hear = {one.id for one in people_with("cases.hear_complaint", case.place_path)}
    units = (unit(one.unit) for one in may if one.id in hear)
    return any(found and not is_below(found.path, case.about_path) for found in units)

"""What a person may do with a case now: each verb with its form, the usual first."""

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms

from gongbi.cases import forms, states, wording
from gongbi.cases.access import doable
from gongbi.cases.models import Case
from gongbi.cases.views.offering import Offer, awaited, fits, form_for, may_note
from gongbi.core.public import Scope

Said = dict[str, Any]
MAIN = ("accept", "arrive", "declare", "file", "dispatch", "decide", "grant", "answer", "resume",
        "sort", "solved", "not_solved")  # fmt: skip
NEAR = ("return", "stage", "refuse", "call_in", "extend", "wait")
DANGER = ("cancel",)
FEW = 4  # so many stand open to choose from; the rest is one press away


@dataclass(frozen=True, slots=True)
class Act:
    """A verb as the case page offers it: its words, its form, how it looks."""

    verb: str
    words: str
    form: django_forms.Form
    plain: bool
    main: bool
    danger: bool
    open: bool
    multipart: bool


def acts(
    case: Case, scope: Scope, trouble: Said | None = None, to_unit: str = "", begun: str = ""
) -> list[Act]:
    """What the life cycle and this person's posts allow now, the usual first; ``to_unit`` is
    chosen beforehand where a unit is, and the form of the verb ``begun`` stands open."""
    offer = Offer(case, scope, to_unit)
    verbs = [edge.verb for edge in doable(scope, case) if fits(edge.verb, offer)]
    if trouble and trouble["verb"] not in (*verbs, "note"):
        verbs.append(trouble["verb"])  # what was written is shown again, also when too late
    order = (*MAIN, *NEAR)
    verbs.sort(key=lambda verb: order.index(verb) if verb in order else len(order))
    return [_as_act(verb, offer, trouble, begun) for verb in verbs]


def few_and_more(found: list[Act]) -> tuple[list[Act], list[Act]]:
    """The few that stand on the page, and the rest; what went wrong is never hidden."""
    first = [act for act in found if act.verb in (*MAIN, *NEAR)][:FEW] or found[:FEW]
    rest = [act for act in found if act not in first]
    if len(rest) == 1:  # a press to see a single thing is a press too many
        return found, []
    return first, rest


def awaited_by_lead(case: Case, scope: Scope) -> str:
    """Units the lead's people wait for, in a list; empty for anybody else."""
    offer = Offer(case, scope)
    leads = case.state == states.IN_HAND and any(one.role == "lead" for one in offer.mine)
    return ", ".join(awaited(offer)) if leads else ""


def _as_act(verb: str, offer: Offer, trouble: Said | None, begun: str) -> Act:
    again = trouble is not None and trouble["verb"] == verb
    form = trouble["form"] if again and trouble else form_for(verb, offer)
    return Act(
        verb=verb,
        words=str(wording.VERBS.get(verb, verb)),
        form=form,
        plain=type(form) is forms.PlainForm and not form.errors,
        main=verb in MAIN,
        danger=verb in DANGER,
        open=again or (verb == begun and trouble is None),
        multipart=form.is_multipart(),
    )


def note_form(case: Case, scope: Scope, trouble: Said | None) -> django_forms.Form | None:
    """The form for notes and photos, where the person may write."""
    if trouble and trouble["verb"] == "note":
        again: django_forms.Form = trouble["form"]
        return again
    offer = Offer(case, scope)
    return form_for("note", offer) if may_note(offer) else None

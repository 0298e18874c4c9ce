"""The form of each verb for a case, with the choices that case leaves open."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms as django_forms

from gongbi.cases import assets, forms, forms_life, states, types, wording
from gongbi.cases.access import access_task, may
from gongbi.cases.actions.appealing import appealable_verdict, decisions_of
from gongbi.cases.actions.fields import asked_at
from gongbi.cases.crews import people_by_fit
from gongbi.cases.forms_asset import AssetForm
from gongbi.cases.merging import SplitForm
from gongbi.cases.models import Case, Task
from gongbi.cases.routes import is_below
from gongbi.core.public import AssetRecord, Scope, UnitRecord, asset_kinds, units_under

Given = dict[str, Any]


class Offer:
    """A case before somebody: what its forms choose from, each looked up once a page."""

    def __init__(self, case: Case, scope: Scope, to_unit: str = "") -> None:
        self.case, self.scope, self.to_unit = case, scope, to_unit

    @cached_property
    def tasks(self) -> list[Task]:
        """Every task of the case, oldest first."""
        return list(self.case.tasks.select_related("unit").order_by("position", "pk"))

    @cached_property
    def mine(self) -> list[Task]:
        """Running tasks of units this person works for."""
        return [
            one for one in self.tasks
            if one.state in states.RUNNING_TASK
            and self.scope.can("cases.work", unit_path=one.unit_path)
        ]  # fmt: skip

    @cached_property
    def asset(self) -> AssetRecord | None:
        """What it is about, where that is known."""
        return assets.of_id(self.case.asset_id)

    @cached_property
    def led(self) -> Task | None:
        """The running task that leads."""
        leads = (one for one in self.tasks if one.role == "lead")
        return next((one for one in leads if one.state in states.RUNNING_TASK), None)

    @cached_property
    def appeal(self) -> Any:
        """The appeal that runs, or None."""
        return self.case.appeals.filter(decided="").first()

    @cached_property
    def asked(self) -> Any:
        """The extension that waits for a decision, or None."""
        return self.case.extensions.filter(decided="").first()

    @cached_property
    def supervised(self) -> bool:
        """Whether a supervisor waits for an answer."""
        return self.case.supervisions.filter(answered="").exists()

    @cached_property
    def city(self) -> list[UnitRecord]:
        """Every unit of the city."""
        return units_under("/" + self.case.place_path.strip("/").split("/")[0] + "/")

    @cached_property
    def everywhere(self) -> list[UnitRecord]:
        """Every unit of the city, without the one complained of and those below it."""
        about = self.case.about_path
        return [one for one in self.city if not is_below(one.path, about)]

    @cached_property
    def near(self) -> list[UnitRecord]:
        """Units that work where the case is."""
        here = self.case.place_path
        return [
            one for one in self.everywhere
            if here.startswith(one.place_path) or one.place_path.startswith(here)
        ]  # fmt: skip


def task_of(offer: Offer) -> Task | None:
    """The task this person's forms are about: their own, the lead's before a helper's."""
    own = sorted(offer.mine, key=lambda one: one.role != "lead")
    return own[0] if own else None


def _names(tasks: list[Task]) -> list[tuple[str, Any]]:
    return [
        (str(one.pk), f"{one.unit.name} · {wording.TASKS.get(one.state, one.state)}")
        for one in tasks
    ]


def _call_in(offer: Offer, given: Given) -> django_forms.Form:
    earlier = [one for one in offer.tasks if one.role == "help" and one.state in states.LIVE_TASK]
    back = [
        one for one in offer.tasks
        if one.role == "help"
        and (one.state == "returned" or (one.state == "done" and one.declared != "done"))
    ]  # fmt: skip
    return forms_life.CallInForm(
        units=offer.everywhere, earlier=_names(earlier), given_back=_names(back), **given
    )


def _call_off(offer: Offer, given: Given) -> django_forms.Form:
    open_ones = [one for one in offer.tasks if can_be_called_off(one)]
    return forms_life.CallOffForm(tasks=_names(open_ones), **given)


def can_be_called_off(task: Task) -> bool:
    """A helper's share, or a lead that is only offered."""
    return task.role != "lead" and task.state in states.LIVE_TASK


def _assign(offer: Offer, given: Given) -> django_forms.Form:
    task = task_of(offer)
    people = people_by_fit(access_task(offer.scope, task.pk, "cases.assign")) if task else []
    return forms.AssignForm(people=people, **given)


def _declare(offer: Offer, given: Given) -> django_forms.Form:
    task = task_of(offer)
    asked = asked_at(offer.case, "declare") if task is None or task.role == "lead" else []
    return forms_life.DeclareWithFields(asked=asked, known=offer.case.values, **given)


def _decide(offer: Offer, given: Given) -> django_forms.Form:
    about = offer.appeal.about if offer.appeal else "assignment"
    said = [(code, wording.DECISIONS[code]) for code in decisions_of(offer.case, about)]
    units = offer.near if len(said) > 1 and about == "assignment" else None
    return forms_life.DecideForm(decisions=said, units=units, **given)


def _stage(offer: Offer, given: Given) -> django_forms.Form:
    kind = offer.case.type
    rows = kind.stages if kind else []
    said = [(row["code"], wording.stage(kind, row["code"])) for row in rows]
    given.setdefault("initial", {})["stage"] = offer.case.stage
    return forms_life.StageForm(stages=said, **given)


def _name_asset(offer: Offer, given: Given) -> django_forms.Form:
    case = offer.case
    kinds = case.type.assets if case.type else ()
    if "initial" in given:
        given["initial"]["asset"] = offer.asset.ref if offer.asset else ""
    near = assets.near(kinds, case.lon, case.lat)
    return AssetForm(near=near, now=offer.asset, kinds=kinds, **given)


def _complain_of(offer: Offer, given: Given) -> django_forms.Form:
    if "initial" in given:
        given["initial"]["unit"] = offer.case.about_unit_id
    return forms_life.ComplaintForm(units=offer.city, **given)


def _sort(offer: Offer, given: Given) -> django_forms.Form:
    found = types.in_force()
    subs = [(row.name, types.sub_choices(row)) for row in found if row.sub_types]
    return forms.SortForm(types=[(row.code, row.name) for row in found], sub_types=subs, **given)


BUILT: dict[str, Callable[[Offer, Given], django_forms.Form]] = {
    "dispatch": lambda offer, given: forms.DispatchForm(units=offer.near, **given),
    "sort": _sort,
    "name_asset": _name_asset,
    "complain_of": _complain_of,
    "assign": _assign,
    "declare": _declare,
    "call_in": _call_in,
    "call_off": _call_off,
    "transfer": lambda offer, given: forms_life.TransferForm(units=offer.everywhere, **given),
    "decide": _decide,
    "stage": _stage,
    "split": lambda offer, given: SplitForm(offer.case, **given),
}
PLAIN: dict[str, type[django_forms.Form]] = {
    "return": forms.ReturnForm,
    "wait": forms.WaitForm,
    "cancel": forms.CancelForm,
    "urge": forms.WordsForm,
    "weigh": forms.WeighForm,
    "solved": forms.VerdictForm,
    "not_solved": forms.VerdictForm,
    "merge": forms.MergeForm,
    "note": forms.NoteForm,
    "extend": forms_life.ExtendForm,
    "grant": forms_life.GrantForm,
    "refuse": forms_life.RefuseForm,
    "supervise": forms_life.SuperviseForm,
    "answer": forms_life.AnswerForm,
    "appeal": forms_life.AppealForm,
    "park": forms_life.ParkForm,
    "reopen": forms_life.ReopenForm,
}


def form_for(verb: str, offer: Offer, data: Any = None, files: Any = None) -> django_forms.Form:
    """The form of a verb for a case."""
    case, task = offer.case, task_of(offer)
    given: Given = {"prefix": None, "auto_id": f"id_{verb}_%s"}
    if data is not None:
        given |= {"data": data, "files": files}
    else:
        given["initial"] = {
            "seen": case.version,
            "unit": offer.to_unit or (case.suggested_unit_id if verb == "dispatch" else None),
            "on_task": task.pk if task else None,
        }
    if verb in BUILT:
        return BUILT[verb](offer, given)
    return PLAIN.get(verb, forms.PlainForm)(**given)


def fits(verb: str, offer: Offer) -> bool:
    """Whether the tasks, and what is asked and not decided, allow a verb now."""
    test = FITS.get(verb)
    return test is None or test(offer)


def _accepts(offer: Offer) -> bool:
    return any(one.state == "offered" for one in offer.mine)


def _arrives(offer: Offer) -> bool:
    return any(one.state in ("offered", "accepted") and one.role != "takeover"
               for one in offer.mine)  # fmt: skip


def _returns(offer: Offer) -> bool:
    task = task_of(offer)
    if task is None or task.bound:
        return False
    return task.role != "lead" or offer.case.returned < states.MOST_RETURNS


def _works(offer: Offer) -> bool:
    return any(one.role != "takeover" for one in offer.mine)


def _declares(offer: Offer) -> bool:
    """A helper when it likes; the lead when nobody it needs is still at work."""
    return any(one.role == "help" or (one.role == "lead" and not awaited(offer))
               for one in offer.mine)  # fmt: skip


def awaited(offer: Offer) -> list[str]:
    """Units whose needed tasks the lead's answer waits for."""
    return list(dict.fromkeys(
        one.unit.name for one in offer.tasks
        if one.role == "help" and one.needed and one.state in states.LIVE_TASK
    ))  # fmt: skip


def _stages(offer: Offer) -> bool:
    return bool(offer.case.type and offer.case.type.stages) and _works(offer)


def _appeals(offer: Offer) -> bool:
    if offer.appeal:
        return False
    if offer.case.state == states.IN_HAND:
        return offer.led is not None and not offer.led.bound
    return appealable_verdict(offer.case) is not None


def _transfers(offer: Offer) -> bool:
    offered = any(one.role == "takeover" and one.state in states.LIVE_TASK for one in offer.tasks)
    return offer.led is not None and not offer.led.bound and not offered


def _extends(offer: Offer) -> bool:
    kind = offer.case.type
    return kind is not None and offer.asked is None and offer.case.extended < kind.extend_times


def _files(offer: Offer) -> bool:
    kind = offer.case.type
    return offer.case.filed_at is None and bool(kind and kind.file_first)


def _sends(offer: Offer) -> bool:
    kind = offer.case.type
    return offer.case.filed_at is not None or not (kind and kind.file_first)


FITS: dict[str, Callable[[Offer], bool]] = {
    "name_asset": lambda offer: offer.case.asset_id is not None or bool(asset_kinds()),
    "split": lambda offer: offer.case.signals_count > 1,
    "accept": _accepts,
    "arrive": _arrives,
    "declare": _declares,
    "return": _returns,
    "stage": _stages,
    "file": _files,
    "dispatch": _sends,
    "call_off": lambda offer: any(can_be_called_off(one) for one in offer.tasks),
    "transfer": _transfers,
    "extend": _extends,
    "grant": lambda offer: offer.asked is not None,
    "refuse": lambda offer: offer.asked is not None,
    "supervise": lambda offer: not offer.supervised,
    "answer": lambda offer: offer.supervised,
    "appeal": _appeals,
    "decide": lambda offer: offer.appeal is not None,
}


def may_note(offer: Offer) -> bool:
    """Whether this person may write on the case."""
    return may(offer.scope, offer.case, "cases.note")

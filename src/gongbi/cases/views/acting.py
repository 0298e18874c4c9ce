"""What a person may do with a case now: each verb with its form, the usual first."""

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms

from gongbi.cases import forms, merging, states, types, wording
from gongbi.cases.access import doable, may
from gongbi.cases.actions.dispatch import people_of
from gongbi.cases.models import Case
from gongbi.cases.routes import is_below
from gongbi.core.public import Scope, units_under

Said = dict[str, Any]
MAIN = ("accept", "arrive", "declare", "dispatch", "resume", "sort")
DANGER = ("cancel",)


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


def form_for(
    verb: str, case: Case, scope: Scope, data: Any = None, files: Any = None
) -> django_forms.Form:
    """The form of a verb for a case."""
    plain: dict[str, type[django_forms.Form]] = {
        "return": forms.ReturnForm,
        "wait": forms.WaitForm,
        "cancel": forms.CancelForm,
        "declare": forms.DeclareForm,
        "urge": forms.WordsForm,
        "solved": forms.VerdictForm,
        "not_solved": forms.VerdictForm,
        "merge": forms.MergeForm,
        "note": forms.NoteForm,
    }
    given: Said = {"prefix": None, "auto_id": f"id_{verb}_%s"}
    if data is not None:
        given |= {"data": data, "files": files}
    else:
        given["initial"] = {"seen": case.version, "unit": case.suggested_unit_id}
    if verb == "dispatch":
        return forms.DispatchForm(units=_units(case), **given)
    if verb == "sort":
        return forms.SortForm(types=[(row.code, row.name) for row in types.in_force()], **given)
    if verb == "split":
        return merging.SplitForm(case, **given)
    if verb == "assign":
        return forms.AssignForm(people=_people(case), **given)
    return plain.get(verb, forms.PlainForm)(**given)


def _units(case: Case) -> list[Any]:
    """Units it may be sent to: those that work where it is, without the one complained of."""
    root = "/" + case.place_path.strip("/").split("/")[0] + "/"
    wide = units_under(root)
    near = [
        one for one in wide
        if case.place_path.startswith(one.place_path) or one.place_path.startswith(case.place_path)
    ]  # fmt: skip
    return [one for one in near if not is_below(one.path, case.about_path)]


def _people(case: Case) -> list[tuple[str, str]]:
    task = case.tasks.filter(state__in=states.RUNNING_TASK).select_related("case").first()
    return [(one.id, one.name) for one in people_of(task)] if task else []


def acts(case: Case, scope: Scope, trouble: Said | None = None) -> list[Act]:
    """What the life cycle and this person's posts allow now, the usual first."""
    verbs = [edge.verb for edge in doable(scope, case) if _fits(edge.verb, case)]
    if trouble and trouble["verb"] not in (*verbs, "note"):
        verbs.append(trouble["verb"])  # what was written is shown again, also when too late
    verbs.sort(key=lambda verb: MAIN.index(verb) if verb in MAIN else len(MAIN))
    return [_as_act(verb, case, scope, trouble) for verb in verbs]


def _fits(verb: str, case: Case) -> bool:
    """Of a task's verbs, those its own state allows."""
    if verb == "split":
        return case.signals_count > 1
    if verb not in ("accept", "arrive"):
        return True
    states_now = case.tasks.filter(state__in=states.RUNNING_TASK).values_list("state", flat=True)
    return any(
        state == "offered" or (verb == "arrive" and state == "accepted") for state in states_now
    )


def _as_act(verb: str, case: Case, scope: Scope, trouble: Said | None) -> Act:
    again = trouble is not None and trouble["verb"] == verb
    form = trouble["form"] if again and trouble else form_for(verb, case, scope)
    return Act(
        verb=verb,
        words=str(wording.VERBS.get(verb, verb)),
        form=form,
        plain=type(form) is forms.PlainForm and not form.errors,
        main=verb in MAIN,
        danger=verb in DANGER,
        open=again,
        multipart=form.is_multipart(),
    )


def note_form(case: Case, scope: Scope, trouble: Said | None) -> django_forms.Form | None:
    """The form for notes and photos, where the person may write."""
    if trouble and trouble["verb"] == "note":
        again: django_forms.Form = trouble["form"]
        return again
    return form_for("note", case, scope) if may(scope, case, "cases.note") else None

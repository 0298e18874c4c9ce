"""Words for codes, in the reader's language: states, verbs, reasons, and why a unit was chosen."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from gongbi.cases.models import Note, Step

STATES = {
    "open": pgettext_lazy("state", "open"),
    "in_hand": pgettext_lazy("state", "in hand"),
    "waiting": pgettext_lazy("state", "waiting"),
    "answered": pgettext_lazy("state", "answered"),
    "closed": pgettext_lazy("state", "closed"),
    "merged": pgettext_lazy("state", "merged"),
    "cancelled": pgettext_lazy("state", "cancelled"),
}
TASKS = {
    "offered": pgettext_lazy("task", "not yet accepted"),
    "accepted": pgettext_lazy("task", "accepted"),
    "on_site": pgettext_lazy("task", "on site"),
    "done": pgettext_lazy("task", "done"),
    "returned": pgettext_lazy("task", "returned"),
    "withdrawn": pgettext_lazy("task", "withdrawn"),
}
STEPS = {
    "open": gettext_lazy("opened"),
    "join": gettext_lazy("one more report joined"),
    "alert": gettext_lazy("the alert changed"),
    "sort": gettext_lazy("type set"),
    "dispatch": gettext_lazy("sent to a unit"),
    "assign": gettext_lazy("given to a person"),
    "accept": gettext_lazy("accepted"),
    "arrive": gettext_lazy("on site"),
    "return": gettext_lazy("returned with a reason"),
    "declare": gettext_lazy("outcome declared by the unit"),
    "urge": gettext_lazy("urged"),
    "wait": gettext_lazy("waiting, promises paused"),
    "resume": gettext_lazy("taken up again"),
    "ask": gettext_lazy("resident asked whether it is solved"),
    "solved": gettext_lazy("resident says: solved"),
    "not_solved": gettext_lazy("resident says: not solved; reopened"),
    "unanswered": gettext_lazy("no answer from the resident; closed as unanswered"),
    "merge": gettext_lazy("merged into another case"),
    "unmerge": gettext_lazy("the merge was undone: another matter after all"),
    "unjoin": gettext_lazy("a case merged into it was taken out again"),
    "split": gettext_lazy("reports of another matter taken out"),
    "cancel": gettext_lazy("cancelled"),
    "forget": gettext_lazy("a reporter's words were deleted"),
}
VERBS = {
    "sort": gettext_lazy("Set the type"),
    "dispatch": gettext_lazy("Send to a unit"),
    "assign": gettext_lazy("Give to a person"),
    "accept": gettext_lazy("Accept"),
    "arrive": gettext_lazy("On site"),
    "return": gettext_lazy("Return with a reason"),
    "declare": gettext_lazy("Declare the outcome"),
    "urge": gettext_lazy("Urge"),
    "wait": gettext_lazy("Wait"),
    "resume": gettext_lazy("Take up again"),
    "solved": gettext_lazy("Heard by call-back: solved"),
    "not_solved": gettext_lazy("Heard by call-back: not solved"),
    "merge": gettext_lazy("Merge into another case"),
    "unmerge": gettext_lazy("Undo the merge"),
    "split": gettext_lazy("Take out reports of another matter"),
    "cancel": gettext_lazy("Cancel"),
}
REASONS = {
    "not_ours": gettext_lazy("not ours to do"),
    "wrong_place": gettext_lazy("the place is wrong"),
    "needs_other_unit": gettext_lazy("another unit is needed"),
    "cannot_reach": gettext_lazy("the place or person cannot be reached"),
    "not_a_matter": gettext_lazy("no matter for the city"),
    "withdrawn": gettext_lazy("withdrawn by the reporter"),
    "test": gettext_lazy("a test or exercise"),
    "resident": gettext_lazy("the resident must answer"),
    "third_party": gettext_lazy("a third party must act"),
    "works": gettext_lazy("works or material"),
    "weather": gettext_lazy("weather"),
    "other": gettext_lazy("another reason"),
}
ENDED_AS = {
    "solved": gettext_lazy("solved, says the resident"),
    "unanswered": gettext_lazy("unanswered: the resident did not say"),
    "done": gettext_lazy("done, says the unit; nobody was there to ask"),
    "not_possible": gettext_lazy("not possible, says the unit; nobody was there to ask"),
}
DECLARED = {"done": gettext_lazy("done"), "not_possible": gettext_lazy("not possible")}
SAID = {
    "": gettext_lazy("not yet answered"),
    "solved": gettext_lazy("solved"),
    "not_solved": gettext_lazy("not solved"),
    "unanswered": gettext_lazy("unanswered"),
}
PROMISES = {
    "first_contact": gettext_lazy("first contact"),
    "solve": pgettext_lazy("promise", "solved"),
}
PROMISE_ENDS = {
    "met": gettext_lazy("kept"),
    "late": gettext_lazy("late"),
    "paused": gettext_lazy("paused"),
    "moved": gettext_lazy("promised anew"),
    "dropped": gettext_lazy("dropped"),
}
CONDITIONS = {
    "kind": gettext_lazy("its type"),
    "place": gettext_lazy("its place"),
    "time": gettext_lazy("the hour or day"),
    "level": gettext_lazy("the level of the alert"),
}
PRIORITIES = {
    1: gettext_lazy("urgent"),
    2: gettext_lazy("soon"),
    3: gettext_lazy("normal"),
    4: gettext_lazy("low"),
}
SOURCES = {
    "web": gettext_lazy("web page"),
    "hotline": gettext_lazy("hotline"),
    "counter": gettext_lazy("counter"),
    "alert": gettext_lazy("alert"),
    "patrol": gettext_lazy("patrol"),
    "import": gettext_lazy("file"),
}


def state(code: str) -> str:
    """A state's name."""
    return str(STATES.get(code, code))


def reason(code: str) -> str:
    """A reason's name."""
    return str(REASONS.get(code, code))


def step(row: "Step") -> str:
    """A step in a few words, with the unit it names and the reason it gave."""
    said = str(STEPS.get(row.verb, row.verb))
    if row.unit:
        said = f"{said} · {row.unit.name}"
    given = row.why.get("reason")
    return f"{said} · {reason(given)}" if given else said


def step_why(row: "Step") -> str:
    """The reason kept with a step, where it is not said already."""
    why = row.why
    if row.verb == "dispatch":
        rule = why.get("route")
        return _("as suggested by rule %(rule)s") % {"rule": rule} if rule else _("chosen by hand")
    if row.verb in ABOUT_ANOTHER:
        return _another(row.verb, why)
    if row.verb == "declare":
        return str(DECLARED.get(why.get("declared", ""), ""))
    if row.verb == "alert":
        return _("level %(level)s") % {"level": why.get("level", "")}
    return ""


# By verb: where a step keeps the number of the other case.
ABOUT_ANOTHER = {
    "merge": "into",
    "unmerge": "from",
    "split": "into",
    "open": "split_from",
    "join": "merged",
    "unjoin": "merged",
}


def _another(verb: str, why: dict[str, Any]) -> str:
    """The other case a step speaks of, where it does."""
    number = why.get(ABOUT_ANOTHER[verb])
    if not number:
        return ""
    said = {
        "merge": _("into %(number)s"),
        "unmerge": _("out of %(number)s"),
        "split": _("now case %(number)s"),
        "open": _("taken out of %(number)s"),
    }
    return said.get(verb, _("case %(number)s")) % {"number": number}


def note(row: "Note") -> str:
    """A note in a few words."""
    if row.signal_id:
        return _("the reporter adds")
    return _("note for the reporter") if row.for_reporter else _("note")


def actor(said: str) -> str:
    """Who did something, without a name: the system, another application, the reporter."""
    kind, _colon, id_ = said.partition(":")
    names = {
        "system": _("the system"),
        "reporter": _("the reporter"),
        "person": _("somebody no longer here"),
    }
    return names.get(kind, id_)


def why_this_unit(why: dict[str, Any], route_reason: str) -> list[str]:
    """Sentences that say why a unit was chosen, or why none was."""
    if not why:
        return []
    said = []
    if why.get("route"):
        because = ", ".join(str(CONDITIONS.get(name, name)) for name in why["because"])
        said.append(
            _("Rule %(rule)s: %(reason)s (true: %(because)s)")
            % {"rule": why["route"], "reason": route_reason, "because": because or "–"}
        )
    else:
        said.append(_("No rule fits; please choose a unit."))
    said += [_passed(row) for row in why.get("passed_over", ())]
    return said + [_near(row) for row in why.get("nearly", ())]


def by_hand(unit: str) -> str:
    """A person chose the unit, whatever the rules say below."""
    return _("%(unit)s was chosen by a person. The rules said:") % {"unit": unit}


def _passed(row: dict[str, str]) -> str:
    if row["why"] == "accused":
        return _("Rule %(rule)s was passed over: its unit is the one complained of.") % row
    return _("Rule %(rule)s was passed over: there is no such unit here.") % row


def _near(row: dict[str, Any]) -> str:
    lacking = row["unknown"] or row["false"]
    names = ", ".join(str(CONDITIONS.get(name, name)) for name in lacking)
    if row["unknown"]:
        sentence = _("Rule %(rule)s nearly: %(names)s: not known.")
    else:
        sentence = _("Rule %(rule)s nearly: %(names)s: does not fit.")
    return sentence % {"rule": row["rule"], "names": names}

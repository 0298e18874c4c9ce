"""Words for codes, in the reader's language: states, verbs, reasons, and why a unit was chosen."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongbi.cases.wording_asset import owner_gone
from gongbi.core.public import in_language, mode_name, promise_in_words
from gongbi.kernel.ladder import parse_step

if TYPE_CHECKING:
    from gongbi.cases.models import CaseType, Note, Step

NOTHING_ASKED: Mapping[str, str] = MappingProxyType({})
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
    "planned": pgettext_lazy("task", "planned, comes later"),
    "offered": pgettext_lazy("task", "not yet accepted"),
    "accepted": pgettext_lazy("task", "accepted"),
    "on_site": pgettext_lazy("task", "on site"),
    "done": pgettext_lazy("task", "done"),
    "returned": pgettext_lazy("task", "returned"),
    "withdrawn": pgettext_lazy("task", "withdrawn"),
    "handed_over": pgettext_lazy("task", "handed over"),
}
ROLES = {
    "lead": gettext_lazy("leads"),
    "help": gettext_lazy("helps"),
    "takeover": gettext_lazy("is asked to take it over"),
}
STEPS = {
    "open": gettext_lazy("opened"),
    "join": gettext_lazy("one more report joined"),
    "alert": gettext_lazy("the alert changed"),
    "sort": gettext_lazy("type set"),
    "weigh": gettext_lazy("urgency set"),
    "name_asset": gettext_lazy("asset set"),
    "complain_of": gettext_lazy("said whether it is a complaint about a unit"),
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
    "apart": gettext_lazy("said to be another matter than a likely same case"),
    "split": gettext_lazy("reports of another matter taken out"),
    "cancel": gettext_lazy("cancelled"),
    "forget": gettext_lazy("a reporter's words were deleted"),
    "file": gettext_lazy("filed as a matter of the city's"),
    "stage": gettext_lazy("progress"),
    "call_in": gettext_lazy("one more unit called in"),
    "call_off": gettext_lazy("a task was called off"),
    "start": gettext_lazy("its turn has come"),
    "transfer": gettext_lazy("offered to another unit"),
    "extend": gettext_lazy("more time asked for"),
    "grant": gettext_lazy("more time granted"),
    "refuse": gettext_lazy("more time refused"),
    "supervise": gettext_lazy("supervised: an answer is asked for"),
    "answer": gettext_lazy("the unit answered its supervisor"),
    "appeal": gettext_lazy("appealed; a referee decides"),
    "decide": gettext_lazy("the referee decided"),
    "park": gettext_lazy("parked until a day, promises paused"),
    "reopen": gettext_lazy("opened again by an official"),
    "ask_again": gettext_lazy("the reporter asked for another look; opened again"),
    "forget_part": gettext_lazy("a part of a report was deleted, its term was over"),
    "put_aside": gettext_lazy("a file was put aside: the check for malware found something"),
    "instruct": gettext_lazy("entered as a leader's instruction"),
    "patrol": gettext_lazy("found on patrol"),
    "went_before": gettext_lazy("went before what is more urgent"),
    "overtaken": gettext_lazy("waited while its unit was given a leader's instruction"),
}
KEPT_PARTS = {
    "words": gettext_lazy("words"),
    "contact": gettext_lazy("contact"),
    "photos": gettext_lazy("photos"),
}
VERBS = {
    "sort": gettext_lazy("Set the type"),
    "weigh": gettext_lazy("Set the urgency"),
    "name_asset": gettext_lazy("Set or change the asset"),
    "complain_of": gettext_lazy("Say that it complains of a unit"),
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
    "file": gettext_lazy("File"),
    "stage": gettext_lazy("Say how far it is"),
    "call_in": gettext_lazy("Call in one more unit"),
    "call_off": gettext_lazy("Call off a task"),
    "transfer": gettext_lazy("Hand over to another unit"),
    "extend": gettext_lazy("Ask for more time"),
    "grant": gettext_lazy("Grant more time"),
    "refuse": gettext_lazy("Refuse more time"),
    "supervise": gettext_lazy("Ask for an answer by a day"),
    "answer": gettext_lazy("Answer the supervisor"),
    "appeal": gettext_lazy("Appeal to a referee"),
    "decide": gettext_lazy("Decide the appeal"),
    "park": gettext_lazy("Park until a day"),
    "reopen": gettext_lazy("Open again"),
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
    "no_budget": gettext_lazy("no money for it this year"),
    "no_owner": gettext_lazy("nobody owns it yet"),
    "planned_works": gettext_lazy("planned works will include it"),
    "law": gettext_lazy("a procedure of law must come first"),
    "parked": gettext_lazy("its day of review; it is parked"),
    "more_found": gettext_lazy("more was found than was known"),
    "procedure": gettext_lazy("a procedure takes its own time"),
    "agreed": gettext_lazy("agreed with the other unit"),
    "not_done": gettext_lazy("it was not done"),
    "came_back": gettext_lazy("it came back"),
    "new_facts": gettext_lazy("something new is known"),
    "wrongly_ended": gettext_lazy("it was ended by mistake"),
    "other": gettext_lazy("another reason"),
}
DECISIONS = {
    "kept": gettext_lazy("it stays with this unit, which may not give it back"),
    "given": gettext_lazy("another unit does it, and may not give it back"),
    "refused": gettext_lazy("the verdict stands; the work goes on"),
    "settled": gettext_lazy("nothing more is owed; the resident's word stays as it is"),
    "lapsed": gettext_lazy("lapsed: the case moved on first"),
}
EXTENSIONS = {
    "": gettext_lazy("asked, not yet decided"),
    "granted": gettext_lazy("granted"),
    "refused": gettext_lazy("refused"),
    "lapsed": gettext_lazy("lapsed: the case moved on first"),
}
ANSWERED = {
    "": gettext_lazy("not yet answered"),
    "answered": gettext_lazy("answered"),
    "declared": gettext_lazy("answered by the outcome"),
    "lapsed": gettext_lazy("lapsed: the case moved on first"),
}
APPEALS = {
    "assignment": gettext_lazy("that it should do it"),
    "verdict": gettext_lazy("the verdict: not solved"),
}
TOLD = {
    "handler": gettext_lazy("the person who has the task"),
    "unit": gettext_lazy("the unit"),
    "lead": gettext_lazy("the head of the unit's people"),
    "dispatcher": gettext_lazy("the dispatchers"),
    "supervisor": gettext_lazy("the supervisors"),
    "referee": gettext_lazy("the referee"),
    "reporter": gettext_lazy("the reporter"),
}
ENDED_AS = {
    "solved": gettext_lazy("solved, says the resident"),
    "unanswered": gettext_lazy("unanswered: the resident did not say"),
    "done": gettext_lazy("done, says the unit; nobody was there to ask"),
    "not_possible": gettext_lazy("not possible, says the unit; nobody was there to ask"),
    "settled": gettext_lazy("settled by a referee; the resident's word stays as it is"),
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
    "on_site": pgettext_lazy("promise", "somebody on site"),
    "solve": pgettext_lazy("promise", "solved"),
    "decision": pgettext_lazy("promise", "decision of the referee"),
    "answer": pgettext_lazy("promise", "answer to the supervisor"),
    "waiting": pgettext_lazy("promise", "end of waiting"),
    "review": pgettext_lazy("promise", "review of the parked case"),
}
PROMISE_ENDS = {
    "met": gettext_lazy("kept"),
    "late": gettext_lazy("late"),
    "paused": gettext_lazy("paused"),
    "moved": gettext_lazy("promised anew"),
    "resumed": gettext_lazy("paused, then promised anew"),
    "dropped": gettext_lazy("dropped"),
}
CONDITIONS = {
    "kind": gettext_lazy("its type"),
    "place": gettext_lazy("its place"),
    "time": gettext_lazy("the hour or day"),
    "level": gettext_lazy("the level of the alert"),
    "source": gettext_lazy("where it came from"),
    "priority": gettext_lazy("its priority"),
    "mode": gettext_lazy("the mode of its place"),
    "fact:asset_kind": gettext_lazy("the kind of its asset"),
    "fact:asset_owner": gettext_lazy("the owner of its asset"),
    "fact:asset_maintainer": gettext_lazy("the maintainer of its asset"),
    "any": gettext_lazy("one of its alternatives"),
    "not": gettext_lazy("its exceptions"),
}
PRIORITIES = {
    1: gettext_lazy("urgent"),
    2: gettext_lazy("soon"),
    3: gettext_lazy("normal"),
    4: gettext_lazy("low"),
}
STANDARDS = {"national": gettext_lazy("national standard")}
SOURCES = {
    "web": gettext_lazy("web page"),
    "hotline": gettext_lazy("hotline"),
    "counter": gettext_lazy("counter"),
    "alert": gettext_lazy("alert"),
    "patrol": gettext_lazy("patrol"),
    "import": gettext_lazy("file"),
    "app": gettext_lazy("app"),
    "open311": gettext_lazy("another application"),
    "instruction": gettext_lazy("leader's instruction"),
}


def state(code: str) -> str:
    """A state's name."""
    return str(STATES.get(code, code))


def reason(code: str) -> str:
    """A reason's name."""
    return str(REASONS.get(code, code))


def step(row: "Step", kind: "CaseType | None" = None) -> str:
    """A step in a few words, with the unit it names, the stage it reached, the reason it gave."""
    said = str(STEPS.get(row.verb, row.verb))
    if row.verb == "stage":
        said = f"{said}: {stage(kind, row.why.get('stage', ''))}"
    if row.unit and row.verb == "open":  # a rule's word, nobody was sent yet
        said = f"{said} · {_('suggested: %(unit)s') % {'unit': row.unit.name}}"
    elif row.unit:
        said = f"{said} · {row.unit.name}"
    given = row.why.get("reason")
    return f"{said} · {reason(given)}" if given else said


def stage(kind: "CaseType | None", code: str) -> str:
    """A stage's name in the reader's language; its code where the type no longer has it."""
    rows = kind.stages if kind else []
    found = next((row for row in rows if row["code"] == code), None)
    if found is None:
        return code
    return in_language(found.get("name_en", ""), found.get("name_zh", ""))


def rung(step: str) -> str:
    """A step of telling in words: half the time gone, due, a working day after it."""
    kind, share, promise = parse_step(step)
    if kind == "share":
        return _("%(percent)d %% of the time is gone") % {"percent": round(share * 100)}
    if kind == "after":
        return _("%(span)s past its time") % {"span": promise_in_words(promise)}
    return _("its time has come")


def told_to(codes: list[str]) -> str:
    """Who was told, in words."""
    return _(", ").join(str(TOLD.get(code, code)) for code in codes)


def note(row: "Note") -> str:
    """A note in a few words."""
    if row.signal_id and not row.actor.startswith("reporter:"):
        return _("heard when the reporter was rung")
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


def why_this_unit(
    why: dict[str, Any], route_reason: str, asked: Mapping[str, str] = NOTHING_ASKED
) -> list[str]:
    """Sentences that say why a unit was chosen, or why none was.

    ``asked``: the questions of its type by their codes.
    """
    if not why:
        return []
    said = []
    if why.get("route"):
        because = _(", ").join(condition(name, asked) for name in why["because"])
        said.append(
            _("%(reason)s (rule %(rule)s; true: %(because)s)")
            % {"rule": why["route"], "reason": route_reason, "because": because or "–"}
        )
    else:
        said.append(_("No rule fits; please choose a unit."))
    if why.get("mode"):
        said.append(_("The mode of its place then: %(mode)s.") % {"mode": mode_name(why["mode"])})
    if why.get("to_asset"):
        said.append(
            _("The asset's owner takes it.")
            if why["to_asset"] == "owner"
            else _("The asset's maintainer takes it.")
        )
    if why.get("asset_changed"):
        said.append(_("Its asset was set or changed since; the rules were not asked again."))
    said += [_passed(row) for row in why.get("passed_over", ())]
    return said + [_near(row, asked) for row in why.get("nearly", ())]


def by_hand(unit: str) -> str:
    """A person chose the unit, whatever the rules say below."""
    return _("%(unit)s was chosen by a person. The rules said:") % {"unit": unit}


def condition(name: str, asked: Mapping[str, str] = NOTHING_ASKED) -> str:
    """What a rule asked; a question in its words, another fact by its own name in the pack."""
    fact = name.removeprefix("fact:")
    return str(CONDITIONS[name]) if name in CONDITIONS else asked.get(fact, fact)


def _passed(row: dict[str, Any]) -> str:
    if row["why"] == "accused":
        return _("Rule %(rule)s was passed over: its unit is the one complained of.") % row
    if row["why"] == "full":
        full = _("Rule %(rule)s was passed over: its unit has %(load)s tasks, %(most)s at most.")
        return full % row
    if row["why"] == "no_asset":
        return _("Rule %(rule)s was passed over: no asset is known, and so not whose it is.") % row
    if row["why"] == "owner_gone":
        return owner_gone(row)
    return _("Rule %(rule)s was passed over: there is no such unit here.") % row


def _near(row: dict[str, Any], asked: Mapping[str, str]) -> str:
    lacking = row["unknown"] or row["false"]
    names = _(", ").join(condition(name, asked) for name in lacking)
    if row["unknown"]:
        sentence = _("Rule %(rule)s does not fire: %(names)s not known.")
    else:
        sentence = _("Rule %(rule)s does not fire: %(names)s does not fit.")
    return sentence % {"rule": row["rule"], "names": names}

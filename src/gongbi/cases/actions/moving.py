"""The one way a case changes state: a row of the table, a version compared and swapped, a step."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.cases import states, wording
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Overtaken, Refused, missing
from gongbi.cases.models import Case, Step
from gongbi.cases.news.telling import tell_reporters
from gongbi.core.public import KeyGone, city, seal


def move(
    case: Case,
    verb: str,
    actor: Actor,
    *,
    at: datetime,
    to: str = "",
    seen: int | None = None,
    unit: str | None = None,
    why: dict[str, Any] | None = None,
    words: str = "",
    sealed_for: str = "",
    **changes: Any,
) -> Step:
    """Take a case along an edge of the table and write down the step.

    ``seen`` is the version the person had before them: when the case has moved on since,
    Overtaken says what happened meanwhile and nothing is changed. ``changes`` are further fields
    of the case, ``words`` are sealed for ``sealed_for`` (the case, unless given).
    """
    edge = states.edge(verb, case.state, to)
    if edge is None:
        raise CannotMove(_told(case, _("This cannot be done with a case that is “%(state)s”.")))
    _check_governed(case, edge, actor)
    if seen is not None and seen != case.version:
        raise overtaken(case)
    source = case.state
    changes |= {"state": edge.target, "changed_at": at}
    rows = Case.objects.filter(pk=case.pk, version=case.version)
    if not rows.update(version=F("version") + 1, **changes):
        case.refresh_from_db()
        raise overtaken(case)
    case.version += 1
    for name, value in changes.items():
        setattr(case, name, value)
    owner = sealed_for or case.key_owner
    step = Step.objects.create(
        case=case,
        verb=verb,
        source=source,
        target=edge.target,
        actor=str(actor),
        actor_unit=actor.unit,
        unit_id=unit,
        at=at,
        why=why or {},
        words_id=seal_on(case, words, owner) if words else None,
    )
    tell_reporters(case, verb, unit)
    return step


def seal_on(case: Case, words: str, owner: str = "") -> int:
    """Seal words under the case's key; Overtaken where a reporter was forgotten meanwhile, with
    whom the key went: what was written may quote them."""
    try:
        return seal(owner or case.key_owner, words)
    except KeyGone as gone:
        raise overtaken(case) from gone


def write_down(
    case: Case,
    verb: str,
    actor: Actor,
    at: datetime,
    *,
    unit: str | None = None,
    why: dict[str, Any] | None = None,
) -> Step:
    """A step that moves nothing of the case: it follows from another in the same transaction."""
    return Step.objects.create(
        case=case,
        verb=verb,
        source=case.state,
        target=case.state,
        actor=str(actor),
        actor_unit=actor.unit,
        unit_id=unit,
        at=at,
        why=why or {},
    )


def _check_governed(case: Case, edge: states.Edge, actor: Actor) -> None:
    """A case that another part governs ends by that part alone."""
    ends = edge.target in states.ENDS or edge.target == states.ANSWERED
    if case.governed_by and ends and (actor.kind, actor.id) != ("part", case.governed_by):
        raise Refused(_("This case is ended by %(part)s, not here.") % {"part": case.governed_by})


def need(words: str, field: str = "words") -> str:
    """The words without blanks around them; Incomplete when there are none."""
    said = words.strip()
    if not said:
        raise missing(field)
    return said


def overtaken(case: Case) -> Overtaken:
    """Somebody else acted first; what they did is said."""
    return Overtaken(_told(case, _("Somebody was quicker; nothing of yours was changed.")))


def _told(case: Case, sentence: str) -> str:
    """The sentence, with the last thing that happened to the case, when and by which unit."""
    said = sentence % {"state": wording.state(case.state)}
    last = Step.objects.filter(case=case).select_related("unit").order_by("-pk").first()
    if last is None:
        return said
    when = timezone.localtime(last.at, city().zone).strftime("%H:%M")
    happened = _("At %(time)s case %(number)s was: %(what)s.") % {
        "time": when,
        "number": case.number,
        "what": wording.step(last),
    }
    return f"{said} {happened}"

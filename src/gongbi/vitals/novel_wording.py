"""Sentences on how new a value is: why a level stands that no limit gives."""

from typing import Any

from django.utils.translation import gettext as _

from gongbi.kernel.vitals.novelty import TEMPER
from gongbi.vitals.figures import figure, level_words, moment
from gongbi.vitals.models import Alert, Indicator, Series


def explains(rule: Indicator, said: Series | Alert) -> bool:
    """Whether the surprise gives the level, and neither an absolute limit nor the usual does."""
    level = said.peak_level if isinstance(said, Alert) and said.ended_at else said.level
    asked, found = dict(rule.surprises).get(level), _found(said)
    if asked is None or found.get("surprise") is None:
        return False
    reached: bool = found["surprise"] + rule.novel_margin >= asked
    return reached and not _by_another(rule, level, said, found["value"])


def _found(said: Series | Alert) -> dict[str, Any]:
    if isinstance(said, Alert):
        return said.novelty
    return {"surprise": said.surprise, "awaited": said.awaited, "value": said.value}


def _by_another(rule: Indicator, level: int, said: Series | Alert, value: float | None) -> bool:
    """Whether a value reaches what the level asks otherwise."""
    if value is None:
        return False
    sign = -1.0 if rule.direction == "below" else 1.0
    limit, score = dict(rule.limits).get(level), dict(rule.scores).get(level)
    if limit is not None and sign * value >= sign * limit:
        return True
    if score is None or said.expected is None:
        return False
    return sign * (value - said.expected) >= score * (said.scatter or 0.0)


def _words(rule: Indicator, said: Series | Alert) -> dict[str, str]:
    found = _found(said)
    level = said.peak_level if isinstance(said, Alert) and said.ended_at else said.level
    return {
        "value": figure(found["value"], rule.unit),
        "awaited": figure(found["awaited"], rule.unit),
        "surprise": f"{found['surprise']:.1f}",
        "asked": f"{dict(rule.surprises).get(level, 0.0):g}",
        "level": level_words(level),
    }


def reason(rule: Indicator, said: Series | Alert) -> str:
    """What came, what was expected, how surprising that is, and since when."""
    since = said.began_at if isinstance(said, Alert) else said.since
    return _(
        "%(value)s, where %(awaited)s was expected by all that this place has shown: a surprise "
        "of %(surprise)s; %(asked)s is %(level)s. Since %(since)s."
    ) % (_words(rule, said) | {"since": moment(since)})


def was(rule: Indicator, alert: Alert) -> str:
    """How surprising it was at its most, when it is over."""
    return _(
        "At its most surprising %(value)s: %(level)s; %(awaited)s was expected, a surprise of "
        "%(surprise)s."
    ) % _words(rule, alert)


def raised(rule: Indicator, alert: Alert, place: str) -> str:
    """What a case is told when an alert asks for it."""
    return _(
        "%(sign)s at %(place)s: %(value)s, %(level)s (new here: %(awaited)s was expected, "
        "surprise %(surprise)s)."
    ) % (_words(rule, alert) | {"sign": rule.name, "place": place})


def in_words(rule: Indicator) -> str:
    """How an indicator is judged by how new a value is; nothing where it is not."""
    if not rule.surprises:
        return ""
    levels = [f"{level_words(level)} {surprise:g}" for level, surprise in rule.surprises]
    sides = {
        "both": _("above and below what is expected"),
        "above": _("above what is expected"),
        "below": _("below what is expected"),
    }
    return _(
        "Also judged by how new a value is by all that its place has shown, once %(count)d are "
        "known, %(side)s: %(levels)s usual excesses. New does not mean bad."
    ) % {
        "count": TEMPER.warm,
        "side": sides.get(rule.novel_side, sides["both"]),
        "levels": ", ".join(levels),
    }

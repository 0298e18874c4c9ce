"""Why two cases may be one, in the reader's words: a line for each part that was compared."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from gongbi.kernel.cases.alike import Likeness, Part
from gongbi.kernel.cases.alike_card import log_odds

Line = tuple[str, str]


def lines(parts: Iterable[Part]) -> list[Line]:
    """(what was found, how much it weighs), strongest first; what was not known is left out."""
    ranked = sorted(parts, key=lambda part: -abs(part.weight))
    return [(_said(part), f"{part.weight:+.1f}") for part in ranked if _said(part)]


def summed(likeness: Likeness) -> tuple[list[Line], str]:
    """The same, with what is not known and where every pair begins, and the sum of it all: the
    numbers as they are shown add up, and the chance is that of their sum."""
    known = lines(likeness.parts)
    silent = round(sum(part.weight for part in likeness.parts if not _said(part)), 1)
    total = round(log_odds(likeness.chance), 1)
    begin = total - silent - sum(float(weight) for _words, weight in known)
    rest = [(_("what is not known of the two"), f"{silent:+.1f}")] if silent else []
    return [*known, *rest, (_("where every pair begins"), f"{begin:+.1f}")], f"{total:+.1f}"


def _said(part: Part) -> str:
    said = {
        "space": _space,
        "time": _time,
        "type": _type,
        "words": _words,
        "named": _named,
        "asset": _asset,
        "photo": _photo,
        "habit": _habit,
    }
    return said[part.name](part)


def _space(part: Part) -> str:
    if part.measure is not None:
        return _("%(metres)d m apart") % {"metres": round(part.measure)}
    level = part.level.rpartition(".")[2]
    return {"same_place": _("the same quarter"), "within": _("one place holds the other"),
            "elsewhere": _("in different quarters")}.get(level, "")  # fmt: skip


def _time(part: Part) -> str:
    hours = part.measure or 0.0
    if hours < 1:
        return _("%(minutes)d minutes apart") % {"minutes": round(60 * hours)}
    if hours < 48:
        return _("%(hours)d hours apart") % {"hours": round(hours)}
    return _("%(days)d days apart") % {"days": round(hours / 24)}


def _type(part: Part) -> str:
    return {"same": _("the same type"), "kin": _("types of one group"),
            "other": _("different types"), "guess.kin": _("by their words, types of one group"),
            "guess.other": _("by their words, different types"),
            "unsaid": ""}.get(part.level, _("by their words, the same type"))  # fmt: skip


def _words(part: Part) -> str:
    if part.level == "other_script":
        return _("words in two scripts, which say little of each other")
    if part.measure is None:
        return ""
    return _("words alike by %(share)d of 100") % {"share": round(100 * part.measure)}


def _named(part: Part) -> str:
    return {"same_house": _("the same house by name and number"),
            "same_number": _("a house of the same number"),
            "same_road": _("the same road by name"),
            "other_house": _("another house by name or number"),
            "other_number": _("a house of another number"),
            "other_road": _("another road by name")}.get(part.level, "")  # fmt: skip


def _asset(part: Part) -> str:
    return {"same": _("the same lamp, lift or cover by its number"),
            "other": _("another number of lamp, lift or cover")}.get(part.level, "")  # fmt: skip


def _photo(part: Part) -> str:
    return {"same_bytes": _("the very same photo"), "alike": _("nearly the same photo"),
            "unlike": _("different photos")}.get(part.level, "")  # fmt: skip


def _habit(part: Part) -> str:
    """Silent as long as nothing was learnt of it: then it weighs nothing."""
    return _("how soon such matters are reported again here") if part.weight else ""

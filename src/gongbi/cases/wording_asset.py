"""Words for how a case's asset is known."""

from typing import Any

from django.utils.translation import gettext as _

from gongbi.core.public import unit


def asset_why(why: dict[str, Any] | None, *, about: bool = True) -> str:
    """By whom or by which words it is known, and how far it stands from the point said; or, not
    ``about`` one, that and why none is known."""
    if not why:
        return ""
    if why.get("unknown"):
        return _("The words give a code that is not in the register near there.")
    if why["by"] == "officer":
        said = _("set by an officer") if about else _("An officer said that it is about none.")
    elif why["by"] == "words":
        said = _("read in the words: %(said)s") % {"said": why.get("said", "")}
    else:
        said = _("named by whoever reported it")
    if why.get("metres") is None:
        return said
    return _("%(how)s; %(metres)d m from the position") % {"how": said, "metres": why["metres"]}


def owner_gone(row: dict[str, Any]) -> str:
    """A rule that asks whose the asset is, where that unit is no more."""
    found = unit(row["unit"])
    gone = {"rule": row["rule"], "unit": found.name if found else row["unit"]}
    if row["whose"] == "owner":
        said = _(
            "Rule %(rule)s was passed over: the asset belongs to %(unit)s, a unit that is no more."
        )
    else:
        said = _(
            "Rule %(rule)s was passed over: the asset is kept by %(unit)s, a unit that is no more."
        )
    return said % gone

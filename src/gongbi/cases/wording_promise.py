"""What set a promise, in the reader's language: nobody outside reads ``type:lift-fault@1``."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.core.public import promise_in_words

if TYPE_CHECKING:
    from gongbi.cases.models import CaseType

# By the first word of a rule: what set the promise. ``%(of)s`` is the type it names.
SET_BY = {
    "type": gettext_lazy("by its type: %(of)s"),
    "sorted": gettext_lazy("when it was sorted: %(of)s"),
    "reopened": gettext_lazy("anew, when it was opened again: %(of)s"),
    "pause": gettext_lazy("what was left when it was put to wait"),
    "supervision": gettext_lazy("by a supervisor"),
    "appeal": gettext_lazy("by the appeal to a referee"),
    "pause_limit": gettext_lazy("as long as it may wait"),
    "parked": gettext_lazy("by whoever parked it"),
}


def set_by(rule: str, kind: "CaseType | None") -> str:
    """A rule kept with a promise, as a person says it; the rule itself where it is not known."""
    what, _colon, of = rule.partition(":")
    if what == "extension":
        return _("by more time granted: %(span)s") % {"span": _span(of.rpartition("+")[2])}
    said = SET_BY.get(what)
    named = kind.name if kind and of.partition("@")[0] == kind.code else of
    return str(said) % {"of": named} if said else rule


def _span(more: str) -> str:
    """A promise in words; older rows may have kept it cut short."""
    try:
        return promise_in_words(more)
    except ValueError:
        return more

"""Refusals: each a sentence that names the thing, the place and the remedy."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """The city cannot do what was asked; nothing was changed."""


class Incomplete(Refused):
    """Something must be filled in; ``field`` says which."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class CannotMove(Refused):
    """The verb does not fit the case's state."""


class Overtaken(Refused):
    """Somebody else acted first; the sentence tells what they did."""


class SignalRefused(Refused):
    """A report cannot be taken as it is; ``field`` says which part."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def missing(field: str) -> Incomplete:
    """The sentence for an empty field that a move asks for."""
    sentences = {
        "words": _("Please write a sentence: others must understand what was done and why."),
        "reason": _("Please choose one of the reasons."),
        "unit": _("Please choose the unit that shall take it."),
        "priority": _("Please choose how urgent it is."),
        "type": _("Please choose what kind of matter it is."),
        "handler": _("Please choose who shall do it."),
        "declared": _("Please say whether it is done or not possible."),
        "photo": _("This kind of matter needs a photo taken afterwards; please add one."),
        "more": _("Please choose how much more time is asked for."),
        "within": _("Please choose by when an answer is asked for."),
        "stage": _("Please choose one of the stages of this kind of matter."),
        "task": _("Please choose one of the tasks of this case."),
        "signals": _("Please choose the reports that are another matter."),
        "into": _("Please give the number of the case it belongs to."),
    }
    return Incomplete(field, sentences[field])

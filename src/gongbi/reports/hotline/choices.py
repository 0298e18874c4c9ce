"""What can be chosen at the desk, with the words a clerk reads."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LINES = (
    ("phone", _("Telephone")),
    ("chat", _("Chat")),
    ("sms", _("Text message")),
    ("visit", _("In person")),
)
AIDS = (
    ("", _("None")),
    ("interpreter", _("Interpreter on the line")),
    ("relay", _("Text relay service")),
    ("sign", _("Sign language by video")),
)
TAKEN = (
    ("taken", _("They took over; the caller stayed on the line")),
    ("call_back", _("They will ring the caller")),
    ("not_reached", _("Nobody answered there")),
)
ENDS = (
    ("silent", _("Nobody spoke")),
    ("cut", _("The line was cut")),
    ("wrong", _("Wrong number")),
    ("abusive", _("Abusive; warned and ended")),
)
ENDED = {
    "answered": _("Answered at once"),
    "case": _("Case opened"),
    "joined": _("Joined a case"),
    "added": _("Added to a case"),
    "transferred": _("Handed over"),
    "promised": _("Call-back promised"),
    **dict(ENDS),
    "abandoned": _("Nobody ended it"),
}
RESULTS = (
    ("reached", _("Reached")),
    ("no_answer", _("No answer")),
    ("busy", _("Busy")),
    ("wrong_number", pgettext_lazy("ringing back", "Wrong number")),
    ("refused", _("Does not want to be called")),
)
SAID = (
    ("solved", _("Solved")),
    ("not_solved", _("Not solved")),
    ("no_word", _("Does not want to say")),
)
SATISFIED = (
    ("", _("Not asked")),
    ("yes", _("Satisfied")),
    ("fairly", _("Fairly satisfied")),
    ("no", _("Not satisfied")),
)

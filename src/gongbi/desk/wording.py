"""Words for the desk's own codes."""

from django.utils.translation import gettext_lazy as _

GROUPS = {
    "promised": _("Promised: overdue or due in the coming shift"),
    "silent": _("Silent: nothing has happened for hours"),
    "alert": _("Alerts that have not cleared"),
    "open": _("Open besides"),
}
# What a day of work is told in: (verbs of steps that count, words, is it the resident's word)
FIGURES = {
    "opened": (("open",), _("Cases opened")),
    "joined": (("join",), _("Further reports of the same")),
    "dispatched": (("dispatch",), _("Sent to units")),
    "returned": (("return",), _("Returned by units")),
    "urged": (("urge",), _("Urged")),
    "waited": (("wait",), _("Put to wait")),
    "declared": (("declare",), _("Outcomes declared by units")),
    "solved": (("solved",), _("Residents say: solved")),
    "not_solved": (("not_solved",), _("Residents say: not solved")),
    "unanswered": (("unanswered",), _("Residents did not answer")),
    "cancelled": (("cancel",), _("Cancelled")),
    "merged": (("merge",), _("Merged")),
}
ALERTS = "alerts"
ALERTS_WORDS = _("Alerts raised")
FOUND_IN = {
    "number": _("its number"),
    "type": _("its type"),
    "place": _("its place"),
    "unit": _("its unit"),
    "words": _("what was written"),
}

"""Words for the register: states, and what was done with an entry."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongbi.core.applications.forms import EntryForm

STATE_WORDS = {
    "live": pgettext_lazy("applications", "In use"),
    "trouble": pgettext_lazy("applications", "In trouble"),
    "silent": pgettext_lazy("applications", "Never called"),
    "over": pgettext_lazy("applications", "Contract over"),
    "retired": pgettext_lazy("applications", "Retired"),
    "all": pgettext_lazy("applications", "All"),
}
DONE = {
    "ApplicationRegistered": gettext_lazy("entered into the register"),
    "ApplicationChanged": gettext_lazy("entry changed"),
    "ApplicationRetired": gettext_lazy("retired"),
    "ApplicationKeyMade": gettext_lazy("key made"),
    "ApplicationKeyRetired": gettext_lazy("key ended"),
    "made": gettext_lazy("webhook made"),
    "secret": gettext_lazy("secret of a webhook changed"),
    "paused": gettext_lazy("webhook paused by hand"),
    "paused:failing": gettext_lazy("webhook paused: it failed again and again"),
    "paused:gone": gettext_lazy("webhook paused: its address says that it is gone"),
    "resumed": gettext_lazy("webhook resumed"),
    "replayed": gettext_lazy("webhook told again"),
    "ended": gettext_lazy("webhook ended"),
}


def happened(line: dict[str, Any]) -> dict[str, Any]:
    """A line of an application's history in words; people stay unnamed on it."""
    body = line["body"]
    what = str(DONE.get(body.get("change", line["what"]), line["what"]))
    labels = EntryForm.base_fields
    details = ", ".join(
        str(labels[one].label) if one in labels else one for one in body.get("fields", ())
    )
    kind = line["by"].partition(":")[0]
    by = {"person": _("a keeper"), "system": _("the system")}.get(kind, _("by command"))
    return {"what": f"{what}: {details}" if details else what, "by": by, "at": line["at"]}

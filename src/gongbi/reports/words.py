"""Sentences that more than one page says."""

import json

from django.conf import settings
from django.utils.translation import gettext as _


def contact_words() -> str:
    """Why a contact is asked for, who sees it, and for how long."""
    return _(
        "Only if we may ask you something back. It is kept encrypted; the unit that does the work "
        "never sees it, only the complaint desk may, and each look is written down. It is kept "
        "with your report until you press “Forget me” under its link, which works for %(days)s "
        "days; after that, ask at any counter."
    ) % {"days": settings.GONGBI_FOLLOW_DAYS}


def map_words() -> str:
    """The map's own buttons in the reader's language, as JSON."""
    said = {
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "Map.Title": _("Map"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom the map"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
        "CooperativeGesturesHandler.MobileHelpText": _("Use two fingers to move the map"),
    }
    return json.dumps(said, ensure_ascii=False)

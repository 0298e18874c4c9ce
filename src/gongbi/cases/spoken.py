"""What of a report is shown: a machine's words in the reader's language, and where it is."""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Spoken = tuple[int, int | None, str]
"""Sealed words, sealed words of the place, and the source they came by."""


def in_readers_language(said: str) -> str:
    """The line in the reader's language of what a machine said; all of it where lines do not fit.

    A machine says the same once in each of the city's languages, a line each, the city's own
    first (``vitals.grouping``). What people wrote is theirs and never passes here.
    """
    lines, codes = said.split("\n"), [code for code, _name in settings.LANGUAGES]
    if len(lines) != len(codes):
        return said
    codes.sort(key=lambda code: code != settings.LANGUAGE_CODE)
    here = get_language() or settings.LANGUAGE_CODE
    return lines[codes.index(here)] if here in codes else lines[0]


def with_place(said: str, place: str) -> str:
    """What somebody said, and where, if they said it apart: the crew must find it."""
    if not place or place in said:
        return said
    return said + "\n" + _("Where, as said: %(place)s") % {"place": place}

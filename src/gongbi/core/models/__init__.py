"""Nouns of the house: places, units, people, journal, sealed words, packs, other applications."""

from gongbi.core.models import lookups  # noqa: F401 - makes ``path__under`` known
from gongbi.core.models.journal import Delivery, JournalLine, JournalSeal
from gongbi.core.models.packs import Calendar, PackVersion
from gongbi.core.models.people import ApplicationKey, Person, Post
from gongbi.core.models.places import Place, Unit
from gongbi.core.models.sealed import SealedText

__all__ = [
    "ApplicationKey",
    "Calendar",
    "Delivery",
    "JournalLine",
    "JournalSeal",
    "PackVersion",
    "Person",
    "Place",
    "Post",
    "SealedText",
    "Unit",
]

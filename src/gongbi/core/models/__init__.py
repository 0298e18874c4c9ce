"""Nouns of the house: places, units, assets, people, journal, sealed words, packs, systems."""

from gongbi.core.models import lookups  # noqa: F401 - makes ``path__under`` known
from gongbi.core.models.applications import (
    Application,
    ApplicationHour,
    ApplicationKey,
    ApplicationUse,
)
from gongbi.core.models.assets import Asset, AssetKind
from gongbi.core.models.files import FileCheck
from gongbi.core.models.journal import Delivery, JournalLine, JournalSeal
from gongbi.core.models.messages import Message, WayDay, WayOut
from gongbi.core.models.modes import ModeSpan
from gongbi.core.models.once import SentForm
from gongbi.core.models.packs import Calendar, PackVersion
from gongbi.core.models.people import Person, Post
from gongbi.core.models.places import Place, Unit
from gongbi.core.models.sealed import SealedText
from gongbi.core.models.webhooks import Heard, Notice, Webhook

__all__ = [
    "Application",
    "ApplicationHour",
    "ApplicationKey",
    "ApplicationUse",
    "Asset",
    "AssetKind",
    "Calendar",
    "Delivery",
    "FileCheck",
    "Heard",
    "JournalLine",
    "JournalSeal",
    "Message",
    "ModeSpan",
    "Notice",
    "PackVersion",
    "Person",
    "Place",
    "Post",
    "SealedText",
    "SentForm",
    "Unit",
    "WayDay",
    "WayOut",
    "Webhook",
]

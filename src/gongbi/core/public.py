"""Core's door: all that the parts above may call. Records cross it, never models."""

from django.db import transaction

from gongbi.core import keyring
from gongbi.core.applications.counting import TooMany
from gongbi.core.applications.keys import (
    KeyRefused,
    application,
    application_by_key,
    make_application_key,
)
from gongbi.core.city import city, pack_version
from gongbi.core.clock import now
from gongbi.core.events import KeyDestroyed
from gongbi.core.journal import Fact, publish, react_to
from gongbi.core.pack_files import (
    CODE,
    Fault,
    Known,
    Unreadable,
    read_csv_rows,
    read_toml_with_lines,
)
from gongbi.core.packs import PackRefused, check_pack, kept_folder, load_pack
from gongbi.core.places import (
    children,
    locate,
    locate_many,
    place,
    place_codes,
    places,
    places_of_kind,
    unit,
    unit_for,
    units,
    units_under,
)
from gongbi.core.records import (
    ApplicationRecord,
    CityRecord,
    PersonRecord,
    PlaceRecord,
    UnitRecord,
    in_language,
)
from gongbi.core.scope import PostHeld, Scope, people_with, scope_of
from gongbi.core.sealed import seal, seal_bytes, unseal, unseal_bytes, unseal_many
from gongbi.core.touching import places_touching
from gongbi.core.webhooks.hearing import About
from gongbi.core.worktime import days_worked, deadline_after, promise_in_words, working_minutes

__all__ = [
    "CODE",
    "About",
    "ApplicationRecord",
    "CityRecord",
    "Fact",
    "Fault",
    "KeyRefused",
    "Known",
    "PackRefused",
    "PersonRecord",
    "PlaceRecord",
    "PostHeld",
    "Scope",
    "TooMany",
    "UnitRecord",
    "Unreadable",
    "application",
    "application_by_key",
    "check_pack",
    "children",
    "city",
    "days_worked",
    "deadline_after",
    "destroy_key",
    "in_language",
    "kept_folder",
    "load_pack",
    "locate",
    "locate_many",
    "make_application_key",
    "now",
    "pack_version",
    "people_with",
    "place",
    "place_codes",
    "places",
    "places_of_kind",
    "places_touching",
    "promise_in_words",
    "publish",
    "react_to",
    "read_csv_rows",
    "read_toml_with_lines",
    "scope_of",
    "seal",
    "seal_bytes",
    "unit",
    "unit_for",
    "units",
    "units_under",
    "unseal",
    "unseal_bytes",
    "unseal_many",
    "working_minutes",
]


def destroy_key(owner: str, *, actor: str) -> None:
    """Make an owner's words unreadable for ever, in every copy, and write that down."""
    keyring.destroy(owner)
    with transaction.atomic():
        publish(KeyDestroyed(owner=owner), subject=owner, actor=actor)

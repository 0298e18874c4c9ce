"""Core's door: all that the parts above may call. Records cross it, never models."""

from django.db import transaction

from gongbi.core import keyring
from gongbi.core.addresses import is_web_address
from gongbi.core.applications.counting import TooMany
from gongbi.core.applications.keys import (
    KeyRefused,
    application,
    application_by_key,
    make_application_key,
)
from gongbi.core.assets.access import assets_seen
from gongbi.core.assets.finding import (
    asset,
    asset_kinds,
    assets,
    assets_by_key,
    assets_near,
    assets_said,
    assets_standing,
    metres_from,
)
from gongbi.core.cells import unarmed
from gongbi.core.city import city, pack_stamp, pack_version
from gongbi.core.clock import now
from gongbi.core.events import KeyDestroyed
from gongbi.core.files.checking import FileOwed, owe_check
from gongbi.core.holding import forget_kept, held, holding, kept
from gongbi.core.journal import Fact, Told, lines_about, publish, publish_many, react_to
from gongbi.core.keyring import KeyDestroyed as KeyGone
from gongbi.core.messages.letters import MAIL, SMS, Letter, Owed
from gongbi.core.messages.owing import owe_messages, ways_out
from gongbi.core.modes import mode_name, modes_then
from gongbi.core.nav import nav_number
from gongbi.core.not_there import NotThere
from gongbi.core.nul import no_nul
from gongbi.core.once import done_once, once_a_form
from gongbi.core.pack_diff import compare as pack_changes
from gongbi.core.pack_files import (
    CODE,
    Fault,
    Known,
    Unreadable,
    read_csv_rows,
    read_toml_with_lines,
)
from gongbi.core.pack_said import calendars_in, units_in
from gongbi.core.packs import PackRefused, check_pack, kept_folder, load_pack
from gongbi.core.packs import digest as pack_digest
from gongbi.core.places import (
    children,
    frame,
    locate,
    locate_many,
    place,
    place_codes,
    places,
    places_of_kind,
    standing_unit,
    unit,
    unit_for,
    unit_named,
    unit_seats,
    units,
    units_called,
    units_over,
    units_under,
    widest_units,
)
from gongbi.core.records import (
    ApplicationRecord,
    AssetKindRecord,
    AssetRecord,
    CityRecord,
    PersonRecord,
    PlaceRecord,
    UnitRecord,
    in_language,
)
from gongbi.core.scope import PostHeld, Scope, people_of_unit, people_with, scope_of
from gongbi.core.sealed import (
    delete_sealed,
    seal,
    seal_bytes,
    seal_many,
    unseal,
    unseal_bytes,
    unseal_many,
)
from gongbi.core.touching import places_touching
from gongbi.core.unique import the_one
from gongbi.core.units import unit_words
from gongbi.core.webhooks.hearing import About
from gongbi.core.worktime import (
    days_worked,
    deadline_after,
    ladder_of,
    promise_in_words,
    working_minutes,
)

__all__ = [
    "CODE",
    "MAIL",
    "SMS",
    "About",
    "ApplicationRecord",
    "AssetKindRecord",
    "AssetRecord",
    "CityRecord",
    "Fact",
    "Fault",
    "FileOwed",
    "KeyGone",
    "KeyRefused",
    "Known",
    "Letter",
    "NotThere",
    "Owed",
    "PackRefused",
    "PersonRecord",
    "PlaceRecord",
    "PostHeld",
    "Scope",
    "Told",
    "TooMany",
    "UnitRecord",
    "Unreadable",
    "application",
    "application_by_key",
    "asset",
    "asset_kinds",
    "assets",
    "assets_by_key",
    "assets_near",
    "assets_said",
    "assets_seen",
    "assets_standing",
    "calendars_in",
    "check_pack",
    "children",
    "city",
    "days_worked",
    "deadline_after",
    "delete_sealed",
    "destroy_key",
    "done_once",
    "forget_kept",
    "frame",
    "held",
    "holding",
    "in_language",
    "is_web_address",
    "kept",
    "kept_folder",
    "ladder_of",
    "lines_about",
    "load_pack",
    "locate",
    "locate_many",
    "make_application_key",
    "metres_from",
    "mode_name",
    "modes_then",
    "nav_number",
    "no_nul",
    "now",
    "once_a_form",
    "owe_check",
    "owe_messages",
    "pack_changes",
    "pack_digest",
    "pack_stamp",
    "pack_version",
    "people_of_unit",
    "people_with",
    "place",
    "place_codes",
    "places",
    "places_of_kind",
    "places_touching",
    "promise_in_words",
    "publish",
    "publish_many",
    "react_to",
    "read_csv_rows",
    "read_toml_with_lines",
    "scope_of",
    "seal",
    "seal_bytes",
    "seal_many",
    "secret_for",
    "standing_unit",
    "the_one",
    "unarmed",
    "unit",
    "unit_for",
    "unit_named",
    "unit_seats",
    "unit_words",
    "units",
    "units_called",
    "units_in",
    "units_over",
    "units_under",
    "unseal",
    "unseal_bytes",
    "unseal_many",
    "ways_out",
    "widest_units",
    "working_minutes",
]


def destroy_key(owner: str, *, actor: str) -> None:
    """Make an owner's words unreadable for ever, in every copy, and write that down."""
    keyring.destroy(owner)
    with transaction.atomic():
        publish(KeyDestroyed(owner=owner), subject=owner, actor=actor)


def secret_for(purpose: str) -> bytes:
    """The installation's key for one purpose, 32 bytes: it lies in the keyring, not in a table."""
    return keyring.key_for(purpose)

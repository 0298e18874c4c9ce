"""Replay's door: play a feed, and write the small city pack it needs."""

from pathlib import Path

from gongbi.feeds.public import Mapping
from gongbi.replay import pack_metro, pack_tainan
from gongbi.replay.account import Reconciliation
from gongbi.replay.doors import Doors, Stopped
from gongbi.replay.playing import replay

__all__ = ["Doors", "NoPack", "Reconciliation", "Stopped", "pack_for", "replay"]


class NoPack(Exception):
    """There is no recipe for a pack of that feed; the sentence names those there are."""


def pack_for(mapping: Mapping, data: Path, folder: Path) -> None:
    """Write the city pack that a shipped feed needs into a folder."""
    if mapping.name == "shanghai_metro":
        pack_metro.write_pack(mapping, data, folder)
    elif mapping.name == "tainan_hotline":
        pack_tainan.write_pack(mapping, folder)
    else:
        raise NoPack(
            f"No pack can be drawn for {mapping.name!r}, only for shanghai_metro and "
            "tainan_hotline; write one as docs/city-pack.md says."
        )

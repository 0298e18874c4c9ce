"""The asset a report names in its words, confirmed by the register near the place it told."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from gongbi.cases import assets
from gongbi.cases.intake import Understood
from gongbi.core.public import (
    AssetKindRecord,
    AssetRecord,
    asset_kinds,
    assets_by_key,
    metres_from,
    place,
    places,
)
from gongbi.kernel.assets.naming import Candidate, Kind, Known, Namer, settle


def with_asset(said: Understood) -> Understood:
    """The report with the asset its words name, unless the sender named one.

    A code that the register does not know near by is kept as that: its kind, not what was written.
    """
    kinds = asset_kinds() if said.from_person and said.asset is None else ()
    if not kinds:
        return said
    signal = said.signal
    candidates = _namer(kinds).candidates(f"{signal.words} {signal.place_words}")
    if not candidates:
        return said
    rows = _looked_up(candidates)
    named = settle(candidates, _known(rows, said))
    if named.id is None:
        why = {"by": "words", "unknown": named.kind} if named.kind else None
        return replace(said, asset_why=why)
    found = next(row for row in rows if row.id == named.id)
    return _at(said, found, named.said)


def _at(said: Understood, found: AssetRecord, words: str) -> Understood:
    why: dict[str, Any] = assets.why_of(found, said.signal.lon, said.signal.lat, by="words") or {}
    signal = assets.at_asset(said.signal, found)
    here = place(signal.place) if signal.place else None
    if here is not None:
        said = replace(said, place=here, place_path=here.path)
    return replace(said, signal=signal, asset=found, asset_why=why | {"said": words})


@lru_cache(maxsize=4)
def _namer(kinds: tuple[AssetKindRecord, ...]) -> Namer:
    return Namer(
        Kind(one.code, (*one.words, *filter(None, (one.name_en, one.name_zh))), one.shapes)
        for one in kinds
    )


def _looked_up(candidates: tuple[Candidate, ...]) -> list[AssetRecord]:
    return assets_by_key({one.kind for one in candidates}, {one.key for one in candidates})


def _known(rows: list[AssetRecord], said: Understood) -> list[Known]:
    """The rows as they lie to what was reported: metres from its point, or inside its place."""
    lon, lat = said.signal.lon, said.signal.lat
    narrow = lon is None and said.place is not None and bool(said.place.parent)
    paths = places(row.place for row in rows if row.place) if narrow and rows else {}
    return [
        Known(
            row.id,
            row.kind,
            row.key,
            metres_from(row, lon, lat),
            _inside(paths[row.place].path, said) if row.place in paths else None,
        )
        for row in rows
    ]


def _inside(path: str, said: Understood) -> bool:
    return path.startswith(said.place_path)

"""Names of types, places and units as people type them: few thousand, kept in memory folded."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gongbi.cases.models import CaseType
from gongbi.core.public import pack_version, places_of_kind, units_under
from gongbi.kernel.cases.pieces import plain

KINDS = ("district", "subdistrict", "grid", "quarter")
MOST = 20  # places or units one word may mean


@dataclass(frozen=True, slots=True)
class Meant:
    """What one word may mean besides itself: types by code, places by path, units by code."""

    types: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.types or self.places or self.units)


@dataclass(frozen=True, slots=True)
class _Names:
    types: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


def meant_by(word: str) -> Meant:
    """Types, places and units whose name in either language holds a word; shortest names first."""
    names = _names(pack_version())
    return Meant(
        *(_holding(rows, plain(word)) for rows in (names.types, names.places, names.units))
    )


def forget_names() -> None:
    """Read them anew: for whoever changes them without loading a pack."""
    _names.cache_clear()


def _holding(rows: Iterable[tuple[str, str]], word: str) -> tuple[str, ...]:
    found = [(len(name), code) for name, code in rows if word in name]
    return tuple(dict.fromkeys(code for _, code in sorted(found)))[:MOST]


@lru_cache(maxsize=1)
def _names(_pack: int) -> _Names:
    """Read once a pack; the number of the pack is the key."""
    types = CaseType.objects.filter(in_force=True)
    return _Names(
        _both((one.code, one.name_en, one.name_zh) for one in types),
        _both(
            (one.path, one.name_en, one.name_zh) for kind in KINDS for one in places_of_kind(kind)
        ),
        _both((one.code, one.name_en, one.name_zh) for one in units_under("/")),
    )


def _both(rows: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((plain(name), code) for code, *names in rows for name in names if name)

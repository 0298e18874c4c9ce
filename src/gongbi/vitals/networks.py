"""networks.csv: what is laid through places, section by section: pipes, lines, rivers."""

import csv
from collections.abc import Iterator
from pathlib import Path

from gongbi.core.public import Fault, Known, PlaceRecord

NETWORKS = "networks.csv"
COLUMNS = ("network", "place", "next", "km")


def check_networks(folder: Path, known: Known) -> list[Fault]:
    """Faults of networks.csv; a city may have none."""
    if not (folder / NETWORKS).exists():
        return []
    faults = []
    with (folder / NETWORKS).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            return [Fault(NETWORKS, 1, f"It lacks the column {', '.join(missing)}.")]
        for number, row in enumerate(reader, 2):
            faults += [Fault(NETWORKS, number, why) for why in _troubles(row, known)]
    return faults


def _troubles(row: dict[str, str], known: Known) -> Iterator[str]:
    if not row["network"]:
        yield "The section names no network."
    if row["place"] not in known.places:
        yield f"The place {row['place']!r} is no place of this pack."
    if row["next"] and row["next"] not in known.places:
        yield f"The next place {row['next']!r} is no place of this pack."
    try:
        fine = float(row["km"] or 0) >= 0
    except ValueError:
        fine = False
    if not fine:
        yield f"km {row['km']!r} must be a number, 0 or more."


class Networks:
    """Sections by network, and the places they lie in."""

    def __init__(self, sections: list[dict[str, str]], places: dict[str, PlaceRecord]) -> None:
        self.places = places
        self.sections: dict[str, list[dict[str, str]]] = {}
        for row in sections:
            self.sections.setdefault(row["network"], []).append(row)

    def km(self, network: str, place: PlaceRecord) -> float:
        """Kilometres of the sections that begin at or below a place."""
        rows = self.sections.get(network, [])
        return sum(float(row["km"] or 0) for row in rows if self._is_in(row["place"], place))

    def _is_in(self, code: str, place: PlaceRecord) -> bool:
        return code in self.places and self.places[code].path.startswith(place.path)

    def downstream(self, network: str, code: str) -> list[str]:
        """Codes of a place and of all that its sections lead to, in order; circles end."""
        ways: dict[str, list[str]] = {}
        for row in self.sections.get(network, []):
            ways.setdefault(row["place"], []).append(row["next"])
        found, ahead = list[str](), [code] if code in ways else []
        while ahead:
            one = ahead.pop()
            if one and one not in found:
                found.append(one)
                ahead += ways.get(one, [])
        return sorted(found)


def read_sections(folder: Path) -> list[dict[str, str]]:
    """Sections of a checked pack."""
    if not (folder / NETWORKS).exists():
        return []
    with (folder / NETWORKS).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def names_of(folder: Path) -> set[str]:
    """Networks a pack has, as far as the file can be read."""
    try:
        return {row.get("network", "") for row in read_sections(folder)}
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()

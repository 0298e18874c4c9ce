"""asset_kinds.toml and assets.csv of a city pack; both may be left out."""

from pathlib import Path

from gongbi.core.assets.kinds import check_kinds, load_kinds
from gongbi.core.assets.loading import load_assets
from gongbi.core.assets.rows import Codes, read_lines
from gongbi.core.pack_files import Fault, Known, Unreadable
from gongbi.core.places import forget_areas

FILE = "assets.csv"


class AssetsRefused(Exception):
    """What only the loaded places and rows show: outside the city, or twice in the file."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"The register has {len(faults)} faults.")
        self.faults = faults


def check_assets(folder: Path, known: Known) -> list[Fault]:
    """Faults of the kinds and of every row; fills in the codes of kinds."""
    faults = check_kinds(folder, known)
    if not (folder / FILE).exists():
        return faults
    codes = Codes(*(frozenset(some) for some in (known.asset_kinds, known.units, known.places)))
    try:
        for line in read_lines(folder / FILE, codes):
            if line.values is None:
                faults.append(Fault(FILE, line.number, line.reason))
    except Unreadable as error:
        faults.append(error.fault)
    return faults


def load(folder: Path) -> None:
    """Write both from a checked pack. The file is whole for the kinds it names."""
    load_kinds(folder)
    if not (folder / FILE).exists():
        return
    refused: list[Fault] = []
    load_assets(folder / FILE, by="system:pack", whole=True, refused=refused.append)
    forget_areas()  # should the load be undone, its number is given to another pack
    if refused:
        raise AssetsRefused(refused)

"""Draw the paper's fonts from an npm package: by name, version and digest, from no address.

Noto Sans SC, regular and bold, cut down to the characters of GB 2312 and Latin, so that a PDF
looks the same on every machine. ``npm pack`` asks whichever registry the machine is set to. Needs
fontTools (``pip install fonttools==4.68.0``), which the product itself does not.
``--check`` sees that the files on disk are still those of the table, and needs nothing.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parents[1] / "src" / "gongbi" / "desk" / "fonts"
NAME, VERSION = "@expo-google-fonts/noto-sans-sc", "0.4.3"
ARCHIVE_SHA256 = "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59"
# file here: (file in the package, SHA-256 of what lies here)
FILES = {
    "NotoSansSC-Regular.ttf": (
        "package/400Regular/NotoSansSC_400Regular.ttf",
        "7fc99171ef7c3cfb0e7a40e004f1b15eb05143b0654b46ddea37589124d028db",
    ),
    "NotoSansSC-Bold.ttf": (
        "package/700Bold/NotoSansSC_700Bold.ttf",
        "ceba3ed5a496a8636741a4c62c41679ad24e085c73c5fa4ba1476575c73a92a3",
    ),
    "OFL.txt": (
        "package/LICENSE_FONT",
        "1c05c68c34f9708415aada51f17e1b0092d2cea709bf4a94cd38114f9e73d7d9",
    ),
}
LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2040))
SIGNS = "←↑→↓≤≥≠≈−×÷±▲▼●○…℃‰λ½¼¾"


def characters() -> set[int]:
    """Every character of GB 2312, Latin letters, and the signs of our papers."""
    found = {*LATIN, *map(ord, SIGNS)}
    for high in (*range(0xA1, 0xAA), *range(0xB0, 0xF8)):
        for low in range(0xA1, 0xFF):
            found |= set(map(ord, bytes([high, low]).decode("gb2312", "ignore")))
    return found


def cut(source: Path, target: Path) -> None:
    """Write a font with our characters only, without hints; its name table keeps the licence."""
    from fontTools import subset  # a tool of the workshop, not of the product

    options = subset.Options(hinting=False, notdef_outline=True, recalc_timestamp=False)
    options.layout_features = ["kern", "tnum", "lnum", "locl", "ccmp", "mark"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = subset.load_font(str(source), options)
    drawn = subset.Subsetter(options)
    drawn.populate(unicodes=characters())
    drawn.subset(font)
    subset.save_font(font, str(target), options)


def fetch(into: Path) -> Path:
    """Download the archive and refuse it unless its digest is the pinned one."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{NAME}@{VERSION}"],
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    [archive] = into.glob("*.tgz")
    if _digest(archive) != ARCHIVE_SHA256:
        raise SystemExit(f"{NAME} {VERSION} is not the package pinned in tools/vendor_fonts.py.")
    return archive


def draw() -> None:
    """Make the fonts anew."""
    HOME.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fetch(Path(folder))) as packed:
            packed.extractall(folder, filter="data")
        for name, (inside, _) in FILES.items():
            if name.endswith(".ttf"):
                cut(Path(folder) / inside, HOME / name)
            else:
                (HOME / name).write_bytes((Path(folder) / inside).read_bytes())
            print(f'"{name}": {_digest(HOME / name)}')


def faults() -> list[str]:
    """Files that are not those of the table."""
    return [
        name
        for name, (_, digest) in FILES.items()
        if not (HOME / name).exists() or _digest(HOME / name) != digest
    ]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    if not arguments.parse_args().check:
        draw()
    bad = faults()
    for name in bad:
        sys.stderr.write(f"{name} is not the file of the table in tools/vendor_fonts.py.\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

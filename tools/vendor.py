"""Fetch the browser libraries the page kit carries: by name, version and digest, from no address.

``npm pack`` asks whichever registry the machine is set to; the digest says whether it is the same
package. Run ``python tools/vendor.py`` to repeat what lies in the repository, ``--check`` to see
that the files on disk are still those of the table.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HOME = (
    Path(__file__).resolve().parents[1] / "src" / "gongbi" / "core" / "static" / "core" / "vendor"
)


@dataclass(frozen=True)
class Library:
    """One pinned npm package and the few of its files that pages load."""

    name: str
    version: str
    sha256: str
    files: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where its files lie: the version is in the path, so caches never serve an old one."""
        return HOME / f"{self.name}-{self.version}"


LIBRARIES = (
    Library(
        "htmx.org",
        "2.0.11",
        "165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e",
        ("LICENSE", "dist/htmx.min.js"),
    ),
    Library(
        "maplibre-gl",
        "6.17.0",
        "587807d8d6c99349022e027fa310c16cfaa55392131f6263df080306db6809b0",
        (
            "LICENSE.txt",
            "dist/maplibre-gl.mjs",
            "dist/maplibre-gl-worker.mjs",
            "dist/maplibre-gl.css",
        ),
    ),
    Library(
        "echarts",
        "6.1.0",
        "681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481",
        ("LICENSE", "NOTICE", "licenses/LICENSE-d3", "dist/echarts.common.min.js"),
    ),
)


def fetch(library: Library, into: Path) -> Path:
    """Download the package's archive and refuse it unless its digest is the pinned one."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{library.name}@{library.version}"],
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = into / f"{library.name}-{library.version}.tgz"
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != library.sha256:
        raise SystemExit(
            f"{library.name} {library.version} has digest {found}, but {library.sha256} is pinned "
            "in tools/vendor.py: check what was published before trusting it."
        )
    return archive


# npm ships source maps only beside the files, and a dangling reference is a failed request a page.
def without_map_reference(body: bytes) -> bytes:
    """The file without its last ``sourceMappingURL`` line."""
    lines = body.rstrip(b"\n").split(b"\n")
    if b"sourceMappingURL=" in lines[-1]:
        lines.pop()
    return b"\n".join(lines) + b"\n"


def unpack(library: Library, archive: Path) -> None:
    """Copy the chosen files, flat, into the library's own folder."""
    library.folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as packed:
        for name in library.files:
            member = packed.extractfile(f"package/{name}")
            if member is None:
                raise SystemExit(f"{library.name} {library.version} has no file {name}.")
            (library.folder / Path(name).name).write_bytes(without_map_reference(member.read()))


def missing() -> list[str]:
    """Files of the table that are not on disk."""
    wanted = (lib.folder / Path(name).name for lib in LIBRARIES for name in lib.files)
    return [str(path.relative_to(HOME)) for path in wanted if not path.is_file()]


def main() -> int:
    """Fetch everything, or only look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files are absent")
    if parser.parse_args().check:
        absent = missing()
        print("\n".join(absent) or "All browser libraries are in place.")
        return bool(absent)
    with tempfile.TemporaryDirectory() as folder:
        for library in LIBRARIES:
            unpack(library, fetch(library, Path(folder)))
            print(f"{library.name} {library.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

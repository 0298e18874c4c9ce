"""From what an officer brings to a whole pack on disk: the one in force, with some files changed.

A single file takes the place of the file of that name; a ZIP is a whole pack. Nothing leaves the
folder of the draft: a name that could is refused before anything is written.
"""

import lzma
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from gongbi.cases.errors import Refused
from gongbi.core.public import kept_folder, pack_version

RULES = ("routes.toml", "case_types.toml", "calendars.toml")
MOST_BYTES = 256 * 2**20
MOST_FILES = 500
LEFT_SECONDS = 3600.0
NOT_LOADED = "simulation.parquet"
"""Loading leaves it behind; a trial with it would be of another pack than the one loaded."""
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),  # unknown methods, passwords, names
)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}(/[A-Za-z0-9][\w.-]{0,63}){0,3}", re.ASCII)
Files = Mapping[str, bytes]


def folder_of(uuid: object) -> Path:
    """Where the files of a rehearsal lie."""
    return _home() / str(uuid)


def _home() -> Path:
    return Path(settings.GONGBI_DATA) / "rehearsals"


def rules_in_force() -> dict[str, str]:
    """The text of each rules' file of the pack in force."""
    folder = kept_folder(pack_version())
    files = {name: folder / name for name in RULES}
    return {name: file.read_text("utf-8-sig") for name, file in files.items() if file.exists()}


def changed(said: Mapping[str, str]) -> dict[str, bytes]:
    """Texts that differ from those in force; browsers send each line's end in two characters."""
    known = rules_in_force()
    plain = {name: text.replace("\r\n", "\n") for name, text in said.items()}
    return {
        name: text.encode()
        for name, text in plain.items()
        if text.strip() != known.get(name, "").replace("\r\n", "\n").strip()
    }


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP, without the folder they all lie in; Refused says what is wrong."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            _check_size(entries)
            found = {one.filename: archive.read(one) for one in entries if _counts(one.filename)}
    except BROKEN as error:
        raise Refused(_("The ZIP cannot be read; pack it anew, without a password.")) from error
    tops = {name.partition("/")[0] for name in found}
    inside = len(tops) == 1 and all("/" in name for name in found)
    return {(name.partition("/")[2] if inside else name): said for name, said in found.items()}


def _counts(name: str) -> bool:
    """Some systems add files of their own to an archive."""
    parts = name.split("/")
    return not (parts[0] == "__MACOSX" or parts[-1] == ".DS_Store")


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise Refused(
            _("The ZIP holds more than %(files)d files or %(size)d MB; a pack is smaller.")
            % {"files": MOST_FILES, "size": MOST_BYTES // 2**20}
        )


def check_names(names: Iterable[str], *, any_file: bool) -> None:
    """Refuse a name that leaves the folder, and files this person may not change."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise Refused(_("%(name)r is no name of a file of a pack.") % {"name": name[:80]})
        if name not in RULES and not any_file:
            raise Refused(
                _("You may change %(rules)s; %(name)s is changed by who keeps the house.")
                % {"rules": ", ".join(RULES), "name": name}
            )


def draft(folder: Path, files: Files, *, whole: bool) -> None:
    """Write a pack: these files alone, or over a copy of the pack in force."""
    shutil.rmtree(folder, ignore_errors=True)
    if whole:
        folder.mkdir(parents=True)
    else:
        shutil.copytree(kept_folder(pack_version()), folder)
    for name, content in files.items():
        if name != NOT_LOADED:
            _write(folder / name, name, content)


def _write(target: Path, name: str, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise Refused(
            _("%(name)s is a file and a folder at once; a pack has the one or the other.")
            % {"name": name}
        ) from error


def sweep(known: Collection[str]) -> None:
    """Delete drafts of which nothing was written down, an hour after they were last touched.

    Files have the machine's time, whichever time the city plays.
    """
    for folder in list(_home().glob("*")):
        if folder.name not in known and folder.stat().st_mtime < time.time() - LEFT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)

"""Compile every part's words: django.po → django.mo, so that a city needs no gettext installed."""

from pathlib import Path

import polib

SOURCE = Path(__file__).resolve().parents[1] / "src" / "gongbi"


def compile_words(source: Path = SOURCE) -> list[Path]:
    """Write a .mo beside each .po; returns those that changed."""
    changed = []
    for po in sorted(source.rglob("*.po")):
        binary = polib.pofile(str(po)).to_binary()
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.read_bytes() != binary:
            mo.write_bytes(binary)
            changed.append(mo)
    return changed


if __name__ == "__main__":
    for path in compile_words():
        print(path.relative_to(SOURCE.parents[1]))

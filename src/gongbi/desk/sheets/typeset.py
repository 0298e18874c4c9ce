"""Labels as PDF: three by eight on A4, which is what sheets of stickers have."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import typst

from gongbi.core.public import city
from gongbi.desk.sheets.labels import Label

HERE = Path(__file__).parent
FONTS = HERE.parent / "fonts"
LAYOUT = HERE / "sheet.typ"


def to_pdf(found: Sequence[Label]) -> bytes:
    """A PDF of the labels, in their order."""
    made = draw(found, "pdf")
    assert isinstance(made, bytes)
    return made


def draw(found: Sequence[Label], form: Literal["pdf", "png"]) -> bytes | list[bytes]:
    """The sheets in a form; as pictures (200 dots an inch) one each."""
    with tempfile.TemporaryDirectory(prefix="gongbi-sheet-") as folder:
        root = Path(folder)
        said = {"city_en": city().name_en, "city_zh": city().name_zh,
                "labels": [_laid(one, n, root) for n, one in enumerate(found)]}  # fmt: skip
        (root / "sheet.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        (root / "sheet.typ").write_bytes(LAYOUT.read_bytes())
        return typst.compile(
            root / "sheet.typ", root=root, font_paths=[FONTS], format=form, ppi=200.0
        )


def _laid(one: Label, number: int, root: Path) -> dict[str, str]:
    """A label with its square code as a file, since Typst reads images by name."""
    name = f"code-{number}.svg"
    (root / name).write_text(one.svg, "utf-8")
    return {"code": one.code, "en": one.kind_en, "zh": one.kind_zh, "file": name}

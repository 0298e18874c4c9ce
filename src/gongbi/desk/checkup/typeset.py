"""The paper as PDF, by Typst from the same blocks and charts, with the fonts that we bring."""

import json
import tempfile
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language

HERE = Path(__file__).parent
FONTS = HERE.parent / "fonts"
LAYOUT = HERE / "paper.typ"


def to_pdf(paper: dict[str, Any], *, foot: str) -> bytes:
    """A PDF of the paper; ``foot`` stands at the bottom of each page."""
    with tempfile.TemporaryDirectory(prefix="gongbi-paper-") as folder:
        root = Path(folder)
        laid = _charts_apart(paper, root)
        laid |= {"foot": foot, "language": (get_language() or "en").split("-")[0]}
        laid["page_of"] = "/"
        (root / "paper.json").write_text(json.dumps(laid, ensure_ascii=False), "utf-8")
        (root / "paper.typ").write_bytes(LAYOUT.read_bytes())
        made = typst.compile(
            root / "paper.typ",
            root=root,
            font_paths=[FONTS],
            # A rare character of a name is better in the machine's own font than not at all.
            ignore_system_fonts=_in_our_fonts(paper),
            format="pdf",
        )
    assert isinstance(made, bytes)
    return made


def _in_our_fonts(paper: dict[str, Any]) -> bool:
    """Whether every character is of GB 2312 or Latin, which the fonts here hold."""
    text = json.dumps(paper, ensure_ascii=False)
    rare = {one for one in text if ord(one) >= 0x2E80}
    return all(one.encode("gb2312", "ignore") for one in rare)


def _charts_apart(paper: Any, root: Path, told: list[int] | None = None) -> Any:
    """The same blocks with each chart as a file and its name, since Typst reads images by name."""
    told = [] if told is None else told
    if isinstance(paper, list):
        return [_charts_apart(one, root, told) for one in paper]
    if not isinstance(paper, dict):
        return paper
    laid = {key: _charts_apart(value, root, told) for key, value in paper.items()}
    if "svg" in laid:
        told.append(len(told))
        name = f"chart-{len(told)}.svg"
        (root / name).write_text(laid.pop("svg"), "utf-8")
        laid["file"] = name
    return laid

"""What a file is by its first bytes, whatever its name says; and what its text is written in."""

from collections.abc import Iterable

from gongbi.feeds.records import FileRefused

ENCODINGS = ("utf-8-sig", "gb18030", "big5", "cp950", "utf-16")
# (first bytes, what it is, the format that reads it, else what to do)
KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a workbook (.xlsx) or another zip", "xlsx"),
    (b"PAR1", "a Parquet file", "parquet"),
    (b"\xd0\xcf\x11\xe0", "an old .xls workbook, or one locked by a password", ""),
    (b"%PDF", "a PDF", ""),
    (b"\x1f\x8b", "packed with gzip", ""),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"Rar!", "packed with RAR", ""),
    (b"7z\xbc\xaf", "packed with 7-Zip", ""),
)
MAGIC = {"xlsx": b"PK", "parquet": b"PAR1"}
WORDS = {"csv": "CSV", "xlsx": "an .xlsx workbook", "jsonl": "JSON lines", "parquet": "Parquet"}
REMEDY = "Export it as .xlsx, or as CSV in UTF-8."


def refuse_other_kinds(content: bytes, wanted: str) -> None:
    """FileRefused when the file is empty, or plainly of another kind than the mapping says."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise FileRefused("The file is empty.", "Export or copy it again.")
    if content.startswith(MAGIC.get(wanted, b"\xff\x00no magic")):
        return
    kind, reads = _kind(content)
    if not kind and wanted not in MAGIC:
        return
    if not kind and MAGIC.get(wanted):
        kind, reads = "text" if _is_text(content) else "something else", ""
    remedy = f'If that is meant, write format = "{reads}".' if reads else REMEDY
    if kind == "text":
        remedy = 'If that is meant, write format = "csv".'
    raise FileRefused(f"By the mapping the file is {WORDS[wanted]}, but it is {kind}.", remedy)


def _kind(content: bytes) -> tuple[str, str]:
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind, reads in KINDS:
        if content.startswith(magic):
            return kind, reads
    if head[:1] == b"<":
        return "a web page or XML, as some systems write under the name .xls", ""
    return "", ""


def _is_text(content: bytes) -> bool:
    return b"\x00" not in content[:4096]


def decoded(content: bytes, encoding: str) -> str:
    """The text, or FileRefused with the row where it stops being in that encoding."""
    name = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        if error.start >= len(content) - 4 and _decodes(content[: error.start], name):
            raise FileRefused(
                "The file breaks off in the middle of a letter.", "Copy it again, whole.", row
            ) from error
        other = next((one for one in ENCODINGS if one != name and _decodes(content, one)), "")
        hint = f'It reads as {other}; write encoding = "{other}".' if other else ""
        raise FileRefused(
            f"From row {row} on the file is not {encoding}.", hint or "Save it as UTF-8.", row
        ) from error


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        text = content.decode(encoding)
    except UnicodeError:
        return False
    return not any("\ue000" <= c <= "\uf8ff" for c in text[:100_000])


def need_columns(needed: Iterable[str], heading: Iterable[str], row: int, hint: str = "") -> None:
    """FileRefused when the heading lacks a column the mapping names, or has it twice."""
    there, wanted = list(heading), list(needed)
    missing = [name for name in wanted if name not in there]
    if missing:
        has = ", ".join(repr(name) for name in there[:30] if name) or "no names at all"
        raise FileRefused(
            f"The heading lacks the column {', '.join(map(repr, missing))}; it has {has}.",
            hint or "Change the mapping's column names, or its heading_row.",
            row=row,
        )
    twice = [name for name in dict.fromkeys(wanted) if there.count(name) > 1]
    if twice:
        raise FileRefused(
            f"The heading has {', '.join(map(repr, twice))} more than once, so it cannot be told "
            "which is meant.",
            "Rename one of them in the file; if the names of two rows belong together, "
            "write heading_rows = 2.",
            row=row,
        )

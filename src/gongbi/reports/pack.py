"""What reports reads from a city pack: answers.toml (written answers) and call_tree.toml.

Both may be missing: a city without them has a desk that knows cases only.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from gongbi.core.public import CODE, Fault, Known, Unreadable, read_toml_with_lines
from gongbi.reports.hotline.models import AnswerText, NightLine

ANSWERS, LINES = "answers.toml", "call_tree.toml"
ANSWER_KEYS = frozenset({
    "code", "title_en", "title_zh", "words", "text_en", "text_zh", "source", "valid_until",
})  # fmt: skip
LINE_KEYS = frozenset({
    "code", "order", "name_en", "name_zh", "phone", "types", "groups", "places", "hours",
    "weekdays",
})  # fmt: skip
Row = dict[str, Any]
Trouble = tuple[str, str]


def check(folder: Path, known: Known) -> list[Fault]:
    """Every fault in the two files."""
    return [
        *_check(folder / ANSWERS, "answer", ANSWER_KEYS, _answer_troubles),
        *_check(folder / LINES, "line", LINE_KEYS, lambda row: _line_troubles(row, known)),
    ]


def load(folder: Path, version: int) -> None:
    """Write answers and lines from a checked pack, inside the caller's transaction."""
    _load_answers(_rows(folder / ANSWERS, "answer"), version)
    NightLine.objects.all().delete()
    NightLine.objects.bulk_create(_line(row) for row in _rows(folder / LINES, "line"))


def _check(
    path: Path, table: str, keys: frozenset[str], troubles: Callable[[Row], Iterator[Trouble]]
) -> list[Fault]:
    if not path.exists():
        return []
    try:
        said, line_of = read_toml_with_lines(path)
    except Unreadable as error:
        return [error.fault]
    rows = said.get(table, [])
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        return [Fault(path.name, 1, f"Write each {table} as a table of its own: [[{table}]].")]
    faults, seen = [], set()
    for index, row in enumerate(rows):
        found = [(key, f"Nobody knows the key {key!r}; use {', '.join(sorted(keys))}.")
                 for key in row if key not in keys]  # fmt: skip
        found += list(troubles(row))
        code = str(row.get("code", ""))
        if code in seen:
            found.append(("code", f"The code {code!r} stands here twice; give it another."))
        seen.add(code)
        faults += [Fault(path.name, line_of(table, index, key), why) for key, why in found]
    return faults


def _answer_troubles(row: Row) -> Iterator[Trouble]:
    yield from _code_troubles(row)
    if not (row.get("title_en") or row.get("title_zh")):
        yield "code", f"The answer {row.get('code')!r} has no title; give title_zh or title_en."
    if not (row.get("text_en") or row.get("text_zh")):
        yield "code", f"The answer {row.get('code')!r} says nothing; give text_zh or text_en."
    if not isinstance(row.get("valid_until", date.max), date):
        yield "valid_until", "valid_until is a date without quotes, such as 2027-06-30."


def _line_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    yield from _code_troubles(row)
    if not row.get("phone"):
        yield "code", f"The line {row.get('code')!r} has no phone."
    for key, have in (("types", known.case_types), ("places", known.places)):
        for code in row.get(key, []):
            if have and code not in have:
                yield key, f"There is no {key[:-1]} {code!r} in this pack."
    try:
        _minutes(row.get("hours"))
    except (ValueError, AttributeError):
        yield "hours", f"{row['hours']!r} are no hours; write them as 17:30-08:30."
    days = row.get("weekdays", [])
    if not (isinstance(days, list) and all(one in range(1, 8) for one in days)):
        yield "weekdays", "weekdays are numbers from 1 (Monday) to 7."


def _code_troubles(row: Row) -> Iterator[Trouble]:
    if not CODE.fullmatch(str(row.get("code", ""))):
        yield (
            "code",
            f"The code {row.get('code')!r} may hold a-z, 0-9 and '-' only, 32 at the most.",
        )


def _rows(path: Path, table: str) -> list[Row]:
    return list(read_toml_with_lines(path)[0].get(table, [])) if path.exists() else []


def _load_answers(rows: list[Row], version: int) -> None:
    """A row that did not change stays; another goes out of force and is kept for old calls."""
    here = {row.code: row for row in AnswerText.objects.filter(in_force=True)}
    wanted = {str(row["code"]): _answer(row) for row in rows}
    same = {
        code for code, fields in wanted.items()
        if code in here and all(getattr(here[code], k) == v for k, v in fields.items())
    }  # fmt: skip
    gone = [row.pk for code, row in here.items() if code not in same]
    AnswerText.objects.filter(pk__in=gone).update(in_force=False)
    AnswerText.objects.bulk_create(
        AnswerText(version=version, **fields)
        for code, fields in wanted.items()
        if code not in same
    )


def _answer(row: Row) -> Row:
    return {
        "code": row["code"],
        "title_en": row.get("title_en", ""),
        "title_zh": row.get("title_zh", ""),
        "words": list(row.get("words", [])),
        "text_en": row.get("text_en", "").strip(),
        "text_zh": row.get("text_zh", "").strip(),
        "source": row.get("source", ""),
        "valid_until": row.get("valid_until"),
    }


def _line(row: Row) -> NightLine:
    rule = {key: row[key] for key in ("types", "groups", "places", "weekdays") if key in row}
    minutes = _minutes(row.get("hours"))
    return NightLine(
        code=row["code"],
        order=row.get("order", 1),
        name_en=row.get("name_en", ""),
        name_zh=row.get("name_zh", ""),
        phone=row["phone"],
        rule=rule | ({"hours": minutes} if minutes else {}),
    )


def _minutes(said: str | None) -> list[int] | None:
    if said is None:
        return None
    found = []
    for part in said.split("-"):
        hour, _colon, minute = part.strip().partition(":")
        at = int(hour) * 60 + int(minute)
        if not 0 <= at <= 24 * 60:
            raise ValueError(part)
        found.append(at)
    if len(found) != 2 or found[0] == found[1]:
        raise ValueError(said)
    return found

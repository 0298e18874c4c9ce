"""causes.toml: which signs lead and which follow; its faults, and its rows in the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongbi.core.public import CODE, Fault, Unreadable, read_toml_with_lines
from gongbi.vitals.models import Cause

CAUSES = "causes.toml"
WORDS = ("code", "name_en", "name_zh", "leads", "follows", "within", "minutes", "why_en", "why_zh")
KEYS = (*WORDS, "waits", "wait_minutes")
KINDS = ("self", "building", "quarter", "grid", "subdistrict", "district", "city")
MOST_MINUTES = 24 * 60
MOST_WAIT_MINUTES = 30
Trouble = tuple[str, str]


def check_causes(folder: Path, signs: set[str]) -> list[Fault]:
    """Faults of causes.toml; a pack without one joins alerts of one sign only."""
    if not (folder / CAUSES).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / CAUSES)
    except Unreadable as error:
        return [error.fault]
    rows = said.get("cause", [])
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        return [Fault(CAUSES, 1, "Each cause begins with a line [[cause]].")]
    faults, codes = [], set[str]()
    for number, row in enumerate(rows):
        for key, why in [*_troubles(row, signs), *_twice(row, codes)]:
            faults.append(Fault(CAUSES, line_of("cause", number, key), why))
        codes.add(str(row.get("code")))
    return faults + [Fault(CAUSES, 1, why) for why in _circles(rows)]


def _troubles(row: dict[str, Any], signs: set[str]) -> Iterator[Trouble]:
    for key in sorted(set(row) - set(KEYS)):
        yield key, f"{key!r} is no key of a cause; the keys are {', '.join(KEYS)}."
    if not CODE.fullmatch(str(row.get("code", ""))):
        yield "code", f"The code {row.get('code')!r} may hold a-z, 0-9 and '-', 32 at the most."
    if not (row.get("name_en") or row.get("name_zh")):
        yield "name_en", f"The cause {row.get('code')!r} has no name."
    for key in ("leads", "follows"):
        yield from _troubles_of_signs(key, row.get(key), signs)
    if row.get("within") not in KINDS:
        yield "within", f"within is {row.get('within')!r}; choose from {', '.join(KINDS)}."
    minutes = row.get("minutes")
    if not (type(minutes) is int and 1 <= minutes <= MOST_MINUTES):
        yield "minutes", f"minutes must be a whole number from 1 to {MOST_MINUTES}."
    yield from _troubles_of_waits(row)


def _troubles_of_waits(row: dict[str, Any]) -> Iterator[Trouble]:
    wait, waits = row.get("wait_minutes", 0), row.get("waits", [])
    if not (type(wait) is int and 0 <= wait <= MOST_WAIT_MINUTES):
        yield (
            "wait_minutes",
            f"wait_minutes must be a whole number from 0 to {MOST_WAIT_MINUTES}: "
            "so long a case may come later.",
        )
    if not isinstance(waits, list) or set(_words(waits)) - set(_words(row.get("follows"))):
        yield "waits", "waits names signs of follows, whose alerts wait for what leads."
    elif bool(waits) != (wait != 0):
        yield "waits", "waits and wait_minutes go together: who waits, and how long."


def _troubles_of_signs(key: str, said: Any, signs: set[str]) -> Iterator[Trouble]:
    if not (isinstance(said, list) and said):
        yield key, f'{key} must name indicators, such as {key} = ["water-pressure"].'
        return
    for code in said:
        if code not in signs:
            yield key, f"There is no indicator {code!r} in indicators.toml."


def _twice(row: dict[str, Any], codes: set[str]) -> Iterator[Trouble]:
    if row.get("code") in codes:
        yield "code", f"{row['code']!r} stands here twice."


def _circles(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Two causes must not say that each of two signs explains the other."""
    pairs = {
        (lead, follow)
        for row in rows
        for lead in _words(row.get("leads"))
        for follow in _words(row.get("follows"))
        if lead != follow
    }
    for lead, follow in sorted(pairs):
        if lead < follow and (follow, lead) in pairs:
            yield (
                f"{lead} leads {follow} by one cause and follows from it by another; an alert "
                "would explain itself. Take one of the two out."
            )


def _words(said: Any) -> list[str]:
    return [word for word in said if isinstance(word, str)] if isinstance(said, list) else []


def load_causes(folder: Path) -> None:
    """Write the causes; those the pack no longer has stay, out of force, for their alerts."""
    file = folder / CAUSES
    rows = read_toml_with_lines(file)[0].get("cause", []) if file.exists() else []
    Cause.objects.update(in_force=False)
    fields = [field.name for field in Cause._meta.concrete_fields if not field.primary_key]
    found = [
        Cause(
            **{key: row.get(key, "") for key in WORDS},
            waits=row.get("waits", []),
            wait_minutes=row.get("wait_minutes", 0),
            position=number,
            in_force=True,
        )
        for number, row in enumerate(rows)
    ]
    Cause.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )

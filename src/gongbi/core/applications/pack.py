"""applications.csv: systems a city knows before any of them has a key."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from gongbi.core.applications.keys import KNOWN_SCOPES
from gongbi.core.models import Application
from gongbi.core.pack_files import CODE, Fault, Known, Unreadable, read_csv_rows

FILE = "applications.csv"
COLUMNS = (
    "name", "title_zh", "title_en", "purpose_zh", "purpose_en", "owner", "place", "scopes",
    "per_minute", "per_day", "contract_until", "contact",
)  # fmt: skip
TEXTS = {"title_zh": 120, "title_en": 120, "purpose_zh": 400, "purpose_en": 400, "contact": 120}


def check_applications(folder: Path, known: Known) -> list[Fault]:
    """Faults of applications.csv; a pack may do without it."""
    if not (folder / FILE).exists():
        return []
    try:
        rows = read_csv_rows(folder / FILE, COLUMNS)
    except Unreadable as error:
        return [error.fault]
    names: set[str] = set()
    found = []
    for line, row in rows:
        found += [Fault(FILE, line, reason) for reason in _reasons(row, known, names)]
        names.add(row["name"])
    return found


def _reasons(row: dict[str, str], known: Known, names: set[str]) -> Iterator[str]:
    if not CODE.fullmatch(row["name"]):
        yield f"The name {row['name']!r} is no code of a-z, 0-9 and '-'."
    if row["name"] in names:
        yield f"The application {row['name']!r} stands here twice."
    if row["owner"] not in known.units:
        yield f"The owner {row['owner']!r} is no unit of this pack."
    if row["place"] and row["place"] not in known.places:
        yield f"The place {row['place']!r} is no place of this pack."
    yield from _wrong_values(row)


def _wrong_values(row: dict[str, str]) -> Iterator[str]:
    for scope in set(row["scopes"].split()) - set(KNOWN_SCOPES) - {"ingest"}:
        yield f"The scope {scope!r} is not one of {', '.join(KNOWN_SCOPES)}, ingest."
    for field in ("per_minute", "per_day"):
        if not (row[field] or "0").isdecimal():
            yield f"{field} is {row[field]!r}; write a whole number, or nothing for no limit."
    for field, most in TEXTS.items():
        if len(row[field]) > most:
            yield f"{field} has {len(row[field])} characters; {most} are the most."
    if row["contract_until"] and _day(row["contract_until"]) is None:
        yield f"contract_until is {row['contract_until']!r}; write a day such as 2027-12-31."


def load_applications(folder: Path) -> None:
    """Enter what is new, renew what no person has changed; what is retired or absent stays."""
    if not (folder / FILE).exists():
        return
    known = {row.name: row for row in Application.objects.all()}
    fresh, renewed, at = [], [], timezone.now()
    for _line, row in read_csv_rows(folder / FILE, COLUMNS):
        found = known.get(row["name"])
        if found is None:
            found = Application(name=row["name"], made_at=at, made_by="pack")
            fresh.append(found)
        elif found.retired_at is None and found.changed_at is None:
            renewed.append(found)
        else:
            continue
        for field, value in _values(row).items():
            setattr(found, field, value)
    Application.objects.bulk_create(fresh, batch_size=200)
    Application.objects.bulk_update(renewed, [*_values({})], batch_size=100)


def _values(row: dict[str, str]) -> dict[str, Any]:
    return {
        **{field: row.get(field, "") for field in TEXTS},
        "owner_id": row.get("owner") or None,
        "place_id": row.get("place") or None,
        "scopes": sorted(row.get("scopes", "").split()),
        "per_minute": int(row.get("per_minute") or 0),
        "per_day": int(row.get("per_day") or 0),
        "contract_until": _day(row.get("contract_until", "")),
    }


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None

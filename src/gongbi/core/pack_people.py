"""people.csv: who has an account and which posts; a small town brings its own."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from gongbi.core.models import Person, Post
from gongbi.core.pack_files import CODE, Fault, Known, Unreadable, read_csv_rows
from gongbi.core.worktime import minutes_of

FILE = "people.csv"
COLUMNS = ("username", "name", "unit", "role", "place")


def check_people(folder: Path, known: Known) -> list[Fault]:
    """Faults of people.csv; a pack may do without it."""
    if not (folder / FILE).exists():
        return []
    try:
        rows = read_csv_rows(folder / FILE, COLUMNS)
    except Unreadable as error:
        return [error.fault]
    return [fault for line, row in rows for fault in _faults(line, row, known)]


def _faults(line: int, row: dict[str, str], known: Known) -> Iterator[Fault]:
    if not row["username"]:
        yield Fault(FILE, line, "The person has no username.")
    if row["unit"] not in known.units:
        yield Fault(FILE, line, f"The unit {row['unit']!r} is no unit of this pack.")
    if row["place"] not in known.places:
        yield Fault(FILE, line, f"The place {row['place']!r} is no place of this pack.")
    if row["role"] not in settings.ROLES:
        known_roles = ", ".join(settings.ROLES)
        yield Fault(FILE, line, f"The role {row['role']!r} is not one of {known_roles}.")

    yield from (Fault(FILE, line, reason) for reason in _able_faults(row))


def _able_faults(row: dict[str, str]) -> Iterator[str]:
    for skill in _skills(row) or ():
        if not CODE.fullmatch(skill):
            yield f"The skill {skill!r} may hold a-z, 0-9 and '-' only; part skills by ';'."
    if row.get("shift"):
        try:
            opens, closes = minutes_of(row["shift"])
        except ValueError:
            opens = closes = -1
        if not (0 <= opens < 1440 and 0 < closes <= 1440 and opens != closes):
            yield f"The shift {row['shift']!r} is no span of hours; write it as 22:00-06:00."


def _skills(row: dict[str, str]) -> list[str] | None:
    """Codes of what a person can do; None where the column is left out or empty: not known."""
    said = row.get("skills", "")
    return [one.strip() for one in said.split(";") if one.strip()] or None


def load_people(folder: Path) -> None:
    """Write accounts and posts. New accounts cannot sign in until a password is set for them."""
    if not (folder / FILE).exists():
        return
    for _, row in read_csv_rows(folder / FILE, COLUMNS):
        person, new = Person.objects.get_or_create(
            username=row["username"],
            defaults={
                "name": row["name"],
                "language": (row.get("language") or "zh-hans").lower(),
            },
        )
        if new:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        Post.objects.update_or_create(
            person=person,
            role=row["role"],
            unit_id=row["unit"],
            place_id=row["place"],
            defaults={"skills": _skills(row), "shift": row.get("shift", "")},
        )

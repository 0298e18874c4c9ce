"""One command to a living town: draw it, load it, make accounts, start it, play its day."""

import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from gongbi.config.accounts import make_account, make_player_keys
from gongbi.config.secrets import write_private
from gongbi.core.models import Person, Place, Post, Unit
from gongbi.core.public import load_pack, pack_version
from gongbi.generator.public import draw_city
from gongbi.vitals.public import enter_demo_event

PEOPLE, SEED = 50_000, 7
Told = Callable[[str], None]
# (username, name, role, kind of the unit): one person for each room of the house
CAST = (
    ("officer", "值班长 Duty officer", "duty_officer", "centre"),
    ("dispatcher", "派遣员 Dispatcher", "dispatcher", "centre"),
    ("supervisor", "督查员 Supervisor", "supervisor", "centre"),
    ("inspector", "督查室 Inspector", "supervisor", "oversight"),
    ("clerk", "话务员 Clerk", "clerk", "hotline"),
    ("lead", "供水班长 Water lead", "unit_lead", "water"),
    ("worker", "供水抢修 Water worker", "worker", "water"),
    ("keeper", "系统管理 Keeper", "keeper", "centre"),
)


SKILLS = {"worker": ["pipes"]}
ALSO = {"inspector": "unit_lead"}
"""Who hears complaints about the centre must also answer them: no unit outside it has anybody."""


def prepare(told: Told, *, people: int = PEOPLE, seed: int = SEED) -> dict[str, str]:
    """Everything a demo needs; a second run finds it there. Returns accounts and passwords."""
    data = Path(settings.GONGBI_DATA)
    call_command("migrate", verbosity=0)
    folder = data / "city"
    if not (folder / "simulation.parquet").exists():
        told(f"Drawing a town of {people:,} people …")
        draw_city(folder, people=people, seed=seed)
    if not pack_version():
        told("Loading its city pack …")
        load_pack(folder, by="demo")
    make_player_keys()
    enter_demo_event()
    return accounts(data)


def accounts(data: Path) -> dict[str, str]:
    """Usernames and their random passwords, made once and kept for the demo alone."""
    file = data / "demo_accounts.json"
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text("utf-8"))
        return kept
    made = {}
    for username, name, role, kind in CAST:
        unit = _unit(kind)
        made[username] = make_account(username, name, role, unit, unit.place)
        if username in SKILLS:
            Post.objects.filter(person__username=username).update(skills=SKILLS[username])
        if username in ALSO:
            person = Person.objects.get(username=username)
            Post.objects.create(person=person, role=ALSO[username], unit=unit, place=unit.place)
    write_private(file, json.dumps(made))
    return made


def _unit(kind: str) -> Unit:
    """The highest unit of that kind, or of the centre where the town has none."""
    rows = Unit.objects.select_related("place").order_by("place__depth", "code")
    unit = rows.filter(kind=kind).first() or rows.first()
    if unit is None:
        raise LookupError(f"The pack has no unit at all; {Place.__name__} rows alone do not help.")
    return unit

"""How long a pack's rehearsal over 100,000 recorded cases takes, on SQLite: routes and promises.

Run: .venv/bin/python bench/rehearse.py
"""

import os
import platform
import random
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import routing

CASES = 100_000
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"GONGBI_DATA": scratch, "DJANGO_SETTINGS_MODULE": "gongbi.config.settings"}
        import django
        from django.conf import settings

        django.setup()
        from django.core.management import call_command

        from gongbi.core.public import load_pack

        settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
        call_command("migrate", verbosity=0)
        chance = random.Random(1)
        above = routing.paths(chance)
        folder = Path(scratch) / "pack"
        routing.write_pack(folder, above, chance)
        load_pack(folder, by="bench")
        write_cases(chance, above)
        change(folder)
        measure(folder)


def write_cases(chance: random.Random, above: dict[str, tuple[str, ...]]) -> None:
    """Cases of a year with one promise each, as the pack in force would have set it."""
    from gongbi.cases.models import Case, CaseType, Deadline

    types, places = list(CaseType.objects.all()), [p for p in above.values() if len(p) == 4]
    for start in range(0, CASES, 10_000):
        cases = [case(chance, types, places, start + n) for n in range(10_000)]
        Case.objects.bulk_create(cases, batch_size=1000)
        Deadline.objects.bulk_create(
            (
                Deadline(
                    case=one,
                    kind="solve",
                    promise="4 hours",
                    calendar="always",
                    rule=f"type:{one.type}",
                    set_at=one.opened_at,
                    due_at=one.opened_at + timedelta(hours=4),
                )
                for one in cases
            ),
            batch_size=1000,
        )


def case(chance: random.Random, types: list, places: list[tuple[str, ...]], number: int) -> object:
    """One case; its suggested unit is written as unknown, so that every one is compared."""
    from gongbi.cases.models import Case

    at = BEGIN + timedelta(minutes=chance.randrange(525_600))
    return Case(
        uuid=uuid.uuid4(),
        number=f"XX-{number:06d}",
        type=chance.choice(types),
        source="web",
        place_path=f"/{'/'.join(chance.choice(places))}/",
        opened_at=at,
        changed_at=at,
    )


def change(folder: Path) -> None:
    """Other hours of a promise for every type, and another calendar of its own."""
    file = folder / "case_types.toml"
    text = file.read_text("utf-8").replace('"4 hours"', '"3 working_days"')
    file.write_text(text.replace('"always"', '"office"'), "utf-8")


def measure(folder: Path) -> None:
    """Rehearse the year and print what it took."""
    from gongbi.cases.rehearsing.rehearse import rehearse

    began = time.perf_counter()
    trial = rehearse(folder, BEGIN, BEGIN + timedelta(days=366), done=lambda _: None)
    took = time.perf_counter() - began
    assert (trial.cases, trial.shifted) == (CASES, CASES)
    print(f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} Python {platform.python_version()}")
    print(
        f"{trial.cases:,} cases, 2,000 routes, {trial.promises:,} promises: {took:.1f} s, "
        f"{trial.cases / took:,.0f} cases/s; {len(trial.elsewhere):,} kinds of move"
    )


if __name__ == "__main__":
    main()

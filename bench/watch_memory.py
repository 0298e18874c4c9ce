"""How much memory `gongbi reports watch` takes over a period of 100,000 reports, on SQLite.

Run: .venv/bin/python bench/watch_memory.py
"""

import os
import random
import resource
import sys
import tempfile
import time
import tracemalloc
import uuid
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent))
import routing

CASES, TYPES = 100_000, 20


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
        folder = Path(scratch) / "pack"
        routing.write_pack(folder, routing.paths(chance), chance)
        load_pack(folder, by="bench")
        write_cases(chance)
        measure()


def write_cases(chance: random.Random) -> None:
    """Cases of four weeks that came without a type; of each other one the type is settled."""
    from gongbi.cases import states
    from gongbi.cases.models import Case, CaseType
    from gongbi.core.public import now

    types, end = list(CaseType.objects.all()[:TYPES]), now()
    for start in range(0, CASES, 10_000):
        rows = []
        for number in range(start, start + 10_000):
            at, kind = end - timedelta(seconds=chance.randrange(28 * 86_400)), chance.choice(types)
            guesses = [[one.code, round(chance.random(), 3)] for one in (kind, *types[:2])]
            rows.append(
                Case(
                    uuid=uuid.uuid4(),
                    number=f"XX-{number:06d}",
                    type=kind,
                    state=states.CLOSED if number % 2 else states.OPEN,
                    source="web",
                    place_path="/xx/",
                    guesses=guesses,
                    opened_at=at,
                    changed_at=at,
                )
            )
        Case.objects.bulk_create(rows, batch_size=1000)


def measure() -> None:
    from gongbi.cases import reading
    from gongbi.cases.models import CaseType
    from gongbi.cases.reading import keeping
    from gongbi.core.public import now

    types = {one.code: {"rows": 10} for one in CaseType.objects.all()[:TYPES]}
    told = {"accuracy": 0.8, "to_person": 0.4, "types": types}
    kept = SimpleNamespace(number=1, told={"report": told}, reader=SimpleNamespace(threshold=0.5))
    keeping.in_force = lambda: kept  # type: ignore[assignment]
    keeping.in_force_since = lambda: now() - timedelta(days=365)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    found = reading.watch(28)
    seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    tracemalloc.start()
    reading.watch(28)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    drift = found.drift
    print(f"{drift.to_person.of:,} reports, {drift.agreed.of:,} settled, {drift.agreed.hits:,} as")
    print(
        f"named, {drift.to_person.hits:,} to a person, moved {drift.moved:.6f}: {seconds:.1f} s,"
    )
    print(f"{peak:.1f} MiB of Python's own at the peak; the process grew by {grown:.0f} MiB.")


if __name__ == "__main__":
    main()

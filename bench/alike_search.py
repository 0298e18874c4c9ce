"""How long the city takes to find likely same cases while it has very many open ones.

    python bench/alike_search.py [--open 1000000] [--asks 200]

An SQLite city of the generator gets so many open cases at random buildings, each opened within the
last 28 days, with one report each. A town of 200,000 holds 8,000 of them, as a city of 25 million
with a million would; the others lie in copies of the town beside it. Asked is what the page asks
before a report is sent: `cases.public.likely_to_report`. Printed: milliseconds by the clock and of
the processor, and SQL statements, of an ask.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

AT_ONCE = 8_000


def main() -> None:
    """A process of its own, because Django is set up for one data folder only."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--open", type=int, default=1_000_000)
    words.add_argument("--people", type=int, default=200_000)
    words.add_argument("--asks", type=int, default=200)
    words.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.inside:
        measure(given)
        return
    with tempfile.TemporaryDirectory() as data:
        subprocess.run(
            [sys.executable, __file__, *sys.argv[1:], "--inside"], check=True,
            env=os.environ | {"GONGBI_DATA": data,
                              "DJANGO_SETTINGS_MODULE": "gongbi.config.settings"},
        )  # fmt: skip


def measure(given: argparse.Namespace) -> None:
    """Fill, ask, print."""
    import django

    django.setup()
    from django.core.management import call_command

    from gongbi.core import packs
    from gongbi.generator.public import draw_city
    from gongbi.simulator.public import read_city

    data = Path(os.environ["GONGBI_DATA"])
    call_command("migrate", verbosity=0)
    draw_city(data / "pack", people=given.people, seed=9501, datastreams=1000)
    packs.load_pack(data / "pack", by="bench")
    city, rng = read_city(data / "pack"), np.random.default_rng(9501)
    fill(city, given.open, rng)
    ask(city, given, rng)


def fill(city: Any, many: int, rng: Any) -> None:
    """Open cases with one report each, written in bulk; their words are one sealed sentence."""
    from django.db import transaction

    from gongbi.cases.models import Case, CaseType, Signal
    from gongbi.core.public import now, place, seal
    from gongbi.kernel.cases.cells import cell_of

    kinds, at = list(CaseType.objects.filter(in_force=True)), now()
    sealed = [seal(f"signal:bench-{n}", f"水管爆了,路面一直在冒水 {n}") for n in range(500)]
    quarters = {code: place(code) for code in set(city.home_quarters)}
    for copy in range(many // AT_ONCE):
        homes = rng.integers(0, len(city.homes.lon), AT_ONCE)
        rows = []
        for home in homes:
            lon = float(city.homes.lon[home]) + float(rng.normal(0, 2e-4)) + 0.5 * copy
            lat = float(city.homes.lat[home]) + float(rng.normal(0, 2e-4))
            where = quarters[city.home_quarters[home]]
            opened = at - timedelta(seconds=float(rng.uniform(0, 27 * 86_400)))
            fresh = uuid.uuid4()
            rows.append(Case(uuid=fresh, number=fresh.hex, type=kinds[rng.integers(len(kinds))],
                             source="web", place_id=where.code, place_path=where.path, lon=lon,
                             lat=lat, cell=cell_of(lon, lat), opened_at=opened, changed_at=opened,
                             looked_at=opened))  # fmt: skip
        with transaction.atomic():
            made = Case.objects.bulk_create(rows)
            Signal.objects.bulk_create(
                Signal(case=case, source="web", reference=case.number, lon=case.lon, lat=case.lat,
                       place_id=case.place_id, at=case.opened_at, received_at=case.opened_at,
                       words_id=sealed[n % 500], token_digest=case.number,
                       short_digest=case.number, follow_until=case.opened_at)
                for n, case in enumerate(made)
            )  # fmt: skip


def ask(city: Any, given: argparse.Namespace, rng: Any) -> None:
    """Ask as the report page does."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gongbi.cases.public import SignalIn, likely_to_report
    from gongbi.core.public import now

    spent, worked, statements = [], [], []
    for _ in range(given.asks):
        home = int(rng.integers(len(city.homes.lon)))
        said = SignalIn("web", "asked", "路面一直在冒水,水管爆了", None,
                        float(city.homes.lon[home]), float(city.homes.lat[home]), None, "", now(),
                        "zh-hans")  # fmt: skip
        with CaptureQueriesContext(connection) as told:
            began, busy = perf_counter(), process_time()
            likely_to_report(said)
            worked.append(1e3 * (process_time() - busy))
            spent.append(1e3 * (perf_counter() - began))
        statements.append(len(told))
    print(f"{given.open:,} open cases, {given.asks} asks: median {np.median(spent):.1f} ms, "
          f"95th percentile {np.quantile(spent, 0.95):.1f} ms; processor "
          f"{np.median(worked):.1f} ms; {int(np.median(statements))} SQL statements")  # fmt: skip


if __name__ == "__main__":
    main()

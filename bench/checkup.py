"""How long a check-up takes: a city of 50,000, a week and the one before it, as HTML and as PDF.

``python bench/checkup.py [PEOPLE]`` draws and loads a city, writes sixteen days of readings for
each of its series (levels by chance, a fiftieth above the normal), 600 alerts and 1,000 cases, and
prints the first run and the median of the next five. SQLite, a folder of its own.
"""

import os
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import orjson

BEGIN = datetime(2026, 11, 8, 16, tzinfo=UTC)  # Monday 9 November in the city
DAYS, RUNS = 16, 5
LEVELS = [0.98, 0.01, 0.006, 0.004]


def prepare(data: Path, people: int) -> None:
    """A drawn city, loaded; its clock stands at the end of the sixteen days."""
    from django.core.management import call_command

    from gongbi.core.public import load_pack
    from gongbi.generator.public import draw_city

    call_command("migrate", verbosity=0)
    draw_city(data / "city", people=people, seed=7)
    load_pack(data / "city", by="bench")
    end = BEGIN + timedelta(days=DAYS)
    (data / "clock").write_bytes(struct.pack("<q", int(end.timestamp() * 1e6)))
    (data / "engine").mkdir(exist_ok=True)
    status = {"watermark": int(end.timestamp() * 1e6)}
    (data / "engine" / "status.json").write_bytes(orjson.dumps(status))


def write_readings(data: Path) -> int:
    """Every window of every series, an hour in a file; how many."""
    from gongbi.stream.outputs import parquet_path, write_parquet
    from gongbi.stream.recent import READING
    from gongbi.vitals.models import Series

    told = list(Series.objects.order_by("id").values_list("id", "indicator__window_seconds"))
    ids, widths = (np.array(column, np.int64) for column in zip(*told, strict=True))
    rng, written = np.random.default_rng(7), 0
    first = int(BEGIN.timestamp())
    for hour in range(24 * DAYS):
        each = np.maximum(3600 // widths, 1)
        rows = np.zeros(each.sum(), READING)
        rows["series"] = np.repeat(ids, each)
        nth = np.concatenate([np.arange(many) for many in each])
        begin = first + 3600 * hour + nth * np.repeat(widths, each)
        rows["window_start"], rows["count"] = begin * 1_000_000, 1
        rows["value"] = rng.random(len(rows))
        rows["level"] = rng.choice(4, len(rows), p=LEVELS)
        write_parquet(parquet_path(data, first // 3600 + hour), rows)
        written += len(rows)
    return written


def write_work(alerts: int = 600, cases: int = 1000) -> None:
    """Alerts and cases spread over the days."""
    from gongbi.cases.public import SignalIn, case_types, receive_signal
    from gongbi.vitals.models import Alert, Series

    rng = np.random.default_rng(8)
    series = list(Series.objects.all()[:400])
    types = [one.code for one in case_types()]
    Alert.objects.bulk_create(_alert(n, series, rng) for n in range(alerts))
    for number in range(cases):
        one = series[int(rng.integers(len(series)))]
        at = BEGIN + timedelta(days=float(rng.random()) * DAYS)
        receive_signal(
            SignalIn(
                source="web",
                reference=str(number),
                words="…",
                type=types[number % len(types)],
                lon=None,
                lat=None,
                place=one.place_id,
                place_words="",
                at=at,
                language="en",
            )
        )


def _alert(number: int, series: list, rng: np.random.Generator):  # type: ignore[no-untyped-def,type-arg]
    from gongbi.vitals.models import Alert

    one = series[int(rng.integers(len(series)))]
    began = BEGIN + timedelta(days=float(rng.random()) * DAYS)
    return Alert(
        id=f"bench-{number}",
        series=one,
        place_path=one.place_path,
        level=0,
        peak_level=int(rng.integers(1, 4)),
        began_at=began,
        ended_at=began + timedelta(hours=2),
        raised_at=began,
    )


def timed(what: Callable[[], object]) -> str:
    """The first run, the median of the next ones, and their processor seconds."""
    found = []
    for _ in range(1 + RUNS):
        begun, burnt = time.perf_counter(), time.process_time()
        what()
        found.append((time.perf_counter() - begun, time.process_time() - burnt))
    clock, burnt_all = zip(*found[1:], strict=True)
    return (
        f"first {found[0][0]:.2f} s, then {statistics.median(clock):.2f} s "
        f"({statistics.median(burnt_all):.2f} CPU-s)"
    )


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(prefix="gongbi-checkup-") as folder:
        os.environ |= {
            "GONGBI_DATA": folder,
            "GONGBI_CLOCK": "played",
            "DJANGO_SETTINGS_MODULE": "gongbi.config.settings",
        }
        import django

        django.setup()
        prepare(Path(folder), people)
        windows = write_readings(Path(folder))
        write_work()
        report(people, windows)


def report(people: int, windows: int) -> None:
    """Print the figures."""
    from django.utils.translation import override

    from gongbi.desk import public as desk
    from gongbi.vitals.models import Series

    def silent(_words: str, _share: float) -> None:
        pass

    made = Series.objects.count()
    print(f"{people:,} people, {made:,} series, {windows:,} windows in {DAYS} days")
    deepest = Series.objects.order_by("-place__depth").values_list("place", flat=True)[0]
    with override("en"):
        for place, period in (("", "2026-W47"), ("", "2026-11-18"), (deepest, "2026-W47")):
            one = desk.examine(place, period, silent)
            took = {
                "judged": timed(lambda p=place, w=period: desk.examine(p, w, silent)),
                "HTML": timed(lambda o=one: desk.as_html(o)),
                "PDF": timed(lambda o=one: desk.as_pdf(o)),
            }
            said = "; ".join(f"{name} {words}" for name, words in took.items())
            print(f"{one.place} {one.period}: {said}; PDF {len(desk.as_pdf(one)) / 1024:.0f} kB")


if __name__ == "__main__":
    main()

"""What a drawn city's alerts find of the incidents that were really there, and what they invent.

    python bench/detection.py [--people 50000] [--days 2] [--quiet-days 7] [--seeds 9201 9202 9203]
    python bench/detection.py --quiet-days 30 --days 2     # a quiet month before

Each seed draws another town and other incidents; none of them was used while limits were chosen.
The days are written straight into the log (no residents, no crews: incidents last their whole
time), folded by the real engine, read into the database by vitals, and compared with the truth.
An alert is a warning or worse. It belongs to an incident when one of its datastreams is among
those the incident bends and its first window ends between the incident's start and the last that
is still felt of it. Printed for each kind: how many were found, also of the larger and the smaller
half; minutes until the alert was known; how many matters an incident became (alerts that follow
from no other) and how many cases; then the alerts that belong to nothing, and the same for quiet
days, where every alert is false.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

START = 1_798_416_000  # Monday 2026-12-28 08:00 in Shanghai, midnight UTC
DAY, STILL_FELT = 86_400, 6 * 3600
SLOT = 600


@dataclass(slots=True)
class Found:
    """What became of the incidents of one kind."""

    incidents: int = 0
    found: int = 0
    minutes: list[float] = field(default_factory=list)
    matters: list[int] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    large: list[bool] = field(default_factory=list)
    small: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """One alert: datastreams behind it, when its first window began and ended, its matter.

    ``known`` is when it was first at least a warning; all in seconds since 1970.
    """

    name: str
    sign: str
    streams: frozenset[int]
    began: float
    first_end: float
    known: float
    matter: str
    case: str


def main() -> None:
    """One process a town: Django is set up for one data folder only."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=50_000)
    words.add_argument("--days", type=int, default=2)
    words.add_argument("--quiet-days", type=int, default=7)
    words.add_argument("--seeds", type=int, nargs="+", default=[9201, 9202, 9203])
    words.add_argument("--roots", action="store_true", help="print what leads each incident")
    words.add_argument("--town", type=int, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.town is not None:
        play_town(given)
        return
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as data:
            subprocess.run(
                [sys.executable, __file__, *sys.argv[1:], "--town", str(seed)],
                env=os.environ | {"GONGBI_DATA": data, "GONGBI_CLOCK": "played",
                                  "DJANGO_SETTINGS_MODULE": "gongbi.config.settings"},
                check=True,
            )  # fmt: skip


def play_town(given: argparse.Namespace) -> None:
    """Draw, load, play, fold, compare; print."""
    begun = time.perf_counter()
    data = Path(os.environ["GONGBI_DATA"])
    city, series = set_up(data, given.people, given.town)
    until_quiet = START + given.quiet_days * DAY
    incidents = incidents_of(city, given, until_quiet)
    rows = write_log(data, city, incidents, until_quiet + given.days * DAY, given.town)
    subprocess.run(
        [sys.executable, "-m", "gongbi.stream.engine", "--data", str(data), "--until-end"],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    told, troubles = alerts(data), troubles_of(city)
    print(f"\nTown of {given.people:,}, seed {given.town}: {rows:,} rows, {series:,} series, "
          f"{given.quiet_days} quiet days, then {given.days} with incidents; "
          f"{time.perf_counter() - begun:.0f} s")  # fmt: skip
    quiet = [one for one in told if one.began < until_quiet]
    say_false("quiet days", quiet, series, given.quiet_days)
    incident_alerts = [one for one in told if one.began >= until_quiet]
    compare(incident_alerts, incidents, city, series, given.days, roots=given.roots)
    compare_troubles(troubles, incidents, city, until_quiet, given)


def set_up(data: Path, people: int, seed: int) -> tuple[Any, int]:
    """A loaded city and how many series it has."""
    import django

    django.setup()
    from django.core.management import call_command

    from gongbi.core import packs
    from gongbi.generator.public import draw_city
    from gongbi.simulator.public import read_city
    from gongbi.vitals.models import Series

    call_command("migrate", verbosity=0)
    draw_city(data / "pack", people=people, seed=seed)
    packs.load_pack(data / "pack", by="bench")
    return read_city(data / "pack"), Series.objects.filter(in_force=True).count()


def incidents_of(city: Any, given: argparse.Namespace, start: int) -> list[Any]:
    """The days' incidents, one of each kind more each day: rare kinds must be seen too."""
    from gongbi.kernel.simulation.incidents import KINDS, NoSuchPlace, strike
    from gongbi.kernel.simulation.schedule import draw_day

    found = []
    for day in range(given.days):
        midnight = start + day * DAY
        found += draw_day(city.world, midnight, people=city.people, seed=given.town)
        rng = np.random.default_rng([given.town, day, 77])
        for kind in KINDS:
            moment, name = midnight + int(rng.integers(DAY // 2)), f"{kind}-extra-{day}"
            size = float(rng.uniform(0.5, 1.3))
            try:
                found.append(strike(city.world, kind, moment, rng, name=name, magnitude=size))
            except NoSuchPlace:
                continue
    return found


def write_log(data: Path, city: Any, incidents: list[Any], until: int, seed: int) -> int:
    """The plan, then rows and ticks, slot by slot, as the door would write them."""
    from gongbi.kernel.simulation.effects import readings
    from gongbi.stream import frames
    from gongbi.stream.frames import Kind
    from gongbi.stream.log_writer import Entry, LogWriter
    from gongbi.stream.plans import newest_plan, plan_digest

    writer, streams, stored = LogWriter(data / "log"), city.world.streams, 0
    number = newest_plan(data)
    digest = plan_digest(data / "plans" / f"{number:06d}")
    tick = START * 1_000_000
    writer.write([
        Entry(Kind.PLAN, frames.pack_plan(number, digest), plan=number),
        Entry(Kind.TICK, frames.pack_tick(tick), tick=tick),
    ])  # fmt: skip
    for since in range(START, until, SLOT):
        end = since + SLOT
        near = [one for one in incidents if one.start < end <= one.end + STILL_FELT + SLOT]
        said = readings(streams, near, since, since + SLOT, offset=28_800, seed=seed)
        columns = streams.id[said.rows], said.seconds * 1_000_000, said.values
        span = since * 1_000_000, (since + SLOT) * 1_000_000
        parts = frames.pack_batch("", frames.NO_SEQUENCE, 0, columns)
        entries = [Entry(Kind.ROWS, parts, rows=len(said.rows), span=span)]
        for second in range(since + 60, since + SLOT + 1, 60):
            tick = second * 1_000_000
            entries.append(Entry(Kind.TICK, frames.pack_tick(tick), tick=tick))
        writer.write(entries)
        stored += len(said.rows)
    writer.close()
    set_clock(data, until)
    return stored


def hear(data: Path) -> None:
    """Read what the engine told, the city's clock going along: alerts wait by it."""
    from gongbi.stream import public as stream
    from gongbi.vitals.public import end_waits, read_levels

    position, clock = 0, 0.0
    while facts := stream.read_facts(data, position, 500):
        clock = max(clock, facts[0].window_end.timestamp() + 60)
        set_clock(data, clock)
        end_waits()
        moments = (fact.window_end.timestamp() + 60 for fact in facts)
        count = next((at for at, one in enumerate(moments) if one > clock), len(facts))
        read_levels(count)
        position = bookmark()
    set_clock(data, clock + DAY)
    while end_waits():
        pass


def bookmark() -> int:
    """How far vitals has read."""
    from gongbi.vitals.models import Bookmark

    return int(Bookmark.objects.get(pk="levels").position)


def set_clock(data: Path, seconds: float) -> None:
    """It is so many seconds after 1970."""
    (data / "clock").write_bytes(round(seconds * 1e6).to_bytes(8, "little", signed=True))


def streams_behind(data: Path) -> dict[int, frozenset[int]]:
    """Datastreams behind each series; of one made of others, those behind its sources."""
    from gongbi.stream.plans import load_plan, newest_plan
    from gongbi.vitals.models import Series

    found = {pk: frozenset(np.frombuffer(bytes(members), "<i8").tolist())
             for pk, members in Series.objects.values_list("pk", "members")}  # fmt: skip
    wires = load_plan(data, newest_plan(data)).wires
    made: dict[int, list[int]] = defaultdict(list)
    for series, source in zip(wires["series"].to_pylist(), wires["source"].to_pylist(),
                              strict=True):  # fmt: skip
        made[series].append(source)

    def behind(one: int) -> frozenset[int]:
        if found.get(one) or one not in made:
            return found.get(one, frozenset())
        found[one] = frozenset[int]().union(*(behind(source) for source in made[one]))
        return found[one]

    return {one: behind(one) for one in found}


def alerts(data: Path) -> list[Told]:
    """Read what the engine told into the database, and the warnings and alarms out of it."""
    from gongbi.vitals.models import Alert, LevelChange

    hear(data)
    streams, found = streams_behind(data), []
    rows = Alert.objects.select_related("series__indicator", "parent")
    rows = rows.filter(peak_level__gte=2, withdrawn=False)
    for one in rows:
        worse = LevelChange.objects.filter(
            series=one.series, level__gte=2, window_end__gt=one.began_at
        ).order_by("window_end").first()  # fmt: skip
        known = worse.window_end if worse else one.began_at
        matter = one.parent_id or one.led_by_id or one.pk
        began = one.began_at.timestamp()
        first_end = began + one.series.indicator.window_seconds
        found.append(Told(one.pk, one.series.indicator_id, streams[one.series_id], began,
                          first_end, known.timestamp(), matter, one.case_number))  # fmt: skip
    above = {one.name: one.matter for one in found}

    def root(name: str) -> str:
        while above.get(name, name) != name:
            name = above[name]
        return name

    return [replace(one, matter=root(one.name)) for one in found]


def troubles_of(city: Any) -> list[Told]:
    """Troubles of sensors that the engine found, as vitals has them."""
    from gongbi.vitals.models import SensorTrouble
    from gongbi.vitals.public import read_troubles

    while read_troubles(5000):
        pass
    at: dict[str, list[int]] = defaultdict(list)
    for row, identity in enumerate(city.world.streams.id.tolist()):
        at[city.world.place(row)].append(identity)
    found = []
    for one in SensorTrouble.objects.all():
        streams = [one.datastream] if one.datastream else at[one.place_code]
        since = one.since.timestamp()
        sign = f"{one.kind} of {one.observed_property or one.group}"
        found.append(Told(one.pk, sign, frozenset(streams), since, since, one.found_at.timestamp(),
                          one.pk, ""))  # fmt: skip
    return found


def compare_troubles(
    troubles: list[Told], incidents: list[Any], city: Any, quiet: int, given: argparse.Namespace
) -> None:
    """Print which incidents of sensors were named as the sensor's trouble, and what else was."""
    mine: set[int] = set()
    for kind in ("sensor_silence", "sensor_stuck", "sensor_drift"):
        of_kind = [one for one in incidents if one.kind == kind]
        found, minutes = 0, []
        for incident in of_kind:
            bent = set(city.world.streams.id[incident.rows()].tolist())
            hits = [at for at, one in enumerate(troubles) if one.streams & bent
                    and incident.start - 3600 <= one.began <= incident.end]  # fmt: skip
            mine.update(hits)
            found += bool(hits)
            known = [troubles[at].known for at in hits]
            minutes += [(min(known) - incident.start) / 60] if hits else []
        wait = f", after {median(minutes):.0f} minutes (median)" if minutes else ""
        print(f"{kind}: {found} of {len(of_kind)} named as the sensor's trouble{wait}")
    for when, days, rest in (
        ("quiet days", given.quiet_days, [one for one in troubles if one.began < quiet]),
        ("days with incidents, belonging to none", given.days,
         [one for at, one in enumerate(troubles) if at not in mine and one.began >= quiet]),
    ):  # fmt: skip
        kinds = ", ".join(sorted({one.sign for one in rest})) or "none"
        sensors = len(city.world.streams.id)
        rate = len(rest) / max(days, 1) / sensors * 1e6
        print(f"{when}: {len(rest)} troubles, {rate:,.0f} a million sensors and day ({kinds})")


def compare(
    told: list[Told], incidents: list[Any], city: Any, series: int, days: int, *, roots: bool
) -> None:
    """Print what each kind of incident became, and the alerts that belong to none."""
    kinds: dict[str, Found] = defaultdict(Found)
    mine: set[int] = set()
    middle = {kind: median(i.magnitude for i in incidents if i.kind == kind)
              for kind in {i.kind for i in incidents}}  # fmt: skip
    for incident in incidents:
        bent = set(city.world.streams.id[incident.rows()].tolist())
        hits = [at for at, one in enumerate(told)
                if incident.start < one.first_end and one.began <= incident.end + STILL_FELT
                and one.streams & bent]  # fmt: skip
        mine.update(hits)
        if roots:
            print_roots(incident, [told[at] for at in hits])
        count(kinds[incident.kind], incident, [told[at] for at in hits],
              incident.magnitude > middle[incident.kind])  # fmt: skip
    print(f"{'kind':16} {'incidents':>9} {'found':>6} {'large':>6} {'small':>6} "
          f"{'minutes (median, p90)':>22} {'matters':>8} {'cases':>6}")  # fmt: skip
    for kind, one in sorted(kinds.items()):
        wait = (f"{median(one.minutes):.0f}, {np.quantile(one.minutes, 0.9):.0f}"
                if one.minutes else "–")  # fmt: skip
        matters = f"{np.mean(one.matters):.1f}" if one.matters else "–"
        cases = f"{np.mean(one.cases):.1f}" if one.cases else "–"
        print(f"{kind:16} {one.incidents:9} {one.found:6} {share(one.large):>6} "
              f"{share(one.small):>6} {wait:>22} {matters:>8} {cases:>6}")  # fmt: skip
    say_false("days with incidents, belonging to none",
              [one for at, one in enumerate(told) if at not in mine], series, days)  # fmt: skip


def print_roots(incident: Any, hits: list[Told]) -> None:
    """What opened each of an incident's cases, and alerts that lead and have none."""
    lines, seen = list[str](), set[str]()
    for one in sorted(hits, key=lambda one: (one.known, one.name)):
        if one.case in seen or (not one.case and one.name != one.matter):
            continue
        seen |= {one.case} - {""}
        minutes = (one.known - incident.start) / 60
        lines.append(f"{one.sign} +{minutes:.0f} {one.case or 'no case'}")
    print(f"  {incident.kind} {incident.id} of {incident.magnitude}: "
          f"{'; '.join(lines) or 'nothing'}")  # fmt: skip


def count(found: Found, incident: Any, hits: list[Told], large: bool) -> None:
    """Add one incident to its kind."""
    found.incidents += 1
    (found.large if large else found.small).append(bool(hits))
    if hits:
        found.found += 1
        found.minutes.append(max(0.0, min(one.known for one in hits) - incident.start) / 60)
        found.matters.append(len({one.matter for one in hits}))
        found.cases.append(len({one.case for one in hits if one.case}))


def share(said: list[bool]) -> str:
    """So many of so many."""
    return f"{sum(said)}/{len(said)}"


def say_false(when: str, told: list[Told], series: int, days: int) -> None:
    """How many alerts were false, by the million series and day, and which signs raised them."""
    by_sign: dict[str, int] = defaultdict(int)
    for one in told:
        by_sign[one.sign] += 1
    rate = len(told) / max(days, 1) / series * 1e6
    names = ", ".join(f"{sign} {n}" for sign, n in sorted(by_sign.items(), key=lambda x: -x[1]))
    print(f"{when}: {len(told)} false, {rate:,.0f} a million series and day ({names or 'none'})")


if __name__ == "__main__":
    main()

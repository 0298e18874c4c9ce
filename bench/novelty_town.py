"""What novelty finds in the meters of a drawn town's buildings, and what it invents there.

    python bench/novelty_town.py [--seeds 9401 9402] [--days 30] [--meters 60]

The rules are those of the drawn pack (``novel_notice`` … of ``building-water`` and
``building-power``). Thirty ordinary days of each meter, in the sign's windows, are judged by the
method the engine calls; then, at a random hour of a day after the first week, six hours are
multiplied. Printed: how often a notice and a warning were told where nothing was wrong, by the
million series and day; how many of the changes were told, and how soon.
"""

import argparse
import dataclasses
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from gongbi.generator.public import draw_city
from gongbi.kernel.simulation.effects import readings
from gongbi.kernel.vitals.novelty import TEMPER, empty_novelty, follow_novelty
from gongbi.simulator.public import read_city

START = 1_798_416_000  # Monday 2026-12-28 08:00 in Shanghai, midnight UTC
DAY, HOUR = 86_400, 3600
SIGNS = ("building-water", "building-power")
CHANGES = {"half more": 1.5, "double": 2.0, "threefold": 3.0, "nothing": 0.0}
LASTS = 6 * HOUR
REPEATS = 3


def main() -> None:
    """Print the table of each town."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seeds", type=int, nargs="+", default=[9401, 9402])
    words.add_argument("--people", type=int, default=50_000)
    words.add_argument("--days", type=int, default=30)
    words.add_argument("--meters", type=int, default=60)
    given = words.parse_args()
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            pack = Path(folder) / "pack"
            draw_city(pack, people=given.people, seed=seed)
            rules = tomllib.loads((pack / "indicators.toml").read_text("utf-8"))["indicator"]
            city = read_city(pack)
        for rule in (rule for rule in rules if rule["code"] in SIGNS):
            say(rule, values_of(city, rule, given, seed), seed)


def values_of(city: Any, rule: dict[str, Any], given: argparse.Namespace, seed: int) -> Any:
    """Means of the sign's windows on ordinary days, by meter."""
    rows = np.flatnonzero(city.world.property == rule["property"])[: given.meters]
    streams, width = city.world.streams, round(rule["window_minutes"] * 60)
    parts = {one.name: getattr(streams, one.name)[rows] for one in dataclasses.fields(streams)}
    until = START + given.days * DAY
    said = readings(type(streams)(**parts), [], START, until, offset=28_800, seed=seed)
    total = np.zeros((len(rows), given.days * DAY // width))
    count, at = np.zeros_like(total), (said.seconds - START) // width
    np.add.at(total, (said.rows, at), said.values)
    np.add.at(count, (said.rows, at), 1)
    return total / count


def told(values: Any, rule: dict[str, Any]) -> Any:
    """The surprise of each window where it is news."""
    width, out = round(rule["window_minutes"] * 60), np.empty((len(values), 3))
    hours = (START + np.arange(len(values)) * width) // HOUR
    state = empty_novelty(1)[0]
    follow_novelty(state, values, hours, rule["novel_least"], TEMPER, out)
    return out[:, 1]


def say(rule: dict[str, Any], values: Any, seed: int) -> None:
    """One sign of one town."""
    news = np.array([told(one, rule) for one in values])
    width = round(rule["window_minutes"] * 60)
    days = news.size * width / DAY
    false = [(news >= rule[f"novel_{name}"]).sum() / days for name in ("notice", "warning")]
    print(f"seed {seed}, {rule['code']}: {len(values)} meters, {days:,.0f} quiet series-days: "
          f"{1e6 * false[0]:,.0f} notices and {1e6 * false[1]:,.0f} warnings a million series "
          "and day")  # fmt: skip
    rng = np.random.default_rng(seed)
    for name, factor in CHANGES.items():
        waits = [changed(one, rule, factor, rng, width) for one in values for _ in range(REPEATS)]
        found = [wait for wait in waits if wait is not None]
        soon = f", median after {np.median(found):.0f} min" if found else ""
        print(f"  {name}: {len(found)} of {len(waits)} told{soon}")


def changed(
    values: Any, rule: dict[str, Any], factor: float, rng: np.random.Generator, width: int
) -> float | None:
    """Minutes until six hours of another use are told, None where they are not."""
    begin = int(rng.integers(8 * DAY // width, len(values) - 2 * LASTS // width))
    end, other = begin + LASTS // width, values.copy()
    other[begin:end] *= factor
    hits = np.flatnonzero(told(other, rule)[begin:end] >= rule["novel_notice"])
    return float(hits[0] + 1) * width / 60 if len(hits) else None


if __name__ == "__main__":
    main()

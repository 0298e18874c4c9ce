"""Rows a CPU-second through the watch over sensors, and one look for silence.

    python bench/troubles.py [DATASTREAMS]

Each datastream sends a row every ten seconds; in the order of the datastreams, as a gateway's
batches come, and in
random order. 1 in 1,000 rows is out of range. Median of five rounds.
"""

import sys
import time

import numpy as np

from gongbi.kernel.vitals.silence import find_silent, new_groups
from gongbi.kernel.vitals.troubles import EVENT, new_sensors, trust, watch_rows

SECOND = 1_000_000
START = 1_700_000_000 * SECOND
BATCH = 100_000


def main() -> None:
    """Print a row of the table for each order."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    draw = np.random.default_rng(1)
    kinds, on = np.zeros(count, np.uint16), np.zeros(count, np.uint16)
    sensors, trusts = new_sensors(count), trust(low=0.0, high=100.0, leave_out=1)
    events, left = np.zeros(9 * BATCH, EVENT), np.zeros(BATCH, np.int8)
    print("| datastreams | order | million rows/CPU-s | MiB |\n|---:|---|---:|---:|")
    tick = 0
    for order in ("datastreams", "random"):
        spent = []
        for _ in range(6):
            tick += 10
            slots = np.arange(count) if order == "datastreams" else draw.permutation(count)
            values = draw.normal(50, 5, count).round(1)
            values[draw.random(count) < 0.001] = -1.0
            now = START + tick * SECOND
            times = np.full(count, now)
            began = time.process_time()
            for at in range(0, count, BATCH):
                part = slice(at, at + BATCH)
                watch_rows(
                    slots[part], times[part], values[part], now, trusts, kinds, sensors, on,
                    events, left,
                )  # fmt: skip
            spent.append(time.process_time() - began)
        rate = count / float(np.median(spent[1:])) / 1e6
        print(f"| {count:,} | {order} | {rate:.1f} | {(sensors.nbytes + on.nbytes) / 2**20:.0f} |")
    groups, of = new_groups(count // 20), np.arange(count) // 20 % (count // 20)
    steps, events = np.full(count, 10, np.uint32), np.zeros(count + len(groups), EVENT)
    looks = []
    for _ in range(6):
        began = time.process_time()
        find_silent(START + tick * SECOND, trusts, kinds, steps, groups, sensors, of, on, events)
        looks.append(time.process_time() - began)
    print(f"\nOne look for silence: {1000 * float(np.median(looks[1:])):.0f} ms.")


if __name__ == "__main__":
    main()

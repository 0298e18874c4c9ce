"""Seconds and peak memory to draw cities of 20,000, 50,000 and 1,000,000 people.

Each is drawn in a process of its own, so that one's memory is not counted for another.
Run: .venv/bin/python bench/generator_draw.py [PEOPLE ...]
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

SIZES = (20_000, 50_000, 1_000_000)


def draw(people: int) -> None:
    """Draw one city and print its line: seconds, peak memory, what is in it."""
    from gongbi.generator.public import draw_city

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = draw_city(Path(folder), people=people, seed=7)
        took = time.perf_counter() - began
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{people:>10,} people: {took:7.2f} s, {peak:6.0f} MiB, {made.buildings:,} buildings, "
        f"{made.places:,} places, {made.datastreams:,} datastreams, {size / 1e6:.1f} MB",
        flush=True,
    )


def main() -> None:
    """One process a size."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    print(
        f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} {os.cpu_count()} cores "
        f"Python {platform.python_version()}",
        flush=True,
    )
    for people in sizes:
        program = f"import generator_draw; generator_draw.draw({people})"
        subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent)


if __name__ == "__main__":
    main()

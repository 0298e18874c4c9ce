"""Rows per second and memory to understand the two real sets, beside plain readers.

    python bench/feeds_read.py [--data FOLDER] [--rounds 3]

FOLDER holds the sets as fetched (default: GONGBI_SHARED/data, or ../shared/data). Each reader runs
in a process of its own, so that the memory told is its own peak. The rivals do less: `csv` yields
texts; duckdb parses times and numbers into columns and sums them. Neither checks a range, a place
or a repeat, makes a zero, or says which cell was wrong: read the figures as what checking costs.
"""

import argparse
import csv
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HOME = Path(os.environ.get("GONGBI_SHARED", Path(__file__).parents[2] / "shared")) / "data"
SETS = {
    "metro day": ("shanghai_metro", "shanghai-metro-2015-04-01", "station_flow_5min.csv"),
    "hotline": ("tainan_hotline", "tainan1999-2015-2017", "tainan1999_*.csv"),
}
READERS = ("feeds", "csv", "duckdb")


def by_feeds(mapping: str, files: list[Path]) -> int:
    """Every row understood, repeated or refused."""
    from gongbi.feeds.public import Understood, read_mapping, understand

    said = read_mapping(mapping)
    rows = understand(said, files[0].parent)
    return sum(1 for row in rows if not (isinstance(row, Understood) and row.row == 0))


def by_csv(_mapping: str, files: list[Path]) -> int:
    """Every row as a dictionary of texts."""
    rows = 0
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows += sum(1 for _row in csv.DictReader(lines))
    return rows


def by_duckdb(_mapping: str, files: list[Path]) -> int:
    """Columns with times and numbers recognised, each aggregated once so that it is read."""
    import duckdb

    names = [str(file) for file in files]
    with duckdb.connect() as base:
        base.execute("SET threads = 1")
        whole = base.read_csv(names, header=True, quotechar='"', escapechar='"')
        wanted = ", ".join(f'max("{name}")' for name in whole.columns)
        found = base.sql(f"SELECT count(*), {wanted} FROM whole").fetchall()
    return int(found[0][0])


def measure(reader: str, name: str, home: Path) -> None:
    """Read once in this process and print the figures."""
    mapping, folder, pattern = SETS[name]
    files = sorted((home / folder).glob(pattern))
    run = {"feeds": by_feeds, "csv": by_csv, "duckdb": by_duckdb}[reader]
    if reader == "feeds":
        import gongbi.feeds.public  # noqa: F401 - importing is not reading
    elif reader == "duckdb":
        import duckdb  # noqa: F401 - as above
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    rows = run(mapping, files)
    spent, used = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = {"rows": rows, "wall": spent, "cpu": used, "mib": peak / 1024, "more": peak - before}
    print(json.dumps(said))


def main() -> None:
    """Print the machine, the date and a table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=HOME)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--one", nargs=2, metavar=("READER", "SET"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one:
        measure(*given.one, given.data)
        return
    chip = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].split("\n")[0]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {chip}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before: {load}, "
        f"median of {given.rounds} rounds"
    )
    print("| set | reader | rows | rows/s | rows/CPU-s | s | peak MiB | of it for the data |")
    print("|---|---|---|---|---|---|---|---|")
    for name in SETS:
        for reader in READERS:
            command = [sys.executable, __file__, "--data", str(given.data), "--one", reader, name]
            rounds = [
                json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
                for _ in range(given.rounds)
            ]
            rows = rounds[0]["rows"]
            wall, cpu, mib, more = (
                statistics.median(one[key] for one in rounds)
                for key in ("wall", "cpu", "mib", "more")
            )
            print(
                f"| {name} | {reader} | {rows:,} | {rows / wall:,.0f} | {rows / cpu:,.0f} "
                f"| {wall:.2f} | {mib:.0f} | {more / 1024:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

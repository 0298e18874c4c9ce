"""The process that tends history: compacts days, merges months, and removes what is too old.

``python -m gongbi.stream.history_keeper --data DIR`` runs until told to stop; ``--once`` does what
is due and ends. It reads the engine's finished files only and runs at low priority: the engine
never waits for it. It may be killed at any instant.
"""

import argparse
import logging
import os
import resource
import signal
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

from gongbi.stream.compact import (
    compact_day,
    days_due,
    drop_covered,
    merge_month,
    months_due,
    settled_until,
)
from gongbi.stream.history_sets import (
    GRACE_SECONDS,
    HistoryBusy,
    history_lock,
    read_manifest,
    sweep,
)
from gongbi.stream.retain import apply_retention, read_retention
from gongbi.stream.telling import tell_in_json

said = logging.getLogger("gongbi.stream.history")
EVERY_SECONDS = 30.0


def tend(data: Path, *, grace: float = GRACE_SECONDS) -> int:
    """Do everything that is due now; return how many sets were made or retired."""
    with history_lock(data):
        sweep(data, grace=grace)
        drop_covered(data, read_manifest(data))
        settled = settled_until(data)
        return _compact(data, settled) + _merge(data, settled) + _retire(data)


def _compact(data: Path, settled: int) -> int:
    zone = ZoneInfo(read_retention(data).zone)
    days = days_due(data, read_manifest(data), settled)
    for day in days:
        rows = compact_day(data, day, zone)
        said.info("Compacted a day.", extra={"figures": {"day": day, "rows": rows}})
    return len(days)


def _merge(data: Path, settled: int) -> int:
    months = months_due(read_manifest(data), settled)
    for tier, span in months:
        rows = merge_month(data, tier, span)
        said.info("Merged a month.", extra={"figures": {"tier": tier, "rows": rows}})
    return len(months)


def _retire(data: Path) -> int:
    gone = apply_retention(data, read_retention(data))
    if gone:
        said.info("Removed what is too old.", extra={"figures": {"removed": gone}})
    return gone


def _allow_many_files() -> None:
    """A day of a city has a file for each indicator and tier, all open while it is written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))


def main() -> None:
    """Tend the history of one data folder."""
    words = argparse.ArgumentParser(
        prog="python -m gongbi.stream.history_keeper", description=__doc__
    )
    words.add_argument("--data", default=os.environ.get("GONGBI_DATA", "./var"))
    words.add_argument("--once", action="store_true", help="do what is due and end")
    words.add_argument("--grace", type=float, default=GRACE_SECONDS)
    given = words.parse_args()
    tell_in_json()
    os.nice(10)
    _allow_many_files()
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    data = Path(given.data).resolve()
    while not stop.is_set():
        try:
            tend(data, grace=given.grace)
        except HistoryBusy as error:
            said.info("%s", error)
        except (OSError, ValueError):  # a full disk, a broken file: told, and tried again
            said.exception("History could not be tended; it stands as it was.")
        if given.once:
            break
        stop.wait(EVERY_SECONDS)


if __name__ == "__main__":
    main()

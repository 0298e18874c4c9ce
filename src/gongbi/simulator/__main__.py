"""Play a drawn city: ``python -m gongbi.simulator CITY --keys FILE --truth FILE --start TIME``."""

import argparse
import json
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from gongbi.doors.public import DoorShut, NotTaken, Stopped
from gongbi.simulator.public import CannotPlay, Plan, Play, Truth, open_doors, read_city


def main(words: list[str] | None = None) -> int:
    """Play until stopped; 0 after a clean end."""
    asked, stop = _arguments().parse_args(words), threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        return _play(asked, stop)
    except Stopped:
        return 0
    except (CannotPlay, DoorShut, NotTaken, ValueError, OSError) as error:
        sys.stderr.write(f"The play cannot go on: {error}\n")
        return 1


def _play(asked: argparse.Namespace, stop: threading.Event) -> int:
    city = read_city(asked.city)
    plan = Plan(
        seed=asked.seed,
        start=_moment(asked.start, city.zone),
        until=_moment(asked.until, city.zone) if asked.until else None,
        speed=None if asked.speed == "max" else float(asked.speed),
        warm_up=round(asked.warm_up * 3600),
    )
    keys = json.loads(asked.keys.read_text("utf-8"))
    doors = open_doors(asked.base_url, asked.ingest_url, keys, told=_tell, stop=stop)
    truth = Truth(asked.truth, city.zone)
    reached = Play(city, doors, truth, plan, told=_tell, stop=stop).run()
    _tell(f"Played until {datetime.fromtimestamp(reached, city.zone).isoformat()}.")
    return 0


def _moment(said: str, zone: ZoneInfo) -> int:
    moment = datetime.fromisoformat(said)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _tell(said: str) -> None:
    sys.stdout.write(said + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.ArgumentParser:
    said = argparse.ArgumentParser(prog="gongbi.simulator", description=__doc__)
    said.add_argument("city", type=Path, help="folder of a drawn city")
    said.add_argument("--base-url", default="http://127.0.0.1:8700")
    said.add_argument("--ingest-url", default="http://127.0.0.1:8701")
    said.add_argument("--keys", type=Path, required=True, help="file with the player's keys")
    said.add_argument("--seed", type=int, default=1)
    said.add_argument("--speed", default="60", help="city seconds in a second, or max")
    said.add_argument("--truth", type=Path, required=True, help="file for what is really so")
    said.add_argument("--start", required=True, help="2026-11-24T06:00, in the city's zone")
    said.add_argument("--until", default="")
    said.add_argument("--warm-up", type=float, default=6.0, help="hours played first, fast")
    return said


if __name__ == "__main__":
    sys.exit(main())

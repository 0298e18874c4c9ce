"""What each kept process runs."""

import os
import sys

import uvicorn
from django.conf import settings

from gongbi.config.logs import LOGGING
from gongbi.config.options import read_options


def run(name: str) -> None:
    """Become the process of that name until told to stop."""
    does = {
        **{"web": web, "ingest": ingest, "engine": engine, "worker": worker},
        **{"history": history, "mqtt": mqtt},
    }
    does[name]()


def web() -> None:
    """Pages, API and live stream."""
    said = read_options()
    uvicorn.run(
        "gongbi.config.asgi:application",
        host=said["GONGBI_HOST"],
        port=int(said["GONGBI_PORT"]),
        log_config=LOGGING,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )


def ingest() -> None:
    """The door for readings: one process, the only writer of the log."""
    said = read_options()
    uvicorn.run(
        "gongbi.stream.door:app",
        host=said["GONGBI_HOST"],
        port=int(said["GONGBI_INGEST_PORT"]),
        log_config=LOGGING,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )


def engine() -> None:
    """The fold: one process, the owner of the state."""
    from gongbi.stream import engine as sensing

    sys.argv = ["engine", "--data", str(settings.GONGBI_DATA)]
    sensing.main()


def mqtt() -> None:
    """The bridge to a broker: a process that knocks at the ingest door."""
    from gongbi.stream import mqtt as bridge

    said = read_options()
    os.environ |= {name: said[name] for name in ("GONGBI_MQTT_TELL", "GONGBI_CLOCK")}
    door = f"http://127.0.0.1:{said['GONGBI_INGEST_PORT']}"
    data = str(settings.GONGBI_DATA)
    # By the environment: other users of the machine can read a command line.
    os.environ["GONGBI_MQTT_URL"] = said["GONGBI_MQTT_URL"]
    sys.argv = ["mqtt", "--data", data, "--door", door]
    bridge.main()


def worker() -> None:
    """What runs by the clock."""
    from gongbi.config import worker as duties

    duties.main()


def history() -> None:
    """Compaction, sums and retention: at low priority, waited for by nobody."""
    from gongbi.stream import history_keeper

    sys.argv = ["history", "--data", str(settings.GONGBI_DATA)]
    history_keeper.main()

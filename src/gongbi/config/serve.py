"""What each kept process runs."""

import multiprocessing
import os
import signal
import sys
from typing import Any

import uvicorn
from django.conf import settings

from gongbi.config.logs import LOGGING
from gongbi.config.options import read_options
from gongbi.config.processes import end_with_parent

MOST_WEBS = 4
OF_THE_DOOR = (
    "GONGBI_CLOCK",
    "GONGBI_INGEST_MAX_BYTES",
    "GONGBI_INGEST_AHEAD_SECONDS",
    "GONGBI_INGEST_SEGMENT_BYTES",
)
STALLED_SECONDS = 30
"""A web that does not answer its keeper for so long is ended and begun anew."""


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
        "gongbi.config.serve:pages",
        factory=True,
        host=said["GONGBI_HOST"],
        port=int(said["GONGBI_PORT"]),
        log_config=LOGGING,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
        workers=web_processes(said["GONGBI_WEB_PROCESSES"]),
        timeout_worker_healthcheck=STALLED_SECONDS,
    )


def web_processes(said: str) -> int:
    """How many processes share the web's port: as said, or by what the database bears.

    SQLite has one writer at a time, so a second process brings little there.
    """
    if said:
        return int(said)
    vendor = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[1]
    return min(MOST_WEBS, os.cpu_count() or 1) if vendor == "postgresql" else 1


def pages() -> Any:
    """The application, in each process of the web; one that was left alone ends at once, so that
    it does not keep the port from whoever is started next."""
    if multiprocessing.parent_process() is not None:
        end_with_parent(signal.SIGKILL)
    from gongbi.config.asgi import application

    return application


def ingest() -> None:
    """The door for readings: one process, the only writer of the log."""
    said = read_options()
    # The door knows no file of settings; what was left empty it decides itself.
    os.environ |= {name: said[name] for name in OF_THE_DOOR if said[name]}
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

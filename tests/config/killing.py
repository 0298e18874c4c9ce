"""A worker killed by SIGKILL at any instant, again and again, in the middle of its work."""

import random
import subprocess
import sys
import time
from collections.abc import Callable

from tests.config.conftest import Installation
from tests.conftest import ROOT


def start_worker(town: Installation) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gongbi.config.cli", "run", "worker"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env=town.env, cwd=ROOT, **quiet)


def wait_until(what: Callable[[], bool], seconds: float, pause: float) -> None:
    """Look again and again; who asked looks once more at what became of it."""
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(pause)


def kill_workers(
    town: Installation,
    kills: int,
    *,
    came: Callable[[], int],
    draw: random.Random,
    longest: float,
    then: str,
) -> None:
    """Kill so many, each at an instant within ``longest`` seconds after something came of it;
    ``then`` runs in the city before the next one starts."""
    for kill in range(kills):
        before = came()
        process = start_worker(town)
        wait_until(lambda before=before: came() > before, 90, 0.005)  # type: ignore[misc]
        time.sleep(draw.uniform(0, longest))
        process.kill()
        process.wait()
        assert came() > before, f"Nothing came before kill {kill}."
        town.python(then)

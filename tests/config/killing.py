"""A worker killed by SIGKILL at any instant, again and again, in the middle of its work."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.config.conftest import Installation
from tests.conftest import ROOT


def start_worker(town: Installation) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gongbi.config.cli", "run", "worker"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env=town.env, cwd=ROOT, **quiet)


def end_worker(process: subprocess.Popen[bytes]) -> int:
    """Tell a worker to end; its exit status.

    It is told when it listens: one that has only begun has nothing to end, and dies of the signal.
    """
    wait_until(lambda: _listens(process.pid), 60, 0.05)
    process.terminate()
    return process.wait(timeout=60)


def _listens(pid: int) -> bool:
    """Whether a process catches SIGTERM."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    caught = status.partition("SigCgt:")[2].split(maxsplit=1)[0]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


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
    then: str = "",
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
        if then:
            town.python(then)

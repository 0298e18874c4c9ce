"""What is long in the making and the same for many tests is made once a run, and copied."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, which ``make`` has filled: nobody may write into it.

    ``make test`` gives all its steps one place for these (GONGBI_TESTS_KEPT); otherwise the
    workers of a run share one. Whoever comes while it is made waits.
    """
    home = _home(factory)
    with (home / f"{name}.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not (home / name).exists():
            making = home / f"{name}.making"
            shutil.rmtree(making, ignore_errors=True)  # somebody failed here before
            making.mkdir()
            make(making)
            making.rename(home / name)
    return home / name


def _home(factory: pytest.TempPathFactory) -> Path:
    if said := os.environ.get("GONGBI_TESTS_KEPT"):
        return Path(said)
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

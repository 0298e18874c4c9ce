"""A whole installation on disk, run by its own commands as an operator would."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.conftest import ROOT
from tests.once import once
from tests.ports import free_ports


@dataclass(frozen=True)
class Installation:
    """A data folder and the commands that work on it."""

    data: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.data),
            "PYTHONPATH": str(ROOT / "src"),
            "GONGBI_DATA": str(self.data),
            "GONGBI_CLOCK": "played",
            "GONGBI_PORT": str(self.port),
            "GONGBI_INGEST_PORT": str(self.port + 1),
            "GONGBI_PUBLIC_URL": self.url,
        }

    def run(self, *arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        """``gongbi …`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "gongbi.config.cli", *arguments],
            env=self.env | extra,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def python(self, program: str) -> str:
        """A few lines of Python inside the installation; what they print."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{program}"],
            env=self.env | {"DJANGO_SETTINGS_MODULE": "gongbi.config.settings"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> "subprocess.Popen[str]":
        """``gongbi up`` in the background, ready."""
        up = subprocess.Popen(
            [sys.executable, "-m", "gongbi.config.cli", "up"],
            env=self.env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert up.stdout is not None
        said = []
        for line in up.stdout:
            said.append(line)
            if "The city is up" in line:
                return up
        raise AssertionError("".join(said) + self.logs())

    def logs(self) -> str:
        """All logs, for a failing test to show."""
        return "".join(
            f"--- {file.name}\n{file.read_text('utf-8')[-4000:]}"
            for file in sorted((self.data / "logs").glob("*.log"))
        )

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30)


def stop(up: "subprocess.Popen[str]") -> int:
    """End ``gongbi up`` as Ctrl-C does; its exit status."""
    up.terminate()
    ended = up.wait(timeout=60)
    if up.stdout is not None:
        up.stdout.close()
    return ended


def make_tables(data: Path) -> None:
    """``gongbi migrate`` where nothing is."""
    done = Installation(data, 1).run("migrate")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with tables and no rows, to be copied: making them costs ten seconds."""
    return once(tmp_path_factory, "tables", make_tables)


@pytest.fixture
def nowhere(tables: Path, tmp_path: Path) -> Installation:
    """An installation with tables and no city yet."""
    shutil.copytree(tables, tmp_path / "data")
    return Installation(tmp_path / "data", free_ports(2)[0])


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a drawn town loaded; made once, copied for each test."""
    return once(tmp_path_factory, "loaded", make_loaded)


def make_loaded(data: Path) -> None:
    """A town drawn and loaded where nothing is."""
    town = Installation(data, 1)
    for command in (
        ("city", "new", str(data / "city"), "--people", "20000", "--seed", "3"),
        ("pack", "load", str(data / "city")),
    ):
        done = town.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    town.python("from gongbi.config.accounts import make_player_keys; make_player_keys()")


@pytest.fixture
def town(loaded: Path, tmp_path: Path) -> Installation:
    """A loaded installation of the test's own."""
    shutil.copytree(loaded, tmp_path / "data")
    return Installation(tmp_path / "data", free_ports(2)[0])


@pytest.fixture
def living_town(town: Installation) -> Iterator[Installation]:
    """The same, with its processes running."""
    up = town.start()
    try:
        yield town
    finally:
        stop(up)


@pytest.fixture(scope="module")
def lasting_town(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation that stands all that the tests of a file do to it, in any order."""
    data = tmp_path_factory.mktemp("lasting") / "data"
    shutil.copytree(loaded, data)
    town = Installation(data, free_ports(2)[0])
    up = town.start()
    try:
        yield town
    finally:
        assert stop(up) == 0

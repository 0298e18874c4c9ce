"""The processes of one city, kept by supervisord: started in order, restarted when one dies."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from gongbi.config.secrets import write_private


@dataclass(frozen=True, slots=True)
class Program:
    """One kept process."""

    name: str
    arguments: tuple[str, ...]


NAMES = ("ingest", "engine", "worker", "history", "web")
PROGRAMS = tuple(Program(name, ("run", name)) for name in NAMES)


MQTT = Program("mqtt", ("run", "mqtt"))


def programs_of(said: Mapping[str, str]) -> tuple[Program, ...]:
    """The processes a city with these settings needs."""
    return (*PROGRAMS, MQTT) if said["GONGBI_MQTT_URL"] else PROGRAMS


class CannotStart(Exception):
    """The city cannot be started; the sentence says why and what to do."""


def write_plan_of_processes(data: Path, programs: tuple[Program, ...]) -> Path:
    """Write supervisord's file into the data folder and return it."""
    logs = data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    head = (
        f"[supervisord]\nnodaemon=true\nsilent=true\nlogfile={_quoted(logs / 'supervisor.log')}\n"
        f"pidfile={_quoted(data / 'supervisord.pid')}\nlogfile_maxbytes=5MB\nlogfile_backups=2\n"
    )
    file = data / "supervisord.conf"
    write_private(file, head + "".join(_entry(program, logs) for program in programs))
    return file


def _entry(program: Program, logs: Path) -> str:
    command = " ".join(
        _quoted(word) for word in (sys.executable, "-m", "gongbi.config.cli", *program.arguments)
    )
    return (
        f"\n[program:{program.name}]\ncommand={command}\nautorestart=true\nstartsecs=1\n"
        f"startretries=1000\nstopwaitsecs=20\nstopasgroup=false\nredirect_stderr=true\n"
        f"stdout_logfile={_quoted(logs / (program.name + '.log'))}\n"
        "stdout_logfile_maxbytes=20MB\nstdout_logfile_backups=3\n"
    )


def _quoted(word: object) -> str:
    return str(word).replace("%", "%%")


def need_free_port(host: str, port: int, option: str) -> None:
    """Refuse with a sentence when somebody already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} is taken ({error.strerror}). Stop what listens there, "
                f"or choose another with {option}."
            ) from error


class City:
    """A running set of processes; stops them when asked, or when its own process is told to."""

    def __init__(self, data: Path, programs: tuple[Program, ...] = PROGRAMS) -> None:
        file = write_plan_of_processes(data, programs)
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(file)]
        self._keeper = subprocess.Popen(
            command,
            env=os.environ.copy(),
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads yet
        )

    def wait_until_ready(
        self, url: str, *, seconds: float, told: Callable[[str], None] = lambda _: None
    ) -> None:
        """Wait for /readyz; CannotStart with its last words when the time is over."""
        until, last = time.monotonic() + seconds, "The web does not answer yet."
        while time.monotonic() < until:
            if self._keeper.poll() is not None:
                raise CannotStart("The process manager ended; see logs/supervisor.log.")
            try:
                answer = httpx.get(f"{url}/readyz", timeout=5)
                if answer.status_code == 200:
                    return
                last = " ".join(answer.json().get("troubles", []))
            except (httpx.TransportError, ValueError):
                told(last)
            time.sleep(0.3)
        raise CannotStart(f"The city was not ready in {seconds:g} s: {last} See logs/web.log.")

    def stop(self) -> None:
        """Ask all processes to end; whoever waits sees them end."""
        # No wait in here: a signal handler that waits while the program waits waits for ever.
        os.kill(self._keeper.pid, signal.SIGTERM)

    def wait(self) -> int:
        """Wait until stopped by a signal or from elsewhere."""
        return self._keeper.wait()


def end_with_parent(sign: signal.Signals = signal.SIGTERM) -> None:
    """On Linux the kernel tells this process to stop when the one that began it is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, sign)  # 1: PR_SET_PDEATHSIG


def stop_on_signal(city: City) -> None:
    """SIGTERM and SIGINT stop the city cleanly."""

    def stop(*_: object) -> None:
        city.stop()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop)

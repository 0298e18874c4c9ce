"""The scanner an operator names: the real clamd, a daemon that misbehaves, and any command."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import pack

import pytest

from gongbi.config.options import BadOption, read_options
from gongbi.core.files.scanners import (
    Clamd,
    Command,
    NotLookedAt,
    ScannerAway,
    scanner_of,
)

# Parted, so that no scanner takes this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The real daemon on a socket of its own, with one signature of our own and no freshclam."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    home = tmp_path_factory.mktemp("c")
    (home / "db").mkdir()
    (home / "db" / "own.ndb").write_text(f"Gongbi.Eicar:0:*:{EICAR.hex()}\n", "ascii")
    path = home / "s"
    (home / "clamd.conf").write_text(
        f"LocalSocket {path}\nDatabaseDirectory {home / 'db'}\nForeground yes\n"
        f"TemporaryDirectory {home}\nStreamMaxLength 1M\nOfficialDatabaseOnly no\n",
        "utf-8",
    )
    command = [program, "--config-file", str(home / "clamd.conf")]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while not path.exists():
            if daemon.poll() is not None or time.monotonic() > until:
                said = daemon.stdout.read().decode() if daemon.stdout else ""
                pytest.fail(f"clamd did not start: {said}")
            time.sleep(0.05)
        yield path
    finally:
        daemon.terminate()
        daemon.communicate(timeout=20)


def test_clamd_calls_the_bad_bad_and_the_clean_clean(clamd: Path) -> None:
    scanner = scanner_of(f"clamd:{clamd}")
    assert isinstance(scanner, Clamd)
    assert scanner.look(b"a photo of a lamp" * 9000) == ""
    assert scanner.look(b"before " + EICAR + b" after") == "Gongbi.Eicar.UNOFFICIAL"
    assert scanner.look(b"") == ""
    assert scanner.version().startswith("ClamAV")


def test_clamd_that_will_not_take_so_much_is_no_verdict(clamd: Path) -> None:
    with pytest.raises(NotLookedAt, match="size-limit"):
        Clamd(path=str(clamd)).look(b"x" * (3 * 2**20))


def test_nobody_at_the_socket_is_away(tmp_path: Path) -> None:
    with pytest.raises(ScannerAway, match="FileNotFoundError"):
        Clamd(path=str(tmp_path / "none")).look(b"x")
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        port = shut.getsockname()[1]
    with pytest.raises(ScannerAway):
        Clamd(host="127.0.0.1", port=port).look(b"x")


@contextmanager
def daemon_that(*answers: bytes | None) -> Iterator[str]:
    """A daemon that gives these answers, one a line; None: it resets the line in the middle."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            for answer in answers:
                line, _ = door.accept()
                with line:
                    said = b""
                    while not said.endswith(b"\0\0\0\0"):
                        said += line.recv(2**16)
                    if answer is None:
                        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
                    else:
                        line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"clamd://127.0.0.1:{door.getsockname()[1]}"


def test_a_daemon_that_hangs_up_over_a_file_or_errs_gives_no_verdict_of_it() -> None:
    errs, fine = b"stream: Can't allocate memory ERROR\0", b"stream: OK\0"
    with daemon_that(b"", None, errs, fine) as named:
        scanner = scanner_of(named)
        assert scanner is not None
        with pytest.raises(NotLookedAt, match="ConnectionError"):
            scanner.look(b"x")
        with pytest.raises(NotLookedAt, match="Connection"):
            scanner.look(b"x")
        with pytest.raises(NotLookedAt, match="allocate-memory"):
            scanner.look(b"x")
        assert scanner.look(b"x") == ""


def test_a_name_that_is_none_is_away() -> None:
    with pytest.raises(ScannerAway, match="UnicodeError"):
        Clamd(host="no..host").look(b"x")


def test_a_daemon_that_takes_too_long_over_one_file_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gongbi.core.files.scanners.TIMEOUT_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        pytest.raises(NotLookedAt, match="timeout"),
    ):
        Clamd(host="127.0.0.1", port=door.getsockname()[1]).look(b"x")


LOOK = """
import sys
said = sys.stdin.buffer.read()
print("looking")
if b"EICAR" in said:
    print("Test file of EICAR\\n")
    sys.exit(1)
sys.exit(5 if said == b"odd" else 0)
"""


def test_a_command_judges_by_its_exit_status(tmp_path: Path) -> None:
    script = tmp_path / "look at it.py"
    script.write_text(LOOK, "utf-8")
    scanner = scanner_of(f"command:{sys.executable} '{script}'")
    assert isinstance(scanner, Command)
    assert scanner.name.startswith("python")
    assert scanner.look(b"\x00" * 2**20) == ""
    assert scanner.look(EICAR) == "Test-file-of-EICAR"
    with pytest.raises(NotLookedAt, match="exit:5"):
        scanner.look(b"odd")
    with pytest.raises(ScannerAway, match="FileNotFoundError"):
        Command(("/no/such/scanner",)).look(b"x")


@pytest.mark.parametrize("said", ["clamd", "clamd:relative", "clamd://", "command:", "virus"])
def test_a_setting_that_names_no_scanner_stops_the_start(said: str) -> None:
    with pytest.raises(BadOption, match=r"GONGBI_SCANNER.*clamd://host"):
        read_options({"GONGBI_SCANNER": said})

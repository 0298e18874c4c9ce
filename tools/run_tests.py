"""make test: set up what the tests need, then run every step and say how each went."""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "/usr/bin/chromium": "chromium",
    "/usr/sbin/mosquitto": "mosquitto",
    "/usr/sbin/clamd": "clamav-daemon",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
}
PARTS = "core cases things vitals reports desk"
"""Those with tables, which are tested on both databases."""
TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""Two at a time, a file whole: what a file prepares for its tests is prepared once. The order is
that of tests/conftest.py, the longest file first."""
Step = tuple[str, Callable[[], int]]
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30


def run(*command: str, **extra: str) -> int:
    """Run a command of this environment's Python in the repository."""
    env = os.environ | {"PYTHONWARNINGS": "default"} | extra
    return subprocess.call([sys.executable, *command], cwd=ROOT, env=env)


def beside(*command: str) -> Callable[[], int]:
    """Start a command that keeps one core busy; what it said is shown when it is waited for."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives until the command has ended
    going = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT
    )

    def wait() -> int:
        status = going.wait()
        said.seek(0)
        sys.stdout.write(said.read().decode(errors="replace"))
        return status

    return wait


def scratch() -> str | None:
    """Where folders of a minute are made: in memory, where Linux gives room; else the usual.

    Each test begins a city in a folder of its own, and on a disk its files take longer to make
    and remove than the test. A process that is killed loses no more here than on a disk.
    """
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return str(MEMORY)


def pytest(*arguments: str, **extra: str) -> int:
    """Run pytest with a data folder of its own, and all its other folders beside it."""
    with tempfile.TemporaryDirectory(prefix="gongbi-test-", dir=scratch()) as folder:
        data = Path(folder, "data")
        data.mkdir()
        extra = {"GONGBI_DATA": str(data), "TMPDIR": folder} | extra
        return run("-m", "pytest", *arguments, **extra)


def check() -> list[Step]:
    """Style, types, layers."""
    return [
        (
            "style",
            lambda: run("-m", "ruff", "check", "--no-cache", "src", "tests", "tools", "bench"),
        ),
        ("types", lambda: run("-m", "mypy")),
        (
            "layers",
            lambda: run("-c", "from importlinter.cli import lint_imports_command as c; c()"),
        ),
    ]


def on_postgres() -> int:
    """The parts' tests that open a database again, on a PostgreSQL made for this run alone."""
    with postgres() as url:
        return pytest(*TWO, *folders(PARTS), DATABASE_URL=url)


def steps() -> list[Step]:
    """Everything, in the order in which it is quickest to learn of a fault."""
    style, (types, _), layers = check()
    typed = beside("-m", "mypy")
    outside = "replay simulator stream doors generator feeds"  # the longest first
    return [
        style,
        layers,
        ("kernel", lambda: pytest(*TWO, "tests/kernel")),
        (types, typed),
        ("sensing and tools", lambda: pytest(*TWO, *folders(outside))),
        ("parts on SQLite", lambda: pytest(*TWO, *folders(f"{PARTS} config contracts"))),
        ("parts on PostgreSQL", on_postgres),
        ("browser", lambda: marked("browser")),
    ]


def marked(mark: str) -> int:
    """The tests of this mark, one after another; files that do not name it are not even read.

    Two browsers at a time on two cores gain a tenth of the time, and a town that is played for
    one of them is slow enough to be another.
    """
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    named = [str(one) for one in files if f"mark.{mark}" in one.read_text()]
    return pytest("-m", mark, *named)


def folders(names: str) -> list[str]:
    """The test folders of those names that exist."""
    return [f"tests/{name}" for name in names.split() if (ROOT / "tests" / name).is_dir()]


def install_packages() -> None:
    """Install the Debian packages that are missing, where apt may; else say which are needed."""
    missing = [name for file, name in PACKAGES.items() if not Path(file).exists()]
    if not postgres_bin():
        missing.append("postgresql")
    if not missing:
        return
    print(f"Installing Debian packages: {' '.join(missing)} …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (["update", "-qq"], ["install", "-y", "-qq", *missing]):
        if subprocess.call([*sudo, "apt-get", *command], env=env, stdout=subprocess.DEVNULL):
            sys.exit(f"Install these by hand, then run again: apt-get install {' '.join(missing)}")


def postgres_bin() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a scratch folder; its address."""
    programs = postgres_bin()
    assert programs is not None
    home = Path(tempfile.mkdtemp(prefix="gongbi-pg-", dir=scratch()))
    # PostgreSQL refuses to run as root; its package brings a user for that.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(home, "postgres")
    data, port = home / "data", str(20000 + os.getpid() % 10000)

    def ask(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=home)

    ask(
        "initdb", "-D", str(data), "-U", "gongbi", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"
    )
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
    ask("pg_ctl", "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start")
    try:
        yield f"postgresql://gongbi@127.0.0.1:{port}/postgres"
    finally:
        ask("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Run the steps; 0 when all passed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", choices=["check", "proof", "browser", "postgres"])
    only = arguments.parse_args().only
    chosen = {
        None: steps,
        "check": check,
        "proof": lambda: [("proof", lambda: marked("proof"))],
        "browser": lambda: [("browser", lambda: marked("browser"))],
        "postgres": lambda: [("parts on PostgreSQL", on_postgres)],
    }[only]()
    if only != "check":
        install_packages()
    with tempfile.TemporaryDirectory(prefix="gongbi-kept-", dir=scratch()) as kept:
        os.environ["GONGBI_TESTS_KEPT"] = kept  # what one step has made, a later one copies
        return go(chosen)


def of_the_processor() -> float:
    """Seconds that the processes which have ended have worked; PostgreSQL is none of them."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def go(chosen: list[Step]) -> int:
    """Take the steps in order; 0 when all passed."""
    failed = []
    for name, step in chosen:
        print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
        began, spent = time.monotonic(), of_the_processor()
        if step():
            failed.append(name)
        took, worked = time.monotonic() - began, of_the_processor() - spent
        print(f"── {name}: {took:.0f} s, {worked:.0f} s of the processor", flush=True)
    print(f"\n{len(chosen) - len(failed)} passed, {len(failed)} failed", flush=True)
    if failed:
        print(f"These steps failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

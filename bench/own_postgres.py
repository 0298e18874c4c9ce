"""A PostgreSQL of a benchmark's own, durable as in a city: fsync on, every commit on disk.

Run by itself it only says which version it would start.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from run_tests import postgres_bin  # noqa: E402 - the tools lie beside, not installed

SETTINGS = (
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=2GB",
    "effective_cache_size=8GB",
    "work_mem=32MB",
    "maintenance_work_mem=1GB",
    "max_wal_size=8GB",
    "random_page_cost=1.1",
    "jit=off",
    "listen_addresses=127.0.0.1",
)


@contextmanager
def running(folder: Path, *more: str) -> Iterator[str]:
    """The server over a folder, made when it is not there and kept afterwards; its address."""
    programs = postgres_bin()
    assert programs is not None, "PostgreSQL is not installed"
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder.mkdir(parents=True, exist_ok=True)
    if as_user:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", str(20000 + os.getpid() % 20000)

    def ask(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    if not data.exists():
        words = ["-U", "gongbi", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        ask("initdb", "-D", str(data), *words)
    options = " ".join(f"-c {one}" for one in (*SETTINGS, *more))
    options = f"-p {port} -k {folder} {options}"
    ask("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://gongbi@127.0.0.1:{port}/postgres"
    finally:
        ask("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")


if __name__ == "__main__":
    print(postgres_bin())

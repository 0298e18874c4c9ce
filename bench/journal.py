"""What sealing costs: lines ordered, sealed, checked and proved a second, on SQLite.

Run: .venv/bin/python bench/journal.py [lines]
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

LINES = int(sys.argv[1]) if __name__ == "__main__" and len(sys.argv) > 1 else 100_000


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"GONGBI_DATA": scratch, "DJANGO_SETTINGS_MODULE": "gongbi.config.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(
            f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} Python {platform.python_version()}"
        )
        measure()


def measure() -> None:
    """Each step in turn, over the same lines."""
    from gongbi.core.journal_check import check_journal
    from gongbi.core.journal_proof import prove
    from gongbi.core.outbox import order_lines
    from gongbi.core.sealing import seal_lines

    timed("written, 500 a transaction", write)
    timed("ordered", lambda: until_none(order_lines))
    timed("sealed", lambda: until_none(lambda: seal_lines(at_once=True)))
    report = timed("checked", check_journal)
    assert (report.lines, report.broken) == (LINES, []), report.first
    began = time.perf_counter()
    for seq in range(1, LINES, LINES // 100):
        prove(seq)
    print(f"  one proof: {(time.perf_counter() - began) * 10:.1f} ms")


def write() -> None:
    """Facts as an action writes them."""
    from django.db import transaction

    from gongbi.core.events import SignedIn
    from gongbi.core.journal import publish

    for _ in range(LINES // 500):
        with transaction.atomic():
            for _ in range(500):
                publish(SignedIn(person="p"), subject="person:p", actor="person:p")


def until_none(do: Callable[[], int]) -> None:
    """Again and again until nothing is left."""
    while do():
        pass


def timed(what: str, do: Callable[[], Any]) -> Any:
    """Do it and print how many lines a second."""
    began = time.perf_counter()
    found = do()
    took = time.perf_counter() - began
    print(f"  {what:28} {LINES / took:10,.0f} lines/s")
    return found


if __name__ == "__main__":
    main()

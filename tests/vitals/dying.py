"""A worker that is killed in the middle: ``python -m tests.vitals.dying make|read|tell DATA N``.

Works on a database of its own in the data folder. ``read`` reads the engine's facts three at a
time and ends itself by SIGKILL before its N-th statement, or reads to the end when N is 0.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(word: str, data: Path, number: int) -> None:
    """Do what the word says in the data folder."""
    os.environ |= {"GONGBI_DATA": str(data), "DATABASE_URL": "", "GONGBI_CLOCK": "played"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongbi.config.settings_test"
    import django

    django.setup()
    WORDS[word](data, number)


def make(data: Path, number: int) -> None:
    """Make the database and load the pack that lies beside the data folder."""
    from django.core.management import call_command

    from gongbi.core import packs

    call_command("migrate", verbosity=0)
    packs.load_pack(data.parent / "pack", by="test")


def read(data: Path, number: int) -> None:
    """Read the engine's facts, and die before statement ``number``."""
    from django.db import connection

    from gongbi.vitals.public import read_levels

    seen = 0

    def count(execute: Callable[..., Any], *words: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*words)

    with connection.execute_wrapper(count):
        while read_levels(3):
            pass
    print(seen)


def tell(data: Path, number: int) -> None:
    """Print what has become of the facts."""
    from tests.vitals.ledger import ledger

    print(json.dumps(ledger(), default=str))


WORDS = {"make": make, "read": read, "tell": tell}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

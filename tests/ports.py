"""Ports for servers that tests start, and start again."""

import itertools
import os
import random
import socket

FIRST, EACH = 10_000, 3_000
"""Below what the machine hands to whoever calls (from 32768 on Linux): one of those may be in a
caller's hands by the time the server has begun, or is back."""
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw2").removeprefix("gw")
_TURNS = itertools.count(random.Random(os.getpid()).randrange(EACH))


def free_ports(many: int = 1) -> tuple[int, ...]:
    """Neighbouring ports nobody listens on, and which no test beside this one is given."""
    while True:
        turns = [next(_TURNS) % EACH for _ in range(many)]
        ports = tuple(FIRST + EACH * (int(_WORKER) % 3) + turn for turn in turns)
        if ports[-1] - ports[0] == many - 1 and all(_is_free(port) for port in ports):
            return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

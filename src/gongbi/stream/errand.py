"""Work done aside while the engine folds on: a forked child that sees memory as it was then.

The child shares the parent's memory until one of them writes to it, so nothing is copied in
advance. It may only read arrays and write files: locks of other threads do not exist in it.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Errand:
    """A child at work; ``done`` says how it went, None while it goes on."""

    child: int
    went: bool | None = None

    def done(self) -> bool | None:
        """Whether it has ended well; never waits."""
        return self._look(os.WNOHANG)

    def wait(self) -> bool:
        """Wait until it has ended."""
        return bool(self._look(0))

    def _look(self, how: int) -> bool | None:
        if self.went is None:
            child, status = os.waitpid(self.child, how)
            self.went = None if child == 0 else status == 0
        return self.went


def send(work: Callable[[], None], leave: list[int]) -> Errand:
    """Do ``work`` in a child, which first closes the files ``leave`` (locks that are not its own).

    A child whose parent has died in the meantime must put nothing in place: see ``orphaned``.
    """
    child = os.fork()
    if child:
        return Errand(child)
    code = 1
    try:
        os.nice(5)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, signal.SIG_IGN)
        for file in leave:
            os.close(file)
        work()
        code = 0
    except BaseException as error:
        sys.stderr.write(f"Work aside failed: {error!r}\n")
    finally:
        os._exit(code)


def orphaned(parent: int) -> bool:
    """Whether the process that sent this one has died."""
    return os.getppid() != parent

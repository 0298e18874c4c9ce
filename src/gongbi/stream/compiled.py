"""Throw away machine code that Numba kept from other sources.

Numba looks at the file of a function it has compiled, not at the files of the functions that one
calls: after an upgrade that changed only a callee, an old caller would go on as before. So a
digest of the whole kernel is kept beside the code, which is forgotten when that has changed.
"""

import contextlib
import hashlib
import os
from pathlib import Path

KERNEL = Path(__file__).parents[1] / "kernel"
SIGN = "compiled-from"


def kernel_digest(kernel: Path = KERNEL) -> str:
    """A short digest of every source of the kernel."""
    sha = hashlib.sha256()
    for path in sorted(kernel.rglob("*.py")):
        sha.update(str(path.relative_to(kernel)).encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()[:16]


def forget_stale(kernel: Path = KERNEL) -> bool:
    """Remove machine code made from other sources; whether there was any reason to.

    Call it before the first compiled function. Where the kernel may not be written (a package of
    the system) Numba keeps its code elsewhere, and an upgrade renews every file.
    """
    if not os.access(kernel, os.W_OK):
        return False
    sign, digest = kernel / "__pycache__" / SIGN, kernel_digest(kernel)
    with contextlib.suppress(FileNotFoundError):
        if sign.read_text() == digest:
            return False
    for path in [*kernel.rglob("*.nbi"), *kernel.rglob("*.nbc")]:
        path.unlink(missing_ok=True)
    sign.parent.mkdir(exist_ok=True)
    sign.write_text(digest)
    return True

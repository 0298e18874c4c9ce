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


def cache_of(kernel: Path = KERNEL) -> Path:
    """Where Numba keeps its code: as told, beside the sources, or in the user's own folder."""
    told = os.environ.get("NUMBA_CACHE_DIR")
    if told:
        return Path(told)
    if os.access(kernel, os.W_OK):
        return kernel
    from numba.misc.appdirs import AppDirs  # only here: all of Numba comes with it

    return Path(AppDirs("numba", False).user_cache_dir)


def forget_stale(kernel: Path = KERNEL) -> bool:
    """Remove machine code made from other sources; whether there was any reason to.

    Call it before the first compiled function.
    """
    cache = cache_of(kernel)
    sign, digest = cache / "__pycache__" / SIGN, kernel_digest(kernel)
    with contextlib.suppress(FileNotFoundError):
        if sign.read_text() == digest:
            return False
    for path in [*cache.rglob("*.nbi"), *cache.rglob("*.nbc")]:
        path.unlink(missing_ok=True)
    sign.parent.mkdir(parents=True, exist_ok=True)
    sign.write_text(digest)
    return True

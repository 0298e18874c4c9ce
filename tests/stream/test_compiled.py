"""Machine code made from other sources is forgotten: also that of callers that did not change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gongbi.stream.compiled import SIGN, cache_of, forget_stale, kernel_digest

CALLER = """
from numba import njit
from callee import add

@njit(cache=True)
def call(value):
    return add(value)
"""
CALLEE = """
from numba import njit

@njit(cache=True)
def add(value):
    return value + {}
"""


def call(kernel: Path) -> str:
    """What the caller says, in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-c", "from caller import call; print(call(1))"],
        env={**os.environ, "PYTHONPATH": str(kernel)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return said.stdout.strip()


def test_a_caller_that_did_not_change_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(CALLER)
    (tmp_path / "callee.py").write_text(CALLEE.format(1))
    assert forget_stale(tmp_path)
    assert call(tmp_path) == "2"
    assert list(tmp_path.rglob("caller*.nbi"))
    assert not forget_stale(tmp_path)
    assert call(tmp_path) == "2"
    (tmp_path / "callee.py").write_text(CALLEE.format(100))
    assert call(tmp_path) == "2", "Numba minds callees now: this module is no longer needed."
    assert forget_stale(tmp_path)
    assert call(tmp_path) == "101"


def test_code_kept_elsewhere_is_forgotten_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the sources may not be written, as in a checkout of root's, Numba keeps it so."""
    kernel, cache = tmp_path / "kernel", tmp_path / "cache"
    kernel.mkdir()
    (kernel / "caller.py").write_text(CALLER)
    (kernel / "callee.py").write_text(CALLEE.format(1))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache))
    assert cache_of(kernel) == cache
    assert forget_stale(kernel)
    assert call(kernel) == "2"
    assert list(cache.rglob("*.nbi"))
    assert not list(kernel.rglob("*.nbi"))
    (kernel / "callee.py").write_text(CALLEE.format(100))
    assert call(kernel) == "2"
    assert forget_stale(kernel)
    assert call(kernel) == "101"
    assert not forget_stale(kernel)


def test_the_digest_is_that_of_every_source(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1\n")
    first = kernel_digest(tmp_path)
    (tmp_path / "two.py").write_text("")
    assert kernel_digest(tmp_path) != first


def test_the_tests_run_on_code_of_these_sources() -> None:
    assert (cache_of() / "__pycache__" / SIGN).read_text() == kernel_digest()

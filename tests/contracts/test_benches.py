"""Each benchmark still starts: a figure in docs/benchmarks.md must stay repeatable."""

import importlib.util
import sys
from pathlib import Path

import pytest

SHARED = {"own_postgres"}  # what several benchmarks start
BENCHES = sorted((Path(__file__).resolve().parents[2] / "bench").glob("*.py"))


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: path.stem)
def test_what_a_benchmark_imports_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(path.parent))
    found = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # frozen dataclasses look their module up
    try:
        found.loader.exec_module(module)
    finally:
        del sys.modules[found.name]
    assert hasattr(module, "main") or path.stem in SHARED


def test_every_benchmark_is_looked_at() -> None:
    assert len(BENCHES) > 15

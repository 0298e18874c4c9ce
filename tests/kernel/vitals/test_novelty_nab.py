"""The published benchmark, read in place: what the page says is what the program gives."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bench.nab import clock, novelty, read, scores


def test_the_score_that_is_printed(shared_data: Callable[[str], Path]) -> None:
    """docs/benchmarks.md: 37 of the 58 files, one temper and one threshold for all of them."""
    files = read(shared_data("nab"))
    assert len(files) == 37
    assert scores(clock, files) == pytest.approx([29.5, 0.0, 45.2], abs=0.05)
    assert scores(novelty(), files) == pytest.approx([62.8, 57.2, 68.7], abs=0.05)

"""Two small mappings that the tests bend, and short ways to read with them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gongbi.feeds import public as feeds

Read = Callable[..., list[feeds.Outcome]]


@pytest.fixture
def tickets() -> feeds.Mapping:
    """Reports: number, at, what, in UTC."""
    return feeds.Mapping(
        name="tickets",
        kind="reports",
        files=("*.csv",),
        time=feeds.TimeRule("at"),
        report=feeds.ReportRule("counter", "{number}", "{what}"),
    )


@pytest.fixture
def gauges() -> feeds.Mapping:
    """Observations: at, gauge, level, in Shanghai's hours."""
    return feeds.Mapping(
        name="gauges",
        kind="observations",
        files=("*.csv",),
        time=feeds.TimeRule("at", zone="Asia/Shanghai"),
        values=(feeds.ValueRule("level", "urn:gauge:{gauge}", unit="m"),),
    )


@pytest.fixture
def read() -> Read:
    """Every outcome of a text or of bytes; keywords replace tables of the mapping."""

    def outcomes(mapping: feeds.Mapping, data: str | bytes, **tables: Any) -> list[feeds.Outcome]:
        content = data.encode() if isinstance(data, str) else data
        return list(feeds.understand(replace(mapping, **tables), content, "day"))

    return outcomes

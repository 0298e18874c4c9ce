"""Rows that came too late: history is corrected and marked, the past and live levels are not."""

from datetime import timedelta
from typing import Any

import pytest
from tests.vitals.conftest import Sensing, at

from gongbi.stream import history_keeper
from gongbi.stream import public as stream
from gongbi.vitals.models import Series

SPAN = {"since": at(0), "until": at(60)}


def test_too_late_rows_correct_history_only(
    burst: Sensing, small_city: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from gongbi.config.cli_history import backfill

    one = Series.objects.get(indicator="pressure", place="xx-e-1-a")
    burst.play(30, (1, 29.5, 0.30))
    burst.play(31, (1, 2.7, 0.30), (1, 10.5, 0.25))  # of 10:02 and 10:10, far too late
    level = Series.objects.get(pk=one.pk).level
    backfill()
    assert "wait for their day" in capsys.readouterr().out
    for hour in range(2, 48):
        burst.tick(60 * hour)
        burst.fold()
    history_keeper.tend(small_city.data)
    before = stream.history(small_city.data, series=[one.pk], step="raw", **SPAN).to_pylist()
    backfill()
    said = capsys.readouterr().out
    assert "0 wait for" in said
    after = stream.history(small_city.data, series=[one.pk], step="raw", **SPAN).to_pylist()
    values = {row["window_start"]: row for row in after}
    assert values[at(2)]["value"] == pytest.approx((0.12 + 0.30) / 2)
    assert values[at(2)]["count"] == 2
    assert values[at(2)]["corrected"] is not None
    assert values[at(10)]["value"] == 0.25
    assert len(after) == len(before) + 1
    hours = stream.history(small_city.data, series=[one.pk], step="hour", **SPAN).to_pylist()
    assert hours[0]["count"] == sum(row["count"] for row in after)
    assert Series.objects.get(pk=one.pk).level == level
    known = stream.readings_known(small_city.data, series=[one.pk], at=at(40), **SPAN)
    then = {row["window_start"]: row["value"] for row in known.to_pylist()}
    were = {row["window_start"]: row["value"] for row in before if row["window_start"] < at(31)}
    assert then == were, "at that moment nothing was corrected yet"
    backfill()
    assert " 0 readings corrected" in capsys.readouterr().out, "twice changes nothing"
    again = stream.history(small_city.data, series=[one.pk], step="raw", **SPAN).to_pylist()
    assert again == after
    burst.tick(60 * 24 * 9)
    burst.fold()
    history_keeper.tend(small_city.data)
    merged = stream.history(
        small_city.data, series=[one.pk], since=at(-60), until=at(0) + timedelta(hours=1)
    ).to_pylist()
    assert merged[0]["count"] == hours[0]["count"]

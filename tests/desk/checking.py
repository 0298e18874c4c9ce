"""A city measured for two weeks, by hand: what the check-up's tests rest on.

Five districts with one series each of water pressure, judged by the hour. In week 46 all is
normal. In week 47 the west spends each day's first twelve hours at alarm; the east is
silent on Sunday.
"""

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import orjson
from tests import remembered

from gongbi.stream.outputs import READING, parquet_path, write_parquet

BEGIN = datetime(2026, 11, 8, 16, tzinfo=UTC)  # Monday 9 November in the city
DISTRICTS = ("xx-e", "xx-w", "xx-n", "xx-s", "xx-m")
HOURS = 14 * 24


def measure(data: Path) -> SimpleNamespace:
    """Places, one indicator, its series and their readings."""
    from gongbi.core.models import Place
    from gongbi.vitals.models import Indicator, Series

    for code in DISTRICTS[2:]:
        Place.objects.create(
            code=code,
            kind="district",
            name_en=f"District {code[-1].upper()}",
            name_zh=f"{code[-1].upper()}区",
            path=f"/xx/{code}/",
            parent_id="xx",
            depth=1,
            population=50,
        )
    pressure = Indicator.objects.create(
        code="pressure",
        name_en="Water pressure",
        name_zh="供水压力",
        kind="water",
        observed_property="water_pressure",
        aggregate="mean",
        window_seconds=3600,
        lateness_seconds=60,
        missing_windows=3,
        alarm=0.14,
        case_type="burst-pipe",
    )
    series = {
        code: Series.objects.create(
            id=number,
            indicator=pressure,
            place_id=code,
            place_path=f"/xx/{code}/",
            place_kind="district",
        )
        for number, code in enumerate(DISTRICTS, start=1)
    }
    shutil.copytree(_readings_of_two_weeks(), data, dirs_exist_ok=True)
    reached(data, BEGIN + timedelta(hours=HOURS))
    return SimpleNamespace(indicator=pressure, series=series)


@cache
def _readings_of_two_weeks() -> Path:
    """A folder of their files: written once, copied for each test."""
    data = remembered.folder()
    for hour in range(HOURS):
        write_parquet(parquet_path(data, _hour(hour)), _readings(hour))
    return data


def reached(data: Path, until: datetime) -> None:
    """How far the engine says it has read."""
    (data / "engine").mkdir(exist_ok=True)
    status = {"watermark": int(until.timestamp() * 1e6)}
    (data / "engine" / "status.json").write_bytes(orjson.dumps(status))


def _hour(hour: int) -> int:
    return int(BEGIN.timestamp()) // 3600 + hour


def _readings(hour: int) -> np.ndarray:
    second_week = hour >= 7 * 24
    heard = [n for n in range(1, 6) if n != 1 or hour < 13 * 24]
    found = np.zeros(len(heard), READING)
    found["series"], found["window_start"] = heard, _hour(hour) * 3_600_000_000
    found["count"], found["value"] = 1, 0.3
    if second_week and hour % 24 < 12:
        found["level"][np.array(heard) == 2] = 3
    return found


def alerts(measured: SimpleNamespace, times: int, *, place: str = "xx-w") -> None:
    """So many alarms of the west, a day apart from Monday of week 47, each without a case."""
    from gongbi.vitals.models import Alert

    for number in range(times):
        began = BEGIN + timedelta(days=7 + number)
        Alert.objects.create(
            id=f"{place}-{number}",
            series=measured.series[place],
            place_path=f"/xx/{place}/",
            level=0,
            peak_level=3,
            began_at=began,
            ended_at=began + timedelta(hours=12),
            raised_at=began,
        )


def verdicts(number: str, solved: int, not_solved: int, unanswered: int) -> None:
    """What residents said of a case, by many rounds of it."""
    from gongbi.cases.models import Case, Outcome, Verdict

    case = Case.objects.get(number=number)
    said = ["solved"] * solved + ["not_solved"] * not_solved + ["unanswered"] * unanswered
    for word in said:
        outcome = Outcome.objects.create(
            case=case, declared="done", actor="person:1", at=case.opened_at
        )
        Verdict.objects.create(
            outcome=outcome, case=case, asked_at=case.opened_at, said=word, said_at=case.opened_at
        )

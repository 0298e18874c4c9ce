"""*In about so many minutes this reaches a limit*: on the series, the signs, and its cost."""

import re
from datetime import timedelta

import numpy as np
import pytest
from tests.vitals.conftest import NOW, Sensing
from tests.vitals.walking import read

from gongbi.vitals import foreseeing, queries
from gongbi.vitals.models import Indicator

PAGE = "/vitals/pressure/xx-e-1-a/"
SAYS = re.compile(
    r"In about (\d+) min \((\d\d:\d\d) to (\d\d:\d\d)\) this is expected to reach the limit of "
    r"0\.2[40] MPa for (notice|warning): (\d+) in 100"
)


@pytest.fixture
def falling(sensing: Sensing) -> Sensing:
    """Pressure of Penrack falls by 0.001 a minute from 0.347; at 11:40 it is at about 0.248."""
    for minute in range(100):
        sensing.say((1, minute + 0.5, 0.347 - 0.001 * minute))
        sensing.tick(minute + 1)
    sensing.hear()
    return sensing


def test_the_series_says_when_and_why(falling, signed_in):
    said = read(signed_in("officer"), PAGE)
    found = SAYS.search(said)
    assert found, said[:600]
    assert 6 <= int(found[1]) <= 9, "it falls to 0.24 in the window of 11:47"
    assert found[4] == "notice"
    assert int(found[5]) >= 50
    assert "earlier windows went on; the newest closed at 11:40" in said
    assert "预计约" in read(signed_in("officer", "zh-hans"), PAGE)


def test_the_sign_says_it_too(falling, signed_in):
    assert SAYS.search(read(signed_in("officer"), "/vitals/?place=xx-e-1-a"))


def test_nothing_is_said_of_a_quiet_or_a_silent_series(falling, signed_in):
    assert not SAYS.search(read(signed_in("officer"), "/vitals/pressure/xx-w-1-a/"))
    falling.play(130)
    assert not SAYS.search(read(signed_in("officer"), PAGE)), "half an hour without a reading"


def test_a_known_event_shifts_what_is_foreseen(falling, signed_in):
    officer = signed_in("officer")
    said = {
        "name_en": "Pumps at work", "begins_at": "2026-11-24T11:30", "percent": "100",
        "ends_at": "2026-11-24T11:45", "touches": "sign:pressure", "shift": "0.05",
        "source": "water company",
    }  # fmt: skip
    assert officer.post("/known/at/xx-e-1", said).status_code == 302
    sooner = SAYS.search(read(officer, PAGE))
    assert sooner, "the lift of 0.05 ends at 11:45, and takes the pressure below the limit"
    assert 3 <= int(sooner[1]) <= 6
    assert "Pumps at work until 11-24 11:45" in read(officer, PAGE)


def test_what_it_costs_is_bounded(falling, signed_in, monkeypatch):
    """One look at the readings more, of few series and hours, and only where one is near."""
    looks = []
    real = queries.stream.readings

    def counted(data, *, series, since, until):
        looks.append((len(series), (until - since).total_seconds() / 3600))
        return real(data, series=series, since=since, until=until)

    monkeypatch.setattr(queries.stream, "readings", counted)
    officer = signed_in("officer")
    officer.get("/vitals/?place=xx-w-1-a")
    assert [hours for _count, hours in looks if hours > queries.LONG_SPARK_HOURS] == []
    looks.clear()
    officer.get("/vitals/?place=xx-e-1-a")
    extra = [one for one in looks if one[1] > queries.LONG_SPARK_HOURS]
    assert extra == [(1, foreseeing.HOURS_BACK)]
    assert extra[0][0] <= foreseeing.MOST_SERIES


@pytest.mark.parametrize("direction", ["above", "below"])
@pytest.mark.parametrize("absolute", [None, 50.0])
def test_the_limit_met_first_counts(direction, absolute):
    """Usual is 40 with a scatter of 1, and four scatters are warning: 44, or 36 from above."""
    rule = Indicator(
        code="x", direction=direction, warning=absolute, usual_warning=4.0, least_deviation=2.0
    )
    day = np.full(24, 40.0)
    grid = foreseeing._Grid(NOW, timedelta(hours=1), day, day, np.ones(24), 6)
    met = 44.0 if direction == "above" else absolute or 36.0
    assert foreseeing._limits(rule, 2, grid).tolist() == [met] * 6

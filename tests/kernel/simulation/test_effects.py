"""What an incident does to readings, each form by hand."""

import numpy as np
import pytest
from tests.kernel.simulation.small_world import MONDAY, streams

from gongbi.kernel.simulation.effects import Effect, Incident, readings, strength

NIGHT = MONDAY + 20 * 3600  # far from the peak of 8 o'clock


def incident(form: str, size: float, **how: float) -> Incident:
    effect = Effect(form, np.array([0]), np.array([size]), **how)
    return Incident(
        "i", "burst_pipe", NIGHT + 600, NIGHT + 1_200, "a", 120.0, 30.0, 1.0, (effect,)
    )


def said(one: Incident, ends: dict[str, int] | None = None) -> dict[int, float]:
    """Minute → value of gauge 0 in the hour."""
    rows = readings(streams(), [one], NIGHT, NIGHT + 3_600, offset=0, seed=5, ends=ends)
    mine = rows.rows == 0
    minutes = (rows.seconds[mine] - NIGHT) // 60
    return dict(zip(minutes.tolist(), rows.values[mine].tolist(), strict=True))


def test_the_trapezoid() -> None:
    effect = Effect("add", np.array([0]), np.array([1.0]), rise=100.0, fall=50.0, delay=20.0)
    at = np.array([0, 20, 70, 120, 200, 225, 250, 300])
    assert strength(effect, at, 0, 200) == pytest.approx([0, 0, 0.5, 1, 1, 0.5, 0, 0])


def test_one_that_is_ended_while_it_rises_falls_from_where_it_was() -> None:
    effect = Effect("add", np.array([0]), np.array([1.0]), rise=100.0, fall=50.0)
    assert strength(effect, np.array([40, 65, 90]), 0, 40) == pytest.approx([0.4, 0.2, 0.0])


@pytest.mark.parametrize(
    ("form", "size", "during"), [("add", -0.2, 0.1), ("scale", 0.5, 0.45), ("stuck", 1.0, 0.3)]
)
def test_a_form_changes_its_sensor_while_it_lasts(form: str, size: float, during: float) -> None:
    values = said(incident(form, size))
    assert values[5] == pytest.approx(0.3, abs=1e-3)
    assert values[15] == pytest.approx(during, abs=1e-3)
    assert values[25] == pytest.approx(0.3, abs=1e-3)


def test_drift_grows_by_the_hour() -> None:
    values = said(incident("drift", 0.6))
    assert values[19] - values[12] == pytest.approx(0.6 * 7 / 60, abs=1e-3)


def test_silence_takes_the_rows_of_its_sensor_alone() -> None:
    one = incident("silence", 1.0)
    assert not {11, 15, 19} & said(one).keys()
    assert {5, 25} <= said(one).keys()
    others = readings(streams(), [one], NIGHT + 660, NIGHT + 1_140, offset=0, seed=5).rows
    assert set(others.tolist()) == {1, 2, 3, 4}


def test_whoever_mends_it_ends_it() -> None:
    assert said(incident("add", -0.2), {"i": NIGHT + 840})[17] == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "vanish"},
        {"rise": 0.0},
        {"rows": np.array([2, 1]), "size": np.array([1.0, 1.0])},
        {"size": np.array([1.0, 1.0])},
    ],
)
def test_an_impossible_effect_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="Expected"):
        Effect(**{"form": "add", "rows": np.array([0]), "size": np.array([1.0])} | wrong)

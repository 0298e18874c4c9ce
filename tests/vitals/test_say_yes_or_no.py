"""A sensor that knows only yes and no is told in words, not as 1 beyond 0.5."""

import pytest
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import read

SAYS = {
    "en": "A sensor here says yes: that is warning, since",
    "zh-hans": "此处传感器报“有”，即预警，自",
}
NEWEST = {"en": "Newest reading yes", "zh-hans": "最新读数 有"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_alert_of_a_lift(sensing, signed_in, language):
    sensing.play(2, (4, 0.5, 1.0), (4, 1.5, 1.0))
    alert = alert_of("xx-e-1-a", "lifts")
    said = read(signed_in("officer", language), f"/alerts/{alert.pk}/")
    assert SAYS[language] in said
    assert NEWEST[language] in said
    assert "0.5" not in said


def test_when_it_is_over_no_figure_is_told(sensing, signed_in):
    sensing.play(2, (4, 0.5, 1.0), (4, 1.5, 1.0))
    sensing.play(4, (4, 2.5, 0.0), (4, 3.5, 0.0))
    said = read(signed_in("officer"), f"/alerts/{alert_of('xx-e-1-a', 'lifts').pk}/")
    assert "At worst it was warning. It ended at" in said


def test_its_readings_are_words_in_the_table(sensing, signed_in):
    sensing.play(3, (4, 0.5, 1.0), (4, 1.5, 0.0))
    said = read(signed_in("officer"), "/vitals/lifts/xx-e-1-a/")
    assert "1 yes 1" not in said
    assert " yes " in said
    assert " no " in said

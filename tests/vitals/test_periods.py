"""What a check-up asks: time at each level as the engine wrote it, alerts that late rows left."""

from datetime import timedelta

import numpy as np
from tests.vitals.conftest import NOW, at

from gongbi.vitals.models import Alert
from gongbi.vitals.public import episodes_between, record_begins, sign_times

EDGES = (NOW, at(2), at(10))


def test_time_at_each_level(burst, django_assert_num_queries):
    """Windows of a minute: Penrack normal, then warning, then alarm; Brushwash once at warning."""
    burst.play(20)
    with django_assert_num_queries(2):
        times = sign_times("/xx/xx-e/xx-e-1/", EDGES)
    codes = [times.names[sign].code for sign in times.signs]
    row = [n for n, code in enumerate(codes) if code == "pressure"]
    assert [times.places[n] for n in row] == ["xx-e-1-a", "xx-e-1-b"]
    penrack, brushwash = times.seconds[row]
    assert penrack.sum(axis=0).tolist() == [60, 0, 60, 60]
    assert penrack[0].tolist() == [60, 0, 60, 0]
    assert brushwash.sum(axis=0).tolist() == [120, 0, 60, 0]
    assert times.windows[row].tolist() == [3, 3]
    assert (times.due >= times.seconds.sum(axis=2)).all()
    assert times.begun == record_begins()


def test_a_sign_whose_silence_means_nothing_owes_what_it_told(burst):
    burst.play(20, (4, 3.5, 0.0))
    times = sign_times("/xx/", EDGES)
    lifts = np.array([times.names[sign].code == "lifts" for sign in times.signs])
    assert times.due[lifts].sum() == times.seconds[lifts].sum() == 60
    assert times.due[~lifts].sum() > times.seconds[~lifts].sum()


def test_alerts_of_a_period(burst, django_assert_num_queries):
    with django_assert_num_queries(1):
        found, cut = episodes_between("/xx/", NOW, at(10))
    assert not cut
    assert [one.place for one in found] == ["xx-e-1-a", "xx-e-1-b"]
    assert [one.peak for one in found] == [3, 2]
    assert episodes_between("/xx/xx-w/", NOW, at(10))[0] == []
    assert episodes_between("/xx/", NOW - timedelta(days=1), NOW)[0] == []
    Alert.objects.update(withdrawn=True)
    assert episodes_between("/xx/", NOW, at(10))[0] == []

"""Promises learnt from records: by hand, as a property, and on a real city's two quarters."""

import csv
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.calendars import WorkingCalendar
from gongbi.kernel.cases.promise_learning import learn, learn_hours
from gongbi.kernel.worktimes import MINUTE, deadlines, instant_of

BOSTON = ZoneInfo("America/New_York")
OFFICE = WorkingCalendar(BOSTON, ((510, 1020),), frozenset({1, 2, 3, 4, 5}))


def at(day: int, hour: int, minute: int) -> int:
    return instant_of(datetime(2011, 7, day, hour, minute, tzinfo=BOSTON))


def test_the_page_s_example_by_hand():
    starts = np.array([at(8, 10, 36), at(7, 18, 10), at(9, 9, 10)])
    targets = np.array([at(12, 10, 36), at(12, 8, 30), at(13, 9, 10)])
    found = learn(starts, targets, {"office": OFFICE})
    assert (found.promise, found.calendar, found.rows) == ("2 full_working_days", "office", 3)
    assert (found.exact, found.close) == (1.0, 1.0)
    four_days = deadlines(OFFICE, starts, "4 days")
    assert (four_days == targets).tolist() == [True, False, True]


def test_nothing_is_learnt_from_dates_before_their_receipt():
    assert learn(np.array([5]), np.array([5]), {"office": OFFICE}) is None
    assert learn(np.array([], np.int64), np.array([], np.int64), {"office": OFFICE}) is None


def test_newer_rows_count_more():
    """A promise that changed a month ago is told as it is now, though older rows are more."""
    old = [at(1, 10, n) for n in range(40)]
    new = [instant_of(datetime(2011, 10, 3, 10, n, tzinfo=BOSTON)) for n in range(20)]
    starts = np.array(old + new)
    targets = np.concatenate(
        [deadlines(OFFICE, np.array(old), "9 days"), deadlines(OFFICE, np.array(new), "3 days")]
    )
    found = learn(starts, targets, {"office": OFFICE})
    assert found.promise == "3 days"
    assert found.close == 20 / 60


starts = st.lists(st.integers(at(1, 0, 0), at(31, 0, 0)), min_size=60, max_size=80, unique=True)
promises = st.tuples(
    st.integers(1, 30), st.sampled_from(["days", "full_working_days", "working_days", "hours"])
).map(lambda said: f"{said[0]} {said[1]}")


@settings(max_examples=40)
@given(starts, promises)
def test_whatever_was_promised_is_said_again(some, promise):
    """Another promise may say the same dates; then it is as good."""
    targets = deadlines(OFFICE, np.array(some), promise)
    found = learn(np.array(some), targets, {"office": OFFICE})
    assert found.close == 1.0


def test_office_hours_show_in_the_deadlines():
    rng = np.random.default_rng(1)
    some = at(1, 0, 0) + rng.integers(0, 30 * 1440, 3000) * MINUTE
    targets = deadlines(OFFICE, some, "3 full_working_days")
    assert learn_hours(some, targets, BOSTON) == (510, 1020)
    assert learn_hours(some, some + 60 * MINUTE, BOSTON) != (510, 1020)


def read(file):
    rows = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["target_dt"]:
                edges = (datetime.fromisoformat(row[key]) for key in ("open_dt", "target_dt"))
                rows[row["type"]].append([instant_of(one.replace(tzinfo=BOSTON)) for one in edges])
    return {kind: np.array(some) for kind, some in rows.items()}


def test_boston_s_fourth_quarter_from_its_third(shared_data):
    folder = shared_data("boston311-2011h2")
    third, fourth = (read(folder / f"boston311_2011q{quarter}.csv") for quarter in (3, 4))
    kinds = ("Schedule a Bulk Item Pickup", "Street Light Outages", "Rodent Activity")
    told = {}
    for kind in kinds:
        before, after = third[kind], fourth[kind]
        one = learn(before[:, 0], before[:, 1], {"office": OFFICE})
        off = np.abs(deadlines(OFFICE, after[:, 0], one.promise) - after[:, 1])
        told[kind] = one.promise, bool((off <= 60 * MINUTE).mean() > 0.98)
    assert told == {
        "Schedule a Bulk Item Pickup": ("2 full_working_days", True),
        "Street Light Outages": ("10 full_working_days", True),
        "Rodent Activity": ("30 days", True),
    }

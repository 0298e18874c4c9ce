"""The same lamp is the same matter; the lamp beside it is another."""

import pytest
from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.conftest import signal

from gongbi.cases.public import likely_to_report


@pytest.fixture
def asked(furnished, reported):  # noqa: F811
    """A case about one lamp; gives the chance that another report is of it."""
    number = reported(**LAMP | {"words": "大门口一片漆黑"}).number

    def ask(**changes: object) -> float:
        said = LAMP | {"words": "晚上看不见路", "lon": 122.9401} | changes
        found = likely_to_report(signal(**said))
        return next((one.chance for one in found if one.number == number), 0.0)

    return ask


def test_the_same_asset_is_asked_about(asked):
    assert asked() > 0.9
    assert asked() > asked(asset="")


def test_another_asset_of_the_kind_is_not(asked):
    assert asked(asset="lamp:3-0422") == 0.0


def test_a_code_in_the_words_counts_as_well(asked):
    assert asked(asset="", words="灯杆3-0421，晚上看不见路") > 0.9
    assert asked(asset="", words="灯杆3-0422，晚上看不见路") == 0.0

"""A case whose place is an area alone: its middle is shown as such, and no crew is led there."""

import pytest
from tests.cases.walking import do


@pytest.mark.parametrize(("lon", "vague"), [(None, True), (122.9412, False)])
def test_the_middle_of_a_quarter_is_no_address(signed_in, reported, lon, vague):
    number = reported(lon=lon, lat=30.2 if lon else None, place="xx-e-1-a").number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert ("the middle of Penrack; where in it is not known" in page) == vague
    do(signed_in("dispatcher"), number, "accept_suggestion")
    tasks = signed_in("worker").get("/cases/mine/").content.decode()
    assert ("exact place not known" in tasks) == vague
    assert ('href="geo:' in tasks) != vague


def test_whoever_sends_reads_to_whom(signed_in, reported):
    number = reported().number
    browser = signed_in("dispatcher")
    do(browser, number, "accept_suggestion")
    assert (
        f"Case {number}: sent to a unit · East water." in browser.get("/cases/").content.decode()
    )

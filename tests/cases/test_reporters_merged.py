"""Who reads the reporters of a case reads those of cases merged into it, of their own places."""

import pytest
from tests.cases.walking import do

from gongbi.core.models import JournalLine

WEST = {"place": "xx-w", "lon": 122.85, "contact": "王强 13900000001", "words": "西区水管爆了"}


@pytest.fixture
def merged(signed_in, reported):
    """A case of the west, and one of the east merged into it, each with one reporter."""
    kept, gone = reported(**WEST), reported()
    assert do(signed_in("dispatcher"), gone.number, "merge", into=kept.number).status_code == 302
    return kept, gone


def test_all_reporters_of_the_one_matter_are_read_each_under_its_case(merged, signed_in):
    kept, gone = merged
    page = signed_in("dispatcher").post(f"/cases/{kept.number}/reporter").content.decode()
    for said in ("王强 13900000001", "李娜 13812345678", f'href="/cases/{gone.number}/"'):
        assert said in page
    assert "whose reporters your post may not read" not in page
    lines = JournalLine.objects.filter(kind="cases.ReporterSeen").order_by("pk")
    assert [line.body["number"] for line in lines] == [kept.number, gone.number]
    assert [line.place_path for line in lines] == ["/xx/xx-w/", "/xx/xx-e/xx-e-1/xx-e-1-a/"]


def test_merging_opens_no_reporter_of_another_place(merged, signed_in):
    kept, gone = merged
    west = signed_in("dispatcher-w", "zh-hans")
    assert "2 位诉求人" in west.get(f"/cases/{kept.number}/").content.decode()
    page = west.post(f"/cases/{kept.number}/reporter").content.decode()
    assert "王强 13900000001" in page
    for secret in ("李娜", "13812345678", gone.number):
        assert secret not in page
    assert "另有 1 位诉求人属于其他辖区" in page
    numbers = {
        line.body["number"] for line in JournalLine.objects.filter(kind="cases.ReporterSeen")
    }
    assert numbers == {kept.number}


def test_the_merged_case_shows_its_own_alone(merged, signed_in):
    _kept, gone = merged
    page = signed_in("dispatcher").post(f"/cases/{gone.number}/reporter").content.decode()
    assert "李娜 13812345678" in page
    assert "王强" not in page


@pytest.mark.parametrize(
    ("who", "status", "reads"),
    [("", 302, set()), ("stranger", 404, set()), ("worker", 404, set()), ("lead", 403, set()),
     ("officer", 403, set()), ("dispatcher-w", 200, {"王强"}), ("clerk", 200, {"王强", "李娜"}),
     ("supervisor", 200, {"王强", "李娜"})],
)  # fmt: skip
def test_who_reads_whom(merged, signed_in, who, status, reads):
    kept, _gone = merged
    do(signed_in("dispatcher"), kept.number, "dispatch", unit="water")
    answer = signed_in(who).post(f"/cases/{kept.number}/reporter")
    assert answer.status_code == status
    page = answer.content.decode()
    assert {name for name in ("王强", "李娜") if name in page} == reads


def test_a_merge_that_was_undone_shares_no_reporter(merged, signed_in):
    kept, gone = merged
    dispatcher = signed_in("dispatcher")
    do(dispatcher, gone.number, "unmerge")
    page = dispatcher.post(f"/cases/{kept.number}/reporter").content.decode()
    assert "王强" in page
    assert "李娜" not in page

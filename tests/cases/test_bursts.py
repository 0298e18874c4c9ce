"""Many at once become one parent matter: opened with why, told once, ended with a proposal."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.models import Burst, Child, Note, Tally
from gongbi.cases.public import follow, run_due

HOUR = timedelta(hours=1)


@pytest.fixture
def usual(small_city):
    """Four weeks in which the city heard of water once every six hours, and of all twice."""
    hours = [NOW - n * HOUR for n in range(3, 28 * 24)]
    Tally.objects.bulk_create(
        Tally(hour=hour, group=group, area=area, many=many)
        for n, hour in enumerate(hours)
        for area in ("xx", "xx-e")
        for group, many in (("water", int(n % 6 == 0)), ("*", int(n % 3 == 0)))
    )


@pytest.fixture
def storm(usual, reported, small_city):
    """Ten pipes burst within the hour, each in a square of its own; then the clock comes by."""
    receipts = [
        reported(lon=122.92 + 0.006 * n, at=NOW - timedelta(minutes=50 - n), contact="",
                 words="水管爆了,王小明说停水")
        for n in range(10)
    ]  # fmt: skip
    run_due(NOW)
    return receipts


def test_it_opens_with_what_was_seen_and_expected(storm, signed_in):
    burst = Burst.objects.get()
    assert (burst.group, burst.place_id, burst.seen) == ("water", "xx", 10)
    assert burst.expected < 1
    assert burst.children.count() == 10
    assert burst.words == [["水管爆", 10]], "words of the city's own list, never a name"
    page = signed_in("dispatcher").get(f"/cases/bursts/{burst.uuid}/").content.decode()
    for said in ("Burst pipe", storm[0].number, "水管爆 (10)", "East (10)"):
        assert said in page
    assert "王小明" not in page
    strip = signed_in("dispatcher").get("/cases/bursts/", headers={"hx-request": "true"})
    assert "10 reports where" in strip.content.decode()


def test_the_clock_coming_twice_opens_one_and_latecomers_join(storm, reported, small_city):
    run_due(NOW)
    late = reported(at=NOW + timedelta(minutes=5), lon=122.99)
    small_city.clock.now = NOW + HOUR
    run_due(small_city.clock.now)
    assert Burst.objects.count() == 1
    assert Child.objects.filter(case=case_of(late.number)).exists()


@pytest.fixture
def quake(usual, reported, small_city):
    """At a quiet hour two pipes burst and two holes open, each in a square of its own."""
    kinds = ("burst-pipe", "hole", "burst-pipe", "hole")
    receipts = [
        reported(lon=122.92 + 0.006 * n, type=kind, contact="",
                 at=NOW - timedelta(minutes=40 - 10 * n))
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    run_due(NOW)
    return receipts


def test_two_kinds_that_rise_together_are_one_parent_within_the_hour(quake, signed_in):
    burst = Burst.objects.get()
    assert (burst.group, burst.place_id, burst.seen) == ("*", "xx", 4)
    assert sorted(burst.kinds) == ["order", "water"]
    assert burst.began_at == NOW - timedelta(minutes=40), "it began with its first report"
    assert burst.children.count() == 4
    page = signed_in("dispatcher").get(f"/cases/bursts/{burst.uuid}/").content.decode()
    rare = f"{10 ** int(burst.surprise):,}"
    for said in ("Burst pipe", "Hole in the road", f"one in {rare}"):
        assert said in page
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/bursts/{burst.uuid}/").content.decode()
    assert f"{rare} 分之一" in page


def test_only_its_own_kinds_join_until_another_rises_too(quake, reported, small_city):
    small_city.clock.now = NOW + timedelta(minutes=20)
    alone = reported(type="advice", lon=122.99, at=NOW + timedelta(minutes=5))
    run_due(small_city.clock.now)
    burst = Burst.objects.get()
    assert not Child.objects.filter(case=case_of(alone.number)).exists()
    for n in range(8):
        reported(type="lift-trap", lon=122.92 + 0.006 * n, at=small_city.clock.now)
    run_due(small_city.clock.now + timedelta(minutes=5))
    burst.refresh_from_db()
    assert set(burst.kinds) == {"order", "water", "lifts"}
    assert Burst.objects.count() == 1


def test_it_does_not_wait_for_the_clock_to_strike(usual, reported, small_city):
    for n in range(10):
        small_city.clock.now = NOW + timedelta(minutes=11 + n)
        reported(lon=122.92 + 0.006 * n, contact="", at=small_city.clock.now)
        run_due(small_city.clock.now)
        assert (n < 9) == (not Burst.objects.exists()), "at a quarter past four had come"
    small_city.clock.now = NOW + timedelta(minutes=21)
    run_due(small_city.clock.now)
    burst = Burst.objects.get()
    assert burst.opened_at == NOW + timedelta(minutes=20)
    assert burst.began_at == NOW + timedelta(minutes=11)


def test_a_look_is_judged_once_and_its_mark_moves_on(usual, small_city):
    for minutes in (0, 1, 5, 12):
        run_due(NOW + timedelta(minutes=minutes))
    assert Tally.objects.get(group="judged").hour == NOW + timedelta(minutes=10)


def test_an_ordinary_hour_and_one_noisy_place_open_nothing(usual, reported):
    for n in range(10):
        reported(at=NOW - timedelta(minutes=n + 1))
    run_due(NOW)
    assert not Burst.objects.exists()


def test_a_city_without_history_opens_nothing(reported, small_city):
    for n in range(10):
        reported(lon=122.92 + 0.006 * n, at=NOW - timedelta(minutes=n + 1))
    run_due(NOW)
    assert not Burst.objects.exists()


def test_all_reporters_are_told_once_latecomers_too(storm, signed_in, reported, small_city):
    burst = Burst.objects.get()
    address = f"/cases/bursts/{burst.uuid}/tell"
    assert signed_in("dispatcher").post(address, {"words": "抢修队已出发"}).status_code == 302
    assert Note.objects.filter(for_reporter=True).count() == 10
    assert "抢修队已出发" in {s.words for s in follow(storm[3].follow_token).steps}
    contact = case_of(storm[3].number).deadlines.get(kind="first_contact")
    assert contact.ended_at is None, "one message to all is no first contact"
    late = reported(at=NOW + timedelta(minutes=5), lon=122.99)
    small_city.clock.now = NOW + timedelta(minutes=10)
    run_due(small_city.clock.now)
    assert "抢修队已出发" in {s.words for s in follow(late.follow_token).steps}
    assert Note.objects.filter(for_reporter=True).count() == 11


def test_ending_it_proposes_an_answer_and_a_person_decides(storm, signed_in):
    burst, number = Burst.objects.get(), storm[0].number
    dispatcher, worker = signed_in("dispatcher"), signed_in("worker")
    do(dispatcher, number, "accept_suggestion")
    address = f"/cases/bursts/{burst.uuid}/finish"
    assert dispatcher.post(address, {"declared": "done", "words": ""}).status_code == 422
    said = {"declared": "done", "words": "主管已修复"}
    assert dispatcher.post(address, said).status_code == 302
    assert dispatcher.post(address, said).status_code == 422, "over already"
    assert case_of(number).state == "in_hand"
    panel = worker.get(f"/cases/{number}/same").content.decode()
    assert "Answer proposed when it ended" in panel
    assert "主管已修复" in panel
    do(worker, number, "declare", declared="done", words="主管已修复")
    assert case_of(number).state == "answered"


def test_it_ends_by_itself_when_it_was_calm_for_hours(storm, small_city):
    for hour in range(1, 14):
        small_city.clock.now = NOW + hour * HOUR
        run_due(small_city.clock.now)
    burst = Burst.objects.get()
    assert burst.ended_at is not None
    assert burst.ended_by.startswith("system:")
    assert NOW + 6 * HOUR < burst.ended_at <= NOW + 13 * HOUR


def test_a_case_taken_off_stays_off(storm, signed_in):
    burst, number = Burst.objects.get(), storm[0].number
    signed_in("dispatcher").post(f"/cases/bursts/{burst.uuid}/off", {"case": number})
    run_due(NOW)
    assert burst.children.get(case__number=number).off_at is not None
    assert "Part of something larger" not in (
        signed_in("dispatcher").get(f"/cases/{number}/same").content.decode()
    )


def test_a_feed_that_went_silent_is_broken_not_calm(usual, small_city, reported, signed_in):
    reported(at=NOW - timedelta(hours=2))
    small_city.clock.now = NOW + timedelta(days=6)
    page = signed_in("dispatcher").get("/cases/bursts/").content.decode()
    assert "the way in is broken" in page
    small_city.clock.now = NOW
    assert (
        "the way in is broken"
        not in signed_in("dispatcher").get("/cases/bursts/").content.decode()
    )


@pytest.mark.parametrize(
    ("who", "see", "act"),
    [("", 302, 302), ("stranger", 404, 404), ("worker", 404, 404), ("clerk", 200, 403),
     ("dispatcher-w", 200, 403), ("supervisor", 200, 302)],
)  # fmt: skip
def test_who_may(storm, signed_in, who, see, act):
    burst, browser = Burst.objects.get(), signed_in(who)
    page = browser.get(f"/cases/bursts/{burst.uuid}/")
    assert page.status_code == see
    answer = browser.post(f"/cases/bursts/{burst.uuid}/tell", {"words": "x"})
    assert answer.status_code == act
    assert Note.objects.exists() == (who == "supervisor")
    if who == "dispatcher-w":
        assert storm[0].number not in page.content.decode(), "only cases of one's own places"


def test_pressed_twice_it_is_told_once(storm, signed_in):
    from tests.forms import once, twice

    burst, browser = Burst.objects.get(), signed_in("supervisor")
    page = f"/cases/bursts/{burst.uuid}/"
    said = {"words": "正在抢修"} | once(browser, page, f"{page}tell")
    answers = twice(browser, f"{page}tell", said)
    assert [one.status_code for one in answers] == [302, 302]
    assert Note.objects.count() == 10
    again = {"words": "正在抢修"} | once(browser, page, f"{page}tell")
    browser.post(f"{page}tell", again)
    assert Note.objects.count() == 20, "said again on purpose it is another message"


def test_who_was_told_a_moment_ago_is_not_told_as_a_latecomer(storm, reported, small_city):
    """The clock had read who came late when a person told them all."""
    from gongbi.cases import bursts_doing
    from gongbi.cases.actors import SYSTEM

    burst = Burst.objects.get()
    bursts_doing.tell(burst, SYSTEM, words="正在抢修")
    Child.objects.filter(burst=burst).update(told_at=None)
    real, told = bursts_doing.unseal, []

    def meanwhile(sealed):
        if not told:
            told.append(bursts_doing.tell(Burst.objects.get(), SYSTEM, words="快修好了"))
        return real(sealed)

    bursts_doing.unseal = meanwhile
    try:
        bursts_doing.tell_latecomers(NOW)
    finally:
        bursts_doing.unseal = real
    assert Note.objects.count() == 20


def test_hours_are_those_of_utc_whatever_the_city_s_zone(usual, reported, small_city):
    from zoneinfo import ZoneInfo

    from django.utils import timezone

    from gongbi.cases import bursts

    reported(at=NOW - timedelta(minutes=80))
    Tally.objects.filter(hour__gte=NOW - 4 * HOUR).delete()
    with timezone.override(ZoneInfo("Asia/Kolkata")):  # half an hour apart
        bursts._count_up_to(NOW, [])
    counted = Tally.objects.filter(hour__gte=NOW - 4 * HOUR)
    assert {one.minute for one in counted.values_list("hour", flat=True)} == {0}

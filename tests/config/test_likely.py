"""Weights of what is likely the same: learnt, compared, switched and taken back by command."""

from datetime import datetime, timedelta

import pytest
from tests.cases.conftest import *  # noqa: F403 - the small city with its fixtures
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do
from typer.testing import CliRunner

from gongbi.cases import merging
from gongbi.cases.actors import Actor
from gongbi.cases.merging.hints import deny
from gongbi.cases.models import Case, Likely, Scorecard, ScorecardSwitch, Signal
from gongbi.cases.public import run_due
from gongbi.config.cli import app
from gongbi.core.models import JournalLine

OFFICER = Actor("application", "test")
WORDS = ("占道烧烤摊,挡住人行道", "人行道上有烧烤摊占道", "摊贩占道,走不过去", "又有人占道摆摊")


def run(*words: str) -> str:
    """A command that ends well; what it printed, without line breaks."""
    answer = CliRunner().invoke(app, ["likely", *words], terminal_width=200)
    assert answer.exit_code == 0, answer.output
    return " ".join(answer.output.split())


def stall(reported, at: datetime, spot: int, turn: int, **more: object) -> str:
    """A stall at one of some corners 700 m apart."""
    return reported(
        type="stall", words=WORDS[turn % 4], lon=122.94 + spot * 0.007, lat=30.2, at=at,
        place_words="", contact="", **more,
    ).number  # fmt: skip


@pytest.fixture
def months(reported, small_city) -> None:
    """Forty stalls, each told of again a day later and merged; some were said to be two."""
    for spot in range(40):
        at = NOW + timedelta(days=spot)
        small_city.clock.now = at + timedelta(hours=30)
        first = stall(reported, at, spot % 8, spot)
        again = stall(reported, at + timedelta(hours=25), spot % 8, spot + 1)
        merging.merge(case_of(again), OFFICER, into=case_of(first))
        if spot % 4 == 0:
            other = stall(reported, at + timedelta(hours=26), spot % 8, spot + 2)
            deny(case_of(other), case_of(first), OFFICER)
            merging.merge(case_of(other), OFFICER, into=case_of(again).merged_into)
            merging.unmerge(case_of(other), OFFICER)
    small_city.clock.now = NOW + timedelta(days=60)


@pytest.mark.django_db
def test_learnt_compared_switched_and_taken_back(months, signed_in, reported, small_city):
    said = run("learn")
    row = Scorecard.objects.get()
    number = row.pk
    assert f"Weights {number} were learnt from" in said
    assert "beginning at the shipped weights" in said
    assert "habit.stall.to_96" in said
    assert "On the same" in said
    assert not ScorecardSwitch.objects.exists(), "nothing switches by itself"
    assert row.weights["habit.stall.to_96"] > 0.3
    assert (row.actor, row.told["started_from"]) == ("command:gongbi", 0)
    assert JournalLine.objects.filter(kind="cases.PairsLearnt").count() == 1
    assert "On the same" in run("compare", "0", str(number))

    one, two = hinted(reported, small_city, 10)
    was = Likely.objects.get(case=case_of(two), other=case_of(one))
    done = run("switch", str(number), "--why", "better on October", "--by", "Wu")
    assert f"judged by weights {number}" in done
    switch = ScorecardSwitch.objects.get()
    assert (switch.card_id, switch.actor, switch.words) == (number, "Wu", "better on October")
    three, four = hinted(reported, small_city, 20)
    now = Likely.objects.get(case=case_of(four), other=case_of(three))
    assert (was.scorecard, now.scorecard) == (0, number)
    assert now.chance > was.chance
    assert [name for name, *_ in now.why][-1] == "habit"
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{four}/same").content.decode()
    assert f"第 {number} 版权重，学自本市的合并记录" in page
    assert "此类事情在本市再次被反映的快慢" in page

    joined = stall(reported, small_city.clock.now, 20, 1, joins=three)
    assert joined == three
    assert Signal.objects.latest("pk").why == {"scorecard": number}
    assert "the shipped weights again" in run("back", "--why", "too eager")
    told = run("weights")
    assert "taken back. too eager" in told
    assert "better on October" in told
    assert "Now judges: the shipped weights." in told
    assert JournalLine.objects.filter(kind="cases.ScorecardSwitched").count() == 2


def hinted(reported, city, spot: int) -> tuple[str, str]:
    """Two reports of a stall a day apart at a corner; the clock has looked."""
    at = city.clock.now
    first = stall(reported, at, spot, 0)
    city.clock.now = at + timedelta(hours=25)
    second = stall(reported, city.clock.now, spot, 1)
    run_due(city.clock.now)
    return first, second


@pytest.mark.django_db
def test_from_few_merges_nothing_is_learnt_and_a_sentence_says_how_many_it_takes(reported):
    first, second = reported(), reported()
    merging.merge(case_of(second.number), OFFICER, into=case_of(first.number))
    answer = CliRunner().invoke(app, ["likely", "learn"])
    assert answer.exit_code == 1
    assert "takes 20 earlier ones and 10 later ones" in " ".join(answer.output.split())
    assert not Scorecard.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [(("switch", "7", "--why", "x"), "There are no weights 7; there are: none but 0"),
     (("compare", "0", "7"), "There are no weights 7"),
     (("back",), "No other weights were in force before.")],
)  # fmt: skip
def test_what_is_not_there_is_said(small_city, words, said):
    answer = CliRunner().invoke(app, ["likely", *words])
    assert answer.exit_code == 1
    assert said in " ".join(answer.output.split())


@pytest.mark.django_db
def test_going_back_twice_goes_back_by_two(small_city):
    from gongbi.cases import scorecards
    from gongbi.kernel.cases.alike_card import SHIPPED

    one, two = (scorecards.keep(SHIPPED, NOW, {}, "test").pk for _ in range(2))
    for number in (one, two):
        run("switch", str(number), "--why", "test")
    assert f"weights {one} again" in run("back")
    assert "the shipped weights again" in run("back")
    assert CliRunner().invoke(app, ["likely", "back"]).exit_code == 1
    assert [row.card_id for row in scorecards.switches()] == [None, one, two, one]


@pytest.mark.django_db
def test_a_forgotten_reporter_is_not_read(months, small_city):
    from gongbi.cases.actions import forget_reporter
    from gongbi.cases.likeness import gather, in_force

    before = gather(in_force())
    for row in Signal.objects.all():
        forget_reporter(row, OFFICER)
    after = gather(in_force())
    assert any("words.over_0.6" in pair.levels for pair in before.pairs)
    assert {level for pair in after.pairs for level in pair.levels
            if level.startswith("words.")} <= {"words.none"}  # fmt: skip


@pytest.mark.django_db
def test_every_answer_is_counted_as_what_it_was(reported, small_city):
    from gongbi.cases.likeness import gather, in_force

    numbers = [stall(reported, NOW + timedelta(minutes=n), 0, n) for n in range(4)]
    merging.merge(case_of(numbers[1]), OFFICER, into=case_of(numbers[0]))
    deny(case_of(numbers[2]), case_of(numbers[0]), OFFICER)
    small_city.clock.now = NOW + timedelta(days=3)
    found = gather(in_force())
    assert found.said["yes"] == 1
    assert found.said["no"] == 1
    answers = {(pair.same, pair.said, pair.offered) for pair in found.pairs}
    assert {(True, True, True), (False, True, True), (False, False, True)} <= answers
    assert found.said["passed over"] > 0


@pytest.mark.django_db
def test_a_browser_can_switch_nothing(months, signed_in):
    """Weights are the operator's: no page puts them in force."""
    run("learn")
    number = Case.objects.earliest("pk").number
    assert do(signed_in("supervisor"), number, "switch").status_code == 404
    assert not ScorecardSwitch.objects.exists()

"""Raised by people though no danger word stood in them; words are added to the pack by hand."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases import reading
from gongbi.cases.actions import sort, weigh
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Incomplete
from gongbi.core.models import JournalLine
from gongbi.core.packs import check_pack, load_pack

PERSON = Actor("person", "1")


def raised(reported, words, reference):
    """A report that a person raised to the first urgency."""
    number = reported(type="stall", words=words, reference=reference).number
    weigh(case_of(number), PERSON, priority=1, words="有毒")
    return number


def test_words_of_raised_matters_are_offered_and_one_is_taken(reported, pack_folder):
    where = ("树下", "门口", "井边", "车里")
    numbers = [raised(reported, f"{one}有老鼠药", f"d-{one}") for one in where]
    reported(type="stall", words="摊上着火了,还有老鼠药")  # first already: nobody raised it
    for n in range(30):
        reported(type="stall", words=f"{n}号树下有摊贩", reference=f"c-{n}")
    found = reading.missing(30, actor="command:test")
    assert [one.number for one in found.cases] == numbers
    assert found.candidates[0].words == "有老鼠药"
    assert (found.candidates[0].raised, found.candidates[0].calm) == (4, 0)
    assert JournalLine.objects.filter(kind="cases.DangerWordsSought").count() == 1

    assert reading.add_word(pack_folder, "老鼠藥", "life")
    assert not reading.add_word(pack_folder, "老鼠藥", "life")
    assert not reading.add_word(pack_folder, "着火", "life")
    assert check_pack(pack_folder) == []
    load_pack(pack_folder, by="test")
    assert case_of(reported(type="stall", words="有老鼠药").number).priority == 1
    assert reading.missing(30, actor="command:test").cases == ()


def test_the_known_ones_are_counted_apart(reported):
    number = reported(type="stall", words="棚子快倒了").number
    weigh(case_of(number), PERSON, priority=1, words="x")
    found = reading.missing(30, actor="command:test")
    assert (found.cases, found.with_danger) == ((), 1)


def test_a_type_of_first_urgency_raises_too(reported):
    number = reported(type="stall", words="里面有人出不来").number
    sort(case_of(number), PERSON, type_code="lift-trap")
    assert [one.number for one in reading.missing(30, actor="command:test").cases] == [number]


@pytest.fixture
def told(pack_folder):
    """The faults of a danger.toml."""

    def faults(text: str) -> str:
        (pack_folder / "danger.toml").write_text(text, "utf-8")
        return " ".join(map(str, check_pack(pack_folder)))

    return faults


def test_faults_of_the_file_are_named(told):
    assert "danger.toml:1: Nothing reads the key 'live'" in told('live = ["x"]')
    assert "danger.toml:2: life is a list" in told('# words\nlife = "x"')
    assert "too short" in told('life = ["火"]')
    assert "This is not TOML" in told("life = [")


def test_a_word_too_short_is_not_added(pack_folder):
    with pytest.raises(reading.CannotAdd, match="too short"):
        reading.add_word(pack_folder, "火", "life")
    assert not (pack_folder / "danger.toml").exists()


def test_urgency_is_set_with_a_reason_and_stays_under_another_type(reported, signed_in):
    number = reported(type="stall", words="占道").number
    said = {"priority": "1", "words": "孩子在里面"}
    assert do(signed_in("dispatcher"), number, "weigh", **said).status_code == 302
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "normal → urgent" in page
    assert sort(case_of(number), PERSON, type_code="advice").priority == 1
    with pytest.raises(CannotMove):
        weigh(case_of(number), PERSON, priority=1, words="x")
    with pytest.raises(Incomplete):
        weigh(case_of(number), PERSON, priority=9, words="x")
    assert weigh(case_of(number), PERSON, priority=4, words="误会").priority == 4


def test_danger_that_was_read_is_not_lost_when_a_type_is_named(reported):
    number = reported(type=None, words="有煤气味").number
    assert sort(case_of(number), PERSON, type_code="advice").priority == 1
    number = reported(type=None, words="没有事").number
    assert sort(case_of(number), PERSON, type_code="advice").priority == 4

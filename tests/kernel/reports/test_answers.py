"""Written answers are found while somebody speaks, in both scripts, and say why."""

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.reports.answers import Answer, Shelf, terms_of

SHELF = Shelf(
    [
        Answer("noise", "Noise at night 夜间噪声", "Quiet hours are from ten. 夜间施工须有许可。"),
        Answer("water", "No water 停水", "Planned stops are posted. 计划停水提前公告。"),
        Answer("permit", "Residence permit 居住证", "Bring the lease. 携带租赁合同办理居住证。"),
    ]
)


def test_a_question_in_chinese_finds_its_answer_and_says_why() -> None:
    found = SHELF.ask("请问居住证怎么办")
    assert [one.code for one in found] == ["permit"]
    assert found[0].terms == ("居住证",)


def test_a_question_in_english_passes_over_small_words() -> None:
    found = SHELF.ask("There is no water in the house")
    assert found[0].code == "water"
    assert "water" in found[0].terms
    assert SHELF.ask("what is it") == []


def test_by_hand() -> None:
    """Of two answers of two terms each, one holds the asked term: ln(1 + 1.5/1.5) times one."""
    shelf = Shelf([Answer("a", "", "water pipe"), Answer("b", "", "lamp post")])
    (found,) = shelf.ask("water")
    assert found.score == 0.6931


def test_full_width_and_capitals_are_the_same_terms() -> None:
    assert terms_of("ＷＡＴＥＲ") == terms_of("water")


@given(st.text(max_size=200))
def test_any_text_is_answered_without_fault_and_within_three(text: str) -> None:
    found = SHELF.ask(text)
    assert len(found) <= 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(st.permutations(range(3)))
def test_the_order_of_the_shelf_changes_no_score(order: list[int]) -> None:
    other = Shelf([SHELF.answers[n] for n in order])
    asked = "夜间 water permit"
    assert {(one.code, one.score) for one in other.ask(asked)} == {
        (one.code, one.score) for one in SHELF.ask(asked)
    }

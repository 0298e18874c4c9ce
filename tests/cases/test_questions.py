"""What a type asks whoever reports: each may be left open, and an open one is not *no*."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from tests.cases.conftest import NOW, signal
from tests.cases.walking import answers_of, case_of, do

from gongbi.cases.models import Route, Signal
from gongbi.cases.public import (
    SignalRefused,
    follow,
    forget_reporter,
    questions_of,
    receive_signal,
    rehearse_pack,
)
from gongbi.core.packs import load_pack

QUESTIONS = """questions = [
  {code = "deep", kind = "yes_no", name_en = "Is it deep?", name_zh = "深吗？"},
  {code = "many", kind = "number", least = 1, most = 50, name_en = "How many?", name_zh = "几处"},
  {code = "where", kind = "choice", name_en = "Where on the road?", name_zh = "哪？", choices = [
    {code = "lane", name_en = "in a lane", name_zh = "车道"},
    {code = "path", name_en = "on a path", name_zh = "人行道"}]},
  {code = "since", kind = "date", name_en = "Since which day?", name_zh = "从哪天起？"},
]
words = ["坑洞", "hole in the road"]
"""
ROUTE = """[[route]]
code = "deep-hole"
types = ["hole"]
facts = {deep = true}
to_unit = "centre"
reason_en = "A deep hole is fenced off first."
reason_zh = "深坑先围挡。"

"""


@pytest.fixture
def asking(small_city: Any, pack_folder: Any) -> None:
    """The pack with four questions of *hole*, and a rule that asks one of them."""
    types, routes = pack_folder / "case_types.toml", pack_folder / "routes.toml"
    said = types.read_text("utf-8").replace('words = ["坑洞", "hole in the road"]\n', QUESTIONS)
    types.write_text(said, "utf-8")
    routes.write_text(ROUTE + routes.read_text("utf-8"), "utf-8")
    load_pack(pack_folder, by="test")


def report(reported: Any, **answers: Any) -> Any:
    return reported(type="hole", words="路面坑洞", answers=answers)


def test_an_answer_is_a_fact_to_the_routes(asking: None, reported: Any) -> None:
    case = case_of(report(reported, deep=True).number)
    assert case.suggested_unit_id == "centre"
    assert case.route_why["because"] == ["kind", "fact:deep"]
    assert answers_of(case) == {"deep": True}


@pytest.mark.parametrize(
    ("answers", "lacking"),
    [({}, {"false": [], "unknown": ["fact:deep"]}),
     ({"deep": "no"}, {"false": ["fact:deep"], "unknown": []})],
)  # fmt: skip
def test_an_open_question_is_unknown_and_not_no(
    asking: None, reported: Any, answers: dict[str, Any], lacking: dict[str, list[str]]
) -> None:
    case = case_of(report(reported, **answers).number)
    assert case.suggested_unit_id == "order"
    near = [row for row in case.route_why["nearly"] if row["rule"] == "deep-hole"]
    assert near == [{"rule": "deep-hole", **lacking}]


def test_the_case_says_what_was_answered_and_what_was_not(
    asking: None, reported: Any, signed_in: Any
) -> None:
    answers = {"many": "3", "where": "path", "since": "2026-11-20"}
    number = report(reported, **answers).number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    for name, value in (
        ("Is it deep?", "not answered"), ("How many?", "3"),
        ("Where on the road?", "on a path"), ("Since which day?", "2026-11-20"),
    ):  # fmt: skip
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert "Rule deep-hole does not fire: Is it deep? not known." in page
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{number}/").content.decode()
    assert "<dt>哪？</dt><dd>人行道</dd>" in page


def test_whoever_comes_reads_it_on_the_phone(asking: None, reported: Any, signed_in: Any) -> None:
    number = report(reported, many=2).number
    do(signed_in("dispatcher"), number, "file")
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    page = signed_in("worker").get("/cases/mine/").content.decode()
    assert "<dt>How many?</dt><dd>2</dd>" in page
    assert "<dt>Is it deep?" not in page


def test_a_question_is_not_asked_again_when_it_is_declared(
    asking: None, reported: Any, signed_in: Any
) -> None:
    number = report(reported, many=2).number
    do(signed_in("dispatcher"), number, "file")
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    worker = signed_in("worker")
    do(worker, number, "accept")
    said = {"declared": "done", "words": "已补", "field_holes": "2", "field_how": "asked"}
    assert do(worker, number, "declare", field_many="7", **said).status_code == 302
    assert case_of(number).values == {"holes": 2.0, "how": "asked"}
    assert answers_of(case_of(number)) == {"many": 2.0}


def test_one_more_report_answers_what_was_open_and_changes_nothing_said(
    asking: None, reported: Any
) -> None:
    first = report(reported, many=2)
    second = reported(
        type="hole", words="路面坑洞", joins=first.number, answers={"many": 9, "deep": "yes"}
    )
    assert second.joined
    assert answers_of(case_of(first.number)) == {"many": 2.0, "deep": True}
    with translation.override("en"):
        assert follow(second.follow_token).answers == (
            ("Is it deep?", "yes"), ("How many?", "9"),
        )  # fmt: skip
    assert [row.why.get("answers") for row in Signal.objects.order_by("pk")] == [
        {"hole": {"many": 2.0}}, {"hole": {"many": 9.0, "deep": True}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"answers": {"depth": 3}}, "asks no 'depth'"), ({"answers": {"many": 51}}, "does not fit"),
     ({"answers": {"many": "nan"}}, "does not fit"), ({"answers": {"many": "1\x00"}}, "fit"),
     ({"answers": {"where": "sky"}}, "does not fit"), ({"answers": {"deep": "maybe"}}, "fit"),
     ({"answers": {"since": "yesterday"}}, "does not fit"),
     ({"type": None, "answers": {"deep": True}}, "say which type")],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_refused_with_its_reason(
    asking: None, changes: dict[str, Any], sentence: str
) -> None:
    said = signal(**({"type": "hole", "words": "路面坑洞", "language": "en"} | changes))
    with translation.override("en"), pytest.raises(SignalRefused, match=sentence) as refused:
        receive_signal(said)
    assert refused.value.field.startswith("answers.")
    assert not Signal.objects.exists()


def test_nothing_and_blanks_are_open_questions(asking: None, reported: Any) -> None:
    case = case_of(report(reported, many="", deep=None).number)
    assert answers_of(case) == {}
    assert "answers" not in Signal.objects.get().why


def test_sorted_anew_the_rules_are_told_the_answers(
    asking: None, reported: Any, signed_in: Any
) -> None:
    case = case_of(report(reported, deep=True).number)
    do(signed_in("dispatcher"), case.number, "sort", type="stall")
    assert case_of(case.number).suggested_unit_id == "order"
    do(signed_in("dispatcher"), case.number, "sort", type="hole")
    assert case_of(case.number).suggested_unit_id == "centre"
    assert answers_of(case_of(case.number)) == {"deep": True}


def test_who_is_forgotten_leaves_what_the_matter_is_like(
    asking: None, reported: Any, signed_in: Any
) -> None:
    receipt = report(reported, deep=True)
    forget_reporter(receipt.follow_token)
    do(signed_in("dispatcher"), receipt.number, "sort", type="hole")
    assert case_of(receipt.number).suggested_unit_id == "centre"
    assert answers_of(case_of(receipt.number)) == {"deep": True}


def test_a_case_keeps_the_questions_it_was_opened_under(
    asking: None, reported: Any, pack_folder: Any, signed_in: Any
) -> None:
    number = report(reported, many=2).number
    file = pack_folder / "case_types.toml"
    file.write_text(file.read_text("utf-8").replace('{code = "many"', '{code = "count"'), "utf-8")
    load_pack(pack_folder, by="test")
    assert [one.code for one in questions_of("hole")] == ["deep", "count", "where", "since"]
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "<dt>How many?</dt><dd>2</dd>" in page


def test_a_rehearsal_knows_the_answers(asking: None, reported: Any, pack_folder: Any) -> None:
    report(reported, deep=True)
    report(reported, deep=False)
    assert Route.objects.filter(code="deep-hole", in_force=True).exists()
    trial = rehearse_pack(
        pack_folder, NOW - timedelta(days=1), NOW + timedelta(days=1), done=lambda _: None
    )
    assert (trial.cases, trial.moved) == (2, 0)


def test_another_system_reads_questions_apart_from_fields(asking: None, system: Any) -> None:
    found = system("dispatch").get("/api/types").json()
    hole = next(one for one in found if one["code"] == "hole")
    assert [one["code"] for one in hole["questions"]] == ["deep", "many", "where", "since"]
    assert [one["code"] for one in hole["fields"]] == ["holes", "how"]


def found(phone: Any, id_: int, **said: str) -> Any:
    form = {"verb": "found", "action_id": f"phone-{id_:06d}", "words": "路面坑洞", "type": "hole",
            "lon": "122.94", "lat": "30.2"}  # fmt: skip
    return phone.post("/cases/mine/sync", form | said)


def test_a_worker_s_own_find_answers_them_too(asking: None, signed_in: Any) -> None:
    phone = signed_in("worker")
    page = phone.get("/cases/mine/").content.decode()
    assert 'data-questions-of="hole" hidden disabled' in page
    assert '<option value="path">on a path</option>' in page
    said = {"answer_hole.deep": "yes", "answer_hole.many": "2", "answer_stall.deep": "no",
            "answer_hole.gone": "x"}  # fmt: skip
    case = case_of(found(phone, 1, **said).json()["found"])
    assert answers_of(case) == {"deep": True, "many": 2.0}
    assert case.suggested_unit_id == "centre"
    bad = found(phone, 2, **{"answer_hole.many": "0"})
    assert (bad.status_code, bad.json()["field"]) == (422, "answers.many")
    assert case_of(found(phone, 3, type="").json()["found"]).values == {}


def test_what_a_second_reporter_answers_is_known_when_it_is_sorted_anew(
    asking: None, reported: Any, signed_in: Any
) -> None:
    number = report(reported).number
    report_ = reported(type="hole", words="路面坑洞", joins=number, answers={"deep": True})
    assert report_.joined
    do(signed_in("dispatcher"), number, "sort", type="hole")
    assert case_of(number).suggested_unit_id == "centre"


def test_answers_go_where_their_report_goes(asking: None, reported: Any, signed_in: Any) -> None:
    dispatcher, first = signed_in("dispatcher"), report(reported)
    second = reported(type="hole", words="路面坑洞", joins=first.number, answers={"deep": True})
    assert answers_of(case_of(first.number)) == {"deep": True}
    signal = Signal.objects.order_by("pk").last()
    do(dispatcher, first.number, "split", signals=[signal.pk])
    apart = follow(second.follow_token).number
    assert apart != first.number
    assert (answers_of(case_of(first.number)), answers_of(case_of(apart))) == ({}, {"deep": True})
    do(dispatcher, apart, "merge", into=first.number)
    assert answers_of(case_of(first.number)) == {"deep": True}


def test_an_answer_is_no_field_of_another_type_and_no_fact_to_its_rules(
    asking: None, reported: Any, signed_in: Any, pack_folder: Any
) -> None:
    types, routes = pack_folder / "case_types.toml", pack_folder / "routes.toml"
    moved = 'fields = [{code = "many", kind = "number", most = 9, name_en = "Stalls moved"}]'
    said = types.read_text("utf-8").replace("photo_after = true", moved)
    types.write_text(said, "utf-8")
    other = ROUTE.replace("deep-hole", "deep-stall").replace('"hole"', '"stall"')
    routes.write_text(other + routes.read_text("utf-8"), "utf-8")
    load_pack(pack_folder, by="test")
    number = report(reported, many=40, deep=True).number
    do(signed_in("dispatcher"), number, "sort", type="stall")
    case = case_of(number)
    assert (case.suggested_unit_id, case.values, answers_of(case)) == ("order", {}, {})


def test_who_was_not_asked_has_left_nothing_open(
    asking: None, reported: Any, signed_in: Any
) -> None:
    number = reported(type=None, words="路面坑洞 hole in the road").number
    do(signed_in("dispatcher"), number, "sort", type="hole")
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "not answered" not in page


def test_a_large_number_is_shown_whole(asking: None, reported: Any, pack_folder: Any) -> None:
    file = pack_folder / "case_types.toml"
    file.write_text(file.read_text("utf-8").replace("most = 50,", "most = 99999999,"), "utf-8")
    load_pack(pack_folder, by="test")
    with translation.override("en"):
        token = report(reported, many=1234567).follow_token
        assert follow(token).answers == (("How many?", "1234567"),)

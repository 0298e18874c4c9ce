"""Sub-types: declared by the pack, read at intake, shown, corrected by a person, learnt."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases import reading, types
from gongbi.cases.actions import sort
from gongbi.cases.actors import Actor
from gongbi.cases.models import CaseType, Step
from gongbi.cases.public import suggest_types
from gongbi.cases.reading.form import from_bytes, to_bytes
from gongbi.core.packs import check_pack, load_pack
from gongbi.feeds import public as feeds

PERSON = Actor("person", "1")
SUB_TYPES = """sub_types = [
  {code = "food", name_en = "Food stall", name_zh = "餐饮摊", words = ["烤串", "炒饭"]},
  {code = "goods", name_en = "Goods", name_zh = "百货摊", words = ["衣服", "袜子"]},
]
"""
SAID = {
    "food": ("占道 烤串摊", "烤肉味大", "卖早点的"),
    "goods": ("占道卖袜子", "地摊货", "卖鞋的"),
}


@pytest.fixture
def sorted_stalls(small_city, pack_folder):
    """A city whose stalls have sub-types."""
    file = pack_folder / "case_types.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('code = "stall"\n', f'code = "stall"\n{SUB_TYPES}', 1), "utf-8")
    load_pack(pack_folder, by="test")
    return pack_folder


def test_a_sub_type_is_read_at_intake_and_shown(sorted_stalls, reported, signed_in):
    number = reported(type="stall", words="人行道上有烤串的").number
    assert case_of(number).sub_type == "food"
    assert case_of(number).route_why["read"]["sub"] == ["stall", "food", 0.5, True]
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "<dt>Sub-type</dt><dd>Food stall</dd>" in page
    assert "<q>烤串</q>" in page
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{number}/").content.decode()
    assert "<dt>小类</dt><dd>餐饮摊</dd>" in page
    board = signed_in("dispatcher").get("/cases/").content.decode()
    assert "Stall in the way (Food stall)" in board


def test_without_words_for_one_there_is_none(sorted_stalls, reported):
    assert case_of(reported(type="stall", words="人行道不通").number).sub_type == ""
    assert case_of(reported(type="burst-pipe", words="烤串").number).sub_type == ""


def test_intake_names_the_likeliest(sorted_stalls):
    best = suggest_types("占道 烤串")[0]
    assert (best.type, best.sub_type) in (("stall", "Food stall"), ("stall", "餐饮摊"))
    assert suggest_types("水管爆")[0].sub_type == ""


def promises(number):
    return list(case_of(number).deadlines.order_by("pk").values_list("pk", "ended_as"))


def test_a_person_corrects_it_and_no_promise_moves(sorted_stalls, reported, signed_in):
    number = reported(type="stall", words="占道 烤串").number
    before = promises(number)
    said = {"type": "stall", "sub_type": "stall:goods"}
    assert do(signed_in("dispatcher"), number, "sort", **said).status_code == 302
    assert case_of(number).sub_type == "goods"
    assert promises(number) == before
    step = Step.objects.get(case__number=number, verb="sort")
    assert (step.why["sub"], step.why["sub_by"]) == ("goods", "person")


@pytest.mark.parametrize("said", [
    {"type": "burst-pipe", "sub_type": "stall:food"},
    {"type": "stall", "sub_type": "stall:flowers"},
])  # fmt: skip
def test_one_of_another_type_is_refused(sorted_stalls, reported, signed_in, said):
    number = reported(type="stall", words="占道").number
    assert do(signed_in("dispatcher"), number, "sort", **said).status_code == 422
    assert case_of(number).sub_type == ""


def test_what_was_surely_read_is_taken_when_the_type_is_named(sorted_stalls, reported):
    number = reported(type=None, words="摊贩 烤串 爆管").number
    assert case_of(number).type is None
    best = case_of(number).guesses[0][0]
    case = sort(case_of(number), PERSON, type_code=best)
    assert case.sub_type == ("food" if best == "stall" else "")


def test_sub_types_are_learnt_from_what_people_said(sorted_stalls, reported):
    for n in range(200):
        sub = sorted(SAID)[n % 2]
        at = NOW - timedelta(days=30) + timedelta(minutes=n)
        words = f"{n % 13}号 {SAID[sub][n // 2 % 3]}"
        number = reported(type="stall", words=words, at=at, reference=f"s-{n}").number
        sort(case_of(number), PERSON, type_code="stall", sub_type=sub)
        number = reported(type=None, words=f"{n}号 路面冒水", at=at, reference=f"p-{n}").number
        sort(case_of(number), PERSON, type_code="burst-pipe")
    trained = reading.train(
        reading.from_cases(), own=True, actor="command:test", precision=0.8,
        told=lambda _w, _s: None,
    )  # fmt: skip
    assert trained.subs["stall"].accuracy == 1.0
    assert trained.seconds > 0
    kept = reading.kept(trained.number)
    again = from_bytes(to_bytes(kept.reader, kept.told)).reader
    assert again.subs["stall"].types == ("food", "goods")
    reading.switch(trained.number, actor="command:test")
    read = types.guess_sub_type("卖鞋的", "stall")
    assert read.guesses[0][0] == "goods"
    assert case_of(reported(type="stall", words="3号 卖鞋的").number).sub_type == "goods"


def test_what_only_the_machine_named_is_not_learnt_while_the_case_runs(sorted_stalls, reported):
    number = reported(type="stall", words="占道 烤串").number
    sort(case_of(number), PERSON, type_code="stall")
    (one,) = reading.from_cases().examples
    assert (one.type, one.sub) == ("stall", "")


def test_faults_are_named(sorted_stalls):
    file = sorted_stalls / "case_types.toml"
    text = file.read_text("utf-8").replace('words = ["烤串", "炒饭"]', "words = 3", 1)
    file.write_text(text.replace('code = "goods"', 'code = "food"', 1), "utf-8")
    reasons = [str(fault) for fault in check_pack(sorted_stalls)]
    assert any("'food' stands twice in sub_types" in one for one in reasons)
    assert any("words of 'food' are a list" in one for one in reasons)
    assert CaseType.objects.get(code="stall", in_force=True).sub_types


OLDER = """name = "older"
kind = "reports"
[time]
column = "at"
zone = "Asia/Shanghai"
[report]
source = "old"
reference = "{id}"
words = "{words}"
type_column = "kind"
types = { "摊贩" = "stall", "爆管" = "burst-pipe" }
sub_type_column = "closer"
sub_types = { "吃的" = "food", "其他" = "food", "摊贩/其他" = "goods", "水的" = "wet" }
"""


def older(folder, rows):
    """An older system's file and its mapping."""
    lines = [f"{n},2026-03-01T08:{n % 60:02},{','.join(row)}" for n, row in enumerate(rows)]
    file = folder / "older.csv"
    file.write_text("\n".join(["id,at,words,kind,closer", *lines]) + "\n", "utf-8")
    return feeds.parse_mapping(OLDER), file


def test_sub_types_are_learnt_from_an_older_systems_file(sorted_stalls, tmp_path):
    closer = {"food": "吃的", "goods": "其他"}
    rows = []
    for n in range(200):
        sub = sorted(SAID)[n % 2]
        rows.append((f"{n % 13}号 {SAID[sub][n // 2 % 3]}", "摊贩", closer[sub]))
        rows.append((f"{n}号 路面冒水", "爆管", ""))
    gathered = reading.from_file(*older(tmp_path, rows))
    assert {one.sub for one in gathered.examples if one.type == "burst-pipe"} == {""}
    trained = reading.train(
        gathered, own=False, actor="command:test", precision=0.8, told=lambda _w, _s: None
    )
    assert trained.subs["stall"].accuracy == 1.0
    reading.switch(trained.number, actor="command:test")
    assert types.guess_sub_type("卖鞋的", "stall").guesses[0][0] == "goods"


def test_a_sub_type_the_type_does_not_have_leaves_the_type_learnt(sorted_stalls, tmp_path):
    rows = [("烤串", "摊贩", "水的"), ("冒水", "爆管", "吃的"), ("烤肉", "摊贩", "没听说过")]
    gathered = reading.from_file(*older(tmp_path, rows))
    assert [(one.type, one.sub) for one in gathered.examples] == [
        ("stall", ""), ("burst-pipe", ""), ("stall", ""),
    ]  # fmt: skip
    assert (gathered.odd_subs, gathered.left_out.total()) == (2, 0)

"""A mapping is read strictly: every slip is a sentence with its line, all of them at once."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.feeds import public as feeds

GOOD = """name = "ledger"
kind = "reports"
files = ["*.csv"]

[time]
column = "at"
zone = "Asia/Shanghai"

[report]
source = "counter"
reference = "{id}"
words = "{what} {where}"
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(feeds.MappingRefused) as refused:
        feeds.parse_mapping(text, "ledger.toml")
    return refused.value.faults


def test_a_good_mapping_names_its_columns() -> None:
    mapping = feeds.parse_mapping(GOOD)
    assert mapping.columns == ["at", "id", "what", "where"]
    assert mapping.file == feeds.FileRule()


def test_every_fault_comes_at_once_with_its_line() -> None:
    text = GOOD.replace('kind = "reports"', 'kind = "report"')
    text = text.replace("Asia/Shanghai", "Asia/Shanghia").replace("words =", "wordz =")
    found = faults_of(text)
    assert any(one.startswith("ledger.toml:2:") and "'report'" in one for one in found)
    assert any(one.startswith("ledger.toml:7:") and "Asia/Shanghia" in one for one in found)
    assert any(
        one.startswith("ledger.toml:12:") and "did you mean 'words'?" in one for one in found
    )


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('zone = "Asia/Shanghai"', "zone = 8", "should be text"),
        ('files = ["*.csv"]', "file = 3", "must be a table"),
        ('column = "at"', 'colunm = "at"', "did you mean 'column'?"),
        ("[time]", '[file]\nencoding = "utf-9"\n[time]', "is no encoding"),
        ("[time]", '[file]\nformat = "xls"\n[time]', "is none of csv"),
        ("[report]", '[place]\ndatum = "Beijing54"\n[report]', "is none of WGS84"),
        ("[report]", '[absent]\nmeans = "nought"\n[report]', "is none of silence, zero"),
        ("[report]", '[absent]\nhours = "5-24"\n[report]', "should look like 05:00-24:00"),
        ("[report]", "[absent]\nstep_minutes = 0\n[report]", "counts from 1"),
        ("[report]", '[place]\nlat = "y"\n[report]', "go together"),
        ("[report]", '[place]\nother = "drop"\n[report]', "is none of refuse, none"),
        ("[report]", "[place]\nbounds = [3, 2, 1, 4]\n[report]", "west, south, east, north"),
        ("[report]", '[place]\nbounds = ["w"]\n[report]', "a list of numbers"),
        ("[report]", "[place]\ncodes = { a = 1 }\n[report]", "a table of texts"),
        ("[time]", '[file]\ndelimiter = ";;"\n[time]', "one character"),
        ("[time]", "[file]\nheading_row = 0\n[time]", "counts from 1"),
        ('column = "at"', 'column = "at"\nformat = "yyyy-mm-dd"', "reads no time"),
        ('column = "at"', 'column = "at"\nformat = "%H:%M"', "reads no time"),
        ('source = "counter"', 'source = "台账"', "a-z, 0-9"),
        ('files = ["*.csv"]', 'files = "a.csv"', "a list of names"),
        ('name = "ledger"', "name = 7", "not text"),
        ("[report]", '[[count]]\nproperty = "calls"\n[report]', "datastream is missing"),
        ("[report]", '[[count]]\ndatastream = "u:{at}"\n[report]', "{@place} does"),
        ("[report]", '[[value]]\ncolumn = "x"\ndatastream = "u"\n[report]', "write [[count]]"),
    ],
)
def test_one_slip_one_sentence(was: str, now: str, said: str) -> None:
    assert any(said in one for one in faults_of(GOOD.replace(was, now)))


def test_observations_need_a_value() -> None:
    found = faults_of('name = "x"\nkind = "observations"\n[time]\ncolumn = "t"\n')
    assert found == ["ledger.toml:2: Observations need at least one [[value]]."]


def test_what_is_not_toml_is_told_with_its_line() -> None:
    assert "line 2" in faults_of('name = "x"\nkind = \n')[0]


def test_an_unknown_name_lists_those_shipped() -> None:
    with pytest.raises(feeds.MappingRefused, match="shanghai_metro, tainan_hotline"):
        feeds.read_mapping("shanghai_bus")


@pytest.mark.parametrize("name", ["shanghai_metro", "tainan_hotline"])
def test_a_shipped_mapping_survives_being_written(name: str) -> None:
    mapping = feeds.read_mapping(name)
    assert feeds.parse_mapping(feeds.to_toml(mapping)) == mapping


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), min_size=1)


@settings(max_examples=60, deadline=None)
@given(words, words, st.dictionaries(words, words, max_size=4))
def test_any_words_survive_being_written(name: str, column: str, types: dict[str, str]) -> None:
    mapping = feeds.Mapping(
        name=name,
        kind="reports",
        time=feeds.TimeRule(column),
        report=feeds.ReportRule("s", "{id}", "{w}", type_column=column, types=types),
    )
    assert feeds.parse_mapping(feeds.to_toml(mapping)) == mapping


def test_the_line_is_that_of_the_key_in_its_own_table() -> None:
    text = """name = "g"
kind = "observations"
[time]
column = "at"
[[value]]
column = "level"
datastream = "a"
[[value]]
column = 7
datastream = "a"
"""
    assert faults_of(text) == ["ledger.toml:9: [[value]] column = 7 should be text."]
    again = faults_of(text.replace("column = 7", 'column = "low"'))
    assert again == ["ledger.toml:10: [[value]] 1 has this datastream already."]


def test_a_mapping_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ledger.toml"
    file.write_bytes('name = "台账"'.encode("gb18030"))
    with pytest.raises(feeds.MappingRefused, match=r"ledger\.toml.*save it as UTF-8"):
        feeds.read_mapping(file)


PAPER = Path(__file__).parents[2] / "docs" / "feed-mapping.md"


def test_every_example_of_the_paper_is_a_good_mapping() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAPER.read_text("utf-8"), re.DOTALL)
    whole = [block for block in blocks if re.match(r"(#.*\n)*name =", block)]
    assert len(whole) >= 4
    for block in whole:
        feeds.parse_mapping(block)


def test_the_paper_knows_every_key() -> None:
    text = PAPER.read_text("utf-8")
    rules = {
        "file": feeds.FileRule, "time": feeds.TimeRule, "place": feeds.PlaceRule,
        "report": feeds.ReportRule, "value": feeds.ValueRule, "count": feeds.CountRule,
        "absent": feeds.AbsentRule,
    }  # fmt: skip
    sections = dict(re.findall(r"^### \[+(\w+)\]+\n(.*?)(?=^##)", text, re.DOTALL | re.MULTILINE))
    for name, rule in rules.items():
        for key in (one.name for one in fields(rule)):
            assert f"| {key}" in sections[name] or f", {key}" in sections[name], (name, key)


def test_a_sub_type_column_stands_beside_its_type_and_comes_back_from_the_text() -> None:
    more = 'type_column = "kind"\ntypes = { "a" = "x" }\nsub_type_column = "closer"\n'
    mapping = feeds.parse_mapping(GOOD + more + 'sub_types = { "a/b" = "y" }\n')
    assert mapping.columns[-2:] == ["kind", "closer"]
    assert feeds.parse_mapping(feeds.to_toml(mapping)) == mapping
    (fault,) = faults_of(GOOD + 'sub_type_column = "closer"\n')
    assert "name type_column too" in fault

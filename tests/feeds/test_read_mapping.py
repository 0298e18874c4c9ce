"""A mapping is read strictly: every slip is a sentence with its line, all of them at once."""

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

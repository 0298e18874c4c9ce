"""One spelling for what is one word, and units of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.reading.folding import fold, fold_with_places
from gongbi.kernel.reading.folding_table import SIMPLIFIED, TRADITIONAL
from gongbi.kernel.reading.units import terms_of, units_of


def test_both_scripts_widths_and_cases_are_one():
    assert fold("違規停車 ＡＢＣ") == fold("违规停车 abc") == "违规停车 abc"


def test_the_table_is_one_to_one_character_and_closed():
    assert len(TRADITIONAL) == len(SIMPLIFIED) == len(set(TRADITIONAL)) == 2644
    assert not set(TRADITIONAL) & set(SIMPLIFIED)


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_folding_twice_is_folding_once_and_places_point_back(text):
    folded, places = fold_with_places(text)
    assert fold(folded) == folded == fold(text)
    assert places == sorted(places)
    assert all(text[place] for place in places)


def test_units_by_hand():
    units = units_of("Lamp 12號, 路燈不亮")
    assert units.keys == ("|", "lamp", "12", "号", "|", "路", "灯", "不", "亮", "|")
    assert "Lamp 12號, 路燈不亮"[units.begins[5] : units.ends[6]] == "路燈"


def test_terms_by_hand():
    terms = [term for term, _begin, _end in terms_of(units_of("street light 坏"), 2)]
    assert terms == ["|street", "street", "street light", "light", "light|", "|坏", "坏", "坏|"]


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_every_term_stands_where_it_says(text):
    units = units_of(text)
    for term, begin, end in terms_of(units):
        assert 0 <= begin < end <= len(units.keys)
        assert term.replace(" ", "") == "".join(units.keys[begin:end]).replace(" ", "")

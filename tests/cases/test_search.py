"""Finding cases: by number, by names, and by what people wrote, which few may do."""

from datetime import timedelta

import pytest
from django.db import connection
from tests.cases.conftest import CAST, NOW, signal
from tests.cases.walking import case_of, do

from gongbi.cases.models import Marks, Signal
from gongbi.cases.public import find_cases, forget_reporter, receive_signals
from gongbi.cases.search import words as looking
from gongbi.cases.search.marking import marks_of
from gongbi.cases.search.words import excerpt
from gongbi.core.models import JournalLine
from gongbi.core.public import scope_of

MAY = {"dispatcher", "supervisor", "clerk", "dispatcher-w"}


@pytest.fixture
def scope(small_city):
    return scope_of(small_city.people["dispatcher"])


def numbers(hits):
    return [one.row.number for one in hits]


def asked(browser, words):
    return browser.post("/search/", {"q": words})


def test_a_number_whole_or_its_digits_or_a_short_number(scope, reported):
    first, second = reported(), reported()
    digits = str(int(first.number.split("-")[1]))
    assert numbers(find_cases(scope, digits)) == [first.number]
    assert numbers(find_cases(scope, second.number.lower())) == [second.number]
    assert numbers(find_cases(scope, second.short_number)) == [second.number]
    begins = first.number.split("-")[1][:4]
    assert numbers(find_cases(scope, begins)) == [second.number, first.number]
    assert find_cases(scope, "999999") == []


@pytest.mark.parametrize(
    ("words", "found_in"),
    [("水管", ("type",)), ("水管 笔架", ("type", "place")), ("burst penrack", ("type", "place")),
     ("東區", ("place",)), ("PENRACK", ("place",)), ("乔木", None), ("水管 西区", None)],
)  # fmt: skip
def test_names_in_both_languages_and_both_scripts(scope, reported, words, found_in):
    number = reported().number
    hits = find_cases(scope, words)
    assert numbers(hits) == ([number] if found_in else [])
    assert not found_in or hits[0].found_in == found_in


def test_open_ones_first_then_newest(scope, reported, signed_in):
    old, middle, new = (reported().number for _ in range(3))
    do(signed_in("dispatcher"), new, "cancel", reason="test", words="x")
    assert numbers(find_cases(scope, "burst")) == [middle, old, new]


def test_words_are_found_in_either_script_and_masked(signed_in, reported):
    number = reported(words="笔架里的路燈坏了,请打13812345678找王先生").number
    page = asked(signed_in("dispatcher"), "路灯坏了").content.decode()
    assert number in page
    assert "<mark>路燈坏了</mark>" in page
    assert "▇▇▇" in page
    assert "13812345678" not in page.replace('value="13812345678"', "")
    assert number in asked(signed_in("dispatcher"), "8123456").content.decode()
    assert number in asked(signed_in("dispatcher"), "李娜").content.decode()
    assert number not in asked(signed_in("dispatcher"), "路灯不坏").content.decode()
    assert number in asked(signed_in("dispatcher"), "penrack 路灯").content.decode()


def test_who_may_look_and_what_is_written_down(signed_in, reported, small_city):
    number = reported(words="门口的老槐树倒了").number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    for name in ["", *CAST]:
        answer = asked(signed_in(name), "老槐树")
        if name in MAY:
            assert answer.status_code == 200, name
            assert (number in answer.content.decode()) is (name != "dispatcher-w"), name
        else:
            assert answer.status_code == (302 if not name else 403), name
            assert number not in answer.content.decode()
        seen = signed_in(name).get("/search/", {"q": "老槐树"})
        assert "老槐树倒了" not in seen.content.decode(), name
    lines = JournalLine.objects.filter(kind="cases.WordsSearched")
    assert {line.actor for line in lines} == {
        f"person:{small_city.people[name].pk}" for name in MAY
    }
    assert sorted(line.body["found"] for line in lines) == [0, 1, 1, 1]
    assert len({line.subject for line in lines}) == 1, "the same question has the same digest"
    assert all("老槐树" not in str(line.body) + line.subject for line in lines)


def test_too_little_to_look_for(signed_in, reported):
    answer = asked(signed_in("dispatcher"), "树")
    assert answer.status_code == 422
    assert "two Chinese characters" in answer.content.decode()
    assert not JournalLine.objects.filter(kind="cases.WordsSearched").exists()


def test_a_complaint_is_found_by_who_hears_it_only(signed_in, reported):
    number = reported(type="conduct", words="态度恶劣得很", about_unit="centre").number
    assert number not in asked(signed_in("dispatcher"), "态度恶劣").content.decode()
    assert number not in asked(signed_in("supervisor"), "态度恶劣").content.decode()
    other = reported(type="conduct", words="态度恶劣得很", about_unit="water").number
    assert other in asked(signed_in("supervisor"), "态度恶劣").content.decode()
    assert other not in asked(signed_in("dispatcher"), "态度恶劣").content.decode()


@pytest.mark.parametrize("newest", [1, 2, 100])
def test_words_that_everybody_writes(signed_in, reported, monkeypatch, newest):
    """However few of the newest cases are looked into first, nothing is missed."""
    monkeypatch.setattr(looking, "COMMON", 1)
    monkeypatch.setattr(looking, "NEWEST", newest)
    found = [reported(words="路灯不亮").number for _ in range(10)]
    other = reported(words="水管漏水").number
    page = asked(signed_in("dispatcher"), "路灯不亮").content.decode()
    assert all(number in page for number in found)
    assert other not in page


def test_forgetting_takes_the_marks_away(signed_in, reported):
    receipt = reported(words="门口的老槐树倒了")
    kept = reported(words="门口的老槐树还在").number
    forget_reporter(receipt.follow_token)
    assert Marks.objects.count() == 1
    page = asked(signed_in("dispatcher"), "老槐树").content.decode()
    assert kept in page
    assert receipt.number not in page
    assert _in_the_index() == 1


def _in_the_index():
    if connection.vendor != "sqlite":
        return Marks.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_marks_found WHERE cases_marks_found MATCH %s",
                       [" OR ".join(_some_marks())])  # fmt: skip
        return cursor.fetchone()[0]


def _some_marks():
    from gongbi.cases.search.fields import as_word

    return [as_word(mark) for mark in marks_of(["老槐树"], NOW)]


def test_marks_say_nothing_without_the_key(reported):
    reported(words="门口的老槐树倒了")
    with connection.cursor() as cursor:
        cursor.execute("SELECT marks FROM cases_marks")
        stored = str(cursor.fetchone()[0])
    assert "槐" not in stored
    assert Marks._meta.get_field("marks").get_db_prep_value([1, -1], connection)


@pytest.mark.parametrize("months", [0, 1, 3, 9, 30])
def test_words_of_any_month_are_found(signed_in, reported, small_city, months):
    number = reported(words="门口的老槐树倒了").number
    reported(words="别的事情")
    small_city.clock.now += timedelta(days=31 * months)
    assert number in asked(signed_in("dispatcher"), "老槐树").content.decode()


def test_the_same_words_have_other_marks_next_month(small_city):
    assert marks_of(["老槐树"], NOW) == marks_of(["老槐树"], NOW + timedelta(days=5))
    assert not {*marks_of(["老槐树"], NOW)} & {*marks_of(["老槐树"], NOW + timedelta(days=20))}


def test_machines_have_no_marks(reported):
    reported(source="alert", words="pressure low", contact="")
    assert not Marks.objects.exists()


def test_the_cost_does_not_grow(signed_in, small_city, django_assert_max_num_queries):
    receive_signals([signal(reference=f"s-{n}") for n in range(40)])
    assert Signal.objects.count() == 40
    browser = signed_in("dispatcher")
    for send in (
        lambda: browser.get("/search/", {"q": "水管 东区"}),
        lambda: asked(browser, "水管"),
    ):
        send()
        with django_assert_max_num_queries(24):
            page = send().content.decode()
        assert page.count("item-title") >= 40


def test_an_excerpt_stands_around_the_find():
    text = "前言" * 40 + "这里水管漏水了" + "后语" * 80
    parts = excerpt(text, ["漏水", "水管"])
    assert [part for part, marked in parts if marked] == ["水管", "漏水"]
    assert parts[0][0].startswith("…")
    assert parts[-1][0].endswith("…")
    assert excerpt("nothing here", ["漏水"]) == [("nothing here", False)]


def test_a_merged_or_vanished_type_is_no_fault(scope, reported):
    assert case_of(reported(type=None, words="不知道该找谁").number).type is None
    assert find_cases(scope, "水管") == []

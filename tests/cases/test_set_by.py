"""Beside each promise stands what set it, in words."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases.wording_promise import set_by


def promised(signed_in, number, language="en"):
    page = signed_in("dispatcher", language).get(f"/cases/{number}/").content.decode()
    return page.split('id="promised"')[1].split("</section>")[0]


def test_a_type_is_named_not_coded(signed_in, reported):
    number = reported().number
    assert ">by its type: Burst pipe<" in promised(signed_in, number)
    assert ">按类型规定：水管爆裂<" in promised(signed_in, number, "zh-hans")
    assert 'title="type:burst-pipe@' in promised(signed_in, number)


def test_so_is_one_that_was_sorted_and_one_that_was_put_to_wait(signed_in, reported):
    number = reported(type=None, words="?").number
    browser = signed_in("dispatcher")
    do(browser, number, "sort", type="burst-pipe")
    assert ">when it was sorted: Burst pipe<" in promised(signed_in, number)
    do(browser, number, "wait", reason="weather", words="Storm.")
    assert case_of(number).state == "waiting"
    assert ">as long as it may wait<" in promised(signed_in, number)
    do(browser, number, "resume")
    assert ">what was left when it was put to wait<" in promised(signed_in, number)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("extension:12:+2 working_days", "by more time granted: 2 working days"),
        ("extension:12:+?", "by more time granted: ?"),
        ("supervision", "by a supervisor"),
        ("something new", "something new"),
    ],
)
def test_each_rule_has_words(rule, said):
    from django.utils import translation

    with translation.override("en"):
        assert set_by(rule, None) == said

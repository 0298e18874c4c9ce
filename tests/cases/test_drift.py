"""The page that watches reading's drift."""

from datetime import timedelta

import pytest
from tests.cases.conftest import CAST, NOW
from tests.cases.test_reading import PERSON, decided, made  # noqa: F401 - a fixture

from gongbi.cases import reading
from gongbi.cases.actions import sort
from gongbi.cases.models import Case

ADDRESS = "/cases/reading/"


@pytest.fixture
def read(decided, reported, small_city):  # noqa: F811 - the fixture above
    """A reader in force, and sixty reports that people sorted as they came, or otherwise."""

    def run(type_code):
        decided()
        made()
        reading.switch(1, actor="command:test")
        for n in range(60):
            receipt = reported(type=None, words=f"{n} 水果摊挡路", reference=f"n-{n}")
            sort(Case.objects.get(number=receipt.number), PERSON, type_code=type_code)
        small_city.clock.now = NOW + timedelta(days=1)

    return run


def test_what_drifted_since_when_and_what_to_do(read, signed_in):
    read("advice")
    answer = signed_in("supervisor").get(ADDRESS)
    page, found = answer.content.decode(), answer.context["found"]
    told = reading.watch()
    assert found.drift == told.drift, "the page and the command say the same"
    lines = {line.name: line for line in answer.context["lines"]}
    agreed = lines["People settle on the type named first"]
    assert (agreed.seen, agreed.of, agreed.is_off) == ("0 %", 60, True)
    assert agreed.since == found.begin
    assert "gongbi reports train" in page
    assert "has drifted" in page
    assert found.moved[0].lately == 1.0


def test_what_is_as_expected_says_so(read, signed_in):
    read("stall")
    answer = signed_in("supervisor").get(ADDRESS)
    found = answer.context["found"]
    assert found.drift.agreed.hits == found.drift.agreed.of == 60
    assert "agreement" not in found.drift.reasons
    assert "as expected" in answer.content.decode()


def test_without_a_reader_it_says_that_nothing_can_drift(signed_in, small_city):
    page = signed_in("supervisor").get(ADDRESS).content.decode()
    assert "The listed words judge alone" in page
    chinese = signed_in("supervisor", "zh-hans").get(ADDRESS).content.decode()
    assert "仅由词表判读" in chinese


def test_a_broken_reader_is_said_with_its_remedy(signed_in, small_city, settings):
    folder = settings.GONGBI_DATA / "reading"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in_force").write_text("nonsense", "utf-8")
    page = signed_in("supervisor").get(ADDRESS).content.decode()
    assert "gongbi reports switch NUMBER" in page


def test_too_few_are_said_to_be_too_few(decided, reported, signed_in):  # noqa: F811
    decided()
    made()
    reading.switch(1, actor="command:test")
    reported(type=None, words="水果摊挡路")
    page = signed_in("supervisor").get(ADDRESS).content.decode()
    assert "fewer than 50 reports: nothing can be said" in page


def test_who_may(signed_in, small_city):
    for name in ["", *CAST]:
        expected = 302 if not name else 200 if name == "supervisor" else 403
        assert signed_in(name).get(ADDRESS).status_code == expected, name
    for days in ("8", "²", "٢٨", "9" * 5000):
        assert signed_in("supervisor").get(f"{ADDRESS}?days={days}").status_code == 404, days


def test_its_cost_does_not_grow(read, signed_in, django_assert_max_num_queries):
    read("stall")
    browser = signed_in("supervisor")
    browser.get(ADDRESS)
    with django_assert_max_num_queries(8):
        browser.get(f"{ADDRESS}?days=91")

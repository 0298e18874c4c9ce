"""What was done in a period: hours by the clock, promises, two words; as far as eyes reach."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import do

from gongbi.cases.public import give_verdict, run_due, work_between
from gongbi.core.public import scope_of

HOUR = timedelta(hours=1)
MOST_QUERIES = 9


@pytest.fixture
def handled(reported, signed_in, small_city):
    """Opened at ten, accepted at eleven, reached at twelve, done at two, solved at three."""
    told = reported()
    clock = small_city.clock
    do(signed_in("dispatcher"), told.number, "dispatch", unit="water-e")
    for hour, verb, said in (
        (1, "accept", {}),
        (2, "arrive", {}),
        (4, "declare", {"declared": "done", "words": "换了阀门"}),
    ):
        clock.now = NOW + hour * HOUR
        do(signed_in("worker"), told.number, verb, **said)
    run_due(clock.now)
    clock.now = NOW + 5 * HOUR
    give_verdict(told.follow_token, solved=True)
    return told


def test_hours_and_words_of_one_case(handled):
    found = work_between(None, "/xx/", NOW - HOUR, NOW + HOUR)
    assert (found.opened, found.closed, found.live, found.from_alerts) == (1, 1, 0, 0)
    assert (found.contact.of, found.contact.median) == (1, 1.0)
    assert (found.on_site.of, found.on_site.median) == (1, 2.0)
    assert (found.closed_in.of, found.closed_in.ninth_tenth) == (1, 5.0)
    assert (found.declared_done, found.declared_not_possible) == (1, 0)
    assert (found.asked, found.solved, found.not_solved, found.unanswered) == (1, 1, 0, 0)
    assert found.promises_kept + found.promises_missed == 2
    assert [many for _name, many in found.types] == [1]


def test_only_what_was_opened_there_and_then(handled, reported):
    reported(type="stall", place="xx-w", at=NOW + 5 * HOUR)
    assert work_between(None, "/xx/", NOW - HOUR, NOW).opened == 0
    late = work_between(None, "/xx/", NOW + HOUR, NOW + 9 * HOUR)
    assert (late.opened, late.live, late.contact.of, late.contact.median) == (1, 1, 0, None)
    assert work_between(None, "/xx/xx-e/", NOW - HOUR, NOW + 9 * HOUR).opened == 1


def test_a_reader_counts_what_they_may_see(handled, small_city):
    def seen(name: str) -> int:
        scope = scope_of(small_city.people[name])
        return work_between(scope, "/xx/", NOW - HOUR, NOW + HOUR).opened

    assert (seen("officer"), seen("dispatcher-w"), seen("stranger")) == (1, 0, 0)


def test_its_cost_does_not_grow_with_its_cases(handled, reported, django_assert_max_num_queries):
    for _ in range(5):
        reported(type="stall")
    with django_assert_max_num_queries(MOST_QUERIES):
        work_between(None, "/xx/", NOW - HOUR, NOW + 9 * HOUR)

"""Taking reports out of a case: another matter, with a case and a promise of its own."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases import merging
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete
from gongbi.cases.models import Case, Note
from gongbi.cases.public import add_words, follow

OFFICER = Actor("application", "test")


@pytest.fixture
def joined(reported):
    """A case of three reports: its own, one that said so, and one of a merged case."""
    first = reported()
    said = reported(joins=first.number, words="我家也是")
    merged = reported(words="另一根管子")
    merging.merge(case_of(merged.number), OFFICER, into=case_of(first.number))
    return first, said, merged


def test_whoever_says_it_is_this_one_joins_it(joined):
    first, said, _merged = joined
    assert (said.joined, said.number) == (True, first.number)
    assert said.follow_token != first.follow_token
    assert case_of(first.number).signals_count == 3


def test_the_chosen_get_a_case_of_their_own(signed_in, joined, small_city):
    first, said, _ = joined
    add_words(said.follow_token, "地下室")
    small_city.clock.now = NOW + timedelta(hours=1)
    row = case_of(first.number).signals.get(joined_why="said_by_reporter")
    answer = do(signed_in("dispatcher"), first.number, "split", signals=[row.pk], words="另一处")
    assert answer.status_code == 302
    fresh = Case.objects.order_by("-pk").first()
    assert follow(said.follow_token).number == fresh.number
    assert (fresh.signals_count, case_of(first.number).signals_count) == (1, 2)
    assert fresh.due_at == NOW + timedelta(minutes=30)
    assert Note.objects.get().case_id == fresh.pk
    page = signed_in("dispatcher").get(f"/cases/{fresh.number}/").content.decode()
    assert f"taken out of {first.number}" in page


def test_refuses_none_all_and_the_whole_of_a_merged_case(joined):
    first, _, merged = joined
    case, child = case_of(first.number), case_of(merged.number)
    own = list(case.signals.values_list("pk", flat=True))
    for chosen in ([], [*own, child.signals.get().pk], own, [child.signals.get().pk]):
        with pytest.raises(Incomplete):
            merging.split(case_of(first.number), OFFICER, signals=chosen)
    assert case_of(first.number).signals_count == 3


@pytest.mark.parametrize(
    ("who", "status"),
    [("", 302), ("stranger", 404), ("dispatcher-w", 404), ("worker", 404), ("clerk", 403),
     ("officer", 302)],
)  # fmt: skip
def test_who_may_split(signed_in, joined, who, status):
    first = joined[0]
    row = case_of(first.number).signals.get(joined_why="said_by_reporter")
    assert do(signed_in(who), first.number, "split", signals=[row.pk]).status_code == status
    row.refresh_from_db()
    assert (row.case.number == first.number) == (who != "officer")

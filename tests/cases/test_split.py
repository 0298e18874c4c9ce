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


def test_danger_said_in_a_report_that_is_taken_out_counts(signed_in, reported):
    """The first urgency came by these words: their new case has it, whatever its type."""
    first = reported(type="stall", words="摊位倒了,有人被困,有生命危险")
    assert case_of(first.number).priority == 1
    reported(type="stall", words="摊位占道", joins=first.number)
    row = case_of(first.number).signals.order_by("pk").first()
    do(signed_in("dispatcher"), first.number, "split", signals=[row.pk])
    fresh = Case.objects.order_by("-pk").first()
    assert (fresh.priority, fresh.route_why["read"]["danger"]) == (1, 1)


def test_taken_out_of_an_unsorted_case_it_is_guessed_anew(signed_in, reported):
    first = reported(type=None, words="不知道该找谁")
    said = reported(type=None, words="电梯困人", joins=first.number)
    if not said.joined:  # danger joins nobody: say it with words that are none
        said = reported(type=None, words="门口有摊贩占道", joins=first.number)
    row = case_of(first.number).signals.get(joined_why="said_by_reporter")
    do(signed_in("dispatcher"), first.number, "split", signals=[row.pk])
    fresh = Case.objects.order_by("-pk").first()
    assert fresh.guesses or fresh.type is not None


def test_its_route_knows_what_the_alert_rested_on(signed_in, reported, pack_folder, settings):
    from gongbi.core.packs import load_pack

    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    file = pack_folder / "routes.toml"
    rule = (
        '[[route]]\ncode = "estate"\ntypes = ["burst-pipe"]\nto_unit = "order"\n'
        'facts = {owner = "estate"}\nreason_en = "x"\nreason_zh = "x"\n\n'
    )
    file.write_text(rule + file.read_text("utf-8"), "utf-8")
    load_pack(pack_folder, by="test")
    first = reported()
    alert = reported(
        source="alert", words="x", contact="", joins=first.number, why={"owner": "estate"}
    )
    assert alert.number == first.number
    row = case_of(first.number).signals.get(source="alert")
    do(signed_in("dispatcher"), first.number, "split", signals=[row.pk])
    assert Case.objects.order_by("-pk").first().suggested_unit_id == "order"


def test_the_reports_to_choose_from_are_masked_as_the_type_says(
    signed_in, reported, pack_folder, settings
):
    from gongbi.core.packs import load_pack

    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    file = pack_folder / "case_types.toml"
    said = 'solve = "4 hours"\nmask = {work = ["phone", "plate"], outside = ["phone"]}'
    file.write_text(file.read_text("utf-8").replace('solve = "4 hours"', said, 1), "utf-8")
    load_pack(pack_folder, by="test")
    first = reported(words="沪A12345 压坏了水管 13812345678")
    reported(words="水管爆了", joins=first.number)
    page = signed_in("dispatcher").get(f"/cases/{first.number}/").content.decode()
    assert "压坏了水管" in page
    assert 'name="signals"' in page
    assert "沪A12345" not in page
    assert "13812345678" not in page


def test_its_cost_does_not_grow_with_the_reports_chosen(signed_in, reported):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(many):
        first = reported()
        for _ in range(many):
            reported(joins=first.number)
        rows = case_of(first.number).signals.filter(joined_why="said_by_reporter")
        chosen = list(rows.values_list("pk", flat=True))
        with CaptureQueriesContext(
            connection,
        ) as told:
            merging.split(case_of(first.number), OFFICER, signals=chosen)
        return len(told)

    assert cost(2) == cost(12)

"""Merging: one matter, all reporters follow it."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases.public import follow


def test_all_reporters_follow_the_one_case(signed_in, reported):
    first, second = reported(), reported(words="同一根管子")
    answer = do(signed_in("dispatcher"), second.number, "merge", into=first.number.lower())
    assert answer.status_code == 302
    gone, kept = case_of(second.number), case_of(first.number)
    assert (gone.state, gone.merged_into, gone.due_at) == ("merged", kept, None)
    assert kept.signals_count == 2
    followed = follow(second.follow_token)
    assert (followed.number, followed.merged_into) == (first.number, first.number)
    assert followed.words == "同一根管子"


def test_what_every_reporter_said_stands_on_the_one_case(signed_in, reported):
    alert = reported(source="alert", words="压力 0.05 MPa", contact="").number
    reported(words="家里没水了")
    other = reported(words="地下车库进水", place="xx-e-1-b", lon=122.96).number
    do(signed_in("dispatcher"), other, "merge", into=alert)
    page = signed_in("dispatcher").get(f"/cases/{alert}/").content.decode()
    said = [page.index(words) for words in ("家里没水了", "地下车库进水", "压力 0.05 MPa")]
    assert said == sorted(said)
    assert "家里没水了" in signed_in("dispatcher").get("/cases/").content.decode()


def test_every_reporter_counts_and_the_way_to_each_is_shown(signed_in, reported):
    first, second = reported(), reported(words="同一根管子")
    dispatcher = signed_in("dispatcher")
    do(dispatcher, second.number, "merge", into=first.number)
    page = dispatcher.get(f"/cases/{first.number}/").content.decode()
    assert "2 reporters, sealed." in page
    opened = dispatcher.post(f"/cases/{first.number}/reporter").content.decode()
    assert f'href="/cases/{second.number}/"' in opened
    assert "<dd>web page ·" in opened


def test_a_merged_unit_is_off_the_hook(signed_in, reported):
    first, second = reported(), reported()
    dispatcher = signed_in("dispatcher")
    do(dispatcher, second.number, "accept_suggestion")
    do(dispatcher, second.number, "merge", into=first.number)
    assert second.number not in signed_in("worker").get("/cases/mine/").content.decode()


def test_refuses_itself_an_ended_one_and_one_that_is_not_there(signed_in, reported):
    first, second = reported(), reported()
    dispatcher = signed_in("dispatcher")
    assert do(dispatcher, first.number, "merge", into=first.number).status_code == 422
    do(dispatcher, second.number, "cancel", reason="test", words="演练")
    assert do(dispatcher, first.number, "merge", into=second.number).status_code == 422
    assert do(dispatcher, first.number, "merge", into="XX-999999").status_code == 422
    assert case_of(first.number).state == "open"


def test_any_of_the_reporters_is_heard(signed_in, reported):
    from tests.cases.conftest import NOW

    from gongbi.cases.public import give_verdict, run_due

    first, second = reported(), reported()
    dispatcher = signed_in("dispatcher")
    do(dispatcher, second.number, "merge", into=first.number)
    do(dispatcher, first.number, "accept_suggestion")
    do(signed_in("worker"), first.number, "declare", declared="done", words="好了")
    run_due(NOW)
    assert follow(second.follow_token).asked
    give_verdict(second.follow_token, False, "我家还没水")
    assert case_of(first.number).state == "open"


def test_what_is_urgent_does_not_end_in_what_is_not(signed_in, reported):
    """A merged case owes nothing: said with both ways out, and one key takes the right one."""
    first, second = reported(), reported(words="同一根管子")
    dispatcher = signed_in("dispatcher", "zh-hans")
    do(dispatcher, second.number, "weigh", priority="1", words="淹到配电室")
    do(dispatcher, first.number, "weigh", priority="3", words="慢慢渗")
    page = do(dispatcher, second.number, "merge", into=first.number)
    assert page.status_code == 422
    assert f"请把 {first.number} 并入它" in page.content.decode()
    assert case_of(second.number).state == "open"
    panel = dispatcher.get(f"/cases/{first.number}/same").content.decode()
    assert f'action="/cases/{first.number}/do/merge"' in panel
    assert f'name="into" value="{second.number}"' in panel
    do(dispatcher, first.number, "merge", into=second.number)
    assert case_of(first.number).merged_into == case_of(second.number)


def test_checked_on_the_row_as_it_is_now(reported, small_city):
    """Whoever merges has the other case before them as it was a moment ago."""
    from gongbi.cases import actions, merging
    from gongbi.cases.actors import Actor
    from gongbi.cases.errors import Refused

    one = Actor("application", "one")
    urgent, stale = case_of(reported().number), case_of(reported().number)
    actions.weigh(case_of(stale.number), one, priority=3, words="只是潮湿")
    with pytest.raises(Refused):
        merging.merge(urgent, one, into=stale)

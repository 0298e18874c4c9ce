"""What a worker finds on the way is entered by phone once; nobody is asked a verdict."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.conftest import CAST
from tests.cases.walking import case_of, picture

from gongbi.cases.models import Case, DoneOnce, Photo, Signal

SYNC, MINE = "/cases/mine/sync", "/cases/mine/"
HERE = {"lon": "122.94", "lat": "30.2"}


@pytest.fixture
def find(signed_in):
    """Send a finding as the worker's phone does."""
    phone = signed_in("worker")

    def sent(id_=1, photo=None, **said):
        form = {"verb": "found", "action_id": f"phone-{id_:06d}", "words": "路口水管爆了,满街是水"}
        form |= HERE | said
        if photo:
            form["photo"] = SimpleUploadedFile("x.jpg", photo, content_type="image/jpeg")
        return phone.post(SYNC, form)

    return sent


def test_it_is_a_case_of_the_patrol_s(find):
    answer = find(photo=picture("blue"), did_at="2026-11-24T01:30:00+00:00", type="burst-pipe")
    case = case_of(answer.json()["found"])
    assert (case.source, case.type.code, case.place_id) == ("patrol", "burst-pipe", "xx-e")
    assert case.suggested_unit_id == "water-e"
    step = case.steps.get(verb="patrol")
    assert step.actor.startswith("person:")
    assert step.why["did_at"] == "2026-11-24T01:30+00:00"
    assert case.opened_at == step.at  # its promises run from when the city has it
    assert Photo.objects.get(case=case).kind == "before"
    assert not case.signals.get().from_person


def test_nobody_is_asked_for_a_verdict(find, signed_in):
    from gongbi.cases import actions, actors

    number = find(type="burst-pipe").json()["found"]
    task = actions.dispatch(case_of(number), actors.SYSTEM)
    actions.accept(task, actors.application("x"))
    actions.declare(task, actors.application("x"), declared="done", words="修好")
    case = case_of(number)
    assert (case.state, case.ended_as) == ("closed", "done")
    assert not case.verdicts.exists()


def test_sent_twice_it_is_entered_once(find):
    first, again = find(photo=picture("blue")), find(photo=picture("blue"))
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert first.json()["found"] == again.json()["found"]
    assert (Case.objects.count(), Signal.objects.count(), Photo.objects.count()) == (1, 1, 1)
    assert find(words="另一处").status_code == 422  # an id means one act


def test_what_lacks_is_said_and_can_be_sent_again(find):
    nowhere = find(lon="", lat="")
    assert (nowhere.status_code, nowhere.json()["field"]) == (422, "where")
    wordless = find(words=" ")
    assert (wordless.status_code, wordless.json()["field"]) == (422, "words")
    bad = find(photo=b"no picture")
    assert bad.status_code in (409, 422)
    assert find(lon="122.94", lat="x").status_code == 422
    assert find(code="9-9999", lon="", lat="").json()["field"] == "code"
    assert not Case.objects.exists()
    assert not DoneOnce.objects.exists()
    assert find(lon="", lat="", where="砚台街道办门口").status_code == 200
    assert Case.objects.get().place_id == "xx-e"  # where the finder's unit works


def test_the_finder_sees_what_became_of_it_and_nobody_else(find, signed_in):
    from gongbi.cases import actions, actors

    number = find(type="stall").json()["found"]
    page = signed_in("worker").get(MINE).content.decode()
    assert number in page
    assert f"/cases/{number}/" not in page  # another unit's: how it stands, not what is in it
    assert signed_in("worker").get(f"/cases/{number}/").status_code == 404
    actions.dispatch(case_of(number), actors.SYSTEM)
    part = signed_in("worker").get(MINE, headers={"HX-Target": "found-list"}).content.decode()
    assert "in hand" in part
    assert "Street order" in part
    assert 'id="tasks"' not in part
    for other in ("lead", "lifter"):
        assert number not in signed_in(other).get(MINE).content.decode()


MAY = ("worker", "lifter", "lead")


@pytest.mark.parametrize("name", ["", *CAST])
def test_who_may(signed_in, name):
    form = {"verb": "found", "action_id": "phone-000001", "words": "路面坑洞"} | HERE
    answer = signed_in(name).post(SYNC, form)
    assert (answer.status_code == 200) == (name in MAY), answer.status_code
    assert name in MAY or answer.status_code == (302 if not name else 403)
    assert Case.objects.count() == (name in MAY)


def test_without_the_permission_there_is_no_door(signed_in, settings):
    settings.ROLES = settings.ROLES | {"worker": settings.ROLES["worker"] - {"cases.patrol"}}
    phone = signed_in("worker")
    assert "I found something" not in phone.get(MINE).content.decode()
    form = {"verb": "found", "action_id": "phone-000001", "words": "路面坑洞"} | HERE
    assert phone.post(SYNC, form).status_code == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "I found something"), ("zh-hans", "我发现了问题")]
)
def test_the_door_stands_on_the_worker_s_page(signed_in, language, words):
    assert words in signed_in("worker", language).get(MINE).content.decode()


def test_a_browser_without_scripts_enters_it_too(signed_in):
    phone = signed_in("worker")
    form = {"once": "abcdefgh12345678", "words": "路面坑洞,很深", "type": "hole"}
    refused = phone.post("/cases/mine/found", form)
    assert refused.status_code == 422
    assert "路面坑洞,很深" in refused.content.decode()
    for _ in range(2):
        assert phone.post("/cases/mine/found", form | HERE).status_code == 302
    assert Case.objects.get().source == "patrol"
    assert signed_in("dispatcher").post("/cases/mine/found", form | HERE).status_code == 403


def test_words_of_officers_are_not_shown_to_everybody_and_go_with_their_term(find, clock):
    from gongbi.cases import keeping
    from gongbi.cases.models import CaseType
    from gongbi.cases.open_view import PublicFilter, open_cases

    number = find(type="burst-pipe", words="王某家门口水管爆了").json()["found"]
    (shown,) = open_cases(PublicFilter(), with_words=["burst-pipe"])
    assert (shown.number, shown.words) == (number, "")
    CaseType.objects.filter(code="burst-pipe").update(keep_days=30)
    held = {(one.code, one.part): one.held for one in keeping.kept_parts(clock.now, (30,))}
    assert held["burst-pipe", "words"] == 1


def test_what_it_costs(signed_in, find, django_assert_max_num_queries):
    phone = signed_in("worker")
    phone.get(MINE)
    with django_assert_max_num_queries(15):
        phone.get(MINE)
    for id_ in range(1, 6):
        find(id_, words=f"第{id_}处水管爆了")
    with django_assert_max_num_queries(18):
        phone.get(MINE)


def near(client, **said):
    return client.post("/cases/mine/near", said)


def test_the_nearest_assets_are_offered_around_a_task_or_a_point(signed_in, reported, furnished):  # noqa: F811
    from gongbi.cases import actions, actors

    task = actions.dispatch(case_of(reported(lon=122.9401).number), actors.SYSTEM)
    phone = signed_in("worker")
    for found in (near(phone, on_task=task.pk), near(phone, lon="122.94", lat="30.2")):
        assert [one["ref"] for one in found.json()["near"]][:1] == [LAMP["asset"]]
    for odd in (
        {},
        {"lon": "x", "lat": "1"},
        {"lon": "nan", "lat": "1"},
        {"lon": "999", "lat": "1"},
    ):
        assert near(phone, **odd).json() == {"near": []}
    assert near(phone, on_task="x").status_code == 404
    assert near(signed_in("lifter"), on_task=task.pk).status_code == 404
    for name in ("dispatcher", "clerk", "stranger"):
        assert near(signed_in(name), lon="122.94", lat="30.2").status_code == 403
    assert near(signed_in(""), lon="122.94", lat="30.2").status_code == 302
    assert phone.get("/cases/mine/near").status_code == 405

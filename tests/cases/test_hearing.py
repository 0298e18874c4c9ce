"""Which systems are told what becomes of a case: also whom it leaves, and that what was done is
undone."""

from collections import defaultdict
from datetime import timedelta

import pytest
from tests.cases.walking import case_of

from gongbi.core import outbox
from gongbi.core.models import Application, JournalLine, Notice
from gongbi.core.webhooks import keeping
from gongbi.core.webhooks.hearing import kinds
from gongbi.core.webhooks.noticing import take_up


@pytest.fixture
def tablet(small_city):
    """A system that hears only of its own unit's matters."""
    from gongbi.core.public import now

    def enter(name, owner="", place="xx", scopes=("hear", "work")):
        row = Application.objects.create(
            name=name, made_at=now(), made_by="test", scopes=list(scopes), place_id=place,
            owner_id=owner or None, own_unit_only=bool(owner),
        )  # fmt: skip
        keeping.make_webhook(row, url="https://hook.example/", kinds=list(kinds()), by="test")

    return enter


def told():
    """What was owed to each since last asked, without what the house says of itself."""
    outbox.order_lines()
    while take_up():
        pass
    found = defaultdict(list)
    for one in Notice.objects.select_related("webhook__application", "line").order_by("line__seq"):
        if one.line.kind.startswith("cases."):
            found[one.webhook.application.name].append(one.line.kind.removeprefix("cases."))
    Notice.objects.all().delete()
    return dict(found)


def all_hear(names, heard):
    return {name: list(heard) for name in names}


@pytest.fixture
def sent(reported, small_city, tablet):
    """A case with the east's water, and the systems of three units and of the whole city."""
    from gongbi.cases import actions, actors

    for name, owner in (("water", "water-e"), ("lifts", "lifts"), ("order", "order")):
        tablet(name, owner)
    tablet("city")
    number = reported().number
    actions.dispatch(case_of(number), actors.SYSTEM)
    told()
    return number


def do(verb, number, *more, **said):
    from gongbi.cases import actions, actors

    return getattr(actions, verb)(case_of(number), *more, actors.application("desk"), **said)


def act(verb, task, **said):
    from gongbi.cases import actions, actors

    return getattr(actions, verb)(task, actors.application("desk"), **said)


def test_whom_a_case_leaves_is_told_and_who_gets_it(sent):
    do("dispatch", sent, unit_code="lifts")
    heard = told()
    assert heard["water"] == heard["lifts"] == heard["city"] == ["CaseDispatched"]
    assert "order" not in heard


def test_a_transfer_is_heard_by_both(sent):
    act("accept", case_of(sent).tasks.get())
    told()
    do("transfer", sent, unit_code="lifts", reason="agreed", words="电梯井的水")
    heard = told()
    assert heard == all_hear(["water", "lifts", "city"], ["TransferOffered"])
    act("accept", case_of(sent).tasks.get(role="takeover"))
    heard = told()
    assert "CaseTransferred" in heard["water"]
    assert "CaseTransferred" in heard["lifts"]
    assert "order" not in heard
    act("arrive", case_of(sent).tasks.get(unit="lifts"))
    assert told() == {"lifts": ["TaskArrived"], "city": ["TaskArrived"]}


def test_a_share_is_heard_by_the_one_who_helps_and_the_one_who_leads(sent, small_city):
    do("call_in", sent, unit_code="lifts", words="停梯")
    assert told() == all_hear(["water", "lifts", "city"], ["TaskAdded"])
    share = case_of(sent).tasks.get(unit="lifts")
    act("accept", share)
    assert told()["lifts"] == ["TaskAccepted"]
    do("call_off", sent, task=share, words="不用了")
    assert told() == all_hear(["water", "lifts", "city"], ["TaskWithdrawn"])
    small_city.clock.now += timedelta(minutes=1)
    do("cancel", sent, reason="not_a_matter", words="误报")
    assert told() == all_hear(["water", "city"], ["CaseCancelled"])


def test_what_ends_for_all_is_heard_by_all_that_work_on_it(sent):
    do("call_in", sent, unit_code="lifts", words="停梯")
    told()
    do("cancel", sent, reason="not_a_matter", words="误报")
    assert told() == all_hear(["water", "lifts", "city"], ["CaseCancelled"])


def test_a_merge_and_that_it_was_undone_are_told_alike(sent, reported):
    from gongbi.cases import actors, merging

    into = case_of(reported(reference="into").number)
    told()
    merging.merge(case_of(sent), actors.application("desk"), into=into)
    heard = told()
    assert heard["water"] == ["CaseMerged"]
    assert "CaseMerged" in heard["city"]
    merging.unmerge(case_of(sent), actors.application("desk"), words="两处")
    heard = told()
    assert heard["water"] == ["CaseUnmerged"]
    line = JournalLine.objects.get(kind="cases.CaseUnmerged")
    assert (line.body["number"], line.body["out_of_number"]) == (sent, into.number)


def test_reports_taken_out_are_told_with_the_number_they_have_now(sent, reported):
    from gongbi.cases import actors, merging
    from gongbi.cases.models import Signal

    case = case_of(sent)
    reported(reference="two", joins=sent)
    told()
    assert Signal.objects.filter(case=case).count() == 2
    second = Signal.objects.get(reference="two")
    fresh = merging.split(case, actors.application("desk"), signals=[second.pk], words="另一处")
    heard = told()
    assert heard["water"] == ["CaseSplit"]
    line = JournalLine.objects.get(kind="cases.CaseSplit")
    assert line.body["into_number"] == fresh.number


def test_more_time_and_a_supervision_are_heard_by_the_unit_that_asked(sent):
    act("accept", case_of(sent).tasks.get())
    told()
    do("extend", sent, more="1 working_days", reason="works", words="要开挖")
    do("grant", sent, words="同意")
    do("supervise", sent, within="1 working_days", words="请答复")
    heard = ["ExtensionAsked", "ExtensionDecided", "CaseSupervised"]
    assert told() == all_hear(["water", "city"], heard)


def test_a_burst_is_heard_by_who_works_in_its_place(small_city, tablet):
    from django.db import transaction

    from gongbi.cases.events import BurstEnded, BurstOpened
    from gongbi.cases.models import Burst
    from gongbi.core.public import now, publish

    for name, place, scopes in (
        ("east", "xx-e", ["hear", "work"]), ("west", "xx-w", ["hear", "work"]),
        ("reader", "xx", ["hear"]),
    ):  # fmt: skip
        tablet(name, place=place, scopes=scopes)
    tablet("own", owner="water")
    at = now()
    row = Burst.objects.create(group="water", place_id="xx-e", place_path="/xx/xx-e/",
                               began_at=at, opened_at=at, last_seen_at=at, seen=9, expected=1.0,
                               surprise=9.0)  # fmt: skip
    with transaction.atomic():
        for fact in (
            BurstOpened(burst=row.uuid, group="water", place="xx-e", seen=9, expected=1.0),
            BurstEnded(burst=row.uuid, group="water", place="xx-e"),
        ):
            publish(fact, subject=f"burst:{row.uuid}", actor="system:clock",
                    place_path="/xx/xx-e/")  # fmt: skip
    assert told() == {"east": ["BurstOpened", "BurstEnded"]}

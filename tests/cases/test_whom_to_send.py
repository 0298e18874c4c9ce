"""The form that gives a task to a person: who could be there first, and why, in words."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.actions.dispatch import people_of
from gongbi.cases.crews import people_by_fit
from gongbi.cases.models import Task
from gongbi.core.models import Person, Post
from gongbi.core.packs import check_pack, load_pack


def hire(*names: str) -> dict[str, Person]:
    """More people of the east's water unit."""
    people = {}
    for name in names:
        people[name] = Person.objects.create(username=name, name=name)
        Post.objects.create(person=people[name], role="worker", unit_id="water-e", place_id="xx-e")
    return people


def in_hand(reported, signed_in, **changes) -> Task:
    number = reported(**changes).number
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    return Task.objects.get(case=case_of(number), ended_at=None)


def test_the_form_says_who_could_be_there_first_and_why(small_city, reported, signed_in):
    people = hire("Ann", "Bob")
    busy = in_hand(reported, signed_in)
    Task.objects.filter(pk=busy.pk).update(handler=people["Ann"], state="on_site", arrived_at=NOW)
    ended = in_hand(reported, signed_in, lon=122.941)
    Task.objects.filter(pk=ended.pk).update(
        handler=people["Bob"], state="done", arrived_at=NOW, ended_at=NOW
    )
    task = in_hand(reported, signed_in)
    page = signed_in("lead").get(f"/cases/{task.case.number}/").content.decode()
    told = re.findall(r"<option[^>]*>([^<]* · [^<]*)</option>", page)
    assert told == [
        "Bob · 0 tasks in hand · 0.1 km · there in about 5 min",
        "worker 某 · 0 tasks in hand · 1.3 km · there in about 5 min",
        "Ann · 1 task in hand · 0.0 km · there in about 40 min",
    ]
    chinese = signed_in("lead", "zh-hans").get(f"/cases/{task.case.number}/").content.decode()
    assert "Ann · 在办 1 项 · 0.0 公里 · 约 40 分钟可到" in chinese


def test_nobody_outside_the_unit_sees_where_its_people_are(small_city, reported, signed_in):
    hire("Ann")
    task = in_hand(reported, signed_in)
    for name in ("dispatcher", "officer", "lifter", "worker", "stranger"):
        page = signed_in(name).get(f"/cases/{task.case.number}/").content.decode()
        assert "in hand ·" not in page, name


def test_more_people_cost_no_more_queries(small_city, reported, signed_in):
    hire("Ann")
    task = in_hand(reported, signed_in)
    assert task.case.type.needs == []
    with CaptureQueriesContext(connection) as few:
        assert len(people_by_fit(task)) == 2
    hire("Bob", "Cid", "Dot")
    with CaptureQueriesContext(connection) as many:
        assert len(people_by_fit(task)) == 5
    assert len(many) <= len(few) <= 7  # what the pack says is asked once


def test_skills_and_shifts_of_the_pack_count_and_are_told(
    small_city, pack_folder, reported, signed_in, settings
):
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    (pack_folder / "people.csv").write_text(
        "username,name,unit,role,place,skills,shift\n"
        "ann,Ann,water-e,worker,xx-e,gas;valves,09:00-17:00\n"
        "bob,Bob,water-e,worker,xx-e,pumps,\n"
        "cid,Cid,water-e,worker,xx-e,valves,11:00-19:00\n",
        "utf-8",
    )
    text = (pack_folder / "case_types.toml").read_text("utf-8")
    text = text.replace('solve = "4 hours"', 'solve = "4 hours"\nneeds = ["valves"]', 1)
    (pack_folder / "case_types.toml").write_text(text, "utf-8")
    load_pack(pack_folder, by="test")
    told = [words for _id, words in people_by_fit(in_hand(reported, signed_in))]
    assert told == [
        "Ann · 0 tasks in hand · 1.3 km · there in about 5 min",
        "worker 某 · 0 tasks in hand · 1.3 km · skills not known · there in about 5 min",
        "Cid · 0 tasks in hand · 1.3 km · shift in 60 min · there in about 65 min",
        "Bob · 0 tasks in hand · 1.3 km · lacks: valves · there in about 5 min",
    ]


def test_a_shift_and_a_skill_that_are_none_are_refused(db, pack_folder, settings):
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    (pack_folder / "people.csv").write_text(
        "username,name,unit,role,place,skills,shift\n"
        "ann,Ann,water-e,worker,xx-e,Gas Leaks,late\n"
        "bob,Bob,water-e,worker,xx-e,gas,09:00-09:00\n",
        "utf-8",
    )
    said = [str(fault) for fault in check_pack(pack_folder)]
    assert [one.split(": ")[0] for one in said] == ["people.csv:2", "people.csv:2", "people.csv:3"]
    assert "write it as 22:00-06:00" in said[0]
    assert "The skill 'Gas Leaks' may hold" in said[1]


def test_a_unit_of_another_place_gives_it_to_its_own_people(small_city, reported, signed_in):
    west = Person.objects.create(username="Wei", name="Wei")
    Post.objects.create(person=west, role="worker", unit_id="order", place_id="xx-w")
    boss = Person.objects.create(username="Boss", name="Boss")
    Post.objects.create(person=boss, role="unit_lead", unit_id="order", place_id="xx-w")
    number = reported().number  # in the east
    do(signed_in("dispatcher"), number, "dispatch", unit="order")
    task = Task.objects.get(case=case_of(number))
    assert {one.name for one in people_of(task)} >= {"Wei"}
    small_city.people["boss"] = boss
    answer = do(signed_in("boss"), number, "assign", handler=west.pk, on_task=task.pk)
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.handler_id == west.pk

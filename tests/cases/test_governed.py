"""A case that another part governs ends by that part alone, whatever the verb."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases import actions
from gongbi.cases.actors import Actor
from gongbi.cases.models import Task
from gongbi.cases.public import SignalRefused


@pytest.fixture
def governed(signed_in, reported):
    number = reported(governed_by="crowds").number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    return number


@pytest.mark.parametrize(
    ("who", "verb", "said"),
    [
        ("worker", "declare", {"declared": "done", "words": "x"}),
        ("dispatcher", "cancel", {"reason": "test", "words": "x"}),
        ("dispatcher", "merge", {"into": "other"}),
    ],
)
def test_nobody_else_ends_it(signed_in, governed, reported, who, verb, said):
    if verb == "merge":
        said = {"into": reported().number}
    answer = do(signed_in(who), governed, verb, **said)
    assert answer.status_code == 422
    assert "ended by crowds" in answer.content.decode()
    assert case_of(governed).state == "in_hand"


def test_all_other_work_goes_on(signed_in, governed):
    assert do(signed_in("worker"), governed, "accept").status_code == 302
    assert (
        do(signed_in("dispatcher"), governed, "wait", reason="works", words="x").status_code == 302
    )


def test_a_case_that_a_part_governs_is_its_own_whatever_stands_near(reported):
    alarm = {"source": "alert", "words": "x", "contact": "", "reference": "a-1"}
    host = reported(**alarm)
    mine = reported(**alarm | {"reference": "a-2", "governed_by": "crowds"})
    named = reported(joins=host.number, governed_by="crowds")
    assert len({host.number, mine.number, named.number}) == 3
    assert not named.joined
    assert [case_of(one.number).governed_by for one in (host, mine, named)] == [
        "", "crowds", "crowds",
    ]  # fmt: skip
    assert reported(**alarm | {"reference": "a-3"}).number == host.number


def test_a_part_is_a_code(reported):
    with pytest.raises(SignalRefused) as refused:
        reported(governed_by="Crowd Control")
    assert refused.value.field == "governed_by"


def test_the_part_ends_it(governed):
    task = Task.objects.select_related("case__type", "unit").get(case__number=governed)
    actions.declare(task, Actor("part", "crowds"), declared="done", words="x")
    assert case_of(governed).state == "answered"

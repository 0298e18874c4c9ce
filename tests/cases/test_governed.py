"""A case that another part governs ends by that part alone, whatever the verb."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases import actions
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, Task


@pytest.fixture
def governed(signed_in, reported):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    Case.objects.filter(number=number).update(governed_by="crowds")
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


def test_the_part_ends_it(governed):
    task = Task.objects.select_related("case__type", "unit").get(case__number=governed)
    actions.declare(task, Actor("part", "crowds"), declared="done", words="x")
    assert case_of(governed).state == "answered"

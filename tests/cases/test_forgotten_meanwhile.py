"""A reporter is forgotten while somebody has their case before them: told, and nothing lost."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases import actions, bursts_doing
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Overtaken
from gongbi.cases.models import Burst, Child, Note
from gongbi.cases.public import forget_reporter
from gongbi.core.models import Place
from gongbi.core.public import now

ONE = Actor("application", "one")
DEEDS = {
    "note": lambda case: actions.add_note(case, ONE, words="李娜说的"),
    "urge": lambda case: actions.urge(case, ONE, words="李娜说的"),
    "wait": lambda case: actions.wait(case, ONE, reason="works", words="李娜说的"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_an_official_writes_is_refused_with_a_sentence(deed, reported, signed_in):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    before = case_of(receipt.number)
    forget_reporter(receipt.follow_token)
    with pytest.raises(Overtaken):
        DEEDS[deed](before)
    assert case_of(receipt.number).state == "in_hand"
    assert not Note.objects.exists()
    DEEDS[deed](case_of(receipt.number))


def test_a_message_to_all_reaches_a_case_of_which_one_was_forgotten(reported):
    receipt, other = reported(), reported()
    burst = Burst.objects.create(
        group="water", place=Place.objects.get(code="xx"), place_path="/xx/", began_at=now(),
        opened_at=now(), last_seen_at=now(), seen=2, expected=0.1, surprise=3.0,
    )  # fmt: skip
    for one in (receipt, other):
        Child.objects.create(burst=burst, case=case_of(one.number), at=now())
    real = bursts_doing._at_work

    def then_forgotten(burst):
        children = list(real(burst))
        forget_reporter(receipt.follow_token)
        return children

    bursts_doing._at_work = then_forgotten
    try:
        assert bursts_doing.tell(burst, ONE, words="正在抢修") == 2
    finally:
        bursts_doing._at_work = real

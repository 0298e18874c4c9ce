"""Many reports at once: each answered for itself, all at nearly the cost of one."""

import pytest
from django.db import IntegrityError
from tests.cases.conftest import signal

from gongbi.cases import numbering
from gongbi.cases.actions import receive, writing
from gongbi.cases.models import Case, Deadline, Marks, Signal, Step
from gongbi.cases.public import SignalRefused, receive_signal, receive_signals
from gongbi.core.models import JournalLine, SealedText
from gongbi.core.public import unseal


def many(count: int, **changes: object) -> list:
    return [signal(reference=f"m-{n}", **changes) for n in range(count)]


def test_each_has_its_case_its_words_and_its_line(small_city):
    answers = receive_signals(many(12))
    assert len({one.number for one in answers}) == 12
    assert len({one.follow_token for one in answers}) == 12
    assert [one.number for one in answers] == [f"XX-{n:06d}" for n in _ids(answers)]
    assert Case.objects.filter(due_at=answers[0].deadline).count() == 12
    assert Deadline.objects.count() == 24
    assert Step.objects.filter(verb="open").count() == 12
    assert JournalLine.objects.filter(kind="cases.CaseOpened").count() == 12
    assert SealedText.objects.count() == 48  # words, contact, place, and what was read in them
    assert Marks.objects.count() == 12
    row = Signal.objects.get(reference="m-7")
    assert unseal(row.words_id).startswith("笔架里3号门口")
    assert unseal(row.contact_id) == "李娜 13812345678"


def _ids(answers):
    return list(Case.objects.filter(number__in=[one.number for one in answers]).order_by("pk")
                .values_list("pk", flat=True))  # fmt: skip


def test_one_by_one_and_together_give_the_same(small_city):
    words = ["水管爆裂 burst pipe", "占道摊贩", "不知道该找谁"]
    alone = [receive_signal(signal(reference=f"a{n}", type=None, words=w))
             for n, w in enumerate(words)]  # fmt: skip
    together = receive_signals(
        [signal(reference=f"b{n}", type=None, words=w) for n, w in enumerate(words)]
    )
    for one, other in zip(alone, together, strict=True):
        assert (one.type, one.unit, one.deadline) == (other.type, other.unit, other.deadline)
        a, b = Case.objects.get(number=one.number), Case.objects.get(number=other.number)
        assert (a.route_why, a.guesses, a.priority) == (b.route_why, b.guesses, b.priority)


def test_a_bad_one_is_refused_and_the_others_go_on(small_city):
    some = many(4)
    some[1] = signal(reference="bad", place="atlantis")
    some[3] = signal(reference="m-0", words="anything else")
    answers = receive_signals(some)
    assert isinstance(answers[1], SignalRefused)
    assert answers[1].field == "place"
    assert (answers[3].repeated, answers[3].number) == (True, answers[0].number)
    assert Signal.objects.count() == 2
    again = receive_signals(some)
    assert [one.repeated for n, one in enumerate(again) if n != 1] == [True] * 3
    assert Signal.objects.count() == 2


def test_an_alert_among_them_is_joined_by_the_next(small_city):
    alert = signal(source="alert", reference="al", words="", contact="", level=2)
    answers = receive_signals([signal(reference="r0"), alert, signal(reference="r1")])
    assert answers[0].number != answers[1].number == answers[2].number
    assert answers[2].joined
    assert Case.objects.get(number=answers[1].number).signals_count == 2


def test_the_cost_hardly_grows(small_city, django_assert_max_num_queries):
    receive_signals(many(1))
    with django_assert_max_num_queries(18):
        receive_signals([signal(reference=f"c-{n}") for n in range(60)][:2])
    # SQLite takes a thousand values a statement: sixty cases and sixty reports need two each.
    with django_assert_max_num_queries(20):
        receive_signals([signal(reference=f"d-{n}") for n in range(60)])


def test_somebody_sends_one_of_them_at_the_same_moment(small_city, monkeypatch):
    taken, tries = receive._take, []

    def late(said, at):
        tries.append(len(said))
        if len(tries) == 1:
            raise IntegrityError("the same reference came in between")
        return taken(said, at)

    monkeypatch.setattr(receive, "_take", late)
    answers = receive_signals(many(3))
    assert tries == [3, 1, 1, 1]
    assert len({one.number for one in answers}) == 3
    assert Signal.objects.count() == 3


def test_a_short_number_is_nobody_else_s(small_city, monkeypatch):
    first = receive_signal(signal())
    drawn = iter([Signal.objects.get().uuid])
    fresh = writing.uuid.uuid4
    monkeypatch.setattr(writing.uuid, "uuid4", lambda: next(drawn, None) or fresh())
    second = receive_signal(signal(reference="w-2"))
    assert second.short_number != first.short_number


def test_numbers_go_on_after_a_gap(small_city):
    receive_signal(signal())
    Case.objects.filter().update(number="XX-900000")
    assert receive_signal(signal(reference="w-2")).number == numbering.number_of(
        Case.objects.latest("pk").pk
    )


@pytest.mark.parametrize("references", [[], [0], [0, 0, 0], [3, 1, 3, 2, 1], [5, 4, 5, 4, 5, 0]])
def test_read_is_answered_once_each_whatever_repeats(small_city, references):
    answers = receive_signals([signal(reference=f"p-{n}") for n in references])
    assert len(answers) == len(references)
    numbers = dict(zip(references, (one.number for one in answers), strict=True))
    assert [numbers[n] for n in references] == [one.number for one in answers]
    assert Signal.objects.count() == len(set(references))

"""A fact exists if, and only if, the change it tells of does; reactions run at least once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from gongbi.core import journal, outbox
from gongbi.core.journal import Fact, PersonalWordsInFact, commitment, publish, restore
from gongbi.core.models import Delivery, JournalLine

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class LampMended(Fact):
    lamp: str
    case: UUID
    at: datetime
    minutes: float
    units: tuple[str, ...] = ()


FACT = LampMended("lamp-7", uuid4(), datetime(2026, 3, 5, 8, tzinfo=UTC), 12.5, ("a", "b"))
told: list[LampMended] = []


def remember(fact: LampMended) -> None:
    told.append(fact)


def stumble(fact: LampMended) -> None:
    raise ValueError(f"words that must not be kept: {fact.lamp}")


@pytest.fixture
def reactions(monkeypatch: pytest.MonkeyPatch) -> dict[str, journal.Reaction]:
    told.clear()
    wanted: dict[str, journal.Reaction] = {"remember": remember}
    monkeypatch.setitem(journal._reactions, LampMended, wanted)
    monkeypatch.setattr(outbox, "known_facts", lambda: [LampMended])
    monkeypatch.setattr(journal, "kind_of", lambda kind: f"tests.{kind.__name__}")
    monkeypatch.setattr(outbox, "kind_of", lambda kind: f"tests.{kind.__name__}")
    return wanted


def tell() -> int:
    with transaction.atomic():
        return publish(FACT, subject="lamp:7", actor="crew")


def test_a_fact_comes_back_as_it_was_told(reactions: object) -> None:
    line = JournalLine.objects.get(pk=tell())
    assert restore(LampMended, line.body) == FACT
    assert bytes(line.commitment) == commitment(
        line.kind, line.subject, line.actor, line.body, bytes(line.salt)
    )


def test_a_change_that_is_undone_tells_nothing(reactions: object) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(FACT, subject="lamp:7", actor="crew")
        raise RuntimeError
    assert not JournalLine.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_may_be_told(reactions: object) -> None:
    with pytest.raises(RuntimeError, match="inside the action's transaction"):
        publish(FACT, subject="lamp:7", actor="crew")


def test_a_reaction_runs_and_its_delivery_is_gone(reactions: object) -> None:
    tell()
    assert outbox.deliver_due() == 1
    assert told == [FACT]
    assert outbox.deliver_due() == 0


def test_one_stumbling_reaction_holds_up_no_other(reactions: dict[str, object]) -> None:
    reactions["stumble"] = stumble
    tell()
    outbox.deliver_due()
    left = Delivery.objects.get()
    assert told == [FACT]
    assert (left.reaction, left.tries, left.trouble) == ("stumble", 1, "ValueError")


def test_after_repeated_failure_it_is_set_aside_and_can_be_tried_again(
    reactions: dict[str, object],
) -> None:
    reactions["stumble"] = stumble
    tell()
    for _ in range(outbox.MOST_TRIES):
        Delivery.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
        outbox.deliver_due()
    aside = Delivery.objects.get()
    assert aside.set_aside_at is not None
    assert outbox.deliver_due() == 0
    reactions["stumble"] = remember
    outbox.try_again(aside.pk)
    outbox.deliver_due()
    assert not Delivery.objects.exists()


def test_lines_get_their_order_once(reactions: object) -> None:
    first, second = tell(), tell()
    assert outbox.order_lines() == 2
    assert outbox.order_lines() == 0
    third = tell()
    outbox.order_lines()
    ordered = JournalLine.objects.order_by("seq").values_list("pk", flat=True)
    assert list(ordered) == [first, second, third]


@pytest.mark.parametrize("words", ["two words", "张三", "a\nb", "x" * 200])
def test_words_of_a_person_cannot_enter_the_journal(words: str) -> None:
    fact = LampMended(words, uuid4(), datetime.now(UTC), 1.0)
    with pytest.raises(PersonalWordsInFact), transaction.atomic():
        publish(fact, subject="lamp:7", actor="crew")

"""Whatever an application sends: no fault of ours, no contact told, no task lost."""

import json
from typing import Any

import pytest
from tests.cases.conftest import signal
from tests.cases.fuzzing import Desk
from tests.odd import watch

from gongbi.cases.models import Case, Task
from gongbi.cases.public import receive_signal
from gongbi.core.public import make_application_key

SECRETS = ["SECRET-CONTACT", "李娜", "13812345678", "WORDS-OF-A-COMPLAINT"]
NEW_CASE_EVERY = 12


class Told:
    """What answers acknowledged, to be looked for when all is over."""

    def __init__(self, desk: Desk, hidden: str) -> None:
        self.desk, self.hidden = desk, hidden
        self.units: dict[int, str] = {}
        self.answers = 0

    def check(self, answer: Any) -> None:
        said = answer.content.decode(errors="replace")
        assert answer.status_code >= 400 or f'"{self.hidden}"' not in said
        self.answers += 1
        if self.answers % NEW_CASE_EVERY == 0:
            self.desk.numbers.append(report(self.answers))
        if answer.status_code == 200:
            found = json.loads(said)
            for row in found if isinstance(found, list) else [found]:
                self._note(row)

    def _note(self, row: dict[str, Any]) -> None:
        task = row.get("task") if isinstance(row.get("task"), int) else row.get("id")
        if task is not None:
            self.desk.tasks.add(task)
            if row.get("unit"):
                self.units[task] = row["unit"]


def report(n: int) -> str:
    """One more matter, each of its own place so that none joins another."""
    said = {"type": ("stall", "burst-pipe", "hole", None)[n // NEW_CASE_EVERY % 4]}
    said |= {"lon": 122.80 + n % 19_000 / 100_000, "contact": SECRETS[0]}
    return receive_signal(signal(reference=f"f{n}", **said)).number


def fuzz(times: int, seed: int) -> None:
    hidden = receive_signal(
        signal(reference="c", type="conduct", about_unit="water", words=SECRETS[3])
    ).number
    scopes = (["work", "dispatch"], ["work"], ["dispatch"])
    keys = [make_application_key(f"crew{n}", held) for n, held in enumerate(scopes)]
    desk = Desk(seed, keys, [report(-1 - n) for n in range(4)])
    told = Told(desk, hidden)
    statuses = watch(desk.send, times, SECRETS, told.check)
    print(sorted(statuses.items()))
    assert statuses[200] > times / 10, statuses
    assert len(statuses) >= 6, statuses
    assert set(desk.numbers) <= set(Case.objects.values_list("number", flat=True))
    kept = dict(Task.objects.filter(pk__in=told.units).values_list("pk", "unit_id"))
    assert kept == told.units
    assert len(kept) > times / 60
    assert not Task.objects.filter(case__number=hidden).exists()


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_odd_requests(small_city: Any, seed: int) -> None:
    fuzz(250, seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10, 14))
def test_twenty_thousand_odd_requests(small_city: Any, seed: int) -> None:
    fuzz(5000, seed)

"""The model check with tasks and referee; the model held to the actions by walking both."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.test_life import shipped_types
from tests.cases.whole_life import NOT_WALKED, Whole, is_end, leaving

from gongbi.cases import actions, states
from gongbi.cases.actions.appealing import appealable_verdict
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused
from gongbi.cases.models import Case, CaseType, Task, Verdict
from gongbi.kernel.cases.life import explore


@pytest.fixture(scope="module")
def explored():
    """Each kind of life, walked whole: whether a verdict is asked, whether it is filed first."""
    return {
        (ask, first): explore(
            Whole(filed=not first), leaving(ask_verdict=ask, file_first=first), is_end
        )
        for ask in (True, False)
        for first in (True, False)
    }


def test_every_case_can_end_whatever_was_called_in_returned_parked_or_appealed(explored):
    for kind, found in explored.items():
        assert found.sound, (kind, found.dead, found.endless)
        assert found.states > 20_000


def test_no_row_of_the_table_is_out_of_reach(explored):
    for (ask, first), found in explored.items():
        verbs = {row.verb for row in states.rows_of(ask_verdict=ask)}
        assert verbs - found.verbs - NOT_WALKED == (set() if first else {"file"})


def test_every_shipped_type_lives_one_of_these_lives(explored):
    assert shipped_types()
    for _name, ask in shipped_types():
        assert explored[ask, False].sound


def test_the_check_bites():
    """Were a planned task never begun and never called off, a case would be owed for ever."""
    whole = leaving(ask_verdict=True)
    ends = {"call_off", "merge", "cancel", "dispatch", "return", "transfer", "wait", "park"}

    def without(here):
        return [(verb, there) for verb, there in whole(here) if verb not in ends]

    start = Whole(case=states.IN_HAND, lead="offered", helper="failed", later="planned")
    found = explore(start, without, is_end)
    assert not found.sound
    assert start in found.endless or found.endless


ONE = Actor("application", "one")


class Player:
    """Plays the model's moves with the real actions."""

    def __init__(self, number: str, referee: object) -> None:
        self.number, self.referee = number, Actor("person", str(referee))
        self.helper: int | None = None
        self.later: int | None = None

    @property
    def case(self) -> Case:
        return Case.objects.select_related("type", "unit", "suggested_unit", "route").get(
            number=self.number
        )

    def task(self, pk: int | None = None, **which) -> Task:
        rows = Task.objects.select_related("case__type", "case__unit", "unit")
        return rows.get(pk=pk) if pk else rows.get(case__number=self.number, **which)

    def running(self, role: str) -> Task:
        return self.task(role=role, state__in=states.RUNNING_TASK)

    def seen(self) -> Whole:
        """The real rows as the model sees them."""
        case = self.case
        tasks = {one.pk: one for one in case.tasks.all()}
        leads = (one for one in tasks.values() if one.role == "lead")
        lead = next((one for one in leads if one.state in states.RUNNING_TASK), None)
        return Whole(
            case=case.state,
            lead=lead.state if lead else "",
            helper=self._name(tasks.get(self.helper)),
            later=self._name(tasks.get(self.later)),
            takeover=any(one.role == "takeover" and one.state in states.RUNNING_TASK
                         for one in tasks.values()),
            returned=case.returned,
            bound=bool(lead and lead.bound),
            appeal=case.appeals.filter(decided="").values_list("about", flat=True).first() or "",
            judged=appealable_verdict(case) is not None,
            asked=case.extensions.filter(decided="").exists(),
            supervised=case.supervisions.filter(answered="").exists(),
            parked=case.waiting_for == "parked" and case.state == states.WAITING,
        )  # fmt: skip

    @staticmethod
    def _name(task: Task | None) -> str:
        if task is None:
            return ""
        return "failed" if task.declared == "not_possible" else task.state

    def play(self, verb: str, here: Whole, there: Whole) -> None:
        plain = lambda *_: getattr(actions, verb)(self.case, ONE)  # noqa: E731 - one line, once
        getattr(self, f"do_{verb}", plain)(here, there)

    def moved(self, here: Whole, there: Whole) -> Task:
        """The task whose state the model changed."""
        for name, pk in (("helper", self.helper), ("later", self.later)):
            if getattr(here, name) != getattr(there, name) and pk:
                return self.task(pk)
        return self.running("lead")

    def do_dispatch(self, here, there):
        unit = random.Random(here.returned).choice(["water-e", "centre"])
        actions.dispatch(self.case, ONE, unit_code=unit)

    def do_accept(self, here, there):
        takes = here.takeover and not there.takeover
        actions.accept(self.running("takeover") if takes else self.moved(here, there), ONE)

    def do_arrive(self, here, there):
        actions.arrive(self.moved(here, there), ONE)

    def do_stage(self, here, there):
        actions.reach_stage(self.running("lead"), ONE, stage="found")

    def do_assign(self, here, there):
        pass  # given to a person: no side of the state moves

    def do_name_asset(self, here, there):
        asset = self.case.asset
        ref = "lamp:2" if asset and asset.code == "1" else "lamp:1"
        actions.name_asset(self.case, ONE, ref=ref, words="x")

    def do_complain_of(self, here, there):
        live = {one.unit_id for one in self.case.tasks.filter(state__in=states.LIVE_TASK)}
        apart = next(one for one in ("water-e", "centre-e") if one not in live)
        accused = self.case.unit_id if there.case != here.case else apart
        actions.complain_of(self.case, ONE, unit_code=accused, words="x")
        actions.complain_of(self.case, ONE, unit_code="", words="x")  # it may be sent there again

    def do_return(self, here, there):
        back = here.takeover and not there.takeover and there.case == here.case
        task = self.running("takeover") if back else self.moved(here, there)
        actions.return_with_reason(task, ONE, reason="not_ours", words="x")

    def do_declare(self, here, there):
        failed = "failed" in (there.helper, there.later) and "failed" not in (
            here.helper, here.later)  # fmt: skip
        failed = failed or (here.helper, here.later).count("failed") < (
            there.helper, there.later).count("failed")  # fmt: skip
        actions.declare(self.moved(here, there), ONE, words="x",
                        declared="not_possible" if failed else "done")  # fmt: skip

    def do_call_in(self, here, there):
        if here.helper != there.helper:
            old = self.helper if here.helper else None
            self.helper = actions.call_in(
                self.case, ONE, unit_code="lifts", words="x", replaces=old
            ).pk
        else:
            self.later = actions.call_in(
                self.case, ONE, unit_code="order", words="x", after=(self.helper,)
            ).pk

    def do_call_off(self, here, there):
        off = here.takeover and not there.takeover
        task = self.running("takeover") if off else self.moved(here, there)
        actions.call_off(self.case, ONE, task=task, words="x")

    def do_transfer(self, here, there):
        unit = "water" if self.case.unit_id != "water" else "centre"  # never to who has it
        actions.transfer(self.case, ONE, unit_code=unit, reason="agreed", words="x")

    def do_extend(self, here, there):
        actions.extend(self.case, ONE, more="4 hours", reason="works", words="x")

    def do_refuse(self, here, there):
        actions.refuse(self.case, ONE, words="x")

    def do_urge(self, here, there):
        actions.urge(self.case, ONE, words="x")

    def do_weigh(self, here, there):
        actions.weigh(self.case, ONE, priority=3 - min(self.case.priority, 2), words="x")

    def do_supervise(self, here, there):
        actions.supervise(self.case, ONE, within="4 hours", words="x")

    def do_answer(self, here, there):
        actions.answer(self.case, ONE, words="x")

    def do_appeal(self, here, there):
        actions.appeal(self.case, ONE, words="x")

    def do_decide(self, here, there):
        if here.appeal == "verdict":
            decided = "settled" if there.case == states.CLOSED else "refused"
        else:
            decided = "kept" if there.lead == here.lead and there.asked == here.asked and (
                there.takeover == here.takeover) else "given"  # fmt: skip
        case = self.case
        unit = "centre-e" if case.unit_id != "centre-e" else "centre"
        actions.decide(case, self.referee, decided=decided, words="x", unit_code=unit)

    def do_wait(self, here, there):
        actions.wait(self.case, ONE, reason="works", words="x")

    def do_park(self, here, there):
        day = (NOW + timedelta(days=9)).date()
        actions.park(self.case, ONE, reason="law", until=day, words="x")

    def do_ask(self, here, there):
        verdict = Verdict.objects.filter(case__number=self.number).order_by("-pk").first()
        if verdict.asked_at is None:
            actions.ask_verdict(verdict, NOW)

    def do_solved(self, here, there):
        self.do_ask(here, there)
        actions.hear_verdict(self.case, ONE, solved=True, words="x")

    def do_not_solved(self, here, there):
        self.do_ask(here, there)
        actions.give_verdict(self.case.signals.get(), solved=False)

    def do_unanswered(self, here, there):
        self.do_ask(here, there)
        verdict = Verdict.objects.filter(case__number=self.number).order_by("-pk").first()
        actions.close_unanswered(verdict, NOW)

    def do_sort(self, here, there):
        actions.sort(self.case, ONE, type_code="burst-pipe")

    def do_cancel(self, here, there):
        actions.cancel(self.case, ONE, reason="test", words="x")

    def do_ask_again(self, here, there):
        actions.ask_again(self.case.signals.get(), "x")

    def do_reopen(self, here, there):
        actions.reopen(self.case, ONE, reason="came_back", words="x")


STEPS, WALKS = 22, 24


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_model_walks_as_the_actions_do(seed, reported, small_city, settings):
    """Random walks, the rarer verbs as likely as the usual; after each step both agree."""
    from gongbi.core.models import Asset, AssetKind, Post

    AssetKind.objects.create(code="lamp", name_en="Street lamp", name_zh="路灯")
    lamp = {"kind_id": "lamp", "lon": 122.9, "lat": 30.2, "cell": 0, "owner_id": "water"}
    Asset.objects.bulk_create(Asset(code=code, key=code, **lamp) for code in ("1", "2"))
    CaseType.objects.filter(code="burst-pipe").update(extend_times=9)
    Post.objects.filter(role="supervisor").delete()  # one referee: who decides is not modelled
    hears = settings.ROLES["referee"] | {"cases.hear_complaint"}
    settings.ROLES = settings.ROLES | {"referee": hears}
    rng = random.Random(seed)
    player = Player(reported().number, small_city.people["referee"].pk)
    moves, here, way = leaving(ask_verdict=True), Whole(), []
    for _ in range(STEPS):
        found: dict[str, list[Whole]] = {}
        for verb, there in moves(here):
            unasked = verb == "declare" and there.case == states.CLOSED
            if verb != "merge" and not unasked:
                found.setdefault(verb, []).append(there)
        # an end is not left by every way the table has: a verdict must have been asked
        if here.case == states.CLOSED and not _may_still_say(player):
            found.pop("not_solved", None)
        if "ask_again" in way:  # once, which the model does not count
            found.pop("ask_again", None)
        verb = rng.choice(sorted(found))
        there = rng.choice(found[verb])
        way.append(verb)
        try:
            player.play(verb, here, there)
        except Refused as refused:
            raise AssertionError((way, here, there, str(refused))) from refused
        assert player.seen() == _as_seen(there), (way, here)
        here = there


def _as_seen(there: Whole) -> Whole:
    """A verdict can be appealed while the case is open; the model remembers it for longer."""
    return replace(there, judged=there.judged and there.case == states.OPEN)


def _may_still_say(player: Player) -> bool:
    case = player.case
    last = Verdict.objects.filter(case=case).order_by("-pk").first()
    return bool(last and last.asked_at) and case.ended_as != "settled"

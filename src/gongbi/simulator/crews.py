"""Dispatchers who send and crews who go, work, and sometimes say done what is not."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from gongbi.doors.public import NotTaken
from gongbi.kernel.simulation.conduct import Visit, draw_visit, draw_wait, on_shift
from gongbi.kernel.simulation.effects import Incident
from gongbi.kernel.simulation.incidents import is_near, reaches
from gongbi.simulator.city import PlayedCity
from gongbi.simulator.doors import Doors
from gongbi.simulator.photos import draw_photo
from gongbi.simulator.phrases import DISPATCHED, DONE, RETURNED, phrase
from gongbi.simulator.truth import Truth

NEAR_METRES = 600.0
LONGEST_WORK_SECONDS = 8 * 3600
TRIES = 3
MOST_RETURNS = 2  # the city takes no third; a crew that is asked then goes
Told = Callable[[str], None]


def filled_in(field: dict[str, Any], now: int) -> float | bool | str:
    """What a crew writes into a field of the type."""
    if field["kind"] == "choice":
        return str(field["choices"][0]["code"])
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    return {"number": field.get("least", 1), "yes_no": True, "date": day}[field["kind"]]


class Dispatchers:
    """They read the queue and send each case after a while."""

    def __init__(
        self, city: PlayedCity, doors: Doors, *, seed: int, told: Told,
        types_of: Callable[[str], Iterable[str]],
    ) -> None:  # fmt: skip
        self._city, self._doors, self._seed, self._told = city, doors, seed, told
        self._types_of = types_of
        self._since: dict[tuple[str, int], int] = {}
        self._tries: dict[tuple[str, int], int] = defaultdict(int)

    def round(self, now: int) -> int:
        """Send what has waited long enough; how many were sent."""
        sent = 0
        for case in self._doors.dispatch.ask("/api/queue?limit=500"):
            turn = case["reopened"] + case["returned"]
            key = (case["number"], turn)
            since = self._since.setdefault(key, now)
            waited = now - since >= draw_wait(*key, seed=self._seed)
            if waited and self._tries[key] < TRIES:
                sent += self._send(case, key)
        return sent

    def _send(self, case: dict[str, Any], key: tuple[str, int]) -> bool:
        said = {"unit": "", "words": phrase(DISPATCHED, *map(str, key)), "file": True}
        if case["type"] is None:
            said["type"] = self._sort(case)
        if self._tries[key]:
            said["unit"] = self._city.centre  # no route knows a unit: the centre sees to it
        try:
            self._doors.do(self._doors.dispatch, f"/api/cases/{case['number']}/dispatch", **said)
        except NotTaken as refused:
            self._tries[key] += 1
            if self._tries[key] == TRIES:
                self._told(f"Case {case['number']} was not sent: {refused.said}")
            return False
        return True

    def _sort(self, case: dict[str, Any]) -> str:
        """As an attentive person reads it: what was meant, else what the words speak for."""
        meant = [code for code in self._types_of(case["number"]) if code in self._city.types]
        guessed = [guess["type"] for guess in case["guesses"]]
        return (*meant, *guessed, "other")[0]


class Crews:
    """They accept, travel, work and declare; a task that a person has taken up is left alone."""

    def __init__(
        self, city: PlayedCity, doors: Doors, truth: Truth, *, seed: int, told: Told,
        incidents: Callable[[], Iterable[Incident]],
    ) -> None:  # fmt: skip
        self._city, self._doors, self._truth = city, doors, truth
        self._seed, self._told, self._incidents = seed, told, incidents
        self._since: dict[tuple[int, str], int] = {}
        self._tries: dict[tuple[int, str], int] = defaultdict(int)
        self._tasks_of: dict[str, list[int]] = defaultdict(list)
        self._by_hand: dict[int, dict[str, Any]] = {}

    def round(self, now: int, *, offset: int) -> list[str]:
        """One look at all tasks; numbers of the cases declared done."""
        tasks = self._doors.work.ask("/api/tasks?state=open&limit=500")
        self._see_what_people_did({task["id"] for task in tasks}, now)
        done = []
        for task in tasks:
            if task["by_hand"]:
                self._by_hand[task["id"]] = task
            elif self._step(task, now, offset=offset):
                done.append(task["case"])
        return done

    def truly(self, case: str) -> bool:
        """Whether what was declared is so; a person at the screen is believed."""
        return self._truth.known.declared.get(case, True)

    def _see_what_people_did(self, open_now: set[int], now: int) -> None:
        for ended in [self._by_hand.pop(one) for one in [*self._by_hand] if one not in open_now]:
            cause = self._cause(ended, now)
            if cause is not None and ended["type"] in cause.mended_by:
                self._truth.tell("mended", now, incident=cause.id, case=ended["case"])

    def _step(self, task: dict[str, Any], now: int, *, offset: int) -> bool:
        key, seen = (task["id"], task["state"]), self._tasks_of[task["case"]]
        since = self._since.setdefault(key, now)
        if task["id"] not in seen:
            seen.append(task["id"])
        turn = max(seen.index(task["id"]), task["reopened"])
        visit = draw_visit(task["case"], turn, task["priority"], seed=self._seed)
        gap = {"offered": visit.accept, "accepted": visit.travel, "on_site": visit.work}
        if now - since < gap[task["state"]] or self._tries[key] >= TRIES:
            return False
        if not on_shift(now, task["priority"], offset=offset):
            return False
        try:
            return self._act(task, visit, now, waited=now - since)
        except NotTaken as refused:
            self._tries[key] += 1
            self._told(f"Task {task['id']} of case {task['case']} stays: {refused.said}")
            return False

    def _act(self, task: dict[str, Any], visit: Visit, now: int, *, waited: int) -> bool:
        if task["state"] == "on_site":
            return self._finish(task, visit, now, waited=waited)
        verb, said = "accept", {}
        if task["state"] == "accepted":
            verb = "arrive"
        elif visit.returned and task["returned"] < MOST_RETURNS and not task["bound"]:
            verb, said = "return", self._reason(task)
        self._doors.do(self._doors.work, f"/api/tasks/{task['id']}/{verb}", **said)
        return False

    def _reason(self, task: dict[str, Any]) -> dict[str, str]:
        words = phrase(RETURNED, task["case"])
        first = words in (RETURNED["zh"][0], RETURNED["en"][0])
        return {"reason": "not_ours" if first else "wrong_place", "words": words}

    def _finish(self, task: dict[str, Any], visit: Visit, now: int, *, waited: int) -> bool:
        cause = self._cause(task, now)
        mends = cause is not None and task["type"] in cause.mended_by
        if cause and not mends and not visit.untrue and waited < LONGEST_WORK_SECONDS:
            return False  # water stands as long as it rains: they stay
        words = phrase(DONE, task["case"], str(task["id"]))
        said: dict[str, Any] = {"declared": "done", "words": words}
        if task["fields"]:
            said["fields"] = {one["code"]: filled_in(one, now) for one in task["fields"]}
        if task["photo_after"]:
            said["photo"] = draw_photo(task["case"], str(task["id"]))
        self._doors.do(self._doors.work, f"/api/tasks/{task['id']}/done", **said)
        self._truth.tell(
            "declared", now, case=task["case"], task=task["id"], truly=not visit.untrue,
            incident=cause.id if cause else "",
        )  # fmt: skip
        if cause and mends and not visit.untrue:
            self._truth.tell("mended", now, incident=cause.id, case=task["case"])
        return True

    def _cause(self, task: dict[str, Any], now: int) -> Incident | None:
        """The incident behind a task, the latest where several could be."""
        found = [
            one
            for one in self._incidents()
            if task["type"] in one.types and self._goes_on(one, now) and self._there(one, task)
        ]
        return max(found, key=lambda one: one.start, default=None)

    def _goes_on(self, incident: Incident, now: int) -> bool:
        end = self._truth.known.mended.get(incident.id, incident.end)
        return incident.start <= now < end

    def _there(self, incident: Incident, task: dict[str, Any]) -> bool:
        world = self._city.world
        if task["lon"] is not None:
            return is_near(world, incident, task["lon"], task["lat"], NEAR_METRES)
        path = self._city.paths.get(task["place"] or "", "")
        return bool(path) and reaches(world, incident, path)

"""Residents: they report, follow what becomes of it, and say whether it is solved."""

import heapq
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from gongbi.doors.public import NotTaken
from gongbi.kernel.simulation.chance import name_number
from gongbi.kernel.simulation.conduct import (
    MINUTE,
    WITH_PLACE_SHARE,
    WITH_TYPE_SHARE,
    draw_answer,
)
from gongbi.kernel.simulation.effects import Incident
from gongbi.kernel.simulation.kinds import KINDS
from gongbi.kernel.simulation.matters import ECHO_SECONDS, Matter, matters_of, ordinary_matters
from gongbi.kernel.simulation.words import EN, draw_writer, write_report
from gongbi.simulator.city import PlayedCity
from gongbi.simulator.doors import Doors
from gongbi.simulator.phrases import NOT_SOLVED, SOLVED, phrase
from gongbi.simulator.truth import Truth

# A report may be on its way when the play is stopped; said again, the door knows it.
SAID_AGAIN_SECONDS = 120
STILL_TOLD_SECONDS = 600
FIRST_LOOK, LONGEST_LOOK, LOOKS_A_ROUND = 30 * MINUTE, 240 * MINUTE, 20
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class Residents:
    """All who speak; ``truly`` says of a case declared done whether it is."""

    def __init__(
        self,
        city: PlayedCity,
        doors: Doors,
        truth: Truth,
        *,
        seed: int,
        offset: Callable[[int], int],
    ) -> None:
        self._city, self._doors, self._truth, self._seed = city, doors, truth, seed
        self._offset = offset
        self._waiting: list[tuple[int, str, Matter]] = []
        self._minute: int | None = None
        self._looks: list[tuple[int, str, int]] = []
        self._asked: dict[str, int] = {}
        self.by_case: dict[str, list[str]] = defaultdict(list)

    def begin(self, since: int) -> None:
        """Take up what was said shortly before, and those who wait for an answer."""
        self._minute = (since - ECHO_SECONDS) // 60
        self._draw(since, since - SAID_AGAIN_SECONDS)
        for reference, line in self._truth.known.tokens.items():
            self.by_case[line["case"]].append(reference)
            heapq.heappush(self._looks, (since, reference, FIRST_LOOK))

    def hear_of(self, incident: Incident, since: int) -> None:
        """People near an incident will speak of it."""
        for matter in matters_of(self._city.homes, incident, seed=self._seed):
            if matter.at >= since - SAID_AGAIN_SECONDS:
                heapq.heappush(self._waiting, (matter.at, matter.name, matter))

    def _draw(self, until: int, no_earlier: int = 0) -> None:
        assert self._minute is not None, "begin comes first"
        while self._minute * 60 < until:
            at, people = self._minute * 60, self._city.people
            for matter in ordinary_matters(
                self._city.homes, self._minute, people=people, offset=self._offset(at),
                seed=self._seed,
            ):  # fmt: skip
                if matter.at >= no_earlier:
                    heapq.heappush(self._waiting, (matter.at, matter.name, matter))
            self._minute += 1

    def speak(self, until: int) -> int:
        """Send what is said before ``until``; how many reports were stored."""
        self._draw(until)
        said = []
        while self._waiting and self._waiting[0][0] < until:
            matter = heapq.heappop(self._waiting)[2]
            if not self._over(matter) and matter.name not in self._truth.known.tokens:
                said.append((matter, self._line(matter)))
        if not said:
            return 0
        answer = self._doors.reports(line for _, line in said)
        for receipt in answer["receipts"]:
            matter, line = said[receipt["line"] - 1]
            self._keep(matter, line, receipt, until)
        return int(answer["stored"])

    def _over(self, matter: Matter) -> bool:
        ended = self._truth.known.mended.get(matter.incident)
        return ended is not None and matter.at > ended + STILL_TOLD_SECONDS

    def _line(self, matter: Matter) -> dict[str, Any]:
        rng = np.random.default_rng([self._seed, name_number(matter.name)])
        writer = draw_writer(rng)
        names = self._city.home_names[writer.language][matter.home]
        written = write_report(matter.kind, names, writer, rng, again=matter.again)
        line: dict[str, Any] = {
            "reference": matter.name,
            "words": written.words,
            "place_words": written.place_words,
            "at": datetime.fromtimestamp(matter.at, self._city.zone).isoformat(),
            "language": LANGUAGES[writer.language],
        }
        if rng.random() < WITH_PLACE_SHARE:
            line |= {"source": "app", "lon": matter.lon, "lat": matter.lat}
        else:
            line |= {"source": "hotline", "place": self._city.home_quarters[matter.home]}
        fitting = [code for code in KINDS[matter.kind].types if code in self._city.visible]
        if fitting and rng.random() < WITH_TYPE_SHARE:
            line["type"] = fitting[0]
        return line

    def _keep(
        self, matter: Matter, line: dict[str, Any], receipt: dict[str, Any], now: int
    ) -> None:
        self._truth.tell(
            "report",
            matter.at,
            reference=matter.name,
            case=receipt["number"],
            follow=receipt["follow"],
            kind=matter.kind,
            types=KINDS[matter.kind].types,
            incident=matter.incident,
            again=matter.again,
            ours=KINDS[matter.kind].ours,
            language=line["language"],
        )
        self.by_case[receipt["number"]].append(matter.name)
        heapq.heappush(self._looks, (now + FIRST_LOOK, matter.name, FIRST_LOOK))

    def hear_that_done(self, case: str, now: int) -> None:
        """A crew says a case is done; those who reported it look soon."""
        for reference in self.by_case.get(case, ()):
            heapq.heappush(self._looks, (now + 5 * MINUTE, reference, FIRST_LOOK))

    def types_of(self, case: str) -> tuple[str, ...]:
        """Under which types a case truly comes, by what its reporters meant."""
        for reference in self.by_case.get(case, ()):
            return tuple(self._truth.known.tokens[reference]["types"])
        return ()

    def answer(self, now: int, truly: Callable[[str], bool]) -> int:
        """Look after what was reported; answer where the city asks. How many answered."""
        answered = 0
        for _ in range(LOOKS_A_ROUND):
            if not self._looks or self._looks[0][0] > now:
                break
            _, reference, gap = heapq.heappop(self._looks)
            answered += self._look(reference, now, gap, truly)
        return answered

    def _look(self, reference: str, now: int, gap: int, truly: Callable[[str], bool]) -> bool:
        line = self._truth.known.tokens[reference]
        try:
            found = self._doors.follow.ask(f"/api/follow/{line['follow']}")
        except NotTaken:
            return False  # the link has run out, or the reporter was forgotten
        if not found["asked"]:
            if found["state"] not in ("closed", "cancelled", "merged"):
                self._look_later(reference, now, gap)
            return False
        turn = line.get("asked", 0)
        plan = draw_answer(reference, turn, seed=self._seed)
        if not plan.answers:
            return False
        since = self._asked.setdefault(f"{reference}/{turn}", now)
        if now < since + plan.after:
            heapq.heappush(self._looks, (since + plan.after, reference, gap))
            return False
        return self._give_word(reference, line, turn, truly(line["case"]) != plan.mistaken, now)

    def _look_later(self, reference: str, now: int, gap: int) -> None:
        heapq.heappush(self._looks, (now + gap, reference, min(gap * 2, LONGEST_LOOK)))

    def _give_word(
        self, reference: str, line: dict[str, Any], turn: int, solved: bool, now: int
    ) -> bool:
        language = EN if line["language"] == EN else "zh"
        words = phrase(SOLVED if solved else NOT_SOLVED, reference, str(turn), language=language)
        path = f"/api/follow/{line['follow']}/verdict"
        try:
            self._doors.do(self._doors.follow, path, solved=solved, words=words)
        except NotTaken:
            return False  # somebody else who reported the same spoke first
        self._truth.tell(
            "verdict", now, reference=reference, case=line["case"], solved=solved, turn=turn
        )
        if not solved:
            self._look_later(reference, now, FIRST_LOOK)
        return True

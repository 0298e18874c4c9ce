"""Which reports of a drawn city are one matter: precision and recall, beside two simple rules.

    python bench/duplicates.py --fit       weights from the development seeds 9301 to 9303
    python bench/duplicates.py             figures from seeds seen by nothing else, 9401 to 9403

There is no public set of 311 reports that says which are duplicates, so these are drawn, and the
texts are synthetic: sentences of the simulator's tables with places of a drawn town. Each further
report of a matter is written in one of five ways: *template* (the same sentence with other place
words and mood), *paraphrase* (another sentence of the table, same language), *other script*
(Chinese of an English one or the reverse), *slips* (like paraphrase, every second slip that could
be made is made), and *no text* (a type or a photo and nothing said). The seeds of fit and report
differ in town, matters and combinations; the tables of sentences are the same, so nothing here
says how the method fares with sentences nobody foresaw.

How long a matter is open and spoken of is drawn by kind (`HOURS_OPEN`). Made hard on purpose:
one in six matters has another of its kind 40 to 250 m away in the same days, every second lift,
lamp, cover or signal another of its kind at the same building within the hour; half of the
reports of such things tell its number; one report in five has no point,
and six in ten no type but what the words surely say. A city-wide storm is no matter but a burst
(bench/bursts_tainan.py): its reports are drawn as matters of their own.

A report is right when the case proposed first is of its own matter; it is *found* when its matter
has a live case and the right one is proposed. Two operating points are told: *is it this one?*,
which costs whoever reports a glance, and the hint at the desk, one key away from a merge; both
were chosen on the development seeds. The rules propose the nearest live case of the same type
within 50 m (the context Signalen shows; 12 weeks) or 250 m (what Decidim-like maps use).
"""

import argparse
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from gongbi.generator.public import draw_city
from gongbi.kernel.calendars import rough_hours
from gongbi.kernel.cases import alike, prints
from gongbi.kernel.cases.alike import Told
from gongbi.kernel.cases.suggest import suggest
from gongbi.kernel.simulation import words as writing
from gongbi.kernel.simulation.incidents import NoSuchPlace, strike
from gongbi.kernel.simulation.kinds import KINDS
from gongbi.kernel.simulation.matters import matters_of, ordinary_matters
from gongbi.kernel.simulation.world import metres, moved
from gongbi.simulator.public import read_city

DEVELOPMENT, REPORT = (9301, 9302, 9303), (9401, 9402, 9403)
START = 1_798_416_000
DAY, HOUR = 86_400, 3600
SHOW, HINT = 0.3, 0.6
RULES = (50.0, 250.0)
CURVE = (0.1, 0.2, SHOW, 0.4, 0.5, HINT, 0.7, 0.8, 0.9)
WAYS = ("template", "paraphrase", "other_script", "slips", "no_text")
SHARES = (0.3, 0.3, 0.15, 0.15, 0.1)
# Mean hours a matter stays open, by kind; what is not named: 48.
HOURS_OPEN = {
    "burst_pipe": 8, "no_water": 8, "no_power": 6, "lift_trap": 1.5, "lift_fault": 30,
    "road_flooding": 10, "street_light": 120, "manhole": 60, "pothole": 240, "night_noise": 8,
    "parking": 6, "crowd": 3, "gas_smell": 3, "traffic_light": 10, "broken_bench": 300,
    "garbage": 20, "dust": 72, "ebike": 96, "corridor_leak": 120, "tree_down": 12,
}  # fmt: skip
NUMBERED = {
    "street_light": ("路灯编号L{0}", "lamp no. L{0}"), "lift_trap": ("{0}号电梯", "lift {0}"),
    "lift_fault": ("{0}号电梯", "lift {0}"), "manhole": ("井盖编号J{0}", "manhole no. J{0}"),
    "traffic_light": ("信号灯编号S{0}", "traffic light no. S{0}"),
}  # fmt: skip
REACH_DEGREES = 0.008
# How far from the door people point, and how much longer than HOURS_OPEN a matter lasts.
METRES_BESIDE, LASTING = 20.0, 1.0
TYPELESS = {"type": "", "group": "", "spreads": False, "danger": False}


@dataclass(slots=True)
class Report:
    """One report with the truth about it."""

    told: Told
    matter: str
    way: str
    until: float
    home: int


@dataclass(slots=True)
class Types:
    """What a pack says of types."""

    rows: dict[str, dict[str, Any]]
    words: dict[str, list[str]] = field(default_factory=dict)

    def seen(self, kind: str, words: str, said: bool) -> dict[str, Any]:
        """Type, group and reach as the city would know them for a report; else its guesses."""
        code = next((one for one in KINDS[kind].types if one in self.rows), "") if said else ""
        found = [] if code else suggest(words, self.words)
        if not code:
            second = found[1].score if len(found) > 1 else 0.0
            sure = found and found[0].score >= 0.5 and found[0].score - second >= 0.25
            code = found[0].type if sure else ""
        if not code:
            guesses = tuple((one.type, self.rows[one.type]["group"], one.score) for one in found)
            return TYPELESS | {"guesses": guesses}
        row = self.rows[code]
        return {"type": code, "group": row["group"], "spreads": reaches_around(row),
                "promised": rough_hours(row["solve"]),
                "danger": alike.in_danger(" ".join(row["words"]))}  # fmt: skip


def reaches_around(row: dict[str, Any]) -> bool:
    """As cases.pack has it: said, or else water and power."""
    return row.get("join", "around" if row["group"] in ("water", "power") else "") == "around"


def main() -> None:
    """Fit, or measure."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--fit", action="store_true")
    words.add_argument("--people", type=int, default=50_000)
    words.add_argument("--days", type=int, default=21)
    words.add_argument("--seeds", type=int, nargs="+")
    given = words.parse_args()
    if given.fit:
        fit(given, given.seeds or DEVELOPMENT)
    else:
        measure(given, given.seeds or REPORT)


def reports_of(seed: int, people: int, days: int) -> list[Report]:
    """Every report of some weeks of a drawn town, by time."""
    with tempfile.TemporaryDirectory() as folder:
        draw_city(Path(folder), people=people, seed=seed)
        city = read_city(Path(folder))
        rows = tomllib.loads((Path(folder) / "case_types.toml").read_text("utf-8"))["case_type"]
    types = Types({row["code"]: row for row in rows},
                  {row["code"]: list(row.get("words", [])) for row in rows})  # fmt: skip
    rng = np.random.default_rng([seed, 77])
    found = [one for voices in matters(city, seed, people, days, rng)
             for one in written(city, types, voices, rng)]  # fmt: skip
    return sorted(found, key=lambda one: one.told.at)


@dataclass(slots=True)
class Voices:
    """A matter: its kind, until when it is open, and who speaks (seconds, kind, home, point)."""

    name: str
    kind: str
    until: float
    said: list[tuple[float, str, int, float, float]]
    number: int


def matters(city: Any, seed: int, people: int, days: int, rng: Any) -> Iterator[Voices]:
    """Ordinary matters with longer echoes, their neighbours, and incidents as one matter each."""
    grouped: dict[str, list[Any]] = defaultdict(list)
    for minute in range(START // 60, (START + days * DAY) // 60):
        for one in ordinary_matters(city.homes, minute, people=people, offset=8 * HOUR, seed=seed):
            grouped[one.name.rsplit("-", 1)[0]].append(one)
    for name, voices in grouped.items():
        first = voices[0]
        yield lasting(name, first.kind, first.at, first.home, len(voices) - 1, city, rng)
        if rng.random() < 1 / 6:
            yield neighbour(name, first, city, rng)
        if first.kind in NUMBERED and rng.random() < 0.5:
            later = first.at + int(rng.integers(60, HOUR))
            yield lasting(f"{name}-beside", first.kind, later, first.home, 1, city, rng)
    yield from struck(city, seed, days, rng)


def lasting(name: str, kind: str, at: int, home: int, echoes: int, city: Any, rng: Any) -> Voices:
    """A matter at a home, open for a while, of which more people speak while it is."""
    hours = LASTING * HOURS_OPEN.get(kind, 48)
    until = at + rng.exponential(hours * HOUR) + 900
    times = [at, *(at + rng.exponential(0.6 * hours * HOUR, echoes))]
    said = [(float(one), kind, home, *beside(city, home, rng)) for one in times if one < until]
    return Voices(name, kind, until, said, int(rng.integers(1, 400)))


def beside(city: Any, home: int, rng: Any) -> tuple[float, float]:
    east, north = rng.normal(0.0, METRES_BESIDE, 2)
    return moved(float(city.homes.lon[home]), float(city.homes.lat[home]), east, north)


def neighbour(name: str, first: Any, city: Any, rng: Any) -> Voices:
    """Another matter of the same kind near by in the same days."""
    lonlat = np.column_stack([city.homes.lon, city.homes.lat])
    apart = metres(lonlat, np.array([first.lon, first.lat]))
    near = np.flatnonzero((apart > 40) & (apart < 250))
    home = int(rng.choice(near)) if len(near) else first.home
    at = first.at + int(rng.exponential(0.5 * HOURS_OPEN.get(first.kind, 48) * HOUR))
    return lasting(f"{name}-next", first.kind, at, home, int(rng.poisson(0.4)), city, rng)


def struck(city: Any, seed: int, days: int, rng: Any) -> Iterator[Voices]:
    """Pipes, feeders, crowds of which many speak; a storm's reports are matters of their own."""
    for day in range(days):
        for kind in ("burst_pipe", "power_cut", "crowd", "storm"):
            if rng.random() > 0.3:
                continue
            at = START + day * DAY + int(rng.integers(DAY))
            try:
                one = strike(city.world, kind, at, rng, name=f"{kind}-{seed}-{day}")
            except NoSuchPlace:
                continue
            said = [(float(v.at), v.kind, v.home, v.lon, v.lat)
                    for v in matters_of(city.homes, one, seed=seed)]  # fmt: skip
            if kind == "storm":
                for turn, voice in enumerate(said):
                    yield Voices(f"{one.id}-{turn}", voice[1], voice[0] + DAY, [voice], turn)
            elif said:
                yield Voices(one.id, said[0][1], one.end, said, 0)


def written(city: Any, types: Types, matter: Voices, rng: Any) -> Iterator[Report]:
    """The reports of a matter in words."""
    first: dict[str, Any] = {}
    own_photo = [photo(rng)]
    for turn, (at, kind, home, lon, lat) in enumerate(sorted(matter.said)):
        way = "first" if not turn else str(rng.choice(WAYS, p=SHARES))
        words = text_of(kind, city, home, way, first, matter.number, rng)
        pointed = rng.random() < 0.8
        place = f"{city.paths[city.home_quarters[home]]}"
        looks = looked(own_photo, rng)
        said = rng.random() < 0.4 or not words
        yield Report(
            told=Told(at=at, lon=lon if pointed else None, lat=lat if pointed else None,
                      place=place if pointed or rng.random() < 0.5 else f"/{city.code}/",
                      words=words, prints=looks, **types.seen(kind, words, said)),
            matter=matter.name, way=way, until=matter.until, home=home,
        )  # fmt: skip


def text_of(
    kind: str, city: Any, home: int, way: str, first: dict[str, Any], number: int, rng: Any
) -> str:
    """What somebody writes, in the way drawn for them."""
    if way == "no_text":
        return ""
    writer = writing.draw_writer(rng)
    language = writer.language
    if first and way == "other_script":
        language = "en" if first["language"] == "zh" else "zh"
    elif first:
        language = first["language"]
    slips = 0.5 if way == "slips" else writer.slips
    writer = writing.Writer(language, writer.mood, slips, writer.tells)
    table = writing._TABLES[language]
    several = table.SAID[kind]
    again = way == "template" and first.get("kind") == kind
    chosen = first["template"] if again else int(rng.integers(len(several)))
    if not first:
        first |= {"language": language, "template": chosen, "kind": kind}
    where = writing._where(table, city.home_names[language][home], writer, rng)
    said = writing._filled(several[chosen], table, rng, where=where)
    said = writing._dressed(said, table, writer, rng) + writing._told(table, writer, rng)
    if kind in NUMBERED and rng.random() < 0.5:
        said += " " + NUMBERED[kind][language == "en"].format(number)
    return str(writing._slipped(said, table, writer, rng))


def photo(rng: Any) -> np.ndarray:
    """A grey picture of 96 by 128: soft blobs, like no other."""
    coarse = rng.normal(128, 60, (7, 9))
    return np.kron(coarse, np.ones((14, 14)))[:96, :124] + rng.normal(0, 4, (96, 124))


def looked(own: list[np.ndarray], rng: Any) -> tuple[int, ...]:
    """Three in ten send a photo, one in five of them the one that goes round, saved anew."""
    if rng.random() > 0.3:
        return ()
    grey = own[0] * rng.uniform(0.8, 1.1) + rng.normal(0, 3, own[0].shape)
    if rng.random() > 0.2:
        grey = photo(rng)
    found = prints.print_of(np.clip(grey, 0, 255))
    return () if found is None else (found,)


@dataclass(slots=True)
class Open:
    """The reports still open, looked up by a grid of cells."""

    by_cell: dict[tuple[int, int], list[Report]] = field(default_factory=lambda: defaultdict(list))
    by_place: dict[str, list[Report]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Report) -> None:
        """Keep a report."""
        if one.told.lon is not None:
            self.by_cell[cell(one.told)].append(one)
        self.by_place[one.told.place].append(one)

    def near(self, new: Report) -> list[Report]:
        """Open reports around a point, or of the same quarter where one has no point."""
        found: list[Report] = []
        if new.told.lon is not None:
            x, y = cell(new.told)
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    found += self.by_cell.get((x + dx, y + dy), ())
        if new.told.place.count("/") > 3:
            pointed = new.told.lon is not None
            found += [one for one in self.by_place[new.told.place]
                      if not (pointed and one.told.lon is not None)]  # fmt: skip
        return [one for one in found if one.until > new.told.at]


def cell(told: Told) -> tuple[int, int]:
    return int(told.lon / REACH_DEGREES), int(told.lat / REACH_DEGREES)


def chosen_of(new: Report, near: list[Report]) -> list[Report]:
    """The few that are read closely."""
    if not near:
        return []
    nan = float("nan")
    rows = alike.shortlist(
        new.told,
        np.array([nan if one.told.lon is None else one.told.lon for one in near]),
        np.array([nan if one.told.lat is None else one.told.lat for one in near]),
        np.array([one.told.at for one in near]),
        np.array([bool(new.told.type) and one.told.type == new.told.type for one in near]),
    )
    return [near[row] for row in rows]


def walk(reports: list[Report]) -> Iterator[tuple[Report, list[Report], list[Report]]]:
    """Each report with all open ones around it and the few that are read."""
    kept = Open()
    for new in reports:
        near = kept.near(new)
        yield new, near, chosen_of(new, near)
        kept.add(new)


def fit(given: argparse.Namespace, seeds: tuple[int, ...]) -> None:
    """Weights of all levels by logistic regression with a small penalty; prints the module."""
    rows: list[list[str]] = []
    same: list[bool] = []
    for seed in seeds:
        for new, _near, few in walk(reports_of(seed, given.people, given.days)):
            common = alike.commonness([new.told.pieces, *(one.told.pieces for one in few)])
            for one in few:
                likeness = alike.compare(new.told, one.told, common)
                # A city's habits are its own to learn; the shipped weight of each is nothing.
                rows.append([part.key for part in likeness.parts if part.name != "habit"])
                same.append(new.matter == one.matter)
    names = sorted({name for row in rows for name in row})
    index = {name: at for at, name in enumerate(names)}
    design = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        design[at, [index[name] for name in row]] = 1.0
    coefficients = regressed(np.column_stack([np.ones(len(rows)), design]), np.array(same, float))
    print(
        f"# {len(rows)} pairs of seeds {list(seeds)}, {sum(same)} of one matter", file=sys.stderr
    )
    said(dict(zip(names, coefficients[1:], strict=True)), float(coefficients[0]),
         dict(zip(names, design.sum(axis=0), strict=True)))  # fmt: skip


def regressed(design: np.ndarray, same: np.ndarray, penalty: float = 0.3) -> np.ndarray:
    """Logistic regression by Newton's steps; the penalty spares the first column."""
    ridge = penalty * np.eye(design.shape[1])
    ridge[0, 0] = 1e-9
    weights = np.zeros(design.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (same - chance) - ridge @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def said(weights: dict[str, float], bias: float, seen: dict[str, float]) -> None:
    """Print the module; levels of a part are told apart from their mean, the rest is the bias."""
    total = sum(seen.values()) / len({name.partition(".")[0] for name in weights})
    for part in sorted({name.partition(".")[0] for name in weights}):
        own = [name for name in weights if name.startswith(f"{part}.")]
        mean = sum(weights[name] * seen[name] for name in own) / total
        bias += mean
        for name in own:
            weights[name] -= mean
    for near, far in reversed(list(pairwise(sorted(weights, key=order_of)))):
        if bands(near) and bands(near) == bands(far):  # nearer and sooner never weigh less
            weights[near] = max(weights[near], weights[far])
    print('"""Weights of the scorecard in log-odds, as `bench/duplicates.py --fit` '
          'printed them.\n\nFor each part the weights are apart from their mean, which lies in '
          'the bias.\n"""\n')  # fmt: skip
    print(f"BIAS = {bias:.2f}\nWEIGHTS: dict[str, float] = {{")
    for name in sorted(weights, key=order_of):
        print(f'    "{name}": {weights[name]:.2f},  # {seen[name]:.0f} pairs')
    print("}")


def bands(name: str) -> str:
    """The table of distances or hours a level stands in; nothing for other levels."""
    head = name.partition("to_")[0].partition("over_")[0]
    return head if head != name and name.startswith(("space.", "time.")) else ""


def order_of(name: str) -> tuple[str, bool, float]:
    """By table, from near to far."""
    head, _, tail = name.rpartition("_")
    digits = tail.replace(".", "", 1).isdigit()
    table = head.removesuffix("to").removesuffix("over") if digits else name
    return (table, head.endswith("over"), float(tail) if digits else 0.0)


@dataclass(slots=True)
class Score:
    """What was proposed and what was right."""

    proposed: int = 0
    right: int = 0
    vain: int = 0
    owed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, new: Report, owed: bool, first: Report | None) -> None:
        """Count one report."""
        hit = first is not None and first.matter == new.matter
        self.proposed += first is not None
        self.right += hit
        self.vain += first is not None and not owed
        if owed:
            self.owed[new.way] += 1
            self.found[new.way] += hit

    def line(self, name: str) -> str:
        """A row of the table."""
        ways = " | ".join(f"{self.found[way] / max(self.owed[way], 1):.3f}" for way in WAYS)
        return f"| {name} | {self.precision:.3f} | {self.recall:.3f} | {ways} |"

    @property
    def precision(self) -> float:
        """Of what was proposed, how much was right."""
        return self.right / max(self.proposed, 1)

    @property
    def recall(self) -> float:
        """Of what could be found, how much was."""
        return sum(self.found.values()) / max(sum(self.owed.values()), 1)


@dataclass(slots=True)
class Measured:
    """All that is told in docs/benchmarks.md."""

    curve: dict[float, Score] = field(default_factory=lambda: defaultdict(Score))
    rules: dict[float, Score] = field(default_factory=lambda: defaultdict(Score))
    bins: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    spent: list[float] = field(default_factory=list)
    shown: int = 0
    three: int = 0
    alone: int = 0
    bothered: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, new: Report, near: list[Report], few: list[Report]) -> None:
        """Ask for one report, and see what was right."""
        owed = any(one.matter == new.matter for one in near)
        began = perf_counter()
        ranked = alike.rank(new.told, [one.told for one in few], most=len(few))
        self.spent.append(perf_counter() - began)
        for at, likeness in ranked:
            cell_ = self.bins[min(int(likeness.chance * 10), 9)]
            cell_[0] += 1
            cell_[1] += few[at].matter == new.matter
        for least in CURVE:
            sure = bool(ranked) and ranked[0][1].chance >= least
            self.curve[least].add(new, owed, few[ranked[0][0]] if sure else None)
        for within in RULES:
            self.rules[within].add(new, owed, nearest(new, near, within))
        self.lose(new, owed, [(few[at], one.chance) for at, one in ranked])
        offered = [few[at] for at, one in ranked[:3] if one.chance >= SHOW]
        self.shown += owed
        self.three += owed and any(one.matter == new.matter for one in offered)
        self.alone += not owed
        self.bothered += not owed and bool(offered)

    def lose(self, new: Report, owed: bool, ranked: list[tuple[Report, float]]) -> None:
        """Where precision and recall go at the point of *is it this one?*"""
        first, chance = ranked[0] if ranked else (None, 0.0)
        right = first is not None and first.matter == new.matter
        if first is not None and chance >= SHOW and not right:
            alike_types = new.told.type and new.told.type == first.told.type
            self.wrong["another of its type" if alike_types else "of another or no type"] += 1
        elif owed and not right:
            there = any(one.matter == new.matter for one, _ in ranked)
            self.missed["another first" if there else "not among those read"] += 1
        elif owed and chance < SHOW:
            self.missed["first, but below the point"] += 1

    def tell(self) -> None:
        """Print the tables."""
        print("\n| | precision | recall | " + " | ".join(WAYS) + " |")
        print("|---|" + "---:|" * (len(WAYS) + 2))
        for name, least in (("is it this one?", SHOW), ("the desk's hint", HINT)):
            print(self.curve[least].line(f"{name} (from {least})"))
        for within, score in self.rules.items():
            print(score.line(f"type + {within:.0f} m"))
        print("\n| proposed from | precision | recall | asked in vain |\n|---|---:|---:|---:|")
        for least in CURVE:
            one = self.curve[least]
            print(f"| {least} | {one.precision:.3f} | {one.recall:.3f} | "
                  f"{one.vain / max(self.alone, 1):.3f} |")  # fmt: skip
        found, vain = self.three / max(self.shown, 1), self.bothered / max(self.alone, 1)
        print(f"\namong the three shown: {found:.3f} of {self.shown}; "
              f"asked in vain: {vain:.3f} of {self.alone}")  # fmt: skip
        print(f"proposed and wrong: {dict(self.wrong)}; not proposed: {dict(self.missed)}")
        print(f"milliseconds to rank: median {1e3 * float(np.median(self.spent)):.2f}, "
              f"99th percentile {1e3 * float(np.quantile(self.spent, 0.99)):.2f}")  # fmt: skip
        print("\n| said chance | pairs | of one matter |\n|---|---:|---:|")
        for at in sorted(self.bins):
            many, right = self.bins[at]
            print(f"| {at / 10:.1f} to {(at + 1) / 10:.1f} | {many} | {right / many:.3f} |")


def measure(given: argparse.Namespace, seeds: tuple[int, ...]) -> None:
    """The tables of docs/benchmarks.md."""
    found = Measured()
    for seed in seeds:
        for new, near, few in walk(reports_of(seed, given.people, given.days)):
            found.add(new, near, few)
    towns = f"{len(seeds)} towns of {given.people:,} (seeds {list(seeds)}), {given.days} days"
    print(f"{found.shown + found.alone} reports of {towns}; {found.shown} of an open matter")
    found.tell()


def nearest(new: Report, near: list[Report], within: float) -> Report | None:
    """The nearest of the same type within some metres: what a rule without words can do."""
    found = [
        (apart, one)
        for one in near
        if new.told.type and one.told.type == new.told.type
        and (apart := alike.metres_between(new.told, one.told)) is not None and apart <= within
    ]  # fmt: skip
    return min(found, key=lambda pair: pair[0])[1] if found else None


if __name__ == "__main__":
    main()

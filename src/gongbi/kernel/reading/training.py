"""From what people decided to a reader: learn the oldest rows, calibrate on newer ones.

It is judged on the newest, which it has never seen: what is told of it is what it did on them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.reading.calibrating import calibrate, confidences, threshold_for
from gongbi.kernel.reading.judging import accuracy, calibration_error, macro_recall
from gongbi.kernel.reading.learning import fit
from gongbi.kernel.reading.reader import Reader, mix, rank, scores_of_rows
from gongbi.kernel.reading.vectors import count_all, counted, know, rows_of, types_of

Floats = NDArray[np.float64]
Told = Callable[[str, float], None]
Listed = Callable[[str], Mapping[str, float]]
"""What the listed words say of a text: a score for each type."""


LEAST_BACK = 60


class TooLittle(Exception):
    """There is not enough to learn from; the sentence says how much is missing."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, when it was said, and the type people settled on."""

    text: str
    type: str
    at: float
    context: tuple[str, ...] = ()
    sub: str = ""
    """The sub-type people settled on, where the type has any."""
    point: tuple[float, float] | None = None
    """Where, WGS84; it is not learnt, but asked what was settled near by (``with_nearby``)."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a reader is made; chosen in docs/kernel/reading.md."""

    least_texts: int = 3
    """A term of fewer texts is not kept: it would say who, not what."""
    most_terms: int = 120_000
    least_of_type: int = 10
    pull: float = 2e-5
    rounds: int = 8
    half_life_days: float = 240.0
    """A report so much older than the newest counts half: streets and words change."""
    alike: float = 0.5
    """What the mean recall counts beside the accuracy, when the likeliest type is named."""
    kept_back: float = 0.15
    precision: float = 0.9


@dataclass(frozen=True, slots=True)
class TypeReport:
    """One type: rows judged, share of them found, share right of what was called so."""

    rows: int
    found: float
    right: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader did on rows it had never seen."""

    rows: int
    since: float
    until: float
    accuracy: float
    macro_recall: float
    calibration_error: float
    to_person: float
    right_alone: float | None
    types: Mapping[str, TypeReport] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def in_order(examples: Sequence[Example]) -> list[Example]:
    """By time, and where times are alike by what is said: however they came, one order."""
    return sorted(examples, key=lambda one: (one.at, one.text, one.type, one.context))


def learn(
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    listed: Listed = lambda _text: {},
    told: Told = lambda _words, _share: None,
) -> Reader:
    """A reader of these rows; the newest of them calibrate it and set its threshold.

    Then it learns once more, of all rows: what is newest is most like what comes.
    """
    ordered = in_order(examples)
    back = max(round(len(ordered) * recipe.kept_back), min(LEAST_BACK, len(ordered) // 3))
    cut = len(ordered) - back
    early, late = ordered[:cut], ordered[cut:]
    times = Counter(one.type for one in early)
    early = [one for one in early if times[one.type] >= recipe.least_of_type]
    if len({one.type for one in early}) < 2:
        raise TooLittle(
            f"Of {len(ordered)} reports no two types have {recipe.least_of_type} or more to learn "
            "from. Go on with the listed words until there are."
        )
    tried = _calibrated(_fit(early, recipe, told), early, late, recipe, listed, told)
    known = [one for one in ordered if one.type in tried.types]
    whole = _fit(known, recipe, told)
    return _with(
        whole,
        calibration=tried.calibration,
        threshold=tried.threshold,
        trust=tried.trust,
        lean=_lean(known, recipe),
    )


def _fit(early: Sequence[Example], recipe: Recipe, told: Told) -> Reader:
    told("counting", 0.0)
    said = count_all(counted(one.text, one.context) for one in early)
    known = know(said, least=recipe.least_texts, most=recipe.most_terms)
    names, types = types_of([one.type for one in early])
    weights, constant = fit(
        rows_of(said, known),
        types,
        len(names),
        pull=recipe.pull,
        weigh=_weigh(early, recipe),
        rounds=recipe.rounds,
        told=lambda share: told("learning", share),
    )
    none = calibrate(np.zeros((0, len(names))), types[:0])
    return Reader(known, names, weights.astype(np.float32), constant, none)


def _weigh(rows: Sequence[Example], recipe: Recipe) -> Floats:
    age = np.array([rows[-1].at - one.at for one in rows]) / 86_400
    return np.asarray(0.5 ** (age / recipe.half_life_days))


def _calibrated(
    reader: Reader,
    early: Sequence[Example],
    late: Sequence[Example],
    recipe: Recipe,
    listed: Listed,
    told: Told,
) -> Reader:
    """Confidence, lean, trust and threshold from rows that were not learnt."""
    told("calibrating", 0.0)
    number = {name: place for place, name in enumerate(reader.types)}
    rows = [one for one in late if one.type in number]
    truth = np.array([number[one.type] for one in rows], np.int64)
    by = calibrate(_raw(reader, rows), truth)
    fresh = _with(reader, calibration=by, lean=_lean(early, recipe))
    shares = _shares(fresh, late)
    words = [listed(one.text) for one in late]
    trust = _trust(fresh.types, shares, words, late)
    mixed = [_best(fresh, row, said, trust) for row, said in zip(shares, words, strict=True)]
    confidence = np.array([share for _type, share in mixed])
    right = np.array([best == one.type for (best, _s), one in zip(mixed, late, strict=True)], bool)
    return _with(fresh, trust=trust, threshold=threshold_for(confidence, right, recipe.precision))


def _lean(rows: Sequence[Example], recipe: Recipe) -> dict[str, float]:
    """By what each type's share is multiplied before the best is named."""
    names, types = types_of([one.type for one in rows])
    times = np.bincount(types, _weigh(rows, recipe)) + 1
    by = lean_of(times / times.sum(), recipe.alike)
    return dict(zip(names, by.tolist(), strict=True))


def lean_of(usual: Floats, alike: float) -> Floats:
    """Of types with these usual shares: what finds most by *accuracy + alike x mean recall*.

    A row called by its type adds one to the hits and ``1 / (types x usual share)`` to the mean
    recall's; so, of true shares, the best of all rules is to multiply each share by what one row
    of its type adds. Brought to 1 for a type of the mean share.
    """
    return np.asarray((1 + alike / (len(usual) * usual)) / (1 + alike))


def _with(reader: Reader, **changes: Any) -> Reader:
    named = (
        "known",
        "types",
        "weights",
        "constant",
        "calibration",
        "threshold",
        "trust",
        "lean",
        "index",
    )
    return Reader(**({name: getattr(reader, name) for name in named} | changes))


def _raw(reader: Reader, rows: Sequence[Example]) -> Floats:
    said = count_all(counted(one.text, one.context) for one in rows)
    return scores_of_rows(reader, rows_of(said, reader.known))


def _shares(reader: Reader, rows: Sequence[Example]) -> Floats:
    return confidences(_raw(reader, rows), reader.calibration)


def _trust(
    types: Sequence[str],
    shares: Floats,
    words: Sequence[Mapping[str, float]],
    rows: Sequence[Example],
) -> float:
    """Of ten grades from 0.05 to 0.95 the likeliest; 1 where no listed word stands."""
    if not any(words):
        return 1.0

    def likelihood(trust: float) -> float:
        found = (
            mix(dict(zip(types, share, strict=True)), said, trust).get(one.type, 0.0)
            for share, said, one in zip(shares, words, rows, strict=True)
        )
        return float(sum(np.log(max(share, 1e-6)) for share in found))

    grades = [0.05 + 0.1 * grade for grade in range(10)]
    return max(grades, key=lambda grade: (likelihood(grade), grade))


def _best(
    reader: Reader, shares: Floats, said: Mapping[str, float], trust: float
) -> tuple[str, float]:
    mixed = mix(dict(zip(reader.types, shares.tolist(), strict=True)), said, trust)
    best = rank(mixed, reader.lean)[0]
    return best, mixed[best]


def judge(
    reader: Reader, examples: Sequence[Example], *, listed: Listed = lambda _text: {}
) -> tuple[Report, list[str]]:
    """What a reader does on rows it has not seen, and what it called each."""
    ordered = in_order(examples)
    shares = _shares(reader, ordered)
    mixed = [
        _best(reader, share, listed(one.text), reader.trust)
        for share, one in zip(shares, ordered, strict=True)
    ]
    said = [best for best, _share in mixed]
    confidence = np.array([share for _best, share in mixed])
    return report_on(ordered, said, confidence, reader.threshold), said


def report_on(
    rows: Sequence[Example], said: Sequence[str], confidence: Floats, threshold: float
) -> Report:
    """The figures of one judging."""
    names, numbers = types_of([*(one.type for one in rows), *said])
    truth, called = numbers[: len(rows)], numbers[len(rows) :]
    right, alone = truth == called, confidence >= threshold
    each = {
        name: TypeReport(
            int((truth == place).sum()),
            float(right[truth == place].mean()),
            float(right[called == place].mean()) if (called == place).any() else None,
        )
        for place, name in enumerate(names)
        if (truth == place).any()
    }
    return Report(
        rows=len(rows),
        since=rows[0].at,
        until=rows[-1].at,
        accuracy=accuracy(truth, called),
        macro_recall=macro_recall(truth, called),
        calibration_error=calibration_error(confidence, right),
        to_person=float(1 - alone.mean()),
        right_alone=float(right[alone].mean()) if alone.any() else None,
        types=each,
    )


def listed_alone(rows: Sequence[Example], listed: Listed) -> tuple[Report, list[str]]:
    """What the listed words do without a reader: a text in which none stands goes to a person."""
    found = [listed(one.text) for one in rows]
    said = [min(one, key=lambda code: (-one[code], code)) if one else "" for one in found]
    confidence = np.array([max(one.values(), default=0.0) for one in found])
    return report_on(rows, said, confidence, 0.5), said

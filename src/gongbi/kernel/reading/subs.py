"""Sub-types: within each type a reader of its own, learnt and judged as the types are.

It is asked only about the type that was named, so that a sub-type never says more than its type.
What was settled near by speaks of types; it is not asked again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from gongbi.kernel.reading.nearby import without_nearby
from gongbi.kernel.reading.reader import Reader
from gongbi.kernel.reading.training import Example, Recipe, Report, TooLittle, judge, learn

LEAST = 60
Listed = Callable[[str, str], Mapping[str, float]]
"""What the listed words of a type say of a text: a score for each of its sub-types."""


def nothing_listed(_type: str, _text: str) -> Mapping[str, float]:
    """No words are listed."""
    return {}


def learn_subs(
    examples: Sequence[Example], recipe: Recipe, *, listed: Listed = nothing_listed
) -> dict[str, Reader]:
    """By type, a reader of its sub-types; types with too few reports have none."""
    found = {}
    for kind, rows in _by_type(examples):
        if len(rows) < LEAST:
            continue
        try:
            found[kind] = learn(rows, recipe, listed=_of(kind, listed))
        except TooLittle:
            continue
    return found


def judge_subs(
    subs: Mapping[str, Reader], examples: Sequence[Example], *, listed: Listed = nothing_listed
) -> dict[str, Report]:
    """By type, how its reader did on reports of that type that it had not seen."""
    return {
        kind: judge(subs[kind], rows, listed=_of(kind, listed))[0]
        for kind, rows in _by_type(examples)
        if kind in subs
    }


def _by_type(examples: Sequence[Example]) -> Iterator[tuple[str, list[Example]]]:
    """Reports that have a sub-type, by type, with the sub-type as what is to be read."""
    named = [one for one in examples if one.sub]
    for kind in sorted({one.type for one in named}):
        rows = (one for one in named if one.type == kind)
        yield kind, [replace(r, type=r.sub, context=without_nearby(r.context)) for r in rows]


def _of(kind: str, listed: Listed) -> Callable[[str], Mapping[str, float]]:
    return lambda text: listed(kind, text)

"""What a route of routes.toml may ask: its faults, how it is kept, and the kernel's rule of it."""

from collections.abc import Iterator
from typing import Any

from gongbi.core.public import Known
from gongbi.kernel.cases.conditions import Conditions, text_of
from gongbi.kernel.cases.routing import Rule
from gongbi.kernel.modes import MODES

# fmt: off
GROUPS = frozenset({
    "water", "power", "roads", "lifts", "order", "noise", "sanitation", "greening", "housing",
    "crowd", "safety", "other",
})
# fmt: on
OF_ASSET = ("owner", "maintainer")
"""Whose an asset is: what ``to_asset`` may name, and facts a route may ask."""
ASKED = (
    "types",
    "groups",
    "places",
    "hours",
    "weekdays",
    "min_level",
    "sources",
    "priorities",
    "modes",
)
ASSET_FACTS = ("asset_kind", *(f"asset_{whose}" for whose in OF_ASSET))
ASKED_KEYS = frozenset({*ASKED, "facts"})
RULE_KEYS = frozenset({*ASKED_KEYS, "any", "not", "max_load"})
Row = dict[str, Any]
Trouble = tuple[str, str]  # the key it stands at, and the reason


def rule_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    """What is wrong with what a route asks."""
    yield from _asked_troubles(row, known)
    yield from _nested_troubles(row, known)
    most = row.get("max_load", 1)
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        yield "max_load", "max_load is how many tasks its unit may have in hand, from 1 up."
    if not isinstance(row.get("at_once", False), bool):
        yield "at_once", "at_once is true or false, without quotes."


def _nested_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    for key in ("any", "not"):
        said = row.get(key, [])
        said = [said] if key == "not" and isinstance(said, dict) else said
        if not (isinstance(said, list) and all(isinstance(one, dict) and one for one in said)):
            yield (
                key,
                f'{key} is a list of conditions: [{{ places = ["…"] }}, {{ min_level = 2 }}].',
            )
            continue
        if key in row and not said:
            yield key, f"{key} is empty; name a condition or leave it out."
        for one in said:
            for name in sorted(one.keys() - ASKED_KEYS):
                yield key, f"Nothing reads the key {name!r} inside {key}; is it misspelt?"
            for _key, reason in _asked_troubles(one, known):
                yield key, reason


def _asked_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    for key, allowed, what in (
        ("types", known.case_types, "type of case_types.toml"),
        ("groups", GROUPS, "group of types"),
        ("places", known.places, "place of this pack"),
        ("sources", None, ""),
        ("modes", MODES, "mode: use " + ", ".join(MODES)),
    ):
        codes = _texts(row.get(key, []))
        if codes is None or (key in row and not codes):
            yield key, f"{key} is a list of codes in quotes."
            continue
        for code in codes:
            if allowed is not None and code not in allowed:
                yield key, f"{code!r} is no {what}."
    yield from _number_troubles(row)
    yield from _fact_troubles(row.get("facts", {}), known, _texts(row.get("types", [])) or [])


def _texts(said: Any) -> list[str] | None:
    sound = isinstance(said, list) and all(isinstance(one, str) and one for one in said)
    return said if sound else None


def _number_troubles(row: Row) -> Iterator[Trouble]:
    if "hours" in row:
        try:
            minutes_of(row["hours"])
        except ValueError:
            yield "hours", f"{row['hours']!r} is no span of hours; write it as 22:00-06:00."
    if not _whole(row.get("weekdays", []), 1, 7):
        yield "weekdays", "weekdays is a list of numbers from 1 (Monday) to 7."
    if not _whole(row.get("priorities", []), 1, 4):
        yield "priorities", "priorities is a list of numbers from 1 (urgent) to 4."
    if not _whole([row.get("min_level", 0)], 0, 3):
        yield "min_level", f"min_level {row['min_level']!r} is none of 0 to 3."


def _whole(said: Any, least: int, most: int) -> bool:
    """Whether this is a list of whole numbers in a range; true and 2.0 are none."""
    return isinstance(said, list) and all(
        type(one) is int and least <= one <= most for one in said
    )


def _fact_troubles(facts: Any, known: Known, types: list[str]) -> Iterator[Trouble]:
    remedy = 'facts names what may be known: { owner = ["gas"], indoors = true }.'
    if not isinstance(facts, dict):
        yield "facts", remedy
        return
    for name, said in facts.items():
        values = said if isinstance(said, list) else [said]
        if not values or not all(isinstance(one, str | int | float) for one in values):
            yield "facts", f"The fact {name!r} needs a text, a number or true or false. {remedy}"
        elif len({str if isinstance(one, str) else type(one) for one in values}) > 1:
            yield "facts", f"The values of {name!r} are of several kinds; write one kind. {remedy}"
        elif name in ASSET_FACTS:
            yield from _of_assets(name, values, known)
        else:
            asked = [known.answers.get(kind, {}).get(name) for kind in types]
            if asked and all(asked):  # else somebody may say anything, or an alert tells it
                yield from _of_answers(name, values, set().union(*filter(None, asked)))


def _of_assets(name: str, values: list[Any], known: Known) -> Iterator[Trouble]:
    """Facts that the register of assets tells may be checked: their codes are the pack's own."""
    for one in values:
        if name == "asset_kind" and one not in known.asset_kinds:
            yield "facts", f"{one!r} is no kind of asset_kinds.toml."
        elif name != "asset_kind" and one not in known.units:
            yield "facts", f"{one!r} is no unit of units.csv."


def _of_answers(name: str, values: list[Any], few: set[str]) -> Iterator[Trouble]:
    """What no answer to a question can be would make a rule that never fires."""
    for one in sorted({text_of(value) for value in values} - few):
        yield "facts", f"The question {name!r} has no answer {one!r}: {', '.join(sorted(few))}."


def minutes_of(hours: Any) -> list[int]:
    """``22:00-06:00`` as minutes of the day; ValueError when it is none."""
    edges = [edge.split(":") for edge in str(hours).split("-")]
    (h1, m1), (h2, m2) = ((int(hour), int(minute)) for hour, minute in edges)
    opens, closes = h1 * 60 + m1, h2 * 60 + m2
    if not (0 <= opens < 1440 and 0 < closes <= 1440) or opens == closes:
        raise ValueError(hours)
    if max(m1, m2) > 59 or min(m1, m2) < 0:
        raise ValueError(hours)
    return [opens, closes]


def kept_of(row: Row) -> dict[str, Any]:
    """What a sound route asks, as it is kept with the route; hours become minutes of the day."""
    kept = _kept(row)
    for key in ("any", "not"):
        if key in row:
            said = [row[key]] if isinstance(row[key], dict) else row[key]
            kept[key] = [_kept(one) for one in said]
    return kept | ({"max_load": row["max_load"]} if "max_load" in row else {})


def _kept(row: Row) -> dict[str, Any]:
    kept = {key: row[key] for key in ASKED if key in row}
    if "hours" in row:
        kept["hours"] = minutes_of(row["hours"])
    if row.get("facts"):
        kept["facts"] = {
            name: [text_of(one) for one in (said if isinstance(said, list) else [said])]
            for name, said in row["facts"].items()
        }
    return kept


def rule_of(code: str, kept: dict[str, Any]) -> Rule:
    """The kernel's rule of what a route asks."""
    alternatives, exceptions = (
        tuple(Conditions(**_conditions(one)) for one in kept.get(key, ()))
        for key in ("any", "not")
    )
    return Rule(code, any=alternatives, none=exceptions, **_conditions(kept))


def _conditions(kept: dict[str, Any]) -> dict[str, Any]:
    hours = kept.get("hours")
    sets = ("types", "groups", "places", "weekdays", "sources", "priorities", "modes")
    return {
        **{key: frozenset(kept.get(key, ())) for key in sets},
        "hours": (hours[0], hours[1]) if hours else None,
        "min_level": kept.get("min_level"),
        "facts": tuple(
            (name, frozenset(values)) for name, values in kept.get("facts", {}).items()
        ),
    }

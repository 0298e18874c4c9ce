"""Faults in what a type says of its life: ladder, stages, fields, words to reporters, codes."""

from collections.abc import Iterator
from typing import Any

from gongbi.cases import states
from gongbi.cases.consequences import WHO
from gongbi.cases.filling import KINDS
from gongbi.core.public import CODE
from gongbi.kernel.ladder import parse_step

LIFE_KEYS = frozenset({
    "on_site", "ladder", "pause_limit", "extend_times", "file_first", "stages", "fields", "says",
    "codes", "sub_types", "assets", "questions",
})  # fmt: skip
SUB_TYPE_KEYS = {"code", "name_en", "name_zh", "words"}
QUESTION_KEYS = {"code", "kind", "name_en", "name_zh", "choices", "least", "most"}
FIELD_KEYS = {*QUESTION_KEYS, "required_at"}
ASKED_AT = ("declare",)
SAID_AT = frozenset(edge.verb for edge in states.TABLE)
MOST_STAGES, MOST_FIELDS, MOST_QUESTIONS, MOST_SUB_TYPES = 12, 20, 8, 40
Row = dict[str, Any]
Trouble = tuple[str, str]


def ladder_troubles(row: Row, seen: set[str]) -> Iterator[Trouble]:
    """Faults of one [[ladder]]."""
    code = str(row.get("code", ""))
    if not CODE.fullmatch(code):
        yield "code", f"The ladder's code {code!r} may hold a-z, 0-9 and '-' only."
    if code in seen:
        yield "code", f"The ladder {code!r} stands here twice; give it another code."
    steps = row.get("steps")
    if not isinstance(steps, list) or not all(isinstance(one, dict) for one in steps or [0]):
        yield (
            "code",
            f'The ladder {code!r} has no steps; write steps = [{{at = "due", tell = ["unit"]}}].',
        )
        return
    told = set()
    for step in steps:
        at, who = str(step.get("at", "")), step.get("tell", [])
        try:
            parse_step(at)
        except ValueError as error:
            yield "steps", str(error)
        if at in told:
            yield "steps", f"The step {at!r} stands twice in the ladder {code!r}."
        told.add(at)
        if not who or not isinstance(who, list) or not all(one in WHO for one in who):
            yield "steps", f"{who!r} is nobody to tell; choose among {', '.join(WHO)}."


def life_troubles(row: Row, ladders: set[str]) -> Iterator[Trouble]:
    """Faults of what one [[case_type]] says of its life."""
    if row.get("ladder") is not None and str(row["ladder"]) not in ladders:
        yield "ladder", f"There is no ladder {row['ladder']!r}; write a [[ladder]] with that code."
    times = row.get("extend_times", 2)
    if not isinstance(times, int) or not 0 <= times <= 9:
        yield "extend_times", f"extend_times {times!r} is no whole number from 0 to 9."
    yield from _named("stages", row.get("stages", []), MOST_STAGES, {"code", "name_en", "name_zh"})
    yield from _asked("fields", row, MOST_FIELDS, FIELD_KEYS)
    yield from _asked("questions", row, MOST_QUESTIONS, QUESTION_KEYS)
    for code in sorted(_codes(row, "fields") & _codes(row, "questions")):
        yield "questions", f"The code {code!r} is a field's too; give the question another."
    yield from _sub_types(row.get("sub_types", []))
    yield from _says(row.get("says", {}))
    codes = row.get("codes", {})
    if not isinstance(codes, dict) or not all(isinstance(one, str) for one in codes.values()):
        yield "codes", 'codes names a scheme and a code in it: codes = {"gbt-30428" = "…"}.'


def _asked(key: str, row: Row, most: int, keys: set[str]) -> Iterator[Trouble]:
    """Faults of what is asked when it is reported (questions) or declared done (fields)."""
    yield from _named(key, row.get(key, []), most, keys)
    for field in _tables(row, key):
        yield from _field(key, field)


def answers_of(row: Row) -> Iterator[tuple[str, set[str]]]:
    """The questions of a type, each with its few answers as routes ask them, or with none: any."""
    for one in _tables(row, "questions"):
        choices = [str(choice.get("code", "")) for choice in _tables(one, "choices")]
        few = {"choice": set(choices), "yes_no": {"true", "false"}}
        yield str(one.get("code", "")), few.get(str(one.get("kind")), set())


def _tables(row: Row, key: str) -> list[Row]:
    rows = row.get(key, [])
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _codes(row: Row, key: str) -> set[str]:
    return {str(one.get("code", "")) for one in _tables(row, key)}


def _named(key: str, rows: Any, most: int, keys: set[str]) -> Iterator[Trouble]:
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        yield key, f"{key} is a list of tables, each with a code and a name."
        return
    if len(rows) > most:
        yield key, f"{key} has {len(rows)} entries; at most {most} fit a form."
    seen = set()
    for one in rows:
        code = str(one.get("code", ""))
        if not CODE.fullmatch(code):
            yield key, f"The code {code!r} in {key} may hold a-z, 0-9 and '-' only."
        if code in seen:
            yield key, f"The code {code!r} stands twice in {key}."
        seen.add(code)
        if not (one.get("name_en") or one.get("name_zh")):
            yield key, f"{code!r} in {key} has no name; give name_zh or name_en."
        for unknown in sorted(set(one) - keys):
            yield key, f"Nothing reads {unknown!r} in {key}; is it misspelt?"


def _sub_types(rows: Any) -> Iterator[Trouble]:
    yield from _named("sub_types", rows, MOST_SUB_TYPES, SUB_TYPE_KEYS)
    if not isinstance(rows, list):
        return
    for one in rows:
        words = one.get("words", []) if isinstance(one, dict) else []
        if not (isinstance(words, list) and all(isinstance(w, str) and w for w in words)):
            yield "sub_types", f"The words of {one.get('code')!r} are a list of words in quotes."


def _field(key: str, field: Row) -> Iterator[Trouble]:
    code, kind = field.get("code"), field.get("kind")
    if kind not in KINDS:
        yield (
            key,
            f"{code!r} in {key} is of the kind {kind!r}; use one of {', '.join(KINDS)}.",
        )
    if field.get("required_at", "declare") not in ASKED_AT:
        yield key, f"{code!r} in {key} can be asked at {', '.join(ASKED_AT)} only."
    bounds = (field.get("least", 0.0), field.get("most", 1e9))
    if not all(isinstance(one, int | float) for one in bounds) or not bounds[0] <= bounds[1]:
        yield key, f"{code!r} in {key}: least and most are numbers, the larger one last."
    choices = field.get("choices")
    if (kind == "choice") != bool(choices):
        yield (
            key,
            f"{code!r} in {key}: choices belong to the kind choice, and it needs them.",
        )
    elif kind == "choice":
        yield from _named(key, choices, 30, {"code", "name_en", "name_zh"})


def _says(said: Any) -> Iterator[Trouble]:
    if not isinstance(said, dict) or not all(isinstance(one, dict) for one in said.values()):
        yield "says", 'says holds, by verb, words for the reporter: says.accept = {zh = "…"}.'
        return
    for verb, words in said.items():
        if verb not in SAID_AT:
            yield "says", f"says.{verb}: there is no such verb in the life cycle."
        if not set(words) <= {"en", "zh"} or not any(words.values()):
            yield "says", f"says.{verb} needs zh or en, and nothing else."

"""What was read in a case's reports, in the reader's language, each with the words it rests on."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.cases.models import Case, CaseType, Signal
from gongbi.cases.reading.noticing import from_json
from gongbi.core.public import places, unseal_many

MOST_READ = 20
MOST_PLACES = 5
DANGER = {1: gettext_lazy("Danger to life"), 2: gettext_lazy("A hazard")}
THINGS = {
    "lamp": gettext_lazy("street lamp"),
    "lift": gettext_lazy("lift"),
    "manhole": gettext_lazy("manhole"),
    "hydrant": gettext_lazy("hydrant"),
    "signal": gettext_lazy("traffic light"),
    "bus-stop": gettext_lazy("bus stop"),
    "cabinet": gettext_lazy("cabinet"),
    "bin": gettext_lazy("bin"),
    "bridge": gettext_lazy("bridge"),
    "pump": gettext_lazy("pump"),
    "camera": gettext_lazy("camera"),
}
WISHES = {
    "no_call": gettext_lazy("Do not call"),
    "anonymous": gettext_lazy("Keep my name to yourselves"),
    "write": gettext_lazy("Write to me"),
    "call": gettext_lazy("Please call"),
    "call_after": gettext_lazy("Call after %(time)s"),
    "call_before": gettext_lazy("Call before %(time)s"),
    "interpreter": gettext_lazy("Interpreter on the line"),
    "relay": gettext_lazy("Text relay service"),
    "sign": gettext_lazy("Sign language by video"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was read: what, and the words that say so."""

    what: str
    words: tuple[str, ...]
    level: int = 0

    @property
    def unsaid(self) -> list[str]:
        """The words that say so, without what stands in the line already."""
        return [word for word in self.words if word not in self.what]


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A type the words speak for: its name, how sure, and the words that decided."""

    name: str
    percent: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the case page shows of all readings of a case."""

    types: tuple[TypeLine, ...]
    lines: tuple[Line, ...]
    by: str
    subs: tuple[TypeLine, ...] = ()

    @property
    def more(self) -> list[Line]:
        """What is neither type nor danger."""
        return [line for line in self.lines if not line.level]


def shown(case: Case, names: dict[str, str]) -> Shown:
    """What was read in the reports of a case, and of those merged into it. Four queries at most.

    ``names`` of the types in force: what the words speak for is shown while the type was
    not named by whoever reported.
    """
    signals = Signal.objects.filter(case__in=case.with_merged(), from_person=True)
    ids = list(
        signals.exclude(reading_id=None).order_by("pk").values_list("reading_id", flat=True)
    )[:MOST_READ]
    opened = unseal_many(ids)
    read = [from_json(opened[pk]) for pk in ids if pk in opened]
    guesses: list[Any] = next((one["guesses"] for one in read if one["guesses"]), [])
    number = read[0]["reader"] if read else 0
    by = _("reader %(number)s") % {"number": number} if number else _("the listed words")
    return Shown(
        tuple(
            TypeLine(names.get(code, code), round(100 * sure), tuple(words))
            for code, sure, words in guesses
        ),
        tuple(dict.fromkeys(line for one in read for line in _lines(one, names))),
        by,
        _subs(read, names),
    )


def _subs(read: list[dict[str, Any]], names: dict[str, str]) -> tuple[TypeLine, ...]:
    """The sub-types that were read, of the type they were read within."""
    sub = next((one["sub"] for one in read if one.get("sub")), None)
    if sub is None:
        return ()
    return tuple(
        TypeLine(names.get(f"{sub['type']}:{code}", code), round(100 * sure), tuple(words))
        for code, sure, words in sub["guesses"]
    )


def _lines(read: dict[str, Any], names: dict[str, str]) -> list[Line]:
    danger, found = read["urgency"], []
    if danger["level"]:
        found.append(Line(str(DANGER[danger["level"]]), tuple(danger["words"]), danger["level"]))
    if danger["held_back"]:
        found.append(Line(_("Not taken as danger"), tuple(danger["held_back"])))
    found += _place(read["place"])
    found += [
        Line(f"{THINGS.get(one['kind'], one['kind'])} {one['number']}", (one["words"],))
        for one in read["things"]
    ]
    found += [Line(wish_in_words(one), (one["words"],)) for one in read["wishes"]]
    found += [Line(_near(one, names), ()) for one in read.get("near", ())]
    return found


def _near(one: dict[str, Any], names: dict[str, str]) -> str:
    """What was settled near by and had a part in it."""
    said = _("Settled before within %(metres)s m and %(days)s days: %(type)s, %(times)s or more")
    return said % (one | {"type": names.get(one["type"], one["type"])})


def _place(read: dict[str, Any]) -> list[Line]:
    found = []
    if read["candidates"]:
        known = places(read["candidates"][:MOST_PLACES])
        names = ", ".join(known[code].name for code in read["candidates"] if code in known)
        sure = _("Place named: %(place)s") if read["code"] else _("Which place? %(place)s")
        found.append(Line(sure % {"place": names}, tuple(read["words"])))
    if read["address"]:
        found.append(Line(_("Address said"), (read["address"],)))
    return found


def wish_in_words(one: dict[str, Any]) -> str:
    """How somebody wants to be met."""
    minute = one["minute"] or 0
    time = f"{minute // 60:02}:{minute % 60:02}"
    wish = WISHES.get(one["kind"])
    return str(wish) % {"time": time} if wish else one["kind"]


def type_names() -> dict[str, str]:
    """Names of the types in force, and of their sub-types under ``type:code``. One query."""
    rows = list(CaseType.objects.filter(in_force=True))
    names = {row.code: row.name for row in rows}
    for row in rows:
        names |= {f"{row.code}:{s['code']}": row.sub_type_name(s["code"]) for s in row.sub_types}
    return names

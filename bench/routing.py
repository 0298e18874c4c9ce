"""What it costs to route a case: two thousand rules, 6,500 areas, beside a rule-by-rule evaluator.

Run: .venv/bin/python bench/routing.py          the kernel alone
     .venv/bin/python bench/routing.py --whole  also choose_unit on a loaded SQLite city
"""

import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gongbi.kernel.cases.conditions import Conditions
from gongbi.kernel.cases.routing import Matter, Router, Rule, route_plainly

DISTRICTS, SUBDISTRICTS, GRIDS = 16, 220, 6263  # with the city 6,500 places
TYPES = [f"type-{n}" for n in range(200)]
GROUPS = ["water", "power", "roads", "order", "noise", "sanitation", "greening", "housing"]
KINDS = ("water", "power", "roads", "order", "centre")
ZONE = ZoneInfo("Asia/Shanghai")
MATTERS = 4000


def paths(chance: random.Random) -> dict[str, tuple[str, ...]]:
    """Each place of a city of four levels, with those above it."""
    found: dict[str, tuple[str, ...]] = {"xx": ("xx",)}
    for number in range(DISTRICTS):
        found[f"d{number}"] = ("xx", f"d{number}")
    for number in range(SUBDISTRICTS):
        found[f"s{number}"] = (*found[f"d{number % DISTRICTS}"], f"s{number}")
    for number in range(GRIDS):
        found[f"g{number}"] = (*found[f"s{chance.randrange(SUBDISTRICTS)}"], f"g{number}")
    return found


def mixed(chance: random.Random, places: list[str], count: int) -> list[Rule]:
    """A city's table: exceptions by place and hour first, the general rules last."""
    rules = [exception(chance, places, number) for number in range(count - len(GROUPS))]
    return [*rules, *(Rule(f"rest-{g}", groups=frozenset({g})) for g in GROUPS)]


def exception(chance: random.Random, places: list[str], number: int) -> Rule:
    """A rule for some types in some places, perhaps by night, by level, by source or owner."""
    opens = chance.choice((1080, 1200, 1320))
    owner = (("owner", frozenset({chance.choice(KINDS)})),)
    asks = chance.random
    return Rule(
        f"rule-{number}",
        types=frozenset(chance.sample(TYPES, chance.choice((1, 1, 2, 5)))),
        places=frozenset(chance.sample(places, chance.choice((1, 1, 3, 40)))),
        hours=(opens, 360) if asks() < 0.3 else None,
        weekdays=frozenset({6, 7}) if asks() < 0.15 else frozenset(),
        min_level=chance.choice((1, 2, 3)) if asks() < 0.1 else None,
        sources=frozenset({"hotline"}) if asks() < 0.1 else frozenset(),
        facts=owner if asks() < 0.1 else (),
        any=(Conditions(priorities=frozenset({1})), Conditions(min_level=2))
        if asks() < 0.1
        else (),
        none=(Conditions(places=frozenset({chance.choice(places)})),) if asks() < 0.1 else (),
    )


def one_type(places: list[str], count: int) -> list[Rule]:
    """The worst table: every rule is for the same type, each in another place."""
    kind = frozenset({TYPES[0]})
    rules = [Rule(f"at-{code}", types=kind, places=frozenset({code})) for code in places[-count:]]
    return [*rules[:-1], Rule("rest", types=kind)]


def matter(chance: random.Random, above: dict[str, tuple[str, ...]], types: list[str]) -> Matter:
    """Something somewhere at some time; one in ten lacks its type, its place or its level."""
    kind = chance.randrange(len(types))
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(525_600))
    known = chance.random() >= 0.1
    return Matter(
        type=types[kind] if known or chance.random() < 0.5 else None,
        group=GROUPS[kind % len(GROUPS)] if known else None,
        places=frozenset(above[chance.choice(list(above))]) if known else None,
        local=at.astimezone(ZONE),
        level=chance.choice((0, 0, 0, 1, 2, 3)) if known else None,
        source=chance.choice(("web", "hotline", "alert")),
        priority=chance.choice((1, 2, 3, 4)),
        facts={"owner": chance.choice(KINDS)} if chance.random() < 0.3 else {},
    )


def took(
    ask: Callable[[Matter], object],
    matters: list[Matter],
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Milliseconds of each, sorted; by another clock, the processor's own."""
    found = []
    for one in matters:
        began = clock()
        ask(one)
        found.append((clock() - began) * 1e3)
    return sorted(found)


def say(what: str, times: list[float]) -> None:
    """Median, 95th and 99th percentile, the longest."""
    at = [times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99)]
    print(
        f"  {what:34} median {at[0]:.4f}  p95 {at[1]:.4f}  p99 {at[2]:.4f}  max {times[-1]:.3f} ms"
    )


def tables(chance: random.Random, places: list[str]) -> dict[str, list[Rule]]:
    """What is measured."""
    return {
        "mixed table, 200 rules": mixed(chance, places, 200),
        "mixed table, 2,000 rules": mixed(chance, places, 2000),
        "mixed table, 20,000 rules": mixed(chance, places, 20_000),
        "2,000 rules for one type, by place": one_type(places, 2000),
    }


def main() -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} Python {platform.python_version()}")
    chance = random.Random(1)
    above = paths(chance)
    print(f"{len(above)} places, {MATTERS} matters")
    for name, rules in tables(chance, list(above)).items():
        types = TYPES if "one type" not in name else TYPES[:1]
        matters = [matter(chance, above, types) for _ in range(MATTERS)]
        began = time.perf_counter()
        router = Router(rules)
        print(f"{name}: compiled in {time.perf_counter() - began:.2f} s")
        some = matters[: 200_000 // len(rules)]
        assert all(router.route(one) == route_plainly(rules, one) for one in some)
        say("compiled", took(router.route, matters))
        say("rule by rule", took(lambda one, rules=rules: route_plainly(rules, one), some))
    if "--whole" in sys.argv:
        whole(chance, above)


def write_pack(folder: Path, above: dict[str, tuple[str, ...]], chance: random.Random) -> None:
    """The same city as a pack: its places, five units in each district, 2,000 routes."""
    folder.mkdir()
    kinds = ("city", "district", "subdistrict", "grid")
    rows = ["code,parent,kind,name_zh,name_en,lon,lat,population,valid_from,valid_to"]
    for code, path in above.items():
        parent = path[-2] if len(path) > 1 else ""
        rows.append(f"{code},{parent},{kinds[len(path) - 1]},{code},{code},,,0,,")
    (folder / "places.csv").write_text("\n".join(rows), "utf-8")
    units = ["code,parent,kind,name_zh,name_en,place,calendar,phone"]
    units += [f"{k},,{k},{k},{k},xx,always," for k in KINDS]
    units += [f"{k}-d{d},{k},{k},{k}{d},{k}{d},d{d},always," for k in KINDS for d in range(16)]
    (folder / "units.csv").write_text("\n".join(units), "utf-8")
    (folder / "city.toml").write_text(
        'code = "xx"\nname_en = "Bench"\nzone = "Asia/Shanghai"\ncentre = [121.5, 31.2]\n', "utf-8"
    )
    types = [
        f'[[case_type]]\ncode = "{code}"\nname_en = "{code}"\ngroup = "{GROUPS[n % 8]}"\n'
        f'solve = "4 hours"\ncalendar = "always"\n'
        for n, code in enumerate(TYPES)
    ]
    (folder / "case_types.toml").write_text("\n".join(types), "utf-8")
    routes = [as_toml(rule, chance) for rule in mixed(chance, list(above), 2000)]
    (folder / "routes.toml").write_text("\n".join(routes), "utf-8")


def as_toml(rule: Rule, chance: random.Random) -> str:
    """A rule as it stands in routes.toml."""
    lines = ["[[route]]", f'code = "{rule.code}"', f'to_kind = "{chance.choice(KINDS)}"']
    lines.append('reason_en = "Because the table says so."')
    for key in ("types", "groups", "places", "weekdays", "sources"):
        if getattr(rule, key):
            lines.append(f"{key} = {sorted(getattr(rule, key))}")
    if rule.hours:
        spans = (f"{edge // 60:02}:{edge % 60:02}" for edge in rule.hours)
        lines.append(f'hours = "{"-".join(spans)}"')
    if rule.min_level is not None:
        lines.append(f"min_level = {rule.min_level}")
    if rule.none:
        lines.append(f"not = {{ places = {sorted(rule.none[0].places)} }}")
    return "\n".join(lines) + "\n"


def whole(chance: random.Random, above: dict[str, tuple[str, ...]]) -> None:
    """``choose_unit`` as a report meets it: with its queries, on a loaded city."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"GONGBI_DATA": scratch, "DJANGO_SETTINGS_MODULE": "gongbi.config.settings"}
        import django
        from django.conf import settings

        django.setup()
        from django.core.management import call_command

        from gongbi.core.public import load_pack

        settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
        call_command("migrate", verbosity=0)
        write_pack(Path(scratch) / "pack", above, chance)
        load_pack(Path(scratch) / "pack", by="bench")
        ask_whole(chance, above)


def ask_whole(chance: random.Random, above: dict[str, tuple[str, ...]]) -> None:
    """Time choices for places drawn at random; the first of each place finds its unit."""
    from gongbi.cases.models import CaseType
    from gongbi.cases.routes import choose_unit

    types = list(CaseType.objects.all())
    everywhere = [f"/{'/'.join(path)}/" for path in above.values()]

    def choose(one: Matter) -> None:
        path = everywhere[chance.randrange(len(everywhere))]
        at = one.local or datetime.now(UTC)
        choose_unit(chance.choice(types), path, at=at, level=one.level or 0, source="web")

    matters = [matter(chance, above, TYPES) for _ in range(MATTERS)]
    choose(matters[0])
    print("cases.routes.choose_unit on SQLite, 2,000 routes and 6,500 places loaded")
    say("places met for the first time", took(choose, matters))
    everywhere = everywhere[:500]
    took(choose, matters)
    say("places met before", took(choose, matters))
    say("the same, processor time", took(choose, matters, time.thread_time))


if __name__ == "__main__":
    main()

"""A very large city's cases, and how its pages answer: PostgreSQL with a million open and ten
million closed cases, or SQLite with two hundred thousand.

Run, one after the other (a fill goes on where it stopped; --minutes bounds each call):
  .venv/bin/python bench/cases_scale.py --folder DIR --fill --minutes 9
  .venv/bin/python bench/cases_scale.py --folder DIR --ask --seconds 180
  .venv/bin/python bench/cases_scale.py --folder DIR2 --sqlite --fill --open 20000 --closed 180000
  .venv/bin/python bench/cases_scale.py --folder DIR2 --sqlite --ask --seconds 120

Places, types and units are those of a drawn city; a few places and types have most of the cases.
A case that is over has two promises, six steps, a task, an outcome and a verdict. Words of
reporters are sealed with keys of their own, and marked, for all open cases and every tenth of the
others. Pages are asked for at ten a second whether or not the last has come (open loop), by
readers of the whole city, of a district and of a subdistrict, over HTTP from the real server.
"""

import argparse
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from own_postgres import running  # noqa: E402 - beside this file, not installed

PROGRAM = [sys.executable, "-m", "gongbi.config.cli"]
BATCH = 500_000
WHAT = (
    *("路灯不亮", "水管漏水", "垃圾没有人收", "占道经营", "噪音扰民", "井盖破损", "电梯停运"),
    *("污水外溢", "树枝倒伏", "违规停车", "墙皮脱落", "楼道堆物", "暖气不热", "路面塌陷"),
)
HOW = (
    *("已经三天了", "晚上特别严重", "请尽快处理", "反映过多次没有结果"),
    *("老人小孩很危险", "影响出行", "希望给个答复"),
)
READERS = {"city": 0, "district": 1, "subdistrict": 2}


# Nothing is acknowledged while a table is filled; a fill that breaks off is begun anew.
CARELESS = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"),
    *("wal_level=minimal", "max_wal_senders=0", "max_wal_size=3GB"),
)


@contextmanager
def database(folder: Path, sqlite: bool, careless: bool = False) -> Iterator[dict[str, str]]:
    """The environment in which the city of a folder runs."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    port = 21000 + os.getpid() % 20000
    env = os.environ | {
        "GONGBI_DATA": str(folder / "data"), "GONGBI_PORT": str(port),
        "GONGBI_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "gongbi.config.settings",
    }  # fmt: skip
    if sqlite:
        yield env | {"DATABASE_URL": ""}
        return
    folder.chmod(0o755)
    settings = CARELESS if careless else ("checkpoint_timeout=30min",)
    with running(folder / "pg", *settings) as url:
        first = (folder / "pg" / "data" / "postmaster.pid").read_text().split("\n", 1)[0]
        yield env | {"DATABASE_URL": url, "POSTMASTER": first}
    if careless:
        os.sync()


def inside(env: dict[str, str], task: str, *said: object) -> str:
    """Run a task of this file with Django set up."""
    command = [sys.executable, __file__, "--inside", task, *map(str, said)]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


# --- inside Django ---------------------------------------------------------------------------


def prepare() -> None:
    """A drawn city, its people, and the tables that the fill draws from."""
    from django.core.management import call_command

    from gongbi.core.models import Person, Place, Post
    from gongbi.core.public import load_pack
    from gongbi.generator.public import draw_city

    pack = Path(os.environ["GONGBI_DATA"]).parent / "pack"
    if not pack.exists():
        draw_city(pack, people=2_000_000, datastreams=60, seed=1, told=lambda *_: None)
    call_command("migrate", verbosity=0)
    if Person.objects.exists():
        return
    load_pack(pack, by="bench")
    for name, depth in READERS.items():
        person = Person.objects.create(username=name, name=name)
        where = Place.objects.filter(depth=depth).order_by("-population").first()
        for role in ("dispatcher", "supervisor"):
            Post.objects.create(person=person, role=role, unit_id=_some_unit(), place=where)


def grown() -> None:
    """Tables as this version wants them: a city may have been filled by an older one."""
    from django.core.management import call_command

    from gongbi.core.planning import look_at_tables

    call_command("migrate", verbosity=0)
    look_at_tables()


def _some_unit() -> str:
    from gongbi.core.models import Unit

    return str(Unit.objects.order_by("path").values_list("pk", flat=True)[0])


def drawn_from() -> tuple[list, list, list]:
    """Places (code, path, lon, lat), types (id, priority), units (code, path)."""
    from gongbi.cases.models import CaseType
    from gongbi.core.models import Place, Unit

    places = Place.objects.filter(kind="quarter").exclude(lon=None).order_by("code")
    types = CaseType.objects.filter(in_force=True).order_by("position")
    return (
        list(places.values_list("code", "path", "lon", "lat", "name_zh")),
        list(types.values_list("pk", "priority")),
        list(Unit.objects.order_by("code").values_list("code", "path")),
    )


STATEMENTS = (Path(__file__).with_suffix(".sql")).read_text("utf-8").split(";\n\n")
LIVE_STATE = (
    "CASE WHEN random() < 0.15 THEN 'open' WHEN random() < 0.7 THEN 'in_hand' "
    "WHEN random() < 0.5 THEN 'waiting' ELSE 'answered' END"
)
OVER_STATE = (
    "CASE WHEN random() < 0.93 THEN 'closed' WHEN random() < 0.6 THEN 'merged' "
    "ELSE 'cancelled' END"
)


FILLED = (
    *("cases_case", "cases_signal", "cases_deadline", "cases_step", "cases_task"),
    *("cases_outcome", "cases_verdict", "cases_marks", "core_sealedtext"),
)


def fill(opened: int, closed: int, minutes: float, speaking: float) -> None:
    """Cases in batches until all are there or the time is over; words of reporters, newest first,
    for so many minutes at most; then indexes and statistics."""
    from django.db import connection

    until = time.monotonic() + 60 * minutes
    places, types, units = drawn_from()
    if connection.vendor == "sqlite":
        fill_sqlite(opened, closed, places, types, units)
        words_sqlite(closed, until)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return
    with connection.cursor() as cursor:
        _bare(cursor)
        _draw_tables(cursor, places, types, units)
        shape = {"places": len(places), "types": len(types), "units": len(units)}
        whole = _batches(cursor, shape, opened, closed, until)
        if whole:
            words(cursor, closed, min(until, time.monotonic() + 60 * speaking))
        if whole and _dressed(cursor, until):
            _sizes(cursor)
        else:
            print("not yet whole: run the same again", file=sys.stderr)


def _batches(cursor: object, shape: dict, opened: int, closed: int, until: float) -> bool:
    """Closed cases first, because they are the older ones; whether all are there."""
    from django.db import transaction

    from gongbi.core.public import city

    cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
    first = cursor.fetchone()[0] + 1
    # No look at the other table for each key: what is drawn names what was drawn from.
    cursor.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
    while first <= opened + closed and time.monotonic() < until:
        over = first <= closed
        last = min(first + BATCH - 1, closed if over else opened + closed)
        kind = {
            "city": city().code.upper(),
            "state": OVER_STATE if over else LIVE_STATE,
            "skew": 1 if over else 1.5,
            "age": "interval '730 days'" if over else "interval '45 days'",
        }
        began = time.monotonic()
        with transaction.atomic():
            for statement in STATEMENTS:
                cursor.execute(statement.format(**shape, **kind, first=first, last=last))
        print(f"{last:,} cases, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        first = last + 1
    return first > opened + closed


def _bare(cursor: object) -> None:
    """Take the indexes off, once, and note how to make them; columns get the models' defaults."""
    cursor.execute("SELECT to_regclass('bench_index')")
    if cursor.fetchone()[0] is not None:
        return
    cursor.execute(
        "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), "
        "format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, "
        "pg_get_constraintdef(oid)) FROM pg_constraint WHERE contype = 'u' "
        "AND conrelid::regclass::text = ANY(%s)",
        [list(FILLED)],
    )
    found = cursor.fetchall()
    cursor.execute(
        "SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes WHERE "
        "tablename = ANY(%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE "
        "conindid = indexname::regclass AND contype IN ('p', 'u'))",
        [list(FILLED)],
    )
    found += cursor.fetchall()
    cursor.execute("CREATE TABLE bench_index(n serial PRIMARY KEY, make text)")
    for off, make in found:
        cursor.execute("INSERT INTO bench_index(make) VALUES (%s)", [make])
        cursor.execute(off)
    _defaults(cursor)


def _defaults(cursor: object) -> None:
    """What a model would put into a column that the statements do not name."""
    from django.apps import apps
    from django.db import connection

    for model in apps.get_models():
        if model._meta.db_table not in FILLED:
            continue
        for field in model._meta.concrete_fields:
            if field.null or field.primary_key or field.name in ("uuid", "marks"):
                continue
            said = field.get_db_prep_save(field.get_default(), connection)
            if said is not None:
                literal = cursor.cursor.mogrify("%s", [said])
                table = model._meta.db_table
                cursor.execute(f"ALTER TABLE {table} ALTER {field.column} SET DEFAULT {literal}")


def _dressed(cursor: object, until: float) -> bool:
    """Make the indexes again, one after the other; whether all are there."""
    cursor.execute("SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2")
    cursor.execute("SELECT n, make FROM bench_index ORDER BY n")
    for number, make in cursor.fetchall():
        if time.monotonic() > until:
            return False
        began = time.monotonic()
        cursor.execute(make)
        cursor.execute("DELETE FROM bench_index WHERE n = %s", [number])
        print(f"{make[:90]} … {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return True


def _sizes(cursor: object) -> None:
    for table in FILLED:
        if table != "cases_marks":
            serial = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT setval({serial}, greatest(1, max(id))) FROM {table}")
    cursor.execute("VACUUM ANALYZE")
    cursor.execute(
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' "
        "AND relname = ANY(%s) ORDER BY 2 DESC",
        [list(FILLED)],
    )
    for name, size in cursor.fetchall():
        print(f"{name}: {size / 1e9:.2f} GB", file=sys.stderr)
    cursor.execute("SELECT pg_relation_size('cases_marks_found')")
    print(f"index of marks: {cursor.fetchone()[0] / 1e9:.2f} GB", file=sys.stderr)


def _draw_tables(cursor: object, places: list, types: list, units: list) -> None:
    cursor.execute("CREATE UNLOGGED TABLE IF NOT EXISTS bench_place(n int PRIMARY KEY, code text, path text, lon float, lat float)")  # fmt: skip # noqa: E501
    cursor.execute("CREATE UNLOGGED TABLE IF NOT EXISTS bench_type(n int PRIMARY KEY, type bigint, priority int, promise interval)")  # fmt: skip # noqa: E501
    cursor.execute("CREATE UNLOGGED TABLE IF NOT EXISTS bench_unit(n int PRIMARY KEY, code text, path text)")  # fmt: skip # noqa: E501
    cursor.execute("TRUNCATE bench_place, bench_type, bench_unit")
    draw = random.Random(1)
    draw.shuffle(places)
    draw.shuffle(types)
    rows = [(n, *row[:4]) for n, row in enumerate(places)]
    cursor.executemany("INSERT INTO bench_place VALUES (%s, %s, %s, %s, %s)", rows)
    rows = [
        (n, pk, level, f"{[2, 8, 30, 50][level - 1]} days") for n, (pk, level) in enumerate(types)
    ]
    cursor.executemany("INSERT INTO bench_type VALUES (%s, %s, %s, %s)", rows)
    cursor.executemany(
        "INSERT INTO bench_unit VALUES (%s, %s, %s)", [(n, *row) for n, row in enumerate(units)]
    )
    cursor.execute("ANALYZE bench_place, bench_type, bench_unit")


def fill_sqlite(opened: int, closed: int, places: list, types: list, units: list) -> None:
    """The same city in a file: small enough to be written through the product's own tables."""
    from datetime import timedelta
    from uuid import uuid4

    from django.db import transaction
    from django.utils import timezone

    from gongbi.cases.models import Case, Deadline, Signal, Step, Task
    from gongbi.core.public import city

    if Case.objects.exists():
        return
    draw, now, code = random.Random(1), timezone.now(), city().code.upper()
    draw.shuffle(places)
    for first in range(1, opened + closed + 1, 5000):
        made: dict[type, list] = {Case: [], Signal: [], Deadline: [], Step: [], Task: []}
        for pk in range(first, min(first + 5000, opened + closed + 1)):
            over = pk <= closed
            place = places[int(len(places) * draw.random() ** 1.7)]
            kind, priority = types[int(len(types) * draw.random() ** 2)]
            unit, unit_path = draw.choice(units)
            state = "closed" if over else draw.choices(
                ("open", "in_hand", "waiting", "answered"), (15, 60, 10, 15))[0]  # fmt: skip
            at = now - timedelta(days=(730 if over else 45) * draw.random())
            then = at + timedelta(days=6 * draw.random())
            due = at + timedelta(days=[2, 8, 30, 50][priority - 1])
            running = state in ("open", "in_hand")
            made[Case].append(Case(
                id=pk, number=f"{code}-{pk:06d}", state=state, type_id=kind, priority=priority,
                source="hotline", place_id=place[0], place_path=place[1], lon=place[2],
                lat=place[3],
                unit_id=None if state == "open" else unit,
                unit_path="" if state == "open" else unit_path, suggested_unit_id=unit,
                opened_at=at, changed_at=then, closed_at=then if over else None,
                due_at=due if running else None, ended_as="solved" if over else "",
                reopened=int(draw.random() < 0.05)))  # fmt: skip
            made[Signal].append(Signal(
                case_id=pk, source="hotline", reference=f"F-{pk}", at=at, received_at=at,
                place_id=place[0], token_digest=uuid4().hex * 2, short_digest=uuid4().hex * 2,
                follow_until=now + timedelta(days=90)))  # fmt: skip
            for name in ("first_contact", "solve"):
                made[Deadline].append(Deadline(
                    case_id=pk, kind=name, promise="5 days", calendar="always", rule="type:b@1",
                    set_at=at, due_at=due, ended_at=None if running else then,
                    ended_as="" if running else "met"))  # fmt: skip
            for verb in ("open", "dispatch", "accept", "declare", "solved")[: 5 if over else 3]:
                made[Step].append(Step(case_id=pk, verb=verb, source="open", target="open",
                                       actor="system:bench", at=at, unit_id=unit))  # fmt: skip
            if state != "open":
                made[Task].append(Task(case_id=pk, unit_id=unit, unit_path=unit_path,
                                       state="done" if over else "accepted", offered_at=at,
                                       ended_at=then if over else None))  # fmt: skip
        with transaction.atomic():
            for model, rows in made.items():
                model.objects.bulk_create(rows, batch_size=500)


@lru_cache(maxsize=400_000)
def _run_marks(key: bytes, month: str, run: str) -> frozenset[int]:
    """The marks of a run of words: the same few runs come again and again."""
    from gongbi.kernel.cases.pieces import blind, pieces

    return frozenset(blind(key, month + piece) for piece in pieces(run))


@dataclass(frozen=True)
class Said:
    """What one reporter wrote: sealed as the product seals, with a key of its own, and marked."""

    signal: int
    owner: str
    key: bytes
    nonce: bytes
    cipher: bytes
    marks: list[int]


def _said(ring_key: bytes, name: str, signal: int, uuid: object, at: object) -> Said:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from gongbi.cases.search.marking import marks_of, month_of

    draw = random.Random(signal)
    matter = [f"{name}{draw.choice(WHAT)}", draw.choice(HOW)]
    last = f"{draw.randrange(1, 300)}号{draw.choice(WHAT)}"
    text = f"{','.join(matter)}。" * draw.choice((1, 1, 2)) + last
    month = month_of(at)
    marks = sorted(
        frozenset().union(*(_run_marks(ring_key, month, one) for one in [*matter, last]))
    )
    assert signal % 5000 or marks == marks_of([text], at), "marked otherwise than the product does"
    owner, key, nonce = f"signal:{uuid}", secrets.token_bytes(32), secrets.token_bytes(12)
    cipher = AESGCM(key).encrypt(nonce, text.encode(), owner.encode())
    return Said(signal, owner, key, nonce, cipher, marks)


# Closed cases were filled first, so the reports of open ones have the ids above them.
SPEAKING = (
    "SELECT id, uuid, place_id, received_at FROM cases_signal WHERE id > %s AND id <= %s "
    "AND words_id IS NULL AND (id %% 10 = 7 OR id > %s) ORDER BY id"
)
SPAN = 100_000


@contextmanager
def _spoken(cursor: object, closed: int, until: float) -> Iterator[Iterator[list[Said]]]:
    """What is still to be said, newest first, some at a time; their keys go into the keyring."""
    import sqlite3
    from uuid import UUID

    from django.conf import settings
    from django.utils.dateparse import parse_datetime
    from django.utils.timezone import make_aware

    from gongbi.cases.search.marking import _key
    from gongbi.core import keyring

    names = {code: name for code, _, _, _, name in drawn_from()[0]}
    secret = _key(str(settings.GONGBI_DATA))
    ring = sqlite3.connect(keyring.path(), isolation_level=None)
    ring.execute("PRAGMA synchronous=OFF")

    def some() -> Iterator[list[Said]]:
        from datetime import UTC

        cursor.execute("SELECT max(id) FROM cases_signal")
        for first in reversed(range(0, cursor.fetchone()[0], SPAN)):
            if time.monotonic() > until:
                return
            cursor.execute(SPEAKING, [first, first + SPAN, closed])
            made = []
            for pk, uuid, place, said_at in cursor.fetchall():
                at = said_at
                if isinstance(at, str):
                    at = make_aware(parse_datetime(at), UTC)
                made.append(_said(secret, names.get(place, ""), pk, UUID(str(uuid)), at))
            if not made:
                continue
            ring.execute("BEGIN")
            ring.executemany(
                "INSERT OR REPLACE INTO key VALUES (?, ?)", [(m.owner, m.key) for m in made]
            )
            ring.execute("COMMIT")
            yield made

    yield some()
    ring.close()


def words(cursor: object, closed: int, until: float) -> None:
    """Seal and mark what people wrote: of all open cases, and of every tenth of the others."""
    from django.db import transaction

    cursor.execute("SET enable_seqscan = off")  # nothing was analysed yet
    cursor.execute("SELECT coalesce(max(id), 0) FROM core_sealedtext")
    last, began = cursor.fetchone()[0], time.monotonic()
    with _spoken(cursor, closed, until) as spoken:
        for made in spoken:
            ids = range(last + 1, last + 1 + len(made))
            last = ids[-1]
            with transaction.atomic():
                raw = cursor.cursor  # psycopg's own, for COPY
                with raw.copy("COPY core_sealedtext (id, owner, nonce, cipher) FROM STDIN") as out:
                    for pk, one in zip(ids, made, strict=True):
                        out.write_row((pk, one.owner, one.nonce, one.cipher))
                with raw.copy("COPY cases_marks (signal_id, marks) FROM STDIN") as out:
                    for one in made:
                        out.write_row((one.signal, one.marks))
                cursor.execute(
                    "UPDATE cases_signal SET words_id = d.w FROM unnest(%s::bigint[], "
                    "%s::bigint[]) d(s, w) WHERE id = d.s",
                    [[one.signal for one in made], list(ids)],
                )
    print(f"{last:,} reports sealed and marked, {time.monotonic() - began:.0f} s", file=sys.stderr)
    cursor.execute("RESET enable_seqscan")


def words_sqlite(closed: int, until: float) -> None:
    """The same, in a file."""
    from django.db import connection, transaction

    from gongbi.cases.models import Marks, Signal
    from gongbi.core.models import SealedText

    with connection.cursor() as cursor, _spoken(cursor, closed, until) as spoken:
        for made in spoken:
            with transaction.atomic():
                rows = SealedText.objects.bulk_create(
                    SealedText(owner=one.owner, nonce=one.nonce, cipher=one.cipher) for one in made
                )
                Marks.objects.bulk_create(Marks(signal_id=m.signal, marks=m.marks) for m in made)
                pairs = [(row.pk, one.signal) for row, one in zip(rows, made, strict=True)]
                table = Signal._meta.db_table
                cursor.executemany(f"UPDATE {table} SET words_id = %s WHERE id = %s", pairs)


def sessions() -> None:
    """Sign the readers in; what there is to ask for."""
    from django.conf import settings
    from django.test import Client

    from gongbi.cases.models import Case, CaseType
    from gongbi.core.models import Person, Place

    settings.ALLOWED_HOSTS = ["*"]
    said: dict[str, object] = {"sessions": {}, "places": {}}
    for name in READERS:
        client, person = Client(), Person.objects.get(username=name)
        client.force_login(person, settings.AUTHENTICATION_BACKENDS[-1])
        path = person.posts.first().place.path
        said["sessions"][name] = client.cookies["sessionid"].value
        inside = list(Case.objects.filter(place_path__under=path).order_by("uuid")[:400].values_list("number", flat=True))  # fmt: skip # noqa: E501
        below = list(Place.objects.filter(path__startswith=path, kind__in=("subdistrict", "quarter")).values_list("code", "name_zh")[:200])  # fmt: skip # noqa: E501
        said["places"][name] = {"cases": inside, "below": below}
    said["types"] = list(CaseType.objects.filter(in_force=True).values_list("name_zh", flat=True))
    said["groups"] = sorted(set(CaseType.objects.values_list("group", flat=True)))
    print(json.dumps(said))


# --- outside: asking -------------------------------------------------------------------------


def drawn(draw: random.Random, found: dict) -> tuple[str, str, str, dict | None]:
    """(page, reader, address, form): what somebody asks for next."""
    who = draw.choices(list(READERS), (2, 4, 4))[0]
    there = found["places"][who]
    code, name = draw.choice(there["below"] or [("", "路")])
    page = draw.choices(
        ("worklist", "case", "search", "search in words", "map"), (35, 35, 12, 8, 10)
    )[0]
    if page == "worklist":
        state = draw.choice(("open", "in_hand", "live", "answered", "over"))
        more = draw.choice(("", f"&place={code}", "&overdue=1", "&today=1", "&reopened=1",
                            f"&group={draw.choice(found['groups'])}"))  # fmt: skip
        return page, who, f"/cases/?state={state}{more}", None
    if page == "case":
        return page, who, f"/cases/{draw.choice(there['cases'])}/", None
    if page == "map":
        return page, who, "/centre/map.json", None
    if page == "search":
        number = draw.choice(there["cases"]).split("-")[-1]
        sought = draw.choice((number, name, f"{name} {draw.choice(found['types'])}"))
        return page, who, "/search/", {"q": sought, "get": "1"}
    sought = draw.choice((draw.choice(WHAT), f"{name} {draw.choice(WHAT)}", draw.choice(HOW)))
    return page, who, "/search/", {"q": sought}


def ask(env: dict[str, str], seconds: float, rate: float) -> None:
    """Ten a second, whether or not the last has come; milliseconds from when it was due."""
    found = json.loads(inside(env, "sessions"))
    base = f"http://127.0.0.1:{env['GONGBI_PORT']}"
    web = subprocess.Popen([*PROGRAM, "run", "web"], env=env, stderr=subprocess.DEVNULL)
    took: dict[str, list[float]] = defaultdict(list)
    broken: list[str] = []
    try:
        _wait_for(base)
        form = {"x-csrftoken": "a" * 32, "origin": base}
        clients = {
            who: httpx.Client(
                base_url=base,
                cookies={"sessionid": token, "csrftoken": "a" * 32},
                headers=form,
                timeout=60,
                trust_env=False,
                limits=httpx.Limits(max_connections=200),
            )
            for who, token in found["sessions"].items()
        }

        def one(page: str, who: str, address: str, form: dict | None, due: float) -> None:
            try:
                if form and "get" in form:
                    answer = clients[who].get(address, params={"q": form["q"]})
                else:
                    client = clients[who]
                    answer = client.post(address, data=form) if form else client.get(address)
                if answer.status_code >= 400:
                    broken.append(f"{answer.status_code} {address}")
            except httpx.HTTPError as error:
                broken.append(f"{type(error).__name__} {address}")
            took[page].append(1000 * (time.monotonic() - due))

        draw = random.Random(7)
        for _ in range(30):  # warm
            one("warm", *drawn(draw, found)[1:], time.monotonic())
        took.clear()
        houses = {"web": web.pid, "database": int(env.get("POSTMASTER", 0))}
        before = {name: spent(pid) for name, pid in houses.items()}
        began, threads = time.monotonic(), []
        for number in range(int(seconds * rate)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            threads.append(threading.Thread(target=one, args=(*drawn(draw, found), due)))
            threads[-1].start()
        [thread.join() for thread in threads]
        worked = {name: spent(pid) - before[name] for name, pid in houses.items()}
    finally:
        web.terminate()
        web.wait(30)
    print(f"{'page':<18} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8} {'most ms':>8}")
    for page, times in sorted(took.items()):
        ranked = sorted(times)
        p95 = ranked[int(0.95 * len(ranked))]
        middle, worst = statistics.median(ranked), ranked[-1]
        print(f"{page:<18} {len(ranked):>6} {middle:>8.1f} {p95:>8.1f} {worst:>8.1f}")
    print(f"{len(broken)} did not answer {sorted(set(broken))[:5]}")
    asked = sum(map(len, took.values()))
    print("processor ms a page:", {name: round(1000 * s / asked) for name, s in worked.items()})
    print("load of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))


def spent(root: int) -> float:
    """Seconds of processor time of a process and of all below it."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = file.read_text().rpartition(")")[2].split()
            found[int(file.parent.name)] = int(words[1]), sum(map(int, words[11:15]))
    family = {root} if root else set()
    while below := {one for one, (above, _) in found.items() if above in family} - family:
        family |= below
    return sum(found[one][1] for one in family if one in found) / os.sysconf("SC_CLK_TCK")


def _wait_for(base: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx.get(f"{base}/healthz", trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit("The web did not come up.")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--sqlite", action="store_true")
    asked.add_argument("--fill", action="store_true")
    asked.add_argument("--ask", action="store_true")
    asked.add_argument("--open", type=int, default=1_000_000)
    asked.add_argument("--closed", type=int, default=10_000_000)
    asked.add_argument("--minutes", type=float, default=9)
    asked.add_argument("--words", type=float, default=600, help="minutes for words of reporters")
    asked.add_argument("--seconds", type=float, default=180)
    asked.add_argument("--rate", type=float, default=10)
    asked.add_argument("--inside", nargs="+")
    given = asked.parse_args()
    if given.inside:
        import django

        django.setup()
        task, *said = given.inside
        does = {"prepare": prepare, "fill": fill, "grown": grown, "sessions": sessions}
        does[task](*(float(one) if "." in one else int(one) for one in said))
        return
    if given.folder is None:
        print("Name a --folder; see the head of this file.")
        return
    with database(given.folder, given.sqlite, careless=given.fill and not given.ask) as env:
        if given.fill:
            inside(env, "prepare")
            minutes = float(given.minutes), float(given.words)
            inside(env, "fill", given.open, given.closed, *minutes)
        if given.ask:
            inside(env, "grown")
            ask(env, given.seconds, given.rate)


if __name__ == "__main__":
    main()

"""How fast reports are taken, and that none is lost: the real server on PostgreSQL, over HTTP.

Run: .venv/bin/python bench/intake.py [--single 30] [--bulk 30] [--storm 600]

Web and worker run as in a city (``gongbi run``), PostgreSQL with every commit on disk, all on the
machine's cores together with the senders. *Single*: one report a request over kept connections.
*Bulk*: newline JSON, 500 a request; *one* is how long a single report beside it waits. *Storm*:
after three calm weeks, twenty thousand in ten minutes, at their times and not as fast as can be,
three in four of them water in two districts; halfway, at the turn of the city's hour, the web is
killed (SIGKILL) and started again, senders repeat what they got no receipt for. Counted are
receipts, and signals in the database, which must be equal; and the parents that formed.
"""

import argparse
import json
import os
import random
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from own_postgres import running  # noqa: E402 - beside this file, not installed

PROGRAM = [sys.executable, "-m", "gongbi.config.cli"]
LINES = 500
MATTERS = (
    ("{where}门口路灯不亮,晚上很黑,已经三天了,请尽快修。", None),
    ("{where}水管漏水,水流到马路上,电话13812345678。", None),
    ("电梯困人了!{where}三号楼,里面有老人。", None),
    ("{where}垃圾没有人收,臭得很,夏天到了蚊子多。", None),
    ("There is a burst pipe at {where}, the street is under water.", None),
    ("占道经营,{where}每天早上六点就开始,噪音很大,睡不好。", "first"),
    ("{where}井盖破损,有小孩差点掉下去,请立刻处理!", "first"),
    ("不知道该找谁:{where}的事情一直没有人管。", None),
)
WATER = (
    ("burst-pipe", "{where}水管爆了,水一直往外喷,整条路都是水。"),
    ("no-water", "{where}突然停水了,整栋楼都没有水,什么时候来水?"),
    ("road-flood", "{where}积水很深,车都过不去了,水还在涨。"),
    (None, "{where}路面积水,下水道往外冒水,请快来。"),
)
CALM_DAYS, CALM_A_DAY = 21, 240
STRUCK = 0.75
SETUP = """
import json, sys
import django; django.setup()
from gongbi.cases.models import CaseType
from gongbi.core.models import Place
from gongbi.core.public import make_application_key
places = Place.objects.filter(kind="quarter").exclude(lon=None)
print(json.dumps({
    "key": make_application_key("bench", ["report"]),
    "places": list(places.values_list("code", "name_zh", "lon", "lat", "path")[:3000]),
    "types": list(CaseType.objects.filter(in_force=True).values_list("code", flat=True)),
}))
"""
COUNT = """
import django; django.setup()
from gongbi.cases.models import Case, Deadline, Marks, Signal, Step
from gongbi.core.models import JournalLine, SealedText
print(*(m.objects.count() for m in (Signal, Case, Deadline, Step, SealedText, Marks, JournalLine)))
"""
PARENTS = """
import django; django.setup()
from gongbi.cases.models import Burst, Case
print(Case.objects.filter(looked_at=None).count())
for one in Burst.objects.order_by("pk"):
    print(one.group, one.place_id, one.seen, round(one.expected, 1), one.children.count(), sep=";")
"""


@dataclass
class City:
    """The running city: its address, its key, and what can be named in it."""

    base: str
    env: dict[str, str]
    key: str
    places: list
    types: list
    web: "subprocess.Popen[bytes]"
    data: Path
    worker: "subprocess.Popen[bytes] | None" = None
    drawn: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Two districts, those with the most quarters, are struck by the storm."""
        districts: dict[str, list] = {}
        for row in self.places:
            districts.setdefault("/".join(row[4].split("/")[:3]), []).append(row)
        most = sorted(districts.values(), key=len)[-2:]
        self.struck = [row for rows in most for row in rows]

    def turn_clock(self, at: datetime) -> None:
        """The time of a city whose clock is played."""
        part = self.data / "clock.tmp"
        part.write_bytes(struct.pack("<q", int(at.timestamp() * 1e6)))
        part.replace(self.data / "clock")

    def report(self, *, storm: bool = False) -> dict:
        """A report nobody has sent yet."""
        with self.lock:
            self.drawn += 1
            number = self.drawn
        draw = random.Random(number)
        struck = storm and draw.random() < STRUCK
        code, name, lon, lat, _ = draw.choice(self.struck if struck else self.places)
        words, kind = draw.choice(MATTERS)
        if struck:
            kind, words = draw.choice(WATER)
        said = {
            "source": "hotline",
            "reference": f"B-{number}",
            "words": words.format(where=name),
            "language": "zh-hans",
            "contact": f"李{number % 97}女士 138{number:08d}",
        }
        if kind:
            said["type"] = draw.choice(self.types) if kind == "first" else kind
        if draw.random() < 0.6:
            said |= {"lon": lon + draw.gauss(0, 0.0005), "lat": lat + draw.gauss(0, 0.0005)}
        elif draw.random() < 0.5:
            said["place"] = code
        else:
            said["place_words"] = name
        return said

    def client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=60, trust_env=False)

    def asked(self, program: str) -> str:
        """What a few lines print inside the city's own code."""
        return subprocess.run(
            [sys.executable, "-c", program], env=self.env, capture_output=True, text=True,
            check=True,
        ).stdout  # fmt: skip

    def counts(self) -> list[int]:
        return [int(one) for one in self.asked(COUNT).split()]


def start(name: str, env: dict[str, str]) -> "subprocess.Popen[bytes]":
    with open(Path(env["GONGBI_DATA"]) / f"{name}.log", "ab") as log:
        return subprocess.Popen([*PROGRAM, "run", name], env=env, stdout=log, stderr=log)


def quietly(command: list[str], env: dict[str, str]) -> None:
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def wait_for(base: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx.get(f"{base}/healthz", trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit("The web did not come up.")


@contextmanager
def city(people: int, *, played: bool) -> Iterator[City]:
    """A drawn city of that many people, loaded and served; its worker is started by the caller."""
    with tempfile.TemporaryDirectory(prefix="gongbi-intake-") as scratch:
        home = Path(scratch)
        home.chmod(0o755)
        (home / "data").mkdir()
        with running(home / "pg") as database:
            port = 20000 + os.getpid() % 20000 + 1
            env = os.environ | {
                "GONGBI_DATA": str(home / "data"), "DATABASE_URL": database,
                "GONGBI_PORT": str(port), "GONGBI_PUBLIC_URL": f"http://127.0.0.1:{port}",
                "DJANGO_SETTINGS_MODULE": "gongbi.config.settings",
                "GONGBI_CLOCK": "played" if played else "live",
            }  # fmt: skip
            pack = str(home / "pack")
            few = ["--datastreams", "60"]
            quietly([*PROGRAM, "city", "new", pack, "--people", str(people), *few], env)
            quietly([*PROGRAM, "pack", "load", pack], env)
            said = subprocess.run(
                [sys.executable, "-c", SETUP], env=env, capture_output=True, text=True, check=True
            )
            found = json.loads(said.stdout)
            one = City(f"http://127.0.0.1:{port}", env, **found, web=start("web", env),
                       data=home / "data")  # fmt: skip
            try:
                wait_for(one.base)
                yield one
            finally:
                one.web.terminate()
                one.web.wait(30)


@contextmanager
def worker(one: City) -> Iterator[None]:
    """What runs by the clock."""
    one.worker = start("worker", one.env)
    try:
        yield
    finally:
        one.worker.terminate()
        one.worker.wait(60)


@dataclass(frozen=True)
class Spent:
    """Seconds of CPU so far, by who spent them."""

    web: float
    database: float
    worker: float
    senders: float

    def each(self, before: "Spent", many: int) -> str:
        """Milliseconds a report since ``before``, in words."""
        parts = (
            f"{name} {1000 * (getattr(self, name) - getattr(before, name)) / many:.2f}"
            for name in ("web", "database", "worker", "senders")
        )
        return "CPU ms each: " + ", ".join(parts)


def spent(one: City) -> Spent:
    """What the web, PostgreSQL, the worker and this program have spent."""
    keeper = int((one.data.parent / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    worker = one.worker.pid if one.worker else 0
    return Spent(_tree(one.web.pid), _tree(keeper), _tree(worker), time.process_time())


def _tree(pid: int) -> float:
    """Seconds of a process, of those it keeps, and of those it kept."""
    if not pid:
        return 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_cpu(int(one)) for one in (pid, *children))


def _cpu(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # it ended a moment ago and is in its parent's sum
        return 0.0
    return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")


def single(one: City, seconds: float, senders: int) -> None:
    """As fast as a few senders get receipts, one report a request."""
    took: list[float] = []
    before = spent(one)

    def send() -> None:
        with one.client() as client:
            while time.monotonic() < until:
                began = time.perf_counter()
                client.post("/api/reports", json=one.report()).raise_for_status()
                took.append(time.perf_counter() - began)

    until = time.monotonic() + seconds
    crew = [threading.Thread(target=send) for _ in range(senders)]
    [thread.start() for thread in crew]
    [thread.join() for thread in crew]
    after, ranked = spent(one), sorted(took)
    print(
        f"single, {senders} senders: {len(took) / seconds:.0f} reports/s, "
        f"median {1000 * statistics.median(took):.1f} ms, "
        f"p95 {1000 * ranked[int(0.95 * len(ranked))]:.1f} ms, "
        f"{after.each(before, len(took))}",
        flush=True,
    )


def bulk(one: City, seconds: float, *, beside: bool = False) -> None:
    """Newline JSON, 500 a request, one sender; ``beside`` it one report a second by another."""
    taken, waits = 0, [0.0]
    over = threading.Event()

    def other() -> None:
        with one.client() as client:
            while not over.wait(1.0):
                began = time.perf_counter()
                client.post("/api/reports", json=one.report()).raise_for_status()
                waits.append(1000 * (time.perf_counter() - began))

    aside = threading.Thread(target=other)
    if beside:
        aside.start()
    before, began = spent(one), time.monotonic()
    with one.client() as client:
        while time.monotonic() - began < seconds:
            said = post_lines(client, [one.report() for _ in range(LINES)])
            assert not said["refused"], said["refused"][:3]
            taken += said["stored"]
    lasted = time.monotonic() - began
    over.set()
    said = f"bulk: {taken / lasted:.0f} reports/s, {spent(one).each(before, taken)}"
    if beside:
        aside.join()
        ranked = sorted(waits[1:])
        said += (
            f"; one beside it each second waits {statistics.median(ranked):.0f} ms (median), "
            f"{ranked[-1]:.0f} ms (most)"
        )
    print(said, flush=True)


def post_lines(client: httpx.Client, rows: list[dict]) -> dict:
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    answer = client.post(
        "/api/reports", content=body.encode(), headers={"content-type": "application/x-ndjson"}
    )
    answer.raise_for_status()
    return answer.json()


def calm(one: City, until: datetime) -> None:
    """Three usual weeks before the storm, as the hotline's other system sends them."""
    draw, rows = random.Random(3), []
    for day in range(CALM_DAYS, 0, -1):
        for _ in range(CALM_A_DAY):
            at = until - timedelta(days=day) + timedelta(hours=min(23.0, draw.gauss(12, 5) % 24))
            rows.append(one.report() | {"at": at.isoformat()})
    with one.client() as client:
        for first in range(0, len(rows), LINES):
            said = post_lines(client, rows[first : first + LINES])
            assert not said["refused"], said["refused"][:3]
    print(f"{len(rows):,} reports of {CALM_DAYS} calm days", flush=True)


@contextmanager
def running_clock(one: City, begin: datetime) -> Iterator[None]:
    """The city's clock runs from ``begin`` at the pace of the wall."""
    over, started = threading.Event(), time.monotonic()

    def tick() -> None:
        while not over.wait(0.2):
            one.turn_clock(begin + timedelta(seconds=time.monotonic() - started))

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def parents(one: City) -> None:
    """Wait until every case was compared with its neighbours; what parents there are then."""
    began = time.monotonic()
    while True:
        left, *rows = one.asked(PARENTS).splitlines()
        if left == "0" or time.monotonic() - began > 600:
            break
        time.sleep(5)
    print(f"{left} cases not yet compared {time.monotonic() - began:.0f} s after the storm")
    for row in rows:
        group, place, seen, expected, children = row.split(";")
        print(f"parent: {group} in {place}, {seen} an hour for {expected}, {children} children")
    assert any(row.startswith("water;") for row in rows), "no parent formed"


def storm(one: City, seconds: float, reports: int) -> None:
    """At their times; the web dies halfway; every report gets its receipt in the end."""
    before = one.counts()[0]
    receipts: dict[str, str] = {}
    waits: list[float] = []
    again = [0]
    began = time.monotonic()
    places = iter(range(reports))

    def send() -> None:
        with one.client() as client:
            while True:
                with one.lock:
                    place = next(places, None)
                if place is None:
                    return
                row = one.report(storm=True)
                due = began + seconds * place / reports
                time.sleep(max(0.0, due - time.monotonic()))
                while True:
                    try:
                        answer = client.post("/api/reports", json=row)
                        answer.raise_for_status()
                        break
                    except httpx.HTTPError:
                        again[0] += 1
                        time.sleep(0.5)
                receipts[row["reference"]] = answer.json()["number"]
                waits.append(time.monotonic() - due)

    crew = [threading.Thread(target=send) for _ in range(8)]
    [thread.start() for thread in crew]
    time.sleep(seconds / 2)
    one.web.send_signal(signal.SIGKILL)
    one.web.wait()
    one.web = start("web", one.env)
    [thread.join() for thread in crew]
    lasted, stored = time.monotonic() - began, one.counts()[0] - before
    ranked = sorted(waits)
    middle, p95 = ranked[len(ranked) // 2], ranked[int(0.95 * len(ranked))]
    print(
        f"storm: {len(receipts)} receipts and {stored} signals of {reports} sent in "
        f"{lasted:.0f} s ({again[0]} sent again after SIGKILL), receipt after p50 {middle:.3f} s, "
        f"p95 {p95:.3f} s, most {ranked[-1]:.1f} s",
        flush=True,
    )
    assert len(receipts) == stored == reports == len(set(receipts.values())), "reports were lost"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=200_000)
    asked.add_argument("--single", type=float, default=30, help="seconds")
    asked.add_argument("--senders", type=int, default=4)
    asked.add_argument("--bulk", type=float, default=30, help="seconds")
    asked.add_argument("--storm", type=float, default=0, help="seconds; 600 is the claim")
    asked.add_argument("--reports", type=int, default=20_000, help="of the storm")
    given = asked.parse_args()
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with city(given.people, played=bool(given.storm)) as one:
        print(f"{len(one.places)} quarters, {len(one.types)} types", flush=True)
        begin = hour - timedelta(seconds=given.storm / 2)
        if given.storm:
            one.turn_clock(begin)
            calm(one, begin)
        with one.client() as client:
            post_lines(client, [one.report() for _ in range(50)])
        with worker(one):
            if given.single:
                single(one, given.single, 1)
                single(one, given.single, given.senders)
            if given.bulk:
                bulk(one, given.bulk)
                bulk(one, given.bulk / 2, beside=True)
            if given.storm:
                with running_clock(one, begin):
                    storm(one, given.storm, given.reports)
                    parents(one)
        names = ("signals", "cases", "promises", "steps", "sealed", "marks", "lines")
        print(", ".join(f"{n:,} {name}" for n, name in zip(one.counts(), names, strict=True)))


if __name__ == "__main__":
    main()

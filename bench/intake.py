"""How fast reports are taken, and that none is lost: the real server on PostgreSQL, over HTTP.

Run: .venv/bin/python bench/intake.py [--single 30] [--bulk 30] [--storm 600]

Web and worker run as in a city (``gongbi run``), PostgreSQL with every commit on disk, all on the
machine's cores together with the senders. *Single*: one report a request over kept connections.
*Bulk*: newline JSON, 500 a request. *Storm*: twenty thousand in ten minutes, at their times and
not as fast as can be; halfway the web is killed (SIGKILL) and started again, senders repeat what
they got no receipt for. Counted are receipts, and signals in the database; they must be equal.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
SETUP = """
import json, sys
import django; django.setup()
from gongbi.cases.models import CaseType
from gongbi.core.models import Place
from gongbi.core.public import make_application_key
places = Place.objects.filter(kind="quarter").exclude(lon=None)
print(json.dumps({
    "key": make_application_key("bench", ["report"]),
    "places": list(places.values_list("code", "name_zh", "lon", "lat")[:3000]),
    "types": list(CaseType.objects.filter(in_force=True).values_list("code", flat=True)),
}))
"""
COUNT = """
import django; django.setup()
from gongbi.cases.models import Case, Deadline, Marks, Signal, Step
from gongbi.core.models import JournalLine, SealedText
print(*(m.objects.count() for m in (Signal, Case, Deadline, Step, SealedText, Marks, JournalLine)))
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
    drawn: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self) -> dict:
        """A report nobody has sent yet."""
        with self.lock:
            self.drawn += 1
            number = self.drawn
        draw = random.Random(number)
        code, name, lon, lat = draw.choice(self.places)
        words, kind = draw.choice(MATTERS)
        said = {
            "source": "hotline",
            "reference": f"B-{number}",
            "words": words.format(where=name),
            "language": "zh-hans",
            "contact": f"李{number % 97}女士 138{number:08d}",
        }
        if kind:
            said["type"] = draw.choice(self.types)
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

    def counts(self) -> list[int]:
        done = subprocess.run(
            [sys.executable, "-c", COUNT], env=self.env, capture_output=True, text=True, check=True
        )
        return [int(one) for one in done.stdout.split()]


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
def city(people: int) -> Iterator[City]:
    """A drawn city of that many people, loaded and served."""
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
            }  # fmt: skip
            pack = str(home / "pack")
            few = ["--datastreams", "60"]
            quietly([*PROGRAM, "city", "new", pack, "--people", str(people), *few], env)
            quietly([*PROGRAM, "pack", "load", pack], env)
            said = subprocess.run(
                [sys.executable, "-c", SETUP], env=env, capture_output=True, text=True, check=True
            )
            found = json.loads(said.stdout)
            web, worker = start("web", env), start("worker", env)
            one = City(f"http://127.0.0.1:{port}", env, **found, web=web)
            try:
                wait_for(one.base)
                yield one
            finally:
                for process in (one.web, worker):
                    process.terminate()
                    process.wait(30)


def cpu(process: "subprocess.Popen[bytes]") -> float:
    words = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def single(one: City, seconds: float, senders: int) -> None:
    """As fast as a few senders get receipts, one report a request."""
    took: list[float] = []
    spent = cpu(one.web)

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
    spent = cpu(one.web) - spent
    ranked = sorted(took)
    print(
        f"single, {senders} senders: {len(took) / seconds:.0f} reports/s, "
        f"median {1000 * statistics.median(took):.1f} ms, "
        f"p95 {1000 * ranked[int(0.95 * len(ranked))]:.1f} ms, "
        f"{1000 * spent / len(took):.1f} ms of the web's CPU each",
        flush=True,
    )


def bulk(one: City, seconds: float) -> None:
    """Newline JSON, 500 a request, one sender."""
    taken, spent, began = 0, cpu(one.web), time.monotonic()
    with one.client() as client:
        while time.monotonic() - began < seconds:
            said = post_lines(client, [one.report() for _ in range(LINES)])
            assert not said["refused"], said["refused"][:3]
            taken += said["stored"]
    lasted = time.monotonic() - began
    each = 1000 * (cpu(one.web) - spent) / taken
    print(f"bulk: {taken / lasted:.0f} reports/s, {each:.2f} ms of the web's CPU each", flush=True)


def post_lines(client: httpx.Client, rows: list[dict]) -> dict:
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    answer = client.post(
        "/api/reports", content=body.encode(), headers={"content-type": "application/x-ndjson"}
    )
    answer.raise_for_status()
    return answer.json()


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
                row = one.report()
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
    with city(given.people) as one:
        print(f"{len(one.places)} quarters, {len(one.types)} types", flush=True)
        with one.client() as client:
            post_lines(client, [one.report() for _ in range(50)])
        if given.single:
            single(one, given.single, 1)
            single(one, given.single, given.senders)
        if given.bulk:
            bulk(one, given.bulk)
        if given.storm:
            storm(one, given.storm, given.reports)
        names = ("signals", "cases", "promises", "steps", "sealed", "marks", "lines")
        print(", ".join(f"{n:,} {name}" for n, name in zip(one.counts(), names, strict=True)))


if __name__ == "__main__":
    main()

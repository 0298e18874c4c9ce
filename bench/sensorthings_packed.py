"""SensorThings over a pack of a million datastreams: load, pages, filters, counts.

    python bench/sensorthings_packed.py [--people 1000000] [--datastreams 1000000] [--times 30]

A drawn city's places and datastreams are loaded (SQLite); each question is asked through the
door's own answering, in one process, without HTTP. Milliseconds: median and 95th
percentile.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote


def main() -> None:
    """Draw, load, ask, print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=1_000_000)
    words.add_argument("--datastreams", type=int, default=1_000_000)
    words.add_argument("--times", type=int, default=30)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"GONGBI_DATA": folder, "GONGBI_SENSORTHINGS": "open",
                       "DJANGO_SETTINGS_MODULE": "gongbi.config.settings"}  # fmt: skip
        count = set_up(Path(folder), given)
        print("| question | median ms | p95 ms | answer |\n|---|---:|---:|---|")
        for name, path, said in questions(count):
            show(name, path, said, given.times)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"most memory of the process: {most} MiB")


def set_up(data: Path, given: argparse.Namespace) -> int:
    """Draw and load; how many datastreams there are."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from gongbi.core import pack as core
    from gongbi.generator.public import draw_city
    from gongbi.things import pack

    call_command("migrate", verbosity=0)
    city = draw_city(data / "pack", people=given.people, seed=7, datastreams=given.datastreams)
    with transaction.atomic():
        core.load(data / "pack", 1)
    begun, cpu = time.perf_counter(), time.process_time()
    with transaction.atomic():
        pack.load(data / "pack", 1)
    size = sum(path.stat().st_size for path in (data / "things").iterdir())
    print(f"{city}\nloaded into things in {time.perf_counter() - begun:.1f} s "
          f"({time.process_time() - cpu:.1f} CPU s), {size / 1e6:.1f} MB")  # fmt: skip
    return int(city.datastreams)


def questions(count: int) -> list[tuple[str, str, dict[str, str]]]:
    """Name, path and options of each."""
    from gongbi.things.packed_file import FIRST_ID, in_force

    packed = in_force()
    assert packed is not None
    middle = count // 2
    name = packed.ask(f"SELECT name FROM pack WHERE id = {middle}")[0][0]
    point = packed.ask(f"SELECT lon, lat FROM pack WHERE id = {middle}")[0]
    near = f"geo.distance(observedArea, geography'POINT ({point[0]} {point[1]})') lt 0.002"
    return [
        ("first page of 100", "Datastreams", {}),
        ("page of 100 in the middle", "Datastreams", {"skip": str(middle)}),
        ("last page", "Datastreams", {"skip": str(count - 100)}),
        ("one by its id", f"Datastreams({FIRST_ID + middle})", {}),
        ("one by its name", "Datastreams", {"filter": f"name eq '{name}'"}),
        ("names that begin so, with their count", "Datastreams",
         {"filter": f"startswith(name, '{name[:-1]}')", "count": "true"}),
        ("ids between two", "Datastreams",
         {"filter": f"id gt {FIRST_ID + middle} and id le {FIRST_ID + middle + 10}"}),
        ("of one property, counted", "Datastreams",
         {"filter": "ObservedProperty/name eq 'noise'", "count": "true", "top": "10"}),
        ("within 0.002 degrees of a point", "Datastreams", {"filter": near}),
        ("how many", "Datastreams/$count", {}),
        ("page with things, places and newest rows", "Datastreams",
         {"expand": "Thing($expand=Locations),ObservedProperty,Observations", "top": "100"}),
        ("first page of things", "Things", {"top": "100", "count": "true"}),
    ]  # fmt: skip


def show(name: str, path: str, said: dict[str, str], times: int) -> None:
    """Ask so many times and print a line."""
    spent, reply = list[float](), ask(path, said)
    if reply.status != 200:
        raise SystemExit(reply.packed().decode())
    for _ in range(times):
        begun = time.perf_counter()
        reply = ask(path, said)
        spent.append(1000 * (time.perf_counter() - begun))
    body = reply.body
    told = f"{len(body.get('value', [1]))} entities" if isinstance(body, dict) else body.decode()
    if isinstance(body, dict) and "@iot.count" in body:
        told += f" of {body['@iot.count']:,}"
    print(f"| {name} | {median(spent):.1f} | {quantiles(spent, n=20)[18]:.1f} | {told} |")


def ask(path: str, said: dict[str, str]) -> Any:
    """One GET."""
    from gongbi.things.answering import answer
    from gongbi.things.requests import Request

    query = "&".join(f"${name}={quote(value)}" for name, value in said.items())
    return answer(Request("GET", f"/sensorthings/v1.1/{path}", query, {}, b""))


if __name__ == "__main__":
    sys.exit(main())

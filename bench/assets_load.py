"""Rows a second into the register of assets: new, the same again, all changed; and the nearest.

Run: .venv/bin/python bench/assets_load.py [ROWS]    (SQLite; DATABASE_URL for another)
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 200_000
ASKED = 300


def draw(path: Path, rows: int, owner: str) -> None:
    """Lamps over a square of 20 km, 300,000 to the size of a very large city."""
    rng = np.random.default_rng(1)
    lon, lat = 122.8 + 0.2 * rng.random(rows), 30.1 + 0.2 * rng.random(rows)
    with path.open("w", encoding="utf-8") as file:
        file.write("kind,code,lon,lat,owner,place\n")
        for n in range(rows):
            file.write(f"lamp,{n % 90}-{n:06},{lon[n]:.6f},{lat[n]:.6f},{owner},xx\n")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="gongbi-bench-") as data:
        os.environ["GONGBI_DATA"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongbi.config.settings")
        _measure(Path(data), rows)


def _measure(data: Path, rows: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from gongbi.core.assets.loading import load_assets
    from gongbi.core.models import AssetKind, Place, Unit
    from gongbi.core.public import assets_near

    call_command("migrate", verbosity=0)
    Place.objects.create(code="xx", kind="city", name_en="X", name_zh="X", path="/xx/")
    for code in ("roads", "power"):
        Unit.objects.create(code=code, kind="roads", name_en=code, path="/r/", place_id="xx")
    AssetKind.objects.create(code="lamp", name_en="Street lamp", name_zh="路灯")
    for name, owner in (("new", "roads"), ("the same", "roads"), ("all changed", "power")):
        draw(data / "assets.csv", rows, owner)
        began = time.perf_counter()
        found = load_assets(data / "assets.csv", by="bench", whole=True)
        took = time.perf_counter() - began
        print(f"{name}: {rows:,} rows in {took:.1f} s, {rows / took:,.0f} rows/s ({found})")
    rng, took_each = np.random.default_rng(2), []
    for _ in range(ASKED):
        lon, lat = 122.8 + 0.2 * rng.random(), 30.1 + 0.2 * rng.random()
        began = time.perf_counter()
        assets_near(lon, lat, ["lamp"])
        took_each.append(1000 * (time.perf_counter() - began))
    print(f"nearest of {rows:,}: median {statistics.median(took_each):.2f} ms of {ASKED}")


if __name__ == "__main__":
    main()

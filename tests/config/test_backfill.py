"""``gongbi backfill FILE``: every format, bad rows named, twice stored once, history corrected."""

import csv
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.config.conftest import Installation
from tests.config.test_up import wait_for

BEGIN = datetime(2026, 2, 2, tzinfo=UTC)
NOW = datetime(2026, 3, 5, tzinfo=UTC)


def rows(day: int, count: int = 200) -> list[tuple[int, str, float]]:
    moments = (BEGIN + timedelta(days=day, minutes=n) for n in range(count))
    return [(1, moment.isoformat(), 0.3 + n / 10_000) for n, moment in enumerate(moments)]


def write_csv(path: Path, said: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("datastream", "time", "value"), *said])


def tick(town: Installation, moment: datetime) -> None:
    keys = json.loads((town.data / "demo_keys.json").read_text("utf-8"))
    answer = httpx.post(
        f"http://127.0.0.1:{town.port + 1}/ingest/tick",
        json={"time": round(moment.timestamp() * 1000)},
        headers={"Authorization": f"Bearer {keys['ingest']}"},
    )
    assert answer.status_code == 200, answer.text


def mean_of_day(town: Installation, day: int) -> tuple[int, float]:
    """(rows, mean) that history has of datastream 1's own indicator on a day."""
    said = town.python(
        "from datetime import datetime, timedelta, UTC\n"
        "import json\n"
        "from django.conf import settings\n"
        "from gongbi.stream import public as stream\n"
        "from gongbi.vitals.models import Series\n"
        "one = next(s for s in Series.objects.filter(indicator='water-pressure',"
        " place_kind='quarter') if 1 in memoryview(bytes(s.members)).cast('q').tolist())\n"
        f"since = datetime.fromisoformat('{(BEGIN + timedelta(days=day)).isoformat()}')\n"
        "rows = stream.history(settings.GONGBI_DATA, series=[one.pk], step='span', since=since,"
        " until=since + timedelta(days=1)).to_pylist()\n"
        "print(json.dumps([rows[0]['count'], rows[0]['mean']] if rows else [0, 0]))"
    )
    count, mean = json.loads(said)
    return count, mean


@pytest.fixture(scope="module")
def played(lasting_town: Installation) -> Installation:
    """A town whose clock stands at the fifth of March; each test here has days of its own."""
    assert wait_for(
        lambda: httpx.get(f"http://127.0.0.1:{lasting_town.port + 1}/healthz").is_success
    )
    tick(lasting_town, NOW)
    return lasting_town


def test_a_folder_of_every_format_becomes_history(played: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    (folder / "deeper").mkdir(parents=True)
    write_csv(folder / "one.csv", rows(0))
    lines = "\n".join(json.dumps({"datastream": d, "time": t, "value": v}) for d, t, v in rows(1))
    (folder / "two.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    ids, times, values = zip(*rows(2), strict=True)
    table = pa.table(
        {"datastream": ids, "time": [datetime.fromisoformat(t) for t in times], "value": values}
    )
    pq.write_table(table, folder / "deeper" / "three.parquet")
    with pa.ipc.new_stream(str(folder / "four.arrows"), table.schema) as writer:
        later = [datetime.fromisoformat(t) + timedelta(days=1) for t in times]
        writer.write_table(table.set_column(1, "time", pa.array(later)))
    (folder / "notes.txt").write_text("not a row")

    done = played.run("backfill", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 files, 800 rows read = 800 stored + 0 known already + 0 refused" in done.stdout
    for day in range(4):
        count, mean = mean_of_day(played, day)
        assert (count, round(mean, 5)) == (200, 0.30995), day

    again = played.run("backfill", str(folder))
    assert again.returncode == 0, again.stdout + again.stderr
    assert "800 rows read = 0 stored + 800 known already + 0 refused" in again.stdout
    assert " 0 readings corrected" in again.stdout
    assert mean_of_day(played, 0)[0] == 200


def test_bad_rows_are_named_and_the_others_go_on(played: Installation, tmp_path: Path) -> None:
    good = rows(10, 3)
    write_csv(
        tmp_path / "bad.csv",
        [good[0], (1, "yesterday", 1.0), good[1], (999_999, good[2][1], 1.0), good[2]],
    )
    done = played.run("backfill", str(tmp_path / "bad.csv"), "--refused", str(tmp_path / "no.csv"))
    assert done.returncode == 1
    assert "5 rows read = 3 stored + 0 known already + 2 refused" in done.stdout
    with (tmp_path / "no.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert [(one["file"], one["line"]) for one in told] == [("bad.csv", "3"), ("bad.csv", "5")]
    assert "yesterday" in told[0]["reason"]
    assert mean_of_day(played, 10)[0] == 3
    shown = played.run("backfill", str(tmp_path / "bad.csv"))
    assert "bad.csv:3" in shown.stdout


def test_a_file_that_is_none_is_said_and_the_others_are_taken(
    played: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "a.parquet").write_bytes(b"no parquet at all")
    write_csv(folder / "b.csv", rows(20, 2))
    (folder / "c.csv").write_text("when,what\n1,2\n")
    done = played.run("backfill", str(folder))
    assert done.returncode == 1
    assert "3 files, 2 rows read = 2 stored" in done.stdout
    assert "a.parquet cannot be read" in done.stdout
    assert (
        "c.csv: from line 1 on nothing was taken: The first line lacks datastream" in done.stdout
    )


def test_nothing_to_read_and_nobody_there_are_said(town: Installation, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    done = town.run("backfill", str(tmp_path / "old"))
    assert done.returncode == 1
    assert "holds no file that ends in .csv" in done.stderr
    write_csv(tmp_path / "old" / "one.csv", rows(0, 1))
    done = town.run("backfill", str(tmp_path / "old"))
    assert done.returncode == 1
    assert "nobody listens there" in done.stderr
    assert "Start the city (gongbi up)" in done.stderr

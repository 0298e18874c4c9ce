"""What vitals reads from a pack: every fault with its line, and what a changed pack changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.vitals.conftest import FILES, STREAMS, stream_table
from tests.vitals.walking import read

from gongbi.core import packs
from gongbi.stream.plans import load_plan, newest_plan
from gongbi.vitals.models import Alert, Indicator, Series

RULE = {
    "code": '"wet"', "name_en": '"Wet road"', "class": '"water"', "property": '"water_pressure"',
    "unit": '"MPa"', "aggregate": '"max"', "window_minutes": "5", "places": '["quarter"]',
    "notice": "1", "warning": "2", "alarm": "3",
}  # fmt: skip


def faults_of(folder: Path, **changes: str | None) -> list[str]:
    """Faults of the pack with one more indicator, changed; None takes a key away."""
    said = {key: value for key, value in (RULE | changes).items() if value is not None}
    text = FILES["indicators.toml"] + "\n[[indicator]]\n"
    text += "".join(f"{key} = {value}\n" for key, value in said.items())
    (folder / "indicators.toml").write_text(text, "utf-8")
    return [str(fault) for fault in packs.check_pack(folder)]


def line_of(folder: Path, words: str) -> int:
    """The last line that begins with these words."""
    lines = (folder / "indicators.toml").read_text("utf-8").splitlines()
    return max(number for number, line in enumerate(lines, 1) if line.startswith(words))


def test_a_good_indicator_has_no_fault(db: None, pack_folder: Path) -> None:
    assert faults_of(pack_folder) == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("code", '"Wet Road"', "may hold a-z, 0-9 and '-'"),
        ("code", '"pressure"', "'pressure' stands here twice"),
        ("name_en", None, "has no name"),
        ("name_en", f'"{"x" * 121}"', "more than 120 characters"),
        ("property", None, "lacks 'property'"),
        ("property", '"tide"', "No datastream has the property 'tide'"),
        ("unit", '"bar"', "in bar, but its datastreams measure in MPa"),
        ("aggregate", '"median"', "'median' is none of sum, mean"),
        ("window_minutes", "0", "lacks 'window_minutes'"),
        ("window_minutes", "0.001", "one second at least"),
        ("window_minutes", '"5"', "must be a number"),
        ("lateness_minutes", "-1", "must be a number, 0 or more"),
        ("lateness_minutes", "9000", "more than 500 windows"),
        ("places", '["street"]', "'street' is no kind of place"),
        ("direction", '"sideways"', "neither above nor below"),
        ("notice", "7", "must rise from notice to alarm"),
        ("notice", '"much"', "is not a number"),
        ("notice", "nan", "is not a number"),
        ("clear_margin", "-1", "must be a number, 0 or more"),
        ("min_windows", "0", "a whole number, 1 or more"),
        ("missing_windows", "1.5", "a whole number, 0 or more"),
        ("usual_notice", "-1", "must be a number above 0"),
        ("usual_notice", "4", "Add least_deviation"),
        ("least_deviation", '"some"', "must be a number"),
        ("novel_notice", "0", "the surprise that reaches it"),
        ("novel_notice", "4", "Add novel_least"),
        ("novel_notice", "4\nnovel_warning = 3", "must rise in this order"),
        ("novel_margin", "4\nnovel_notice = 4\nnovel_least = 1", "less than 4"),
        ("novel_side", '"left"\nnovel_notice = 4\nnovel_least = 1', "'left' is none of both"),
        ("least_days", "2", "a whole number, 3 or more"),
        ("case_type", '"flood"', "There is no case type 'flood'"),
        ("case_from_level", "4", "Levels are 1, 2 and 3"),
        ("case_group", '"street"', "'street' is no kind of place"),
        ("colour", '"red"', "'colour' is no key of an indicator"),
    ],
)
def test_a_fault_is_named_with_its_line(
    db: None, pack_folder: Path, key: str, value: str | None, words: str
) -> None:
    found = [one for one in faults_of(pack_folder, **{key: value}) if words in one]
    assert found, faults_of(pack_folder, **{key: value})
    line = line_of(pack_folder, f"{key} =" if value else "[[indicator]]")
    assert any(one.startswith(f"indicators.toml:{line}:") for one in found), found


def test_a_window_shorter_than_the_step_is_not_called_silence(db: None, pack_folder: Path) -> None:
    found = faults_of(pack_folder, window_minutes="0.5", missing_windows="1")
    line = line_of(pack_folder, "missing_windows =")
    assert found[0].startswith(f"indicators.toml:{line}: 1 windows of 0.5 minutes are less than")
    assert "called silent while it speaks on time" in found[0]
    assert faults_of(pack_folder, window_minutes="0.5", missing_windows="2") == []
    assert faults_of(pack_folder, window_minutes="0.5", missing_windows="0") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[indicator]\ncode = 1", "indicators.toml:1:"),
        ("indicator = 3", "Each indicator begins with a line [[indicator]]"),
        ("indicator = [3]", "Each indicator begins with a line [[indicator]]"),
    ],
)
def test_a_file_that_is_no_list_of_indicators(
    db: None, pack_folder: Path, text: str, words: str
) -> None:
    (pack_folder / "indicators.toml").write_text(text, "utf-8")
    assert any(words in str(fault) for fault in packs.check_pack(pack_folder))


def table_with(**changes: Any) -> pa.Table:
    """datastreams.parquet with its second row changed."""
    rows = stream_table().to_pylist()
    rows[1] |= changes
    return pa.Table.from_pylist(rows, schema=stream_table().schema)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": 0}, "The id 0 must be 1 or more"),
        ({"id": 1}, "The id 1 stands in row 1 already"),
        ({"id": None}, "The id None must be 1 or more"),
        ({"name": None}, "has no name"),
        ({"name": "urn:xx:water_pressure:1"}, "stands in row 1 already"),
        ({"property": None}, "has no property or no unit"),
        ({"unit": None}, "has no property or no unit"),
        ({"unit": "bar"}, "measures water_pressure in bar, others in MPa"),
        ({"place": "xx-nowhere"}, "'xx-nowhere' is no place of this pack"),
        ({"step_seconds": 0}, "step_seconds 0 must be 1 or more"),
    ],
)
def test_a_bad_datastream_is_named_by_its_row(
    db: None, pack_folder: Path, changes: dict[str, Any], words: str
) -> None:
    pq.write_table(table_with(**changes), pack_folder / "datastreams.parquet")
    found = [str(fault) for fault in packs.check_pack(pack_folder)]
    hits = [one for one in found if words in one]
    assert hits, found
    assert hits[0].startswith("datastreams.parquet:2:")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b"PAR1 half a file"), "cannot be taken"),
        (lambda path: pq.write_table(stream_table().drop(["place", "unit"]), path),
         "lacks the column unit, place"),
        (lambda path: pq.write_table(
            stream_table().set_column(0, "id", pa.array(["a"] * len(STREAMS))), path
         ), "cannot be taken"),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_fault(
    db: None, pack_folder: Path, make: Callable[[Path], Any], words: str
) -> None:
    make(pack_folder / "datastreams.parquet")
    found = [
        str(one) for one in packs.check_pack(pack_folder) if "datastreams.parquet" in str(one)
    ]
    assert len(found) == 1
    assert words in found[0]


def test_many_faults_of_a_file_are_counted(db: None, pack_folder: Path) -> None:
    bad = stream_table({key: ("water_pressure", "MPa", "nowhere") for key in range(1, 200)})
    pq.write_table(bad, pack_folder / "datastreams.parquet")
    found = [str(fault) for fault in packs.check_pack(pack_folder)]
    assert any("And 149 faults more." in one for one in found)
    assert len(found) < 60


def test_a_refused_pack_changes_nothing(small_city: Any, pack_folder: Path) -> None:
    before = list(Series.objects.order_by("pk").values_list())
    plan = newest_plan(small_city.data)
    assert faults_of(pack_folder, direction='"sideways"')
    with pytest.raises(packs.PackRefused):
        packs.load_pack(pack_folder, by="test")
    assert list(Series.objects.order_by("pk").values_list()) == before
    assert newest_plan(small_city.data) == plan


def test_series_and_plan_of_a_pack(small_city: Any) -> None:
    rows = Series.objects.values_list("indicator", "place", "datastreams").order_by("pk")
    assert set(rows) == {
        ("pressure", "xx-e-1-a", 1), ("pressure", "xx-e-1-b", 1), ("pressure", "xx-w-1-a", 1),
        ("lifts", "xx-e-1-a", 1), ("lifts", "xx-e-1-b", 1),
        ("supply", "xx-e", 2), ("supply", "xx-w", 1), ("supply", "xx", 3),
    }  # fmt: skip
    plan = load_plan(small_city.data, newest_plan(small_city.data))
    members = {(row["datastream"], row["series"]) for row in plan.members.to_pylist()}
    city = Series.objects.get(indicator="supply", place="xx").pk
    assert {stream for stream, series in members if series == city} == {1, 2, 3}
    assert plan.series.num_rows == 8


def test_a_changed_pack_keeps_history_and_names(burst: Any, pack_folder: Path, signed_in: Any):
    """New limits, a sign less, a place without its sensor: what was stays to be read."""
    ids = dict(Series.objects.values_list("pk", "in_force"))
    text = FILES["indicators.toml"].replace("alarm = 0.14", "alarm = 0.10")
    text = text[: text.index('[[indicator]]\ncode = "supply"')]
    (pack_folder / "indicators.toml").write_text(text, "utf-8")
    fewer = {key: said for key, said in STREAMS.items() if key != 2}
    pq.write_table(stream_table(fewer), pack_folder / "datastreams.parquet")
    packs.load_pack(pack_folder, by="test")
    burst.put_plan_in_force()
    burst.play(4, (1, 3.5, 0.12))
    assert set(Series.objects.values_list("pk", flat=True)) == set(ids)
    assert Indicator.objects.get(pk="pressure").alarm == 0.10
    assert not Indicator.objects.get(pk="supply").in_force
    gone = Alert.objects.get(series__place="xx-e-1-b")
    assert gone.end_reason == "plan"
    browser = signed_in("officer")
    said = read(browser, "/vitals/pressure/xx-e-1-b/")
    assert "No datastream counts here" in said
    assert "what is shown is history" in said
    assert "the city pack no longer has this sign here" in read(browser, f"/alerts/{gone.pk}/")
    assert "Pressure of the district" not in read(browser, "/vitals/")
    assert "2 places" in read(browser, "/vitals/")


def test_a_pack_without_sensors_takes_all_out_of_force(burst: Any, pack_folder: Path, signed_in):
    for name in ("indicators.toml", "datastreams.parquet"):
        (pack_folder / name).unlink()
    packs.load_pack(pack_folder, by="test")
    burst.put_plan_in_force()
    burst.play(4)
    assert not Series.objects.filter(in_force=True).exists()
    assert "No indicator reads anything here" in read(signed_in("officer"), "/vitals/")
    assert "No alert" in read(signed_in("officer"), "/alerts/")


RETENTION = "\n[retention]\nraw_days = 400\nhourly_months = 60\nlog_days = 90\n"


def test_how_long_readings_are_kept_is_said_by_the_pack(pack_folder, small_city):
    from gongbi.core.public import load_pack
    from gongbi.stream.retain import read_retention

    assert read_retention(small_city.data).raw_days is None, "for ever where nothing is said"
    city = pack_folder / "city.toml"
    more = RETENTION + "[retention.raw_days_of]\npressure = 30\n"
    city.write_text(city.read_text("utf-8") + more, "utf-8")
    load_pack(pack_folder, by="test")
    kept = read_retention(small_city.data)
    assert (kept.zone, kept.raw_days, kept.hourly_months) == ("Asia/Shanghai", 400, 60)
    assert (kept.log_days, kept.raw_days_of) == (90, {"pressure": 30})


@pytest.mark.parametrize(
    "said, line, why",
    [
        ("[retention]\nraw_days = 0\n", 8, "raw_days must be a whole number, 2 or more"),
        ("[retention]\nlog_days = 1.5\n", 8, "log_days must be a whole number"),
        ("[retention]\nweeks = 3\n", 8, "'weeks' is no key of [retention]"),
        ("[retention.raw_days_of]\nghosts = 3\n", 8, "no indicator 'ghosts'"),
        ("[retention.raw_days_of]\npressure = true\n", 8, "Days of pressure must be"),
    ],
)
def test_faults_of_retention_are_named(said, line, why, pack_folder, db):
    from gongbi.core.public import check_pack

    city = pack_folder / "city.toml"
    city.write_text(city.read_text("utf-8") + said, "utf-8")
    faults = [one for one in check_pack(pack_folder) if one.file == "city.toml"]
    assert [(one.line) for one in faults] == [line]
    assert why in faults[0].reason

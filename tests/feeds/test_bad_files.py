"""Files as they should not be: each a sentence that says what, where, and what to do."""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from gongbi.feeds import public as feeds

Read = Callable[..., list[feeds.Outcome]]
HEAD = "number,at,what\n"
ROW = "{},2016-02-06T03:57:00,{}\n"
XLSX, JSONL = feeds.FileRule("xlsx"), feeds.FileRule("jsonl")


def whole(outcomes: list[feeds.Outcome]) -> feeds.Refused:
    """The one refusal, of the whole file, with something to do."""
    (refused,) = outcomes
    assert isinstance(refused, feeds.Refused)
    assert refused.whole_file
    assert refused.remedy
    return refused


def book(*rows: list[object]) -> bytes:
    out, made = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "rule", "said"),
    [
        (b"", feeds.FileRule(), "empty"),
        (b"\xef\xbb\xbf \r\n", feeds.FileRule(), "empty"),
        (b"", XLSX, "empty"),
        (b"", feeds.FileRule("parquet"), "empty"),
        (book(["number"]), feeds.FileRule(), 'a workbook.*format = "xlsx"'),
        (b"PAR1....PAR1", JSONL, 'a Parquet file.*format = "parquet"'),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, XLSX, "old .xls workbook, or one locked"),
        (b"<html><table><tr><td>1</td></tr></table>", XLSX, "web page.*Export"),
        (HEAD.encode(), XLSX, 'it is text.*format = "csv"'),
        (HEAD.encode(), feeds.FileRule("parquet"), "it is text"),
        (gzip.compress(HEAD.encode(), mtime=0), feeds.FileRule(), "gzip"),
        (b"%PDF-1.7 ...", feeds.FileRule(), "a PDF"),
        (zipped({"a.csv": b"1"}), XLSX, "no .xlsx workbook"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    tickets: feeds.Mapping, read: Read, content: bytes, rule: feeds.FileRule, said: str
) -> None:
    refused = whole(read(tickets, content, file=rule))
    assert re.search(said, str(refused))


@pytest.mark.parametrize("encoding", ["big5", "gb18030"])
def test_a_heading_of_another_encoding_names_the_right_one(
    tickets: feeds.Mapping, read: Read, encoding: str
) -> None:
    """Big5 read as GB18030 gives letters too, but none that anybody wrote."""
    mapping = replace(
        tickets, time=feeds.TimeRule("時間"), report=feeds.ReportRule("c", "{編號}", "{內容}")
    )
    text = "編號,時間,內容\n1,2016-02-06T03:57,路燈不亮\n"
    wrong = {"big5": "gb18030", "gb18030": "big5"}[encoding]
    refused = whole(read(mapping, text.encode(encoding), file=feeds.FileRule(encoding=wrong)))
    assert f'encoding = "{encoding}"' in refused.remedy


def test_another_delimiter_is_named(tickets: feeds.Mapping, read: Read) -> None:
    refused = whole(read(tickets, "number;at;what\n1;2016-02-06;dark\n"))
    assert refused.remedy == "Parted by ';' it has them: write delimiter = \";\"."


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_title_above_the_heading_names_the_row(
    tickets: feeds.Mapping, read: Read, kind: str
) -> None:
    rows = [["February"], [], ["number", "at", "what"], ["1", "2016-02-06", "dark"]]
    text = "\n".join(",".join(row) for row in rows).encode()
    content = book(*rows) if kind == "xlsx" else text
    refused = whole(read(tickets, content, file=feeds.FileRule(kind)))
    assert "heading_row = 3" in refused.remedy
    rule = feeds.FileRule(kind, heading_row=3)
    assert [type(one).__name__ for one in read(tickets, content, file=rule)] == ["Understood"]


def test_a_column_named_twice_is_not_guessed_at(tickets: feeds.Mapping, read: Read) -> None:
    refused = whole(read(tickets, "number,at,what,what\n1,2016-02-06,dark,light\n"))
    assert "'what' more than once" in refused.reason


def test_a_name_in_no_line_of_json_is_a_slip_of_the_mapping(
    tickets: feeds.Mapping, read: Read
) -> None:
    refused = whole(read(tickets, '{"number": 1, "at": "2016-02-06"}\n', file=JSONL))
    assert "'what'" in refused.reason


def test_a_file_cut_in_the_middle_of_a_letter(tickets: feeds.Mapping, read: Read) -> None:
    content = (HEAD + ROW.format(1, "路灯")).encode()[:-2]
    assert "breaks off" in whole(read(tickets, content)).reason


def test_a_heading_that_never_comes(tickets: feeds.Mapping, read: Read) -> None:
    refused = whole(read(tickets, HEAD, file=feeds.FileRule(heading_row=4)))
    assert "row 4" in refused.reason


def test_a_formula_without_its_result(tickets: feeds.Mapping, read: Read) -> None:
    content = book(["number", "at", "what"], [1, "2016-02-06T03:57", '=CONCAT("da","rk")'],
                   [2, "2016-02-06T03:58", "dark"])  # fmt: skip
    refused, kept = read(tickets, content, file=XLSX)
    assert isinstance(refused, feeds.Refused)
    assert (refused.row, refused.column) == (2, "what")
    assert "formula" in refused.reason
    assert "spreadsheet program" in refused.remedy
    assert isinstance(kept, feeds.Understood)


def test_an_error_of_the_spreadsheet_is_no_text(tickets: feeds.Mapping, read: Read) -> None:
    (refused,) = read(tickets, HEAD + ROW.format(1, "#REF!"))
    assert isinstance(refused, feeds.Refused)
    assert refused.value == "#REF!"


def test_a_zip_bomb_is_not_unpacked(tickets: feeds.Mapping, read: Read) -> None:
    content = zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b" " * (301 * 2**20)})
    assert len(content) < 2**20
    refused = whole(read(tickets, content, file=XLSX))
    assert "Unpacked" in refused.reason
    assert "more than can be read" in refused.reason


def test_a_sheet_that_reaches_to_the_end_of_the_world(tickets: feeds.Mapping, read: Read) -> None:
    made = openpyxl.Workbook()
    made.active.append(["number", "at", "what"])
    made.active.cell(1_048_576, 16_384).value = "x"
    out = io.BytesIO()
    made.save(out)
    refused = whole(read(tickets, out.getvalue(), file=XLSX))
    assert "row 1,048,576 and column 16,384" in refused.reason


def test_a_torn_sheet_of_a_whole_zip(tickets: feeds.Mapping, read: Read) -> None:
    content = book(["number", "at", "what"], [1, "2016-02-06", "dark"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    refused = whole(read(tickets, zipped(files | {sheet: files[sheet][:200]}), file=XLSX))
    assert "not a whole .xlsx" in refused.reason


BOX = (120.8, 30.6, 122.2, 31.9)


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("121.47", "31.23", ""),
        ("31.23", "121.47", "swapped"),
        ("116.4", "39.9", "outside the bounds"),
    ],
)
def test_points_beyond_the_bounds(
    tickets: feeds.Mapping, read: Read, lon: str, lat: str, said: str
) -> None:
    text = f"number,at,what,x,y\n1,2016-02-06,dark,{lon},{lat}\n"
    place = feeds.PlaceRule(lon="x", lat="y", bounds=BOX)
    (row,) = read(tickets, text, place=place)
    assert isinstance(row, feeds.Refused) == bool(said)
    assert said in str(row)


def test_swapped_degrees_within_both_ranges_show_by_the_bounds(
    tickets: feeds.Mapping, read: Read
) -> None:
    """At 47 N, 8 E both orders are points on earth; only the bounds tell."""
    place = feeds.PlaceRule(lon="x", lat="y", bounds=(8.4, 47.3, 8.7, 47.5))
    (row,) = read(tickets, "number,at,what,x,y\n1,2016-02-06,dark,47.4,8.5\n", place=place)
    assert isinstance(row, feeds.Refused)
    assert "exchange [place] lon and lat" in row.remedy


def test_the_same_file_twice_in_a_folder_says_nothing_twice(
    gauges: feeds.Mapping, tmp_path: Path
) -> None:
    text = "at,gauge,level\n2016-02-06T08:00,a,5\n2016-02-06T08:05,a,6\n"
    for name in ("one.csv", "copy of one.csv"):
        (tmp_path / name).write_text(text, "utf-8")
    report = feeds.check(gauges, tmp_path)
    assert (report.read, report.understood, report.repeated) == (4, 2, 2)
    assert report.observations == 2


def test_two_values_of_one_moment_are_told(gauges: feeds.Mapping, read: Read) -> None:
    text = "at,gauge,level\n2016-02-06T08:00,a,5\n2016-02-06T08:00,a,6\n"
    _kept, refused = read(gauges, text)
    assert isinstance(refused, feeds.Refused)
    assert (refused.row, refused.value) == (3, "6")
    assert "row 2 of day says 5" in refused.reason


def test_an_absent_row_may_stand_in_another_file(gauges: feeds.Mapping, tmp_path: Path) -> None:
    """Morning and afternoon in two files: no zero is made for what the other file says."""
    (tmp_path / "a.csv").write_text("at,gauge,level\n2016-02-06T08:00,a,5\n", "utf-8")
    (tmp_path / "b.csv").write_text("at,gauge,level\n2016-02-06T09:00,a,6\n", "utf-8")
    rule = feeds.AbsentRule("zero", step_minutes=60, hours="08:00-10:00")
    report = feeds.check(replace(gauges, absent=rule), tmp_path)
    assert (report.observations, report.zeros_made) == (2, 0)


def test_a_folder_that_is_not_there(tickets: feeds.Mapping, tmp_path: Path) -> None:
    with pytest.raises(feeds.FileRefused, match="There is no file or folder.*Name one"):
        list(feeds.understand(tickets, tmp_path / "nowhere"))


def test_a_refused_row_says_when_it_was_where_that_can_be_read(
    tickets: feeds.Mapping, read: Read
) -> None:
    (refused,) = read(tickets, HEAD + ROW.format("", "dark"))
    assert isinstance(refused, feeds.Refused)
    assert refused.at is not None
    assert refused.at.isoformat() == "2016-02-06T03:57:00+00:00"


def test_date_and_hour_in_two_columns(gauges: feeds.Mapping, read: Read) -> None:
    rule = feeds.TimeRule("{day} {hour}", "%Y-%m-%d %H", "Asia/Shanghai")
    (row,) = read(gauges, "day,hour,gauge,level\n2016-02-06,8,a,5\n", time=rule)
    assert isinstance(row, feeds.Understood)
    assert row.observations[0].at.isoformat() == "2016-02-06T00:00:00+00:00"


def test_a_day_number_of_a_spreadsheet(gauges: feeds.Mapping, read: Read) -> None:
    """42406.5 is noon of 6 February 2016, as any spreadsheet shows."""
    rule = feeds.TimeRule("at", "excel", "Asia/Shanghai")
    (row,) = read(gauges, "at,gauge,level\n42406.5,a,5\n", time=rule)
    assert isinstance(row, feeds.Understood)
    assert row.observations[0].at.isoformat() == "2016-02-06T04:00:00+00:00"

"""Files as offices write them: encodings, merged headings, four formats, and halves of files."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.feeds import public as feeds

Read = Callable[..., list[feeds.Outcome]]
HEAD = "number,at,what\n"
ROW = "{},2016-02-06T03:57:00,{}\n"
SIMPLE = "路灯不亮需要修理水管破裂"
TRADITIONAL = "路燈不亮需要修理水管破裂"


def words_of(outcomes: list[feeds.Outcome]) -> list[str]:
    rows = [one for one in outcomes if isinstance(one, feeds.Understood)]
    return [row.report.words for row in rows if row.report]


def only_refusal(outcomes: list[feeds.Outcome]) -> feeds.Refused:
    (refused,) = [one for one in outcomes if isinstance(one, feeds.Refused)]
    return refused


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("utf-8", SIMPLE), ("utf-8-sig", SIMPLE), ("gb18030", SIMPLE), ("big5", TRADITIONAL)],
)
def test_four_encodings_say_the_same(
    tickets: feeds.Mapping, read: Read, encoding: str, words: str
) -> None:
    rule = feeds.FileRule(encoding=encoding.removesuffix("-sig"))
    content = (HEAD + ROW.format(1, words)).encode(encoding)
    assert words_of(read(tickets, content, file=rule)) == [words]


@settings(max_examples=60, deadline=None)
@given(st.text(SIMPLE, min_size=1, max_size=20), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_words_survive_their_encoding(words: str, encoding: str) -> None:
    mapping = feeds.Mapping(
        "t", "reports", file=feeds.FileRule(encoding=encoding), time=feeds.TimeRule("at"),
        report=feeds.ReportRule("s", "{number}", "{what}"),
    )  # fmt: skip
    content = (HEAD + ROW.format(1, words)).encode(encoding)
    assert words_of(list(feeds.understand(mapping, content))) == [words]


def test_the_wrong_encoding_names_the_row_and_the_right_one(
    tickets: feeds.Mapping, read: Read
) -> None:
    content = (HEAD + ROW.format(1, "dark") + ROW.format(2, SIMPLE)).encode("gb18030")
    refused = only_refusal(read(tickets, content))
    assert refused.row == 3
    assert "gb18030" in refused.remedy


def test_a_missing_column_lists_those_there(tickets: feeds.Mapping, read: Read) -> None:
    refused = only_refusal(read(tickets, "number,at,text\n1,2016-02-06,dark\n"))
    assert "'what'" in refused.reason
    assert "'text'" in refused.reason
    assert refused.remedy


def test_half_a_csv_keeps_its_whole_rows(tickets: feeds.Mapping, read: Read) -> None:
    outcomes = read(tickets, HEAD + ROW.format(1, "dark") + "2,2016-02-")
    assert words_of(outcomes) == ["dark"]
    assert only_refusal(outcomes).row == 3
    assert "cut off" in only_refusal(outcomes).reason


def test_an_open_quotation_mark_is_told_at_its_row(tickets: feeds.Mapping, read: Read) -> None:
    outcomes = read(tickets, HEAD + ROW.format(1, "dark") + '2,2016-02-06,"dark\n3,x,y\n')
    assert words_of(outcomes) == ["dark"]
    assert only_refusal(outcomes).row == 3


def test_a_million_characters_are_refused_and_the_rest_goes_on(
    tickets: feeds.Mapping, read: Read
) -> None:
    text = HEAD + ROW.format(1, "x" * 1_000_000) + ROW.format(2, "dark")
    outcomes = read(tickets, text)
    refused = only_refusal(outcomes)
    assert (refused.row, refused.column) == (2, "what")
    assert len(str(refused)) < 400
    assert words_of(outcomes) == ["dark"]


def workbook() -> bytes:
    """A ledger as offices keep it: a title across all, a heading of two merged rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "二月"
    sheet["A1"] = "二零一六年二月工单台账"
    sheet.merge_cells("A1:D1")
    sheet["A2"], sheet["B2"], sheet["C2"] = "编号", "受理", "位置"
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C2:D2")
    sheet["C3"], sheet["D3"] = "街道", "地址"
    sheet.append([1, "2016-02-06T03:57:00", "临江街道", "一号"])
    sheet.append([2, "2016-02-06T04:10:00", None, "二号"])
    sheet.merge_cells("C4:C5")
    book.create_sheet("说明")["A1"] = "无"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ledger(tickets: feeds.Mapping, sheet: str = "") -> feeds.Mapping:
    return replace(
        tickets,
        file=feeds.FileRule("xlsx", heading_row=2, heading_rows=2, sheet=sheet),
        time=feeds.TimeRule("受理"),
        report=feeds.ReportRule("counter", "{编号}", "{位置/街道}{位置/地址}"),
    )


def test_merged_headings_and_cells_are_read(tickets: feeds.Mapping, read: Read) -> None:
    outcomes = read(ledger(tickets), workbook())
    assert words_of(outcomes) == ["临江街道一号", "临江街道二号"]
    assert [one.row for one in outcomes if isinstance(one, feeds.Understood)] == [4, 5]


def test_an_unknown_sheet_lists_those_there(tickets: feeds.Mapping, read: Read) -> None:
    refused = only_refusal(read(ledger(tickets, "三月"), workbook()))
    assert "二月, 说明" in refused.reason


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_half_a_workbook_is_refused_whole(
    tickets: feeds.Mapping, read: Read, share: float
) -> None:
    content = workbook()
    refused = only_refusal(read(ledger(tickets), content[: int(len(content) * share)]))
    assert refused.row == 0
    assert "not a whole .xlsx" in refused.reason


def test_json_lines_and_one_broken(tickets: feeds.Mapping, read: Read) -> None:
    good = json.dumps({"number": 1, "at": "2016-02-06T03:57:00", "what": SIMPLE})
    outcomes = read(tickets, f"{good}\n\n{good[:20]}\n[1]\n", file=feeds.FileRule("jsonl"))
    assert words_of(outcomes) == [SIMPLE]
    assert [one.row for one in outcomes if isinstance(one, feeds.Refused)] == [3, 4]


def test_parquet_whole_and_half(tickets: feeds.Mapping, read: Read) -> None:
    out = io.BytesIO()
    pq.write_table(
        pa.table({"number": ["1"], "at": ["2016-02-06T03:57:00"], "what": [SIMPLE]}), out
    )
    rule = feeds.FileRule("parquet")
    assert words_of(read(tickets, out.getvalue(), file=rule)) == [SIMPLE]
    half = out.getvalue()[: len(out.getvalue()) // 2]
    assert "not a whole Parquet" in only_refusal(read(tickets, half, file=rule)).reason


def test_a_folder_without_such_a_file_says_so(tickets: feeds.Mapping, tmp_path: Path) -> None:
    with pytest.raises(feeds.FileRefused, match=r"no file like \*\.csv"):
        list(feeds.understand(tickets, tmp_path))

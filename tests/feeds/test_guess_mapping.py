"""An officer drops an export nobody has described: what it seems to be, and why."""

import io
from datetime import datetime

import openpyxl
import pytest

from gongbi.feeds import public as feeds

CHINESE = (
    "案件编号,受理时间,类别,地址,内容,联系电话,经度,纬度\n"
    "A1,2016/02/06 03:57,路灯,临江路一号,路灯不亮需要修理,0000,121.47,31.23\n"
)
TAIWAN = "工單編號,通報時間,案由,地址,內容\nB1,2016-02-06 03:57:00,路燈,中正路,路燈不亮\n"
ENGLISH = (
    "id,created,category,address,description,lat,lng\nC1,2016-02-06T03:57,light,x,dark,31,121\n"
)


def only_row(draft: feeds.Draft, content: bytes) -> feeds.Report:
    (row,) = feeds.understand(draft.mapping, content, "export")
    assert isinstance(row, feeds.Understood), row
    assert row.report is not None
    return row.report


@pytest.mark.parametrize(
    ("text", "encoding", "reference", "words"),
    [
        (CHINESE, "gb18030", "A1", "路灯不亮需要修理"),
        (CHINESE, "utf-8", "A1", "路灯不亮需要修理"),
        (TAIWAN, "big5", "B1", "路燈不亮"),
        (ENGLISH, "utf-8", "C1", "dark"),
    ],
)
def test_common_headings_are_known(text: str, encoding: str, reference: str, words: str) -> None:
    content = text.encode(encoding)
    draft = feeds.guess_mapping(content, "export.csv")
    assert draft.missing == ()
    report = only_row(draft, content)
    assert (report.reference, report.words) == (reference, words)
    assert any("heading" in reason for reason in draft.reasons)


def test_the_point_and_the_hour_are_found() -> None:
    content = CHINESE.encode()
    report = only_row(feeds.guess_mapping(content, "export.csv"), content)
    assert (report.lon, report.lat) == (121.47, 31.23)
    assert report.at.isoformat() == "2016-02-05T19:57:00+00:00"


def test_a_workbook_with_a_title_above_its_heading() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "今日工单导出"
    sheet.merge_cells("A1:C1")
    sheet.append(["工单编号", "受理时间", "诉求内容"])
    sheet.append(["A1", "2016-02-06 03:57:00", "路灯不亮"])
    out = io.BytesIO()
    book.save(out)
    draft = feeds.guess_mapping(out.getvalue(), "export.xlsx")
    assert draft.mapping.file.heading_row == 2
    assert only_row(draft, out.getvalue()).words == "路灯不亮"


def test_a_draft_can_be_kept_and_read_again() -> None:
    draft = feeds.guess_mapping(CHINESE.encode("gb18030"), "export.csv")
    assert feeds.parse_mapping(feeds.to_toml(draft.mapping)) == draft.mapping


def test_what_is_missing_is_said() -> None:
    draft = feeds.guess_mapping("编号,地址\n1,临江路\n".encode(), "export.csv")
    assert draft.missing == ("at", "words")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 torn", "not a whole .xlsx"),
        (b"\xd0\xcf\x11\xe0old", "old .xls"),
        (b'{"id": 1}', "JSON"),
        (b"3,4\n5,6\n", "heading"),
    ],
)
def test_what_is_no_table_is_told(content: bytes, said: str) -> None:
    with pytest.raises(feeds.FileRefused, match=said) as refused:
        feeds.guess_mapping(content, "export")
    assert refused.value.remedy


def ledger() -> bytes:
    """An export as one subdistrict keeps it: a title, a heading of two merged rows, a total."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "临江街道二零二六年十一月工单台账"
    sheet.merge_cells("A1:H1")
    for column, name in zip("ABC", ("序号", "工单编号", "受理时间"), strict=True):
        sheet[f"{column}2"] = name
        sheet.merge_cells(f"{column}2:{column}3")
    sheet["D2"], sheet["G2"] = "事发位置", "诉求"
    sheet.merge_cells("D2:F2")
    sheet.merge_cells("G2:H2")
    for column, name in zip(
        "DEFGH", ("所属街镇", "详细地址", "经纬度", "诉求类型", "诉求内容"), strict=True
    ):
        sheet[f"{column}3"] = name
    sheet.append(
        [1, "G1", datetime(2026, 11, 1, 8, 5), "临江街道", "一号", "121.4,31.2", "", "暗"]
    )
    sheet.append([2, "G2", "2026年11月1日 09:10", "临江街道", "二号", "", "路灯", "路灯不亮"])
    sheet.append([3, "G3", "2026年11月2日 10:00", "临江街道", "三号", "", "路灯", "路灯不亮"])
    sheet.append([4, "G4", "昨天", "临江街道", "四号", "", "路灯", "路灯不亮"])
    sheet.append(["合计", None, None, None, None, None, None, "4 件"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_ledger_with_merged_headings_is_read_at_once() -> None:
    content = ledger()
    draft = feeds.guess_mapping(content, "台账.xlsx")
    assert draft.missing == ()
    assert feeds.parse_mapping(feeds.to_toml(draft.mapping)) == draft.mapping
    report = feeds.check(draft.mapping, content, "台账.xlsx")
    assert (report.read, report.understood, report.refused_rows) == (5, 3, 2)
    assert [one.row for one in report.refused] == [7, 8]
    assert "written as %Y年%m月%d日 %H:%M" in report.refused[0].reason
    first = report.first[0].report
    assert first is not None
    assert first.place_words == "临江街道 一号"


def test_one_column_of_both_degrees_is_no_point() -> None:
    draft = feeds.guess_mapping(ledger(), "台账.xlsx")
    assert (draft.mapping.place.lon, draft.mapping.place.lat) == ("", "")

"""A real town from one spreadsheet: taken whole, or refused with every fault at once."""

import csv
import tomllib
from pathlib import Path

import openpyxl
import pytest

from gongbi.generator.public import SheetRefused, town_from_sheet, write_example_sheet
from gongbi.generator.sheet_words import plain, promise


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "town.xlsx"
    write_example_sheet(path)
    return path


def change(path: Path, sheet: str, **cells: object) -> None:
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book[sheet][cell] = value
    book.save(path)


def refused(path: Path):
    target = path.parent / "out"
    with pytest.raises(SheetRefused) as caught:
        town_from_sheet(path, target)
    assert not target.exists(), "nothing may be written from a faulty sheet"
    return caught.value.faults


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_example_becomes_a_town(sheet: Path, tmp_path: Path):
    summary = town_from_sheet(sheet, tmp_path / "out")
    assert (summary.people, summary.units, summary.places) == (48_200, 5, 6)
    places = rows(tmp_path / "out" / "places.csv")
    assert [place["kind"] for place in places] == ["city"] + ["quarter"] * 5
    units = {unit["name_zh"]: unit for unit in rows(tmp_path / "out" / "units.csv")}
    assert units["自来水站"]["parent"] == units["镇城运中心"]["code"]
    assert units["自来水站"]["kind"] == "water"
    people = rows(tmp_path / "out" / "people.csv")
    assert [one["role"] for one in people if one["username"] == "zhou"] == [
        "keeper",
        "dispatcher",
        "duty_officer",
    ]


def test_every_type_is_routed_to_its_named_unit(sheet: Path, tmp_path: Path):
    town_from_sheet(sheet, tmp_path / "out")
    types = tomllib.loads((tmp_path / "out" / "case_types.toml").read_text("utf-8"))["case_type"]
    routes = tomllib.loads((tmp_path / "out" / "routes.toml").read_text("utf-8"))["route"]
    assert len(types) == 30
    assert [route["types"] for route in routes] == [[one["code"]] for one in types]
    by_code = {one["code"]: one for one in types}
    assert by_code["burst-pipe"]["solve"] == "6 hours"
    assert "burst pipe" in by_code["burst-pipe"]["words"]
    assert "事项类型" in routes[0]["reason_zh"]


def test_headings_may_be_english_and_merged(tmp_path: Path):
    book = openpyxl.Workbook()
    units, people, types = (
        book.active,
        book.create_sheet("People"),
        book.create_sheet("Case types"),
    )
    units.title = "Units"
    for row in (("Our units", None), ("Unit", "Telephone"), ("Water Board", "1"), ("Roads", 2.0)):
        units.append(row)
    units.merge_cells("A1:B1")
    for row in (
        ("Name", "Unit", "Role"),
        ("Ann Lee", "Water Board", "keeper, worker"),
        ("Bo Chen", None, "unit lead"),
    ):
        people.append(row)
    people.merge_cells("B2:B3")
    for row in (
        ("Case type", "Limits", None, "Responsible unit"),
        (None, "First contact", "Solve within", None),
        ("Burst water pipe", "30 minutes", "4 hours", "Water Board"),
        ("Pothole", None, 5, "Roads"),
    ):
        types.append(row)
    types.merge_cells("B1:C1")
    types.merge_cells("A1:A2")
    types.merge_cells("D1:D2")
    book.save(tmp_path / "Riverside.xlsx")
    summary = town_from_sheet(tmp_path / "Riverside.xlsx", tmp_path / "out")
    assert summary.name_zh == "Riverside"
    people_rows = rows(tmp_path / "out" / "people.csv")
    assert [(one["username"], one["role"]) for one in people_rows] == [
        ("p01", "keeper"),
        ("p01", "worker"),
        ("p02", "unit_lead"),
    ]
    assert people_rows[2]["unit"] == people_rows[0]["unit"]
    made = tomllib.loads((tmp_path / "out" / "case_types.toml").read_text("utf-8"))["case_type"]
    assert [(one["code"], one["solve"]) for one in made] == [
        ("burst-pipe", "4 hours"),
        ("type-02", "5 working_days"),
    ]
    assert rows(tmp_path / "out" / "units.csv")[1]["phone"] == "2"


def test_all_faults_at_once_each_with_its_cell_and_remedy(sheet: Path):
    change(sheet, "单位", A4="自来水站", D4="镇城运中新", E5="有时")
    change(sheet, "人员", D4="站张", C5="自来水厂")
    change(sheet, "事项类型", E6="很快", F7="环卫", A8=None)
    change(sheet, "村居", C3="很多")
    faults = refused(sheet)
    where = {(fault.sheet, f"{fault.column}{fault.row}") for fault in faults}
    assert {
        ("单位", "A4"),
        ("单位", "E5"),
        ("人员", "D4"),
        ("人员", "C5"),
        ("事项类型", "E6"),
        ("事项类型", "F7"),
        ("事项类型", "A8"),
        ("村居", "C3"),
    } <= where
    assert all(fault.reason and fault.remedy for fault in faults)
    lead = next(fault for fault in faults if (fault.sheet, fault.row) == ("人员", 4))
    assert "站长" in lead.remedy or "Known are" in lead.remedy


def test_nobody_keeping_the_system_is_a_fault(sheet: Path):
    change(sheet, "人员", D2="派遣员")
    assert any("Nobody keeps" in fault.reason for fault in refused(sheet))


def test_one_sign_in_name_for_two_people_is_a_fault(sheet: Path):
    change(sheet, "人员", B3="zhou")
    assert any("already" in fault.reason for fault in refused(sheet))


def test_units_in_a_circle_are_a_fault(sheet: Path):
    change(sheet, "单位", D2="自来水站")
    assert any("circle" in fault.reason for fault in refused(sheet))


def test_a_missing_sheet_and_a_missing_column(sheet: Path):
    book = openpyxl.load_workbook(sheet)
    del book["人员"]
    book["单位"]["A1"] = "甲"
    book.save(sheet)
    reasons = [fault.reason for fault in refused(sheet)]
    assert any("no sheet of people" in reason for reason in reasons)
    assert any("column name / unit" in reason for reason in reasons)


@pytest.mark.parametrize("content", [b"", b"name,unit\nx,y\n", b"PK\x03\x04half a file"])
def test_what_is_no_spreadsheet_gets_a_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "bad.xlsx").write_bytes(content)
    faults = refused(tmp_path / "bad.xlsx")
    assert "cannot be opened" in faults[0].reason
    assert ".xlsx" in faults[0].remedy


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("4小时", "4 hours"),
        ("５个工作日", "5 working_days"),
        ("24 hours", "24 hours"),
        ("3天", "3 days"),
        ("15", "15 working_days"),
        ("30分钟内", "30 minutes"),
        ("1 working day", "1 working_days"),
        ("soon", None),
        ("0小时", None),
        ("-3", None),
    ],
)
def test_time_limits_as_people_write_them(said: str, meant: str | None):
    assert promise(said) == meant


def test_cells_are_read_plainly():
    assert plain("  自来水\u200b站 ") == "自来水站"
    assert plain(12.0) == "12"
    assert plain(None) == ""

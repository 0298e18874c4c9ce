"""Exports of other systems, as offices make them, and how a browser drops one."""

import csv
import io

from django.test import Client
from openpyxl import Workbook

from gongbi.reports.models import Intake

HEAD = ["工单编号", "受理时间", "诉求内容", "诉求类型", "事发地址", "联系电话"]
ROWS = [
    ["G-1", "2026-11-20 08:00:00", "桥头漏水", "漏水", "东湖区石桥", "13800138000"],
    ["G-2", "2026-11-20 09:30:00", "路灯不亮", "路灯", "西山区小学对面", ""],
    ["G-3", "yesterday", "井盖响", "路灯", "", ""],
    ["G-2", "2026-11-20 09:30:00", "路灯不亮", "路灯", "西山区小学对面", ""],
    ["G-4", "2026-11-20 11:00:00", "", "路灯", "", ""],
    ["G-5", "2026-11-20 12:00:00", "说不清楚的事", "其他", "", ""],
]


def as_csv(rows: list[list[str]] = ROWS, encoding: str = "utf-8") -> bytes:
    """The export as another system would write it."""
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx() -> bytes:
    """A workbook as offices draw it: a merged title, merged headings, a day merged downwards."""
    book = Workbook()
    sheet = book.active
    sheet.append(["某市热线工单日报", *[None] * 6])
    sheet.append(["受理日期", "工单编号", "诉求内容", "诉求类型", "位置", None, "事发地址"])
    sheet.append([None, None, None, None, "经度", "纬度", None])
    sheet.append(["2026-11-20", "X-1", "桥头漏水", "漏水", 122.95, 30.2, "石桥"])
    sheet.append([None, "X-2", "路灯不亮", "路灯", 122.85, 30.2, "小学"])
    for area in ("A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3", "A4:A5"):
        sheet.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring(client: Client, content: bytes, name: str = "今日工单.csv") -> Intake:
    """Drop a file; give its row."""
    file = io.BytesIO(content)
    file.name = name
    answer = client.post("/intake/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return Intake.objects.get(pk=answer["Location"].strip("/").split("/")[-1])

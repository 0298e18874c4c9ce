"""A first mapping for an export nobody has described yet: what the columns seem to be, and why."""

import csv
import io
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gongbi.feeds.looking import ENCODINGS
from gongbi.feeds.records import FileRefused, shown
from gongbi.feeds.rules import FileRule, Mapping, PlaceRule, ReportRule, TimeRule
from gongbi.feeds.workbook import open_book

MEANINGS = {
    "reference": "案件编号 工单编号 工單編號 受理编号 诉求编号 任务号 编号 編號 案號 案号 流水号 "
    "service_request_id request_id ticket case number reference id",
    "at": "受理时间 通報時間 反映时间 登记时间 诉求时间 创建时间 上报时间 来电时间 "
    "發生時間 時間 时间 "
    "日期 requested_datetime created reported datetime date time",
    "words": "诉求内容 反映内容 案件描述 问题描述 描述 內容 内容 主要内容 "
    "事由 说明 說明 標題 标题 "
    "description details text summary subject",
    "type": "案件类型 诉求类型 问题类别 案由 类别 類別 分类 分類 类型 service_name category type",
    "place": "所属街镇 街道 街镇 乡镇 所属区域 行政区 行政區 區域 区域 area district ward",
    "place_words": "事发地址 案发地址 详细地址 地址 地點 地点 位置 "
    "address_string address location",
    "contact": "联系电话 联系方式 電話 电话 手机 phone contact",
    "lon": "经度 經度 lon lng long longitude x坐标",
    "lat": "纬度 緯度 lat latitude y坐标",
}
TIME_FORMATS = (
    "iso",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
    "%Y.%m.%d %H:%M",
    "%Y%m%d%H%M%S",
    "%d/%m/%Y %H:%M",
    "%Y/%m/%d",
)
LOOK_AT_ROWS = 40


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping to correct, the file's columns, and a sentence for each guess."""

    mapping: Mapping
    columns: tuple[str, ...]
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


def guess_mapping(
    content: bytes, filename: str, *, zone: str = "Asia/Shanghai", source: str = "intake"
) -> Draft:
    """A draft for an export of tickets; FileRefused when it is no table at all."""
    rule, rows, how = _opened(content, filename)
    at, columns = _heading(rows)
    rule = replace(rule, heading_row=at + 1)
    found = {meaning: _column(meaning, columns) for meaning in MEANINGS}
    if not (found["lon"] and found["lat"]) or found["lon"] == found["lat"]:
        found |= {"lon": "", "lat": ""}  # one column of both, or half a point, is no point
    body = rows[at + 1 :]
    form = _time_format(body, columns, found["at"])
    reasons = [
        how,
        f"Row {at + 1} is the heading: it names {len(columns)} columns.",
        *(f"{column!r} is read as {meaning}." for meaning, column in found.items() if column),
    ]
    mapping = Mapping(
        name=filename,
        kind="reports",
        file=rule,
        time=TimeRule(found["at"], form, zone, "first"),
        place=PlaceRule(lon=found["lon"], lat=found["lat"]),
        report=ReportRule(
            source=source,
            reference=_braced(found["reference"]) or f"{filename}-{{@row}}",
            words=_braced(found["words"]),
            place_words=" ".join(
                filter(None, (_braced(found["place"]), _braced(found["place_words"])))
            ),
            contact=_braced(found["contact"]),
            type_column=found["type"],
        ),
    )
    missing = tuple(name for name in ("at", "words") if not found[name])
    return Draft(mapping, tuple(columns), tuple(reasons), missing)


def _braced(column: str) -> str:
    return "{" + column + "}" if column else ""


def _column(meaning: str, columns: list[str]) -> str:
    """The column whose heading fits best: equal before contained, early words before late."""
    words = MEANINGS[meaning].split()
    plain = {"".join(column.split()).lower(): column for column in columns if column}
    for word in words:
        if word in plain:
            return plain[word]
    for word in words:
        if len(word) > 1 and not word.isascii():
            hit = next((name for name in plain if word in name), "")
            if hit:
                return plain[hit]
    return ""


def _opened(content: bytes, filename: str) -> tuple[FileRule, list[list[Any]], str]:
    if not content.strip():
        raise FileRefused("The file is empty.", "Export it again.")
    if content[:2] == b"PK":
        return _opened_xlsx(content)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise FileRefused(
            "This is an old .xls workbook.", "Save it as .xlsx or CSV in your spreadsheet program."
        )
    if content.lstrip()[:1] == b"{":
        raise FileRefused("This looks like JSON.", "Read it with a mapping of your own.")
    encoding = _encoding(content)
    text = content.decode(encoding)
    head = "\n".join(text.splitlines()[:LOOK_AT_ROWS])
    delimiter = max(",\t;", key=head.count)
    rows = [list(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter)]
    rule = FileRule("csv", encoding, delimiter)
    return rule, rows, f"It is text in {encoding}, its cells parted by {delimiter!r}."


def _encoding(content: bytes) -> str:
    """UTF-8 when it is; else the one of Big5 and GB18030 that gives more everyday characters."""
    head = content[:200_000]
    for name in ("utf-8-sig",):
        try:
            content.decode(name)
        except UnicodeDecodeError:
            continue
        return "utf-8"
    scores = {name: _everyday(head, name) for name in ENCODINGS[1:]}
    best = max(scores, key=lambda name: scores[name])
    try:
        content.decode(best)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise FileRefused(
            f"From row {row} on the text is in no known encoding.", "Save it as UTF-8.", row
        ) from error
    return best


COMMON = frozenset(
    "的一是不在了有人路区區号號街道市民时間时地点址电话内容类别案件年月日上中下大小"
)


def _everyday(head: bytes, encoding: str) -> float:
    text = head.decode(encoding, errors="replace")
    strange = text.count("\ufffd") + sum(0xE000 <= ord(c) <= 0xF8FF for c in text)
    return sum(c in COMMON for c in text) - 20 * strange


def _opened_xlsx(content: bytes) -> tuple[FileRule, list[list[Any]], str]:
    book = open_book(content)
    sheet = max(book.sheets, key=lambda one: one.max_row * one.max_column)
    rows = book.grid(sheet)[:LOOK_AT_ROWS]
    return FileRule("xlsx", sheet=sheet.title), rows, f"It is a workbook; sheet {sheet.title!r}."


def _heading(rows: list[list[Any]]) -> tuple[int, list[str]]:
    """The heading row: the one whose cells hit most of the words that name columns."""
    best, most = 0, -1
    for number, row in enumerate(rows[:15]):
        names = [shown(cell if cell is not None else "").strip() for cell in row]
        hits = sum(1 for meaning in MEANINGS if _column(meaning, names))
        filled = len({name for name in names if name})
        if filled > 1 and hits > most:
            best, most = number, hits
    if not rows or most <= 0:
        raise FileRefused(
            "No row of the file looks like a heading.", "Give the columns names in the first row."
        )
    return best, [str(cell if cell is not None else "").strip() for cell in rows[best]]


def _time_format(body: list[list[Any]], columns: list[str], column: str) -> str:
    if not column:
        return "iso"
    at = columns.index(column)
    said = [row[at] for row in body if at < len(row) and row[at] not in (None, "")]
    texts = [str(value).strip() for value in said if not isinstance(value, datetime)]
    if not texts:
        return "iso"
    # The form that reads most rows: one odd cell must not spoil the rest.
    return max(TIME_FORMATS, key=lambda form: sum(_reads(text, form) for text in texts))


def _reads(text: str, form: str) -> bool:
    try:
        _ = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007 - only whether it reads
    except ValueError:
        return False
    return True

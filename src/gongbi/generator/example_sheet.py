"""A filled-in example of the spreadsheet a town starts from."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

TOWN = [
    ("项目", "内容"),
    ("名称", "清汀镇"),
    ("英文名", "Qingting Town"),
    ("人口", 48200),
    ("经度", 122.9),
    ("纬度", 30.2),
    ("坐标系", "WGS84"),
]
VILLAGES = [
    ("村居名称", "英文名", "常住人口"),
    ("汀东村", "Tingdong Village", 6100),
    ("汀西村", "Tingxi Village", 5400),
    ("柘塘村", "Zhetang Village", 7300),
    ("望渡社区", "Wangdu Community", 16200),
    ("槐里社区", "Huaili Community", 13200),
]
UNITS = [
    ("单位名称", "英文名", "类别", "上级单位", "工作时间", "联系电话"),
    ("镇城运中心", "Town Operation Centre", "中心", "", "24小时", "0000-80000001"),
    ("自来水站", "Water Station", "供水", "镇城运中心", "24小时", "0000-80000002"),
    ("市政所", "Roads Office", "道路", "镇城运中心", "每天", "0000-80000003"),
    ("环卫站", "Sanitation Station", "环卫", "镇城运中心", "每天", "0000-80000004"),
    ("综合执法队", "Enforcement Team", "综合执法", "镇城运中心", "每天", "0000-80000005"),
]
PEOPLE = [
    ("姓名", "账号", "所在单位", "角色", "责任区", "语言"),
    ("周明汀", "zhou", "镇城运中心", "管理员、派遣员、值班长", "", "中文"),
    ("林晚舟", "lin", "镇城运中心", "受理员、督查员", "", "中文"),
    ("何听泉", "he", "自来水站", "负责人", "", "中文"),
    ("沈鹤", "shen", "自来水站", "处置员", "望渡社区", "中文"),
    ("许岚", "xu", "市政所", "负责人、处置员", "", "中文"),
    ("苏禾", "su", "环卫站", "负责人、处置员", "", "中文"),
    ("唐砚", "tang", "综合执法队", "负责人、处置员", "", "中文"),
]
TYPES = [
    ("水管爆裂", "供水", "紧急", "30分钟", "6小时", "自来水站"),
    ("停水", "供水", "紧急", "1小时", "8小时", "自来水站"),
    ("水压不足", "供水", "较急", "2小时", "24小时", "自来水站"),
    ("水质浑浊有异味", "供水", "较急", "2小时", "1个工作日", "自来水站"),
    ("道路积水", "排水", "紧急", "20分钟", "3小时", "市政所"),
    ("下水道堵塞", "排水", "较急", "4小时", "1个工作日", "市政所"),
    ("道路破损", "道路", "一般", "1个工作日", "5个工作日", "市政所"),
    ("井盖缺失松动", "道路", "紧急", "30分钟", "4小时", "市政所"),
    ("路灯不亮", "道路", "一般", "1个工作日", "2个工作日", "市政所"),
    ("信号灯故障", "道路", "紧急", "20分钟", "3小时", "市政所"),
    ("电线脱落", "供电", "紧急", "20分钟", "4小时", "市政所"),
    ("停电", "供电", "紧急", "30分钟", "6小时", "镇城运中心"),
    ("树木倒伏", "绿化", "紧急", "1小时", "8小时", "市政所"),
    ("树木修剪", "绿化", "不急", "1个工作日", "15个工作日", "市政所"),
    ("绿化毁坏", "绿化", "不急", "1个工作日", "5个工作日", "市政所"),
    ("垃圾桶满溢", "环卫", "一般", "4小时", "1个工作日", "环卫站"),
    ("暴露垃圾", "环卫", "一般", "1个工作日", "1个工作日", "环卫站"),
    ("公厕脏或关闭", "环卫", "不急", "1个工作日", "1个工作日", "环卫站"),
    ("扬尘与空气污染", "环境", "较急", "4小时", "2个工作日", "综合执法队"),
    ("夜间噪声扰民", "噪声", "较急", "2小时", "1个工作日", "综合执法队"),
    ("日间噪声", "噪声", "一般", "1个工作日", "5个工作日", "综合执法队"),
    ("违法停车", "秩序", "一般", "1个工作日", "1个工作日", "综合执法队"),
    ("共享单车乱停", "秩序", "一般", "1个工作日", "1个工作日", "综合执法队"),
    ("无证设摊", "秩序", "一般", "1个工作日", "1个工作日", "综合执法队"),
    ("跨门经营", "秩序", "一般", "1个工作日", "2个工作日", "综合执法队"),
    ("违法搭建", "秩序", "一般", "1个工作日", "15个工作日", "综合执法队"),
    ("消防通道堵塞", "安全", "紧急", "1小时", "1个工作日", "综合执法队"),
    ("燃气泄漏", "安全", "紧急", "10分钟", "3小时", "镇城运中心"),
    ("投诉后受到压力", "其他", "紧急", "2小时", "5个工作日", "镇城运中心"),
    ("其他诉求", "其他", "一般", "1个工作日", "5个工作日", "镇城运中心"),
]
NOTES = [
    ("怎样填 / How to fill this in",),
    ("五张表：镇、村居、单位、人员、事项类型。表名和表头用中文或英文都可以，合并的表头也认得。",),
    (
        "Five sheets: town, villages, units, people, case types. Names and headings may be "
        "Chinese or English; merged headings are understood.",
    ),
    ("一个人可以有几个角色，用顿号分开。时限写“4小时”“5个工作日”“3天”。",),
    (
        "A person may hold several roles, parted by commas. Limits read 4 hours, "
        "5 working days, 3 days.",
    ),
    ("没有经纬度、没有传感器也可以开始。",),
    ("You can start without coordinates and without sensors.",),
]


def write_example_sheet(path: Path) -> None:
    """Write the example: a town of 48,200 with five units and thirty case types."""
    book = Workbook()
    notes = book.active
    notes.title = "说明"
    for note in NOTES:
        notes.append(note)
    notes.column_dimensions["A"].width = 96
    for title, rows in (("镇", TOWN), ("村居", VILLAGES), ("单位", UNITS), ("人员", PEOPLE)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        _dress(sheet, 1)
    _types_sheet(book.create_sheet("事项类型"))
    book.save(path)


def _types_sheet(sheet: Worksheet) -> None:
    """The case types under a heading of two rows, as such tables are kept."""
    sheet.append(("清汀镇事项清单",))
    sheet.append(("事项名称", "大类", "优先级", "时限", "", "承办单位"))
    sheet.append(("", "", "", "首次联系", "办结", ""))
    for row in TYPES:
        sheet.append(row)
    for merged in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"):
        sheet.merge_cells(merged)
    _dress(sheet, 3)


def _dress(sheet: Worksheet, headings: int) -> None:
    for row in sheet.iter_rows(min_row=1, max_row=headings):
        for cell in row:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="E8EEF2")
            cell.alignment = Alignment(horizontal="center", vertical="center")
    for column in "ABCDEF":
        sheet.column_dimensions[column].width = 20
    sheet.freeze_panes = f"A{headings + 1}"

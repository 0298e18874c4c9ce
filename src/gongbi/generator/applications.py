"""The systems around a city: as many as a very large one runs, with owners and purposes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from gongbi.generator.units import Unit

MANY = 1150
HEADER = (
    "name", "title_zh", "title_en", "purpose_zh", "purpose_en", "owner", "place", "scopes",
    "per_minute", "per_day", "contract_until", "contact",
)  # fmt: skip
FIRST_END = date(2026, 3, 31)
# (code, kinds of owners, names, purposes, scopes); an owner of a kind the town lacks is the centre
TOPICS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("crew-tablet", "water power roads sanitation greening", "抢修平板", "Crew Tablet",
     "现场接单、到场、办结", "Takes tasks, arrives and finishes on site", "hear work"),
    ("hotline-desk", "hotline", "热线坐席", "Hotline Desk",
     "接听市民来电并登记诉求", "Takes residents' calls down as reports", "hear report"),
    ("street-app", "subdistrict", "街镇随手报", "Street Report App",
     "居民拍照上报身边问题", "Residents report with a photo", "hear report"),
    ("queue-screen", "subdistrict centre", "大厅叫号屏", "Hall Queue Screen",
     "显示窗口叫号与等候人数", "Shows who is called and how many wait", "hear"),
    ("lift-watch", "lifts property", "电梯物联", "Lift Watch",
     "电梯困人自动报案", "Reports people trapped in lifts", "report"),
    ("bin-route", "sanitation", "收运路线", "Bin Routes",
     "垃圾收运路线与满溢处置", "Routes of collection and full bins", "hear work"),
    ("lamp-control", "roads power", "路灯集控", "Lamp Control",
     "路灯开关与故障上报", "Switches lamps and reports those that fail", "hear report"),
    ("drain-model", "roads", "排水模型", "Drain Model",
     "积水预报并通知泵站", "Foretells flooding and tells the pumps", "hear"),
    ("meter-line", "water", "远程抄表", "Meter Line",
     "远程抄表与漏损分析", "Reads meters and looks for leaks", "hear report"),
    ("outage-map", "power", "停电地图", "Outage Map",
     "向居民公布停电范围", "Shows residents where power is off", "hear"),
    ("tree-book", "greening", "古树名册", "Tree Book",
     "树木巡查与修剪记录", "Keeps rounds and pruning of trees", "hear report work"),
    ("house-file", "housing", "房屋安全档案", "House File",
     "房屋安全排查与整改", "Checks houses and follows repairs", "hear report"),
    ("patrol-phone", "police", "巡逻手机", "Patrol Phone",
     "巡逻中发现问题上报", "Reports what a patrol finds", "report"),
    ("fire-round", "fire", "消防巡查", "Fire Round",
     "消防通道与设施巡查", "Rounds of fire lanes and gear", "hear report"),
    ("metro-flow", "metro", "地铁客流", "Metro Flow",
     "客流预警与站点联动", "Warns of crowds at stations", "hear"),
    ("estate-desk", "property", "物业服务台", "Estate Desk",
     "业主报修与回访", "Repairs for owners, and asking afterwards", "hear report work"),
    ("quarter-book", "quarter_committee", "居委走访本", "Quarter Book",
     "走访记录与困难上报", "Keeps visits and reports needs", "report"),
    ("quarter-board", "quarter_committee", "社区公告屏", "Quarter Board",
     "楼道屏公布办理进度", "Shows in halls how matters stand", "hear"),
    ("dispatch-aid", "centre", "派单助手", "Dispatch Aid",
     "按规则给出派单建议", "Suggests where a case should go", "dispatch hear"),
    ("duty-roster", "centre subdistrict", "值班排班", "Duty Roster",
     "值班表与交接提醒", "Rosters and handovers", "hear"),
    ("flood-call", "centre", "汛情通知", "Flood Call",
     "汛期向责任人通知", "Calls those on duty when waters rise", "hear"),
    ("parking-guide", "police subdistrict", "停车诱导", "Parking Guide",
     "停车位显示与违停上报", "Shows free places and reports blocked lanes", "report"),
    ("noise-line", "subdistrict", "噪声监测", "Noise Line",
     "工地噪声超标自动上报", "Reports building noise over the limit", "report"),
    ("open-data", "centre", "公共数据开放", "Open Data",
     "向公众提供公开案件", "Gives out what is public", "hear"),
    ("archive", "centre hotline", "档案归集", "Archive",
     "办结案件归档", "Files what is closed", "hear"),
)  # fmt: skip


def found_applications(
    units: Sequence[Unit], rng: np.random.Generator
) -> Iterator[tuple[object, ...]]:
    """Rows of applications.csv: every topic in turn, by one owner of its kinds after the other."""
    by_kind: dict[str, list[Unit]] = {}
    for unit in units:
        by_kind.setdefault(unit.kind, []).append(unit)
    for number in range(MANY):
        topic = TOPICS[number % len(TOPICS)]
        owners = [unit for kind in topic[1].split() for unit in by_kind.get(kind, ())]
        owners = owners or by_kind["centre"]
        step = number // len(TOPICS)
        yield _row(topic, owners[step % len(owners)], number, step // len(owners), rng)


def _row(
    topic: tuple[str, str, str, str, str, str, str],
    owner: Unit,
    number: int,
    again: int,
    rng: np.random.Generator,
) -> tuple[object, ...]:
    code, _kinds, zh, en, why_zh, why_en, scopes = topic
    mark = f" {again + 1}" if again else ""
    ends = FIRST_END + timedelta(days=int(rng.integers(0, 1200)))
    return (
        f"{code}-{number + 1:04d}",
        f"{owner.name_zh}{zh}{mark}",
        f"{owner.name_en} {en}{mark}",
        why_zh,
        why_en,
        owner.code,
        owner.place if "hear" in scopes else "",
        scopes,
        int(rng.choice([60, 120, 300, 600])),
        int(rng.choice([0, 5_000, 20_000, 100_000])),
        ends.isoformat() if rng.random() < 0.8 else "",
        f"{owner.name_zh} {owner.phone}",
    )

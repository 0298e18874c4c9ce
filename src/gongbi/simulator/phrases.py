"""What crews, dispatchers and residents write besides reports, in Chinese and English."""

from gongbi.kernel.simulation.chance import name_number

Table = dict[str, tuple[str, ...]]

DONE: Table = {
    "zh": (
        "已到现场修复,恢复正常。", "故障件已更换,试运行正常。", "现场已处置完毕,设备运行正常。",
        "已清理干净,垃圾已运走。", "已抢修完成,周边居民恢复正常使用。", "已劝导整改,现场已恢复。",
    ),
    "en": (
        "Repaired on site; back to normal.", "Faulty part replaced and tested.",
        "Cleared; everything works again.", "Talked with them; they put it right at once.",
    ),
}  # fmt: skip
RETURNED: Table = {
    "zh": ("不属我单位管辖,请转权属单位。", "位置有误,现场未找到,请核实。"),
    "en": (
        "Not ours: it belongs to another unit.",
        "Nothing found there; please check the place.",
    ),
}
SOLVED: Table = {
    "zh": ("好了,谢谢!", "已经修好了", "处理得挺快,满意", "可以了"),
    "en": ("Fixed, thank you!", "All good now", "Quick work, thanks", "Yes it works"),
}
NOT_SOLVED: Table = {
    "zh": ("根本没修好!还是老样子", "人都没来过怎么就说办结了?", "好了半天又坏了",
           "没有解决,请再来看看"),
    "en": ("Not fixed at all!", "Nobody came, how can it be done?", "Broken again",
           "Still the same"),
}  # fmt: skip
DISPATCHED: Table = {
    "zh": ("请尽快到场处置。", "请核实后处置并反馈。", "请联系来电人。", ""),
    "en": ("Please go and see.", "Please check and report back.", "", ""),
}


def phrase(table: Table, *names: str, language: str = "zh") -> str:
    """One of the table, always the same for the same names."""
    several = table[language]
    return several[name_number(*names) % len(several)]

"""The danger words, in simplified Chinese and English; small letters.

LIFE: somebody may die or be hurt now. HAZARD: somebody will be, if it stays so.
"""

LIFE = (
    *("着火", "起火", "火灾", "失火", "烧起来", "冒烟", "冒黑烟", "浓烟", "爆炸", "快爆了"),
    *(
        "煤气味",
        "燃气味",
        "煤气泄漏",
        "燃气泄漏",
        "天然气泄漏",
        "漏气",
        "煤气漏",
        "瓦斯味",
        "瓦斯漏",
    ),
    *("电梯困人", "困在电梯", "关在电梯", "被困", "困住", "受困"),
    *("电梯里关了人", "电梯关了人", "电梯关人", "电梯里困了人"),
    *("触电", "电到人", "被电了", "溺水", "落水", "掉进河", "掉进井", "掉下井"),
    *("昏倒", "晕倒", "昏迷", "没有呼吸", "呼吸困难", "流血", "大出血", "受伤", "骨折", "中毒"),
    *("救命", "要出人命", "人命关天", "跳楼", "轻生", "自杀", "砍人", "持刀", "打死人"),
    *("房屋倒塌", "房子倒了", "墙倒了", "坍塌", "倒塌", "塌方", "砸到人", "砸伤", "压到人"),
    *("on fire", "fire", "flames", "smoke", "explosion", "exploded", "gas leak", "smell of gas"),
    *("smell gas", "smells of gas", "gas smell", "leaking gas"),
    *("trapped", "stuck in the lift", "stuck in lift", "stuck in the elevator"),
    *("stuck inside the lift", "stuck inside the elevator", "stuck with a person inside"),
    *("stuck with people inside", "stuck with someone inside", "stuck with somebody inside"),
    *("electrocuted", "electric shock", "drowning", "unconscious", "not breathing"),
    *("can't breathe", "bleeding", "injured", "somebody hurt", "someone hurt", "poisoned"),
    *("suicide", "stabbed", "knife", "collapsed", "collapsing", "life threatening"),
)
HAZARD = (
    *(
        "漏电",
        "电线掉",
        "电线断",
        "电线垂",
        "电线脱落",
        "电线裸露",
        "电缆裸露",
        "火花",
        "焦味",
        "烧焦",
    ),
    *("井盖没了", "井盖不见", "井盖丢", "没有井盖", "没井盖", "孔盖不见", "缺井盖", "井盖缺失"),
    *("高空抛物", "坠物", "掉下来", "要掉了", "快掉了", "摇摇欲坠", "快倒了", "要倒了", "倾斜"),
    *("外墙脱落", "瓷砖掉", "玻璃碎", "塌陷", "大坑", "裂缝很大", "淹水", "漫进", "泡水"),
    *("消防通道堵", "堵住消防", "飞线充电", "树倒", "倒树", "路树倒", "红绿灯不亮", "信号灯不亮"),
    *("差点摔", "摔倒", "绊倒", "差点出事", "很危险", "危险"),
    *("sparking", "sparks", "live wire", "wire down", "cable down", "bare cable", "burning smell"),
    *("manhole open", "missing manhole", "open manhole", "manhole cover missing"),
    *("about to fall", "falling off", "hanging off", "sinkhole", "flooded", "flooding"),
    *("tree down", "fallen tree", "fire exit blocked", "traffic light out", "lights are out at"),
    *("tripped", "nearly fell", "dangerous", "hazard", "unsafe"),
)
# What only sounds like danger.
FIGURES = (
    *(
        "火大",
        "冒火",
        "气炸",
        "吵死",
        "热死",
        "冷死",
        "急死",
        "烦死",
        "气死",
        "火锅",
        "火车",
        "灯火",
    ),
    *("消防栓", "灭火器", "火灾报警器没电", "危险品仓库路", "危机", "火烧云", "红火", "打火机"),
    *("fire hydrant", "fire station", "fire department", "fire lane", "fire brigade", "fireworks"),
    *("fire extinguisher", "smoke free", "no smoking", "smoke detector battery", "fired"),
)
# Directly before, with two characters between at most: not so, or no more.
NOT_BEFORE = (
    *(
        "没有",
        "没",
        "无",
        "未",
        "不是",
        "不会",
        "并非",
        "避免",
        "防止",
        "预防",
        "以免",
        "演习",
        "演练",
    ),
    *(
        r"no\s",
        r"not\s",
        r"n't\s",
        r"without\s",
        r"never\s",
        r"prevent\s",
        r"avoid\s",
        r"nobody\s",
    ),
    *(r"no one\s", r"not a\s", r"no longer\s", r"isn't\s"),
)
# Shortly behind: over, or not meant.
NOT_AFTER = (
    *("演习", "演练", "已扑灭", "已经灭", "已解除", "灭了"),
    *(r"\s?drill", r"\s?exercise", r"\s?is out now"),
)

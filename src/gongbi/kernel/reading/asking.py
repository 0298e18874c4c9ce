"""What else a text says: which thing by its number, and how its writer wants to be met."""

import re
from dataclasses import dataclass

_NUMBER = r"(?:[a-z]{0,4}-?\d{1,12}(?:-\d{1,6})?)"
_CALLED = r"(?:的?(?:编号|編號|号码|號碼)(?:是|为|為)?|number|no\.?|nr\.?|#)"
THINGS = {
    "lamp": r"路灯|路燈|灯杆|燈桿|电线杆|電線桿|街灯|street\s?light|lamp\s?post|light\s?pole|lamp",
    "lift": r"电梯|電梯|升降机|elevator|lift",
    "manhole": r"井盖|窨井|人孔盖|人孔蓋|manhole",
    "hydrant": r"消防栓|消火栓|hydrant",
    "signal": r"红绿灯|紅綠燈|信号灯|號誌|traffic\s?(?:light|signal)",
    "bus-stop": r"公交站|公車站|站牌|bus\s?stop",
    "cabinet": r"变电箱|變電箱|配电箱|電箱|cabinet|substation",
    "bin": r"垃圾桶|垃圾箱|litter\s?bin|bin",
    "bridge": r"桥梁|橋梁|天桥|天橋|bridge",
    "pump": r"泵站|抽水站|pump\s?station|pump",
    "camera": r"摄像头|攝影機|监控|camera",
}
_THINGS = [
    (
        kind,
        re.compile(
            rf"(?:(?<![\d.])(?P<before>{_NUMBER})\s*(?:号|號)\s*)(?:{words})"
            rf"|(?<![a-z])(?:{words})\s*[(（:：]?\s*{_CALLED}\s*[:：]?\s*(?P<named>{_NUMBER})"
            rf"|(?<![a-z])(?:{words})\s+(?P<behind>(?=[a-z-]*\d){_NUMBER})(?!\s*(?:号|號|天|个|盏|日|月))",
            re.IGNORECASE,
        ),
    )
    for kind, words in THINGS.items()
]
_HOUR = r"(?P<{0}>[01]?\d|2[0-4]|十[一二]?|[一二两兩三四五六七八九])"
_HALF = r"(?P<{0}>早上|上午|中午|下午|傍晚|晚上|夜里)?"
_CALL = r"(?:打(?:我)?(?:电话|電話|给我|給我|来|來)?|致电|来电|來電|联系|聯絡|聯繫|回电|回電)"
_BARRED = r"(?:请|請)?(?:不要|不用|别|別|勿|无需|不必|不需要|請勿|请勿)(?:再)?"
WISHES = (
    (
        "no_call",
        rf"{_BARRED}{_CALL}|(?:do not|don'?t|please no|no need to)\s+(?:call|ring|phone)"
        r"|no calls?\b",
    ),
    (
        "anonymous",
        r"匿名|保密|不要(?:透露|公开|公開)|勿(?:透露|公开)|不愿(?:留|透露)"
        r"|anonymous(?:ly)?|confidential|keep my name",
    ),
    (
        "write",
        r"(?:发|發|传|傳)(?:短信|简讯|簡訊|微信|邮件)(?:给我|給我|就好|即可)?"
        r"|(?:text|e-?mail|message|write to) me",
    ),
    (
        "call",
        r"(?:请|請|麻烦|麻煩|希望)(?:给我|給我)?(?:回电|回電|打电话|打電話|来电|來電|联系|聯絡)"
        r"|(?:please|pls)\s+(?:call|ring|phone)|call me back",
    ),
)
_WISHES = [(kind, re.compile(shape, re.IGNORECASE)) for kind, shape in WISHES]
_AFTER = re.compile(
    rf"{_HALF.format('half')}{_HOUR.format('hour')}(?:点|點|时|時|:)(?P<minute>半|[0-5]\d)?(?:分)?"
    rf"(?:之|以)?(?P<side>后|後|前)[^,，。;；]{{0,4}}?{_CALL}"
    r"|(?:call|ring|phone)(?: me)?\s+(?P<en>after|before)\s+(?P<h>\d{1,2})"
    r"(?::(?P<m>[0-5]\d))?\s*(?P<ap>[ap]\.?m)?",
    re.IGNORECASE,
)
_CHINESE = {one: place for place, one in enumerate("零一二三四五六七八九十")} | {
    "两": 2, "兩": 2, "十一": 11, "十二": 12,
}  # fmt: skip
_LATER = ("下午", "傍晚", "晚上", "夜里")


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the city by its kind and number, with the words that say so."""

    kind: str
    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to be met; ``call_after`` and ``call_before`` at a minute of the day."""

    kind: str
    words: str
    minute: int | None = None


def things_of(text: str) -> tuple[Thing, ...]:
    """The things a text names by number, in its order."""
    found = []
    for kind, shape in _THINGS:
        for hit in shape.finditer(text):
            number = hit["before"] or hit["named"] or hit["behind"]
            found.append((hit.start(), Thing(kind, number.upper(), hit[0].strip())))
    return tuple(thing for _at, thing in sorted(found, key=lambda one: (one[0], one[1].kind)))


def wishes_of(text: str) -> tuple[Wish, ...]:
    """How the writer wants to be met. *Do not call* is not also a wish for a call."""
    found, rest = [], text
    for hit in _AFTER.finditer(text):
        minute = _minute(hit)
        if minute is not None:
            side = (
                "before" if (hit["side"] or hit["en"]).casefold() in ("前", "before") else "after"
            )
            found.append(Wish(f"call_{side}", hit[0].strip(), minute))
            rest = rest.replace(hit[0], " ")
    for kind, shape in _WISHES:
        if (said := shape.search(rest)) is not None:
            found.append(Wish(kind, said[0].strip()))
            rest = shape.sub(" ", rest)
    return tuple(found)


def _minute(hit: re.Match[str]) -> int | None:
    said = hit["hour"] or hit["h"]
    hour = int(said) if said.isdigit() else _CHINESE[said]
    past = hit["minute"] or hit["m"] or "0"
    late = (hit["half"] or "") in _LATER or (hit["ap"] or "").casefold().startswith("p")
    if not hit["half"] and not hit["ap"]:
        late = 1 <= hour <= 6  # nobody who says *after three* means the night
    hour += 12 if late and hour < 12 else 0
    minute = hour * 60 + (30 if past == "半" else int(past))
    return minute if minute < 1440 else None

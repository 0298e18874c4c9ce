"""Hiding what says who a person is, in words that a stranger must read to do the work.

What is hidden has a shape, and where a shape can be proved (check digits) it must be true: a
lamp's number is needed to mend the lamp. A name has no shape: only one that the writer gives as
their own (*I am called …*) is found, no other.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gongbi.kernel.cases.check_digits import (
    is_bank_card,
    is_chinese_identity,
    is_day,
    is_taiwan_identity,
)

MASK = "▇▇▇"
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Full-width digits and letters as usual ones, a character for a character."""
CONTACT_KINDS = frozenset({"name", "mail", "chat", "identity", "card", "phone"})
ALL_KINDS = CONTACT_KINDS | {"plate"}
Sound = Callable[[re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class Personal:
    """What was found: its kind, and where it stands in the text."""

    kind: str
    begin: int
    end: int


def _digits(said: str) -> str:
    return "".join(str(int(one)) if one.isdigit() else one for one in said if one.isalnum())


def _after(words: str) -> Callable[[re.Match[str]], bool]:
    """Whether such words stand shortly before."""
    wanted = re.compile(rf"(?:{words})[^\d\n,。；;]{{0,6}}$", re.IGNORECASE)

    def stands(found: re.Match[str]) -> bool:
        return bool(wanted.search(found.string[max(0, found.start() - 24) : found.start()]))

    return stands


_SAYS_IDENTITY = _after(r"身份证|身份證|证件|證件|\bid\b|identity")
_SAYS_CARD = _after(r"银行卡|銀行卡|卡号|卡號|账号|賬號|帳號|account|card")
_SAYS_PLATE = _after(r"车牌|車牌|车号|車號|牌照|plate|licen[cs]e|registration")
_SAYS_PHONE = _after(
    r"电话|電話|手机|手機|致电|來電|来电|联系|聯絡|聯繫|打给|打給|call|ring|phone|mobile|tel\.?|text"
)
_SAYS_THING = _after(
    r"编号|編號|灯杆|燈桿|灯号|杆号|桿號|表号|表號|电表|水表|户号|戶號|单号|單號|工单|案号|案號|案件|"
    r"no\.?|nr\.?|#|number|pole|lamp|meter|case|ref(?:erence)?|ticket|order|asset"
)
_BEFORE = r"(?<!\d)(?<!\d\.)"
_AFTER = r"(?!\d)(?!\.\d)"
_HAN = r"[\u4e00-\u9fff]"
_SURNAMES = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾"
    "彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧"
    "侯邵孟龙龍段钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文"
)
_NAME_ENDS = r"(?=(?:电话|電話|手机|手機|住|是)|[^\u4e00-\u9fff]|$)"
_WORD = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*"
_GAP = r"[ \-\u00a0\u2010-\u2013]?"


def _is_number_of_a_person(found: re.Match[str]) -> bool:
    """Seven or eight bare digits: a local telephone, unless a date or the number of a thing."""
    said = _digits(found[0])
    return _SAYS_PHONE(found) or not (is_day(said) or _SAYS_THING(found))


def _is_identity(found: re.Match[str]) -> bool:
    said = _digits(found[0]).upper()
    return is_chinese_identity(said) or (len(said) in (15, 18) and _SAYS_IDENTITY(found))


# In this order; what one shape took the next does not see.
_SHAPES: tuple[tuple[str, re.Pattern[str], Sound], ...] = tuple(
    (kind, re.compile(shape, re.IGNORECASE), sound)
    for kind, shape, sound in (
        (
            "name",
            rf"(?:我|本人|免贵|免貴|敝|鄙人)姓\s*(?P<own>{_HAN}{{1,2}}?){_NAME_ENDS}",
            lambda _: True,
        ),
        (
            "name",
            # *I called the plumber* begins like *I am called*: a usual surname tells them apart.
            r"(?:(?:我|本人)叫|我的名字(?:是|叫))\s*"
            rf"(?P<own>[{_SURNAMES}]{_HAN}{{1,2}}){_NAME_ENDS}",
            lambda _: True,
        ),
        (
            "name",
            r"\b(?:my (?:sur|last |first |full )?name is|my name's|i am called|i'm called)\s+"
            rf"(?P<own>{_WORD}(?:[ ](?!(?:and|from|at|i|in|on|of|the|my|we)\b){_WORD})?)",
            lambda _: True,
        ),
        ("mail", r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", lambda _: True),
        (
            "chat",
            r"(?:微信|wechat|weixin|(?<![a-z])(?:vx|wx|qq|line))\s*(?:号码|號碼|号|號|id|[:：=是为])*"
            r"\s*(?P<own>[a-z][a-z0-9_-]{4,19}|(?<=[^\d])[1-9]\d{4,11})(?![a-z0-9_])",
            lambda _: True,
        ),
        (
            "phone",
            rf"{_BEFORE}(?:(?:\+|00)?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)"
            rf"|{_BEFORE}09\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{3}}(?!\d)"
            r"|(?<![\d+])\+\d{1,3}(?:[ \-.()]{0,2}\d){6,13}(?!\d)"
            rf"|{_BEFORE}\(?0\d{{1,3}}\)?{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{3,4}}(?!\d)"
            rf"|{_BEFORE}\(?(?!400|800)[2-9]\d{{2}}\)?[ \-.][2-9]\d{{2}}[ \-.]\d{{4}}(?!\d)"
            r"|(?<![一二三四五六七八九〇零幺])[一幺][三四五六七八九]"
            r"[一二三四五六七八九〇零幺]{9}(?![一二三四五六七八九〇零幺])",
            lambda _: True,
        ),
        ("identity", rf"{_BEFORE}\d(?:{_GAP}\d){{14,16}}{_GAP}[\dx]?{_AFTER}", _is_identity),
        (
            "identity",
            r"(?<![a-z0-9])[a-z][1289]\d{8}(?!\d)",
            lambda m: is_taiwan_identity(_digits(m[0]).upper()),
        ),
        (
            "card",
            rf"{_BEFORE}[3-9](?:{_GAP}\d){{12,18}}{_AFTER}",
            lambda m: is_bank_card(_digits(m[0])) or _SAYS_CARD(m),
        ),
        (
            "phone",
            rf"{_BEFORE}(?<![a-z#\-])[2-9]\d{{2,3}}{_GAP}\d{{4}}{_AFTER}(?![a-z\-])",
            _is_number_of_a_person,
        ),
        (
            "plate",
            r"[京津沪滬渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z]"
            r"[·•・ ]?[a-hj-np-z0-9]{4,5}[a-hj-np-z0-9挂学警港澳]",
            lambda m: any(one.isdigit() for one in m[0]),
        ),
        (
            "plate",
            r"(?<![a-z0-9])(?:[a-z]{2,3}-?\d{3,4}|\d{3,4}-?[a-z]{2,3})(?![a-z0-9])",
            _SAYS_PLATE,
        ),
    )
)


def find_personal(text: str, kinds: frozenset[str] = ALL_KINDS) -> list[Personal]:
    """What identifies or reaches a person, in the text's order."""
    text = text.translate(_NARROW)
    taken: list[Personal] = []
    for kind, shape, sound in _SHAPES:
        if kind in kinds:
            taken += [one for one in _found(kind, shape, sound, text) if _free(one, taken)]
    return sorted(taken, key=lambda one: one.begin)


def _found(kind: str, shape: re.Pattern[str], sound: Sound, text: str) -> Iterator[Personal]:
    for found in shape.finditer(text):
        if sound(found):
            begin = found.start("own") if "own" in shape.groupindex else found.start()
            yield Personal(kind, begin, found.end())


def _free(one: Personal, taken: list[Personal]) -> bool:
    return all(one.end <= other.begin or other.end <= one.begin for other in taken)


def mask_contacts(text: str) -> str:
    """The text without the writer's name as they give it, numbers, mail and chat addresses.

    A number plate stays: who is to move a car must know which.
    """
    return _masked(text, CONTACT_KINDS)


def mask_personal(text: str) -> str:
    """The text as it may be learnt from: number plates are hidden too."""
    return _masked(text, ALL_KINDS)


def mask_kinds(text: str, kinds: frozenset[str]) -> str:
    """The text without what is of these kinds of ``ALL_KINDS``."""
    return _masked(text, kinds & ALL_KINDS)


def _masked(text: str, kinds: frozenset[str]) -> str:
    parts, at = [], 0
    for one in find_personal(text, kinds):
        parts += [text[at : one.begin], MASK]
        at = one.end
    return "".join([*parts, text[at:]])

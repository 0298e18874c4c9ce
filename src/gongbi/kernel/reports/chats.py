"""A conversation copied out of a chat application, as messages without names.

Two shapes are known, besides plain text: a line with a speaker and a time above what was said
(as WeChat and QQ copy it), and one line a message with time and speaker in front (as WhatsApp
exports it). Speakers become A, B, C in the order in which they first speak: a draft needs to know
who answers whom, not who they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_MESSAGES = 500
_CLOCK = r"(?:[上下]午|[AaPp]\.?[Mm]\.?)?\s*\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp]\.?[Mm]\.?)?"
_DAY = r"(?:\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?|\d{1,2}月\d{1,2}日)"
_ABOVE = re.compile(rf"^(?P<who>\S.{{0,39}}?)[:：]?\s+(?P<at>{_DAY}\s+{_CLOCK}|{_CLOCK})$")
_BEFORE = re.compile(
    rf"^\[?(?P<at>{_DAY},?\s+{_CLOCK})\]?(?:\s+-)?\s+(?P<who>[^:：]{{1,40}})[:：]\s?(?P<said>.*)$"
)
_NOTHING = re.compile(
    r"^[\[<(【]?\s*(?:图片|照片|表情|语音|视频|image|photo|sticker|media|voice)[^\]>)】]*[\]>)】]?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Message:
    """What one speaker said, and the time as it stood in the text."""

    speaker: str
    at: str
    words: str


def read_chat(text: str) -> list[Message]:
    """The messages of a pasted conversation; plain text is one message of speaker A.

    Pictures and voice that a copy leaves out (“[图片]”) are left out here too.
    """
    letters: dict[str, str] = {}
    found = [
        Message(letters.setdefault(who, _letter(len(letters))), at, words)
        for who, at, words in _raw(text)
        if words
    ]
    return found[:MOST_MESSAGES]


def draft_of(messages: list[Message]) -> str:
    """Words for a report: what the first speaker said; others' words in brackets for context."""
    if not messages:
        return ""
    first = messages[0].speaker
    lines = [
        one.words if one.speaker == first else f"[{one.speaker}: {one.words}]" for one in messages
    ]
    return "\n".join(lines)


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"P{number + 1}"


def _raw(text: str) -> Iterator[tuple[str, str, str]]:
    who = at = ""
    said: list[str] = []
    for line in (one.strip() for one in text.splitlines()):
        above, before = _ABOVE.match(line), _BEFORE.match(line)
        head = before or above
        if head is None:
            said.append(line)
            continue
        yield who, at, _joined(said)
        who, at = head["who"].strip(), head["at"].strip()
        said = [before["said"].strip()] if before else []
    yield who, at, _joined(said)


def _joined(said: list[str]) -> str:
    return "\n".join(line for line in said if line and not _NOTHING.match(line))

"""Templates include and extend only their own part's and core's; every word is translated."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "gongbi"
PARTS = [part for part in settings.PARTS if (SOURCE / part / "locale").is_dir()]
"""Those that speak to people."""
USES = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
SAID = re.compile(
    r"{%\s*(?:translate|trans)\s+(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"(?:\s+context\s+\"(?P<context>[^\"]*)\")?"
)
BLOCK = re.compile(
    r"{%\s*(?:blocktranslate|blocktrans)\b(?P<options>[^%]*)%}(?P<one>.*?)"
    r"(?:{%\s*plural\s*%}(?P<many>.*?))?{%\s*end(?:blocktranslate|blocktrans)\s*%}",
    re.DOTALL,
)
CALLS = {"gettext", "gettext_lazy", "_", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def strays(part: str, text: str) -> list[str]:
    """Templates of other parts that this one leans on."""
    return [name for name in USES.findall(text) if name.split("/")[0] not in ("core", part)]


@pytest.mark.parametrize("part", PARTS)
def test_templates_stay_at_home(part: str) -> None:
    for file in (SOURCE / part).rglob("*.html"):
        assert not strays(part, file.read_text("utf-8")), file


def test_the_rule_bites() -> None:
    assert strays("vitals", '{% include "cases/_row.html" %}') == ["cases/_row.html"]


Said = tuple[str, str]  # the context, or nothing, and the words


def words_of_template(text: str) -> set[Said]:
    """Every message a template asks for."""
    # Django doubles a percent sign of {% translate %} before it looks the words up.
    found = {
        (context, ast.literal_eval(said).replace("%", "%%"))
        for said, context in SAID.findall(text)
    }
    for match in BLOCK.finditer(text):
        trimmed = "trimmed" in match["options"]
        said = re.sub(r"{{\s*([\w.]+)[^}]*}}", r"%(\1)s", match["one"])
        found.add(("", re.sub(r"\s*\n\s*", " ", said.strip()) if trimmed else said))
    return found


def words_of_python(text: str) -> set[Said]:
    """Every literal message a module asks for; a plural by its singular."""
    found: set[Said] = set()
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = 1 if name.startswith("pgettext") else 0
        said = node.args[at] if len(node.args) > at else None
        if name in CALLS and isinstance(said, ast.Constant):
            context = ast.literal_eval(node.args[0]) if at else ""
            found.add((context, str(said.value)))
    return found


@pytest.mark.parametrize("part", (*PARTS, "config"))
def test_every_word_is_said_in_chinese_too(part: str) -> None:
    wanted: set[Said] = set()
    for file in (SOURCE / part).rglob("*.html"):
        wanted |= words_of_template(file.read_text("utf-8"))
    for file in (SOURCE / part).rglob("*.py"):
        wanted |= words_of_python(file.read_text("utf-8"))
    missing = wanted - said_in(part).keys() - said_in("core").keys() - {("", "")}
    assert not missing


def said_in(part: str) -> dict[Said, str]:
    """Messages with a finished Chinese translation, and what it is."""
    file = SOURCE / part / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if not file.exists():
        return {}
    return {
        (entry.msgctxt or "", entry.msgid): entry.msgstr or entry.msgstr_plural[0]
        for entry in polib.pofile(str(file)).translated_entries()
    }


def test_no_word_is_said_in_two_ways() -> None:
    """All parts' words lie in one heap: of two ways to say one, a page of the other part shows
    the wrong one. Another meaning gets a context."""
    ways: dict[Said, dict[str, set[str]]] = {}
    for part in (*PARTS, "config"):
        for said, chinese in said_in(part).items():
            ways.setdefault(said, {}).setdefault(chinese, set()).add(part)
    assert not {said: how for said, how in ways.items() if len(how) > 1}


# What docs/glossary.md does not say for the thing meant, and where it may stand all the same.
NOT_THE_CITYS_WORDS = {
    "事项": ("总事项",),  # a case is 案件; its parent matter is 总事项
    "报警": (),  # an alert is 告警, its highest level 警报
    "超期": (),  # past a deadline is 超时
    "逾期": (),
}


@pytest.mark.parametrize("part", (*PARTS, "config"))
def test_chinese_follows_the_glossary(part: str) -> None:
    for said, chinese in said_in(part).items():
        for word, within in NOT_THE_CITYS_WORDS.items():
            left = chinese
            for other in within:
                left = left.replace(other, "")
            assert word not in left, (said, chinese)


@pytest.mark.parametrize("po", sorted(SOURCE.rglob("*.po")), ids=lambda po: po.parts[-4])
def test_compiled_words_are_those_of_the_source(po: Path) -> None:
    assert po.with_suffix(".mo").read_bytes() == polib.pofile(str(po)).to_binary(), (
        "Run: make words"
    )

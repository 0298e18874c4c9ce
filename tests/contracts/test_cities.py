"""No city stands in the code: what one is called, and where it lies, is its pack's.

The generator draws cities and knows the names it draws with; replay and the mappings of feeds name
the real places their records are of. Comments may say where a figure was measured. Time zones are
named after cities, and are none.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "gongbi"
KNOW_CITIES = ("generator", "replay", "feeds/mappings")
REAL = """
上海 北京 天津 重庆 广州 深圳 杭州 南京 成都 武汉 苏州 西安 台北 台南 臺南 香港 澳门 Shanghai
Beijing
Tianjin Chongqing Guangzhou Shenzhen Hangzhou Nanjing Chengdu Wuhan Suzhou Taipei Tainan Kaohsiung
Singapore Seoul Tokyo Boston Chicago Amsterdam Rotterdam Helsinki Toronto Zurich Bonn London Paris
Berlin Madrid Barcelona Washington Philadelphia Baltimore
"""
ZONE = re.compile(r"\b(?:Asia|Europe|America|Africa|Australia|Pacific)/[A-Za-z_]+")
TEXTS = (".html", ".js", ".css", ".po", ".typ", ".toml", ".txt", ".csv")


def names() -> re.Pattern[str]:
    """Every name of a real city above and of the cities that are drawn, as whole words."""
    drawn = tomllib.loads((SOURCE / "generator" / "words.toml").read_text("utf-8"))["cities"]
    both = [*REAL.split(), *(word for one in drawn for word in one.split())]
    latin = "|".join(word for word in both if word.isascii())
    other = "|".join(word for word in both if not word.isascii())
    return re.compile(rf"\b(?:{latin})\b|{other}")


def files() -> Iterator[Path]:
    """The code of the parts that work for whichever city."""
    for file in sorted(SOURCE.rglob("*")):
        path = file.relative_to(SOURCE).as_posix()
        if file.is_file() and not path.startswith(KNOW_CITIES) and "__pycache__" not in path:
            yield file


def said_in(file: Path) -> Iterator[str]:
    """What the code itself says: constants of Python without docstrings, texts of the rest."""
    if file.suffix in TEXTS:
        yield file.read_text("utf-8")
    if file.suffix == ".py":
        tree = ast.parse(file.read_text("utf-8"))
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in alone:
                yield str(node.value)


def test_no_city_is_named_in_the_code() -> None:
    known, looked, found = names(), 0, []
    for file in files():
        for said in said_in(file):
            looked += 1
            found += [(str(file.relative_to(SOURCE)), word)
                      for word in known.findall(ZONE.sub("", said))]  # fmt: skip
    assert looked > 10_000
    assert found == []


def test_the_rule_bites() -> None:
    known = names()
    assert known.findall(ZONE.sub("", "Asia/Shanghai")) == []
    assert known.findall("a hotline of Shanghai, 上海") == ["Shanghai", "上海"]
    assert known.findall("Lanpu 岚浦 Lanpunian") == ["Lanpu", "岚浦"]

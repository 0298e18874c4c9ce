"""docs/roles.md says of every role what the code says; tools/roles.py writes the marks anew."""

import re

import pytest
from tests.conftest import ROOT

from gongbi.config.roles import PLACE_WIDE_ROLES, ROLES

Told = dict[str, set[str]]
SOURCE = ROOT / "src" / "gongbi"
VERB = re.compile(r'"([a-z_0-9]+\.[a-z_]+)"')


def rows_of(page: str, key: str) -> list[list[str]]:
    """The cells of the table whose heading begins with ``key``, heading first."""
    table = re.search(rf"^\| {key} \|.*\n(?:\|.*\n)+", page, re.MULTILINE)
    assert table, key
    lines = table.group().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def told(page: str) -> Told:
    """What the page says each role may."""
    heads, _, *rows = rows_of(page, "may")
    roles = [head.strip("`") for head in heads[1:-1]]
    return {
        role: {row[0] for row in rows if row[column] == "●"}
        for column, role in enumerate(roles, 1)
    }


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "roles.md").read_text("utf-8")


@pytest.mark.parametrize("role", ROLES)
def test_the_page_says_what_a_role_may(page: str, role: str) -> None:
    said = told(page)
    assert set(said) == set(ROLES)
    assert said[role] == ROLES[role]


def test_every_verb_is_explained_once(page: str) -> None:
    _, _, *rows = rows_of(page, "may")
    verbs = [row[0] for row in rows]
    assert sorted(verbs) == sorted(set().union(*ROLES.values()))
    assert all(row[-1] for row in rows)


def test_the_page_says_how_far_a_role_reaches(page: str) -> None:
    _, _, *rows = rows_of(page, "role")
    reach = {row[0].strip("`"): row[2] for row in rows}
    wide = {role for role, far in reach.items() if far.startswith("its place")}
    assert set(reach) == set(ROLES)
    assert wide == PLACE_WIDE_ROLES


def test_the_rule_bites(page: str) -> None:
    changed = page.replace("| modes.set |  |  |  | ● |", "| modes.set | ● |  |  | ● |")
    assert told(changed)["keeper"] - ROLES["keeper"] == {"modes.set"}


def asked_for() -> set[str]:
    """Every verb that stands in the code, outside the list of roles."""
    texts = (
        file.read_text("utf-8")
        for kind in ("*.py", "*.html")
        for file in SOURCE.rglob(kind)
        if file != SOURCE / "config" / "roles.py"
    )
    return {verb for text in texts for verb in VERB.findall(text)}


def test_each_verb_of_a_role_is_asked_for() -> None:
    given = {verb for verbs in ROLES.values() for verb in verbs}
    assert len(given) > 30
    assert given - asked_for() == set()

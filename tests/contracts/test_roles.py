"""What a role may do is asked for somewhere: a verb nobody asks for promises what is not so."""

import re

from tests.conftest import ROOT

from gongbi.config.roles import ROLES

SOURCE = ROOT / "src" / "gongbi"
VERB = re.compile(r'"([a-z_0-9]+\.[a-z_]+)"')


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

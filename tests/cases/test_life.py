"""The life cycle of every shipped type, checked; and walked by its actions."""

import tomllib

import pytest
from tests.cases.tables import HEAD, SEEN_HEAD, TASK_HEAD, printed, rows, seen_rows, task_rows
from tests.conftest import ROOT

from gongbi.cases import consequences, states
from gongbi.cases.consequences import WHO
from gongbi.cases.models import CaseType
from gongbi.kernel.cases.life import Move, check, ways


def findings(ask_verdict: bool):
    return check(
        states.states_of(ask_verdict=ask_verdict),
        states.moves_of(ask_verdict=ask_verdict),
        start=states.OPEN,
        ends=states.ENDS,
    )


@pytest.mark.parametrize("ask_verdict", [True, False])
def test_no_state_is_dead_or_unreachable_and_every_case_can_end(ask_verdict):
    found = findings(ask_verdict)
    assert found.sound, found


def test_the_check_bites():
    moves = [m for m in states.moves_of(ask_verdict=True) if m.source != states.ANSWERED]
    found = check(states.STATES, moves, start=states.OPEN, ends=states.ENDS)
    assert found.dead == (states.ANSWERED,)


def shipped_types() -> list[tuple[str, bool]]:
    """Types of every pack in the repository, by file."""
    found = []
    for file in sorted((ROOT / "src").rglob("*.toml")):
        text = file.read_text("utf-8")
        if "[[case_type]]" in text:
            rows = tomllib.loads(text)["case_type"]
            found += [(f"{file.name}:{r['code']}", r.get("ask_verdict", True)) for r in rows]
    return found


@pytest.mark.parametrize(("name", "ask_verdict"), shipped_types())
def test_every_shipped_type_has_a_sound_life(name, ask_verdict):
    assert findings(ask_verdict).sound, name


def test_every_type_loaded_has_a_sound_life(small_city):
    assert CaseType.objects.exists()
    for row in CaseType.objects.filter(in_force=True):
        assert findings(row.ask_verdict).sound, row.code


def test_no_handler_asks_or_gives_a_verdict():
    """Only the system asks; only the reporter, or one who verifies and does no work, answers."""
    for edge in states.TABLE:
        if edge.verb in ("ask", "unanswered"):
            assert (edge.by, edge.needs) == ("system", "")
        if edge.verb in ("solved", "not_solved"):
            assert edge.by == "reporter" or edge.needs == "cases.verify"


def test_silence_never_leads_to_solved():
    assert {edge.target for edge in states.TABLE if edge.verb == "unanswered"} == {"closed"}
    assert "unanswered" in states.SAID


def test_every_permission_of_the_table_is_given_to_some_role(settings):
    given = set().union(*settings.ROLES.values())
    assert {edge.needs for edge in states.TABLE if edge.needs} <= given


def test_no_role_both_works_and_verifies(settings):
    for role, verbs in settings.ROLES.items():
        assert not {"cases.work", "cases.verify"} <= verbs, role


def test_the_shortest_way_to_a_verdict_passes_the_handler():
    way = ways(states.moves_of(ask_verdict=True), start=states.OPEN)
    assert way[states.ANSWERED] == ("dispatch", "declare")


@pytest.mark.parametrize(
    "table",
    [printed(HEAD, rows()), printed(TASK_HEAD, task_rows()), printed(SEEN_HEAD, seen_rows())],
    ids=["case", "task", "seen"],
)
def test_the_page_prints_the_tables_as_they_are(table):
    """docs/parts/cases.md prints them; a row that changes must change there, in every column."""
    assert table in (ROOT / "docs" / "parts" / "cases.md").read_text("utf-8")


def test_every_verb_has_its_cost_and_somebody_is_told():
    verbs = {edge.verb for edge in states.TABLE}
    assert set(consequences.CLOCK) <= verbs
    assert set(consequences.TELLS) == verbs
    assert {who for told in consequences.TELLS.values() for who in told} <= {*WHO, "reporter"}
    assert set(consequences.SEEN) == {*WHO, "reporter"}


def test_a_task_s_life_is_sound_and_moved_by_verbs_of_the_case():
    moves = [Move(row.verb, row.source or "new", row.target) for row in consequences.TASK_TABLE]
    found = check(
        ["new", *consequences.TASK_STATES], moves, start="new", ends=consequences.TASK_ENDS
    )
    assert found.sound, found
    verbs = {edge.verb for edge in states.TABLE}
    assert {row.verb for row in consequences.TASK_TABLE} - verbs == {"start"}

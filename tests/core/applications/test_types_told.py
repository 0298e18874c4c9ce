"""What kinds of events there are, held against the one table of them."""

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

from tests.conftest import ROOT
from tests.core.applications.test_tell import go_round

from gongbi.core.applications.keys import record_of
from gongbi.core.journal import Fact
from gongbi.core.models import Person
from gongbi.core.modes import set_mode
from gongbi.core.public import now, place
from gongbi.core.webhooks.hearing import About, kinds, may_hear
from gongbi.core.webhooks.keeping import pause

PAGE = ROOT / "docs" / "parts" / "applications.md"
ROW = re.compile(r"^\| gongbi\.(\w+\.\w+) \| ([^|]*) \|", re.MULTILINE)
MODULES = ("cases.events", "cases.events_life", "vitals.events", "reports.events", "core.events")
NAMES_SOMEBODY = {"person", "handler", "name", "words", "contact", "referee"}


def fact_of(kind: str) -> type[Fact]:
    """The dataclass of a kind."""
    part, name = kind.split(".")
    for module in MODULES:
        found = getattr(import_module(f"gongbi.{module}"), name, None)
        if module.startswith(part) and found:
            return found
    raise LookupError(kind)


def test_the_table_of_types_is_what_the_code_tells() -> None:
    said = {
        kind: set(re.findall(r"\w+", data)) for kind, data in ROW.findall(PAGE.read_text("utf-8"))
    }
    told = {
        kind: {one.name for one in dataclasses.fields(fact_of(kind))}  # type: ignore[arg-type]
        for kind in kinds()
    }
    assert said == told


def test_no_fact_that_is_told_names_a_person() -> None:
    assert not {
        kind
        for kind in kinds()
        if NAMES_SOMEBODY & {one.name for one in dataclasses.fields(fact_of(kind))}  # type: ignore[arg-type]
    }


def storm() -> None:
    """The east is put into an emergency by a person."""
    where, person = place("xx-e"), Person.objects.create(username="s", name="督查 某")
    assert where is not None
    end = now() + timedelta(hours=3)
    set_mode(where, "emergency", basis="Order 7", reason="A storm", ends_at=end, person=person)


def test_a_mode_is_told_to_all_that_hear_there_and_without_its_words(
    hooked: Callable[..., Any], listener: Any
) -> None:
    hooked(wanted=["core.ModeSet"])
    hooked("west", wanted=["core.ModeSet"], place_id="xx-w")
    storm()
    go_round()
    (told,) = listener.bodies()
    assert told["type"] == "gongbi.core.ModeSet"
    assert (told["data"]["place"], told["data"]["mode"]) == ("xx-e", "emergency")
    assert "storm" not in str(told).lower()


def test_how_applications_fare_is_told_to_who_works_there_only(
    hooked: Callable[..., Any], registered: Callable[..., Any], listener: Any
) -> None:
    kind = "core.WebhookChanged"
    hooked("reader", wanted=[kind])
    hooked("works", wanted=[kind], scopes=["hear", "work"])
    go_round()
    listener.came.clear()
    ill, _secret = hooked("ill", wanted=["cases.CaseOpened"])
    pause(ill, by="test")
    go_round()
    told = [body["data"] for body in listener.bodies()]
    assert [one["change"] for one in told if one["application"] == "ill"] == ["made", "paused"]
    to = {headers["webhook-id"] for headers, _body in listener.came}
    assert len(to) == len(listener.came)  # one webhook hears each, not both


def test_a_sign_is_heard_by_who_is_entered_for_it(registered: Callable[..., Any]) -> None:
    alert = About(public=False, type="pressure", place_path="/xx/xx-e/", unit_path="")
    for name, said, hears in (
        ("pressure", {"types": ["pressure"]}, True),
        ("burst-pipe", {"types": ["burst-pipe"]}, False),
        ("nothing", {}, False),
        ("hear-dispatch", {"scopes": ["hear", "dispatch"]}, True),
        ("dispatch", {"scopes": ["dispatch"]}, False),
        ("west", {"scopes": ["hear", "work"], "place_id": "xx-w"}, False),
    ):
        row = registered(name, **said)
        assert may_hear(record_of(row), alert) is hears, said

"""A caller complains about an office: the clerk names it, and it is routed past that office."""

import re
from collections.abc import Callable
from pathlib import Path

from django.test import Client
from tests.reports.hotline.conftest import last

from gongbi.cases.models import Case
from gongbi.reports.hotline.said import heard

Ring = Callable[..., tuple[Client, str]]
SAYS = {"words": "修路灯的人骂人", "place_words": "", "contact": "", "type": "lamp-out",
        "other_type": "", "aid": ""}  # fmt: skip


def test_named_by_its_name(town: Path, ring: Ring) -> None:
    clerk, where = ring()
    assert "This is a complaint about an office" in clerk.get(where).content.decode()
    answer = clerk.post(f"{where}open/", SAYS | {"office": "Road works"})
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.about_unit_id, case.suggested_unit_id) == ("roads", None)
    assert "A complaint about Road works" in clerk.get(answer["Location"]).content.decode()


def test_several_of_that_name_are_asked_about_and_what_was_typed_is_kept(
    town: Path, ring: Ring
) -> None:
    clerk, where = ring()
    typed = SAYS | {"office": "road"}
    clerk.post(f"{where}known/", typed)
    assert heard(last()).office == "road", "kept before it is settled"
    page = clerk.get(where).content.decode()
    assert re.findall(r'name="about_unit" value="([^"]*)"', page) == ["roads", "roads-e", "-"]
    clerk.post(f"{where}transfer/", typed | {"words": "更多", "to": "x", "taken": "not_reached"})
    assert heard(last()).words == "更多", "no verb loses the notes"
    asked = clerk.post(f"{where}open/", typed)
    assert asked.status_code == 422
    assert "choose one of them" in asked.content.decode()
    clerk.post(f"{where}open/", typed | {"about_unit": "roads-e"})
    assert Case.objects.get().about_unit_id == "roads-e"

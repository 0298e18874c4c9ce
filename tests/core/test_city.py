"""A request reads once which city it stands in, and never that of the request before."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongbi.core.city import city, hold_city, let_city_go, pack_version
from gongbi.core.models import PackVersion


def named(number: int, name: str) -> None:
    said = {"code": "xx", "name_en": name, "name_zh": name, "zone": "Asia/Shanghai"}
    PackVersion.objects.create(
        number=number, digest="", city=said, loaded_at="2026-11-24T00:00Z", loaded_by="test"
    )


def test_a_request_asks_once_and_the_next_asks_anew(db, client):
    named(1, "Inkwell")
    for of_a_load in (2, 1):  # which load is in force, at each request; what it says, once
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/sign-in/").content.decode()
        assert "Inkwell" in page
        assert len([one for one in seen if "core_packversion" in one["sql"]]) == of_a_load
    named(2, "Brushwash")
    assert city().name_en == "Brushwash"
    assert "Brushwash" in client.get("/sign-in/").content.decode()


def test_what_is_held_is_held_until_it_is_let_go(db):
    named(1, "Inkwell")
    assert hold_city().name_en == "Inkwell"
    named(2, "Brushwash")
    assert (city().name_en, pack_version()) == ("Inkwell", 1)
    let_city_go()
    assert (city().name_en, pack_version()) == ("Brushwash", 2)

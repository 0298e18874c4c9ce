"""The clerk on the telephone names the very asset: by the code read out, or out of the nearest."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from tests.reports.hotline.conftest import last
from tests.reports.test_assets import KINDS

from gongbi.cases.models import Case
from gongbi.cases.public import follow

Ring = Callable[..., tuple[Client, str]]
ROWS = """kind,code,lon,lat,owner,maintainer,place,name_en,name_zh
lamp,3-0421,122.95,30.2,roads,,xx-e,By the school gate,校门口
lamp,3-0422,122.9503,30.2,roads,,,,
lamp,9-0001,122.85,30.2,roads,,xx-w,,
manhole,30422,122.95,30.2,water,,,,
"""
QUARTER = "xx-e-q,xx-e,quarter,学堂里,Schoolyard,122.9501,30.2,60,,\n"
SAYS = {"words": "这里黑", "place_words": "", "contact": "", "type": "lamp-out",
        "other_type": "", "aid": ""}  # fmt: skip


@pytest.fixture
def lit(town: Path, tmp_path: Path, settings: object) -> Path:
    """The town with lamps, a manhole of the same code as a lamp, and a quarter."""
    from gongbi.core import packs

    folder = tmp_path / "pack"
    (folder / "asset_kinds.toml").write_text(KINDS, "utf-8")
    (folder / "assets.csv").write_text(ROWS, "utf-8")
    places = folder / "places.csv"
    places.write_text(places.read_text("utf-8") + QUARTER, "utf-8")
    types = folder / "case_types.toml"
    lamps = types.read_text("utf-8").replace(
        'code = "lamp-out"\n', 'code = "lamp-out"\nassets = ["lamp"]\n'
    )
    types.write_text(lamps, "utf-8")
    settings.GONGBI_PUBLIC_URL = "https://city.example"  # type: ignore[attr-defined]
    packs.load_pack(folder, by="test")
    return folder


def asked(clerk: Client, where: str, **said: str) -> tuple[str, dict[str, bool]]:
    """The list under the form: its text, and each asset with whether it is chosen."""
    page = clerk.post(f"{where}assets/", SAYS | said).content.decode()
    found = re.findall(r'name="asset" value="([^"]*)"( checked)?', page)
    return page, {ref: bool(chosen) for ref, chosen in found}


def opened(clerk: Client, where: str, **said: str) -> Case:
    assert clerk.post(f"{where}open/", SAYS | said).status_code == 302
    return Case.objects.get()


def test_the_nearest_of_a_small_place_are_offered(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    page, found = asked(clerk, where, place_words="学堂里")
    assert list(found) == ["lamp:3-0421", "lamp:3-0422", ""]
    assert "10 m from the middle of Schoolyard" in page
    assert asked(clerk, where, place_words="East Lake")[1] == {}, "nothing is near in a district"


def test_a_code_that_is_read_out_is_found_and_chosen(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    page, found = asked(clerk, where, code="3 0421")
    assert "The register has this code" in page
    assert "By the school gate · East Lake" in page
    assert found == {"lamp:3-0421": True, "": False}
    case = opened(clerk, where, code="3 0421")
    assert (case.asset.code, case.lon, case.asset_why) == ("3-0421", 122.95, {"by": "sender"})


def test_a_code_nobody_knows_is_said_and_kept_with_the_words(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    page, found = asked(clerk, where, code="7-7777")
    assert "The register knows no such code" in page
    assert found == {}
    case = opened(clerk, where, code="7-7777")
    assert case.asset is None
    from gongbi.core.public import unseal

    assert "7-7777" in (unseal(case.signals.get().words_id) or "")


def test_of_several_kinds_with_a_code_the_clerk_asks(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    page, found = asked(clerk, where, code="30422", type="", words="坏了")
    assert "Several bear this code" in page
    assert found == {"lamp:3-0422": False, "manhole:30422": False, "": False}
    assert asked(clerk, where, code="30422")[1]["lamp:3-0422"], "a lamp is out: the lamp is meant"
    case = opened(clerk, where, code="30422", type="", words="坏了", asset="manhole:30422")
    assert case.asset.kind_id == "manhole"


def test_none_of_these_is_an_answer_also_to_a_code(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    assert opened(clerk, where, code="3-0421", place_words="xx", asset="").asset is None


def test_it_is_still_there_when_the_page_is_loaded_anew(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    clerk.post(f"{where}known/", SAYS | {"code": "30421", "asset": "lamp:3-0422"})
    page = clerk.get(where).content.decode()
    assert 'name="code" value="30421"' in page
    assert 'value="lamp:3-0421" checked' in page, "the code goes before"
    assert b"30421" not in bytes(last().sealed)


def test_nothing_but_a_code_opens_nothing(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    assert clerk.post(f"{where}open/", SAYS | {"words": " ", "code": "7"}).status_code == 422
    assert not Case.objects.exists()


def test_whoever_follows_it_sees_kind_code_and_owner(lit: Path, ring: Ring) -> None:
    from gongbi.cases.following import token_of

    clerk, where = ring()
    case = opened(clerk, where, code="3-0421")
    found = follow(token_of(case.signals.get().uuid))
    assert found is not None
    assert (found.asset, found.asset_owner) == ("Street lamp 3-0421", "Road works")


def test_it_costs_a_bounded_number_of_queries(
    lit: Path,
    ring: Ring,
    django_assert_max_num_queries: object,
) -> None:
    clerk, where = ring()
    asked(clerk, where, code="3-0421", place_words="学堂里")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        asked(clerk, where, code="3-0421", place_words="学堂里")


def test_the_counter_takes_a_code_too(lit: Path, signed_in: Callable[..., Client]) -> None:
    clerk = signed_in("clerk", name="desk")
    page = clerk.get("/counter/").content.decode()
    assert 'name="code"' in page
    assert 'name="code"' not in Client().get("/report/").content.decode()
    said = {"words": "黑", "type": "lamp-out", "by_hand": "1", "code": "3-0421", "place_words": ""}
    shown = clerk.post("/report/assets/", said).content.decode()
    assert 'value="lamp:3-0421" checked' in shown
    reference = re.search(r'name="reference" value="([^"]+)"', page)
    assert reference
    sent = clerk.post("/counter/", said | {"reference": reference[1], "asked": "1"})
    assert sent.status_code == 302
    assert Case.objects.get().asset.code == "3-0421"


def test_none_of_these_keeps_a_code_that_nobody_knows(lit: Path, ring: Ring) -> None:
    clerk, where = ring()
    from gongbi.core.public import unseal

    case = opened(clerk, where, code="7-7777", place_words="学堂里", asset="")
    assert case.asset is None
    assert "7-7777" in (unseal(case.signals.get().words_id) or "")


@pytest.mark.parametrize(
    ("code", "code_for", "chosen", "told"),
    [
        ("9-0001", "3-0421", "lamp:3-0421", "9-0001"),  # typed on, sent before the list followed
        ("9-9999", "3-0421", "lamp:3-0421", None),
        ("9-0001", "3-0421", "", "9-0001"),
        ("9-9999", "", "lamp:3-0422", "3-0422"),  # out of the nearest, by hand
        ("3-0421", "3-0421", "lamp:3-0421", "3-0421"),
    ],
)
def test_what_a_code_meant_that_is_another_by_now_is_not_reported(
    lit: Path, ring: Ring, code: str, code_for: str, chosen: str, told: str | None
) -> None:
    clerk, where = ring()
    said = {"code": code, "code_for": code_for, "asset": chosen}
    page, found = asked(clerk, where, **said)
    assert f'name="code_for" value="{code}"' in page
    assert [ref for ref, is_it in found.items() if is_it] == ([f"lamp:{told}"] if told else [])
    case = opened(clerk, where, **said)
    assert (case.asset.code if case.asset else None) == told

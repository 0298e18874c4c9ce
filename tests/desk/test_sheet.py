"""Labels for assets: what is printed can be read, leads to that asset, and who may print it."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from tests.desk.reading_codes import read
from typer.testing import CliRunner

from gongbi.config.cli import app
from gongbi.core.models import Asset, AssetKind
from gongbi.core.public import place
from gongbi.desk.sheets.labels import A_SHEET, Label, labels
from gongbi.desk.sheets.typeset import draw

HOME = "https://city.example"
DOTS = 200 / 25.4  # a millimetre


@pytest.fixture
def lit(small_city, settings):
    """Thirty lamps of the west and one of the east, all Water's; a city that can be reached."""
    settings.GONGBI_PUBLIC_URL = HOME
    AssetKind.objects.create(code="lamp", name_en="Street lamp", name_zh="路灯")
    rows = [("xx-w-1-a", f"3-{n:04}") for n in range(30)] + [("xx-e-1-a", "9-0001")]
    stands = {"kind_id": "lamp", "lon": 122.9, "lat": 30.2, "cell": 0, "owner_id": "water"}
    Asset.objects.bulk_create(
        Asset(place_id=at, code=code, key=code.replace("-", ""), **stands) for at, code in rows
    )
    return small_city


def scanned(found: list[Label]) -> list[str]:
    """What a camera reads of each label on the first sheet."""
    drawn = draw(found, "png")
    sheet = drawn if isinstance(drawn, bytes) else drawn[0]
    picture = Image.open(io.BytesIO(sheet)).convert("L")
    return [read(_printed(picture, n, one)) for n, one in enumerate(found)]


def _printed(picture: Image.Image, number: int, label: Label) -> list[list[bool]]:
    """The modules of one label's square code, dark or light, by where they are on the paper."""
    size = re.search(r'viewBox="0 0 (\d+) ', label.svg)
    assert size
    modules = int(size[1]) - 8
    left, top = 70 * (number % 3) + 3, 37.1 * (number // 3) + 2.5
    one = 31 / (modules + 8)

    def dark(row: int, column: int) -> bool:
        x, y = left + (column + 4.5) * one, top + (row + 4.5) * one
        return bool(picture.getpixel((round(x * DOTS), round(y * DOTS))) < 128)

    return [[dark(row, column) for column in range(modules)] for row in range(modules)]


def test_what_is_printed_leads_to_that_very_asset(lit, client):
    here = place("xx-w")
    assert here is not None
    found, after = labels("lamp", here, most=A_SHEET)
    assert (len(found), after) == (24, "3-0023")
    links = scanned(found)
    assert links == [f"{HOME}/report/?asset=lamp:3-{n:04}" for n in range(24)]
    page = client.get(links[23].removeprefix(HOME)).content.decode()
    assert 'value="lamp:3-0023" checked' in page


@pytest.mark.parametrize("home", [HOME, "https://c.cn", "https://city-services.example/gongbi"])
def test_every_size_is_read_as_it_was_written(lit, settings, home):
    settings.GONGBI_PUBLIC_URL = home
    here = place("xx-e")
    assert here is not None
    found, _after = labels("lamp", here, most=1)
    assert scanned(found) == [f"{home}/report/?asset=lamp:9-0001"]


def command(tmp_path: Path, *said: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["assets", "sheet", "-o", str(tmp_path / "out.pdf"), *said])
    return done.exit_code, " ".join(done.output.split())


def test_the_command_prints_a_sheet(lit, tmp_path):
    code, said = command(tmp_path, "--kind", "lamp", "--place", "xx-w")
    assert (code, "30 labels on 2 sheets" in said) == (0, True), said
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    code, said = command(tmp_path, "--kind", "lamp", "--after", "3-0027")
    assert "3 labels on 1 sheets" in said, "two of the west and the one of the east"


@pytest.mark.parametrize("home", ["http://127.0.0.1:8700", "http://localhost", "http://0.0.0.0:1"])
def test_without_a_public_address_nothing_is_printed_and_the_remedy_is_said(
    lit, tmp_path, settings, signed_in, home
):
    settings.GONGBI_PUBLIC_URL = home
    code, said = command(tmp_path, "--kind", "lamp")
    assert code == 1
    assert "Set GONGBI_PUBLIC_URL to the address that residents reach" in said
    assert not (tmp_path / "out.pdf").exists()
    answer = signed_in("officer").get("/assets/sheet/?kind=lamp")
    assert answer.status_code == 422
    assert "Set GONGBI_PUBLIC_URL" in answer.content.decode()
    assert signed_in("officer").get("/assets/sheet.pdf?kind=lamp").status_code == 422


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (("--kind", "tree"), "The city keeps no assets of the kind tree."),
        (("--kind", "lamp", "--place", "nowhere"), "There is no place 'nowhere'"),
        (("--kind", "lamp", "--place", "xx-e-1", "--after", "9-0001"), "No asset of this kind"),
    ],
)
def test_what_cannot_be_printed_is_said(lit, tmp_path, said, sentence):
    code, told = command(tmp_path, *said)
    assert (code, sentence in told) == (1, True), told


def test_the_page_shows_them_and_goes_on(lit, signed_in, django_assert_max_num_queries):
    browser = signed_in("officer")
    page = browser.get("/assets/sheet/").content.decode()
    assert "Choose a kind and a place." in page
    with django_assert_max_num_queries(12):
        page = browser.get("/assets/sheet/?kind=lamp&place=xx-w").content.decode()
    assert page.count('class="label"') == 30
    assert "路灯" in page
    assert "Street lamp" in page
    answer = browser.get("/assets/sheet.pdf?kind=lamp&place=xx-w")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "/assets/" in browser.get("/search/").content.decode()
    browser.cookies["django_language"] = "zh-hans"
    page = browser.get("/assets/sheet/?kind=lamp&place=xx-w-1-a").content.decode()
    assert '<option value="xx-w-1-a" selected>' in page, "smaller than those to choose from"
    chinese = browser.get("/assets/sheet/?kind=lamp").content.decode()
    for part in ("部件标签", "打印", "类别"):
        assert part in chinese, part


@pytest.mark.parametrize("address", ["/assets/sheet/", "/assets/sheet.pdf"])
@pytest.mark.parametrize(
    ("who", "everywhere", "in_the_west", "in_the_east"),
    [
        ("", 302, 302, 302),
        ("stranger", 403, 403, 403),
        ("officer", 200, 200, 200),
        ("west", 200, 200, 404),
        ("worker", 200, 200, 200),  # of Water, which owns them all
    ],
)
def test_who_may_print(lit, signed_in, address, who, everywhere, in_the_west, in_the_east):
    browser = signed_in(who)
    asked = {"": everywhere, "&place=xx-w": in_the_west, "&place=xx-e": in_the_east}
    found = {query: browser.get(f"{address}?kind=lamp{query}").status_code for query in asked}
    assert found == asked


def test_a_unit_prints_its_own_alone(lit, signed_in):
    Asset.objects.filter(code__lt="3-0029").update(owner="hotline")
    page = signed_in("worker").get("/assets/sheet/?kind=lamp").content.decode()
    assert re.findall(r'<strong class="code">([^<]+)', page) == ["3-0029", "9-0001"]


def test_a_place_that_is_none_is_no_fault_of_ours(lit, signed_in):
    for said in ("%00", "nowhere"):
        answer = signed_in("officer").get(f"/assets/sheet/?kind=lamp&place={said}")
        assert answer.status_code in (200, 404), said

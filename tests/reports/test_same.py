"""*Is it this one?* Asked before a report is sent; one tap adds a voice to the case."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from tests.reports.test_report import form

from gongbi.cases.models import Case, Signal
from gongbi.cases.public import follow
from gongbi.reports.receipts import slip_at

HERE = {"lon": "122.95", "lat": "30.2", "type": "burst-pipe", "words": "桥头水管爆了,水喷得老高"}
BESIDE = HERE | {"lon": "122.95005", "words": "桥头水管爆裂,马路上全是水,电话13812345678"}


@pytest.fixture
def known(town: Path, browser: Client) -> Case:
    """A burst pipe at the bridge, reported by somebody else."""
    browser.post("/report/", form(**HERE, contact="李娜 13900000000"))
    return Case.objects.get()


def test_a_neighbour_is_asked_and_joins_with_one_tap(known: Case, browser: Client) -> None:
    posted = form(**BESIDE)
    asked = browser.post("/report/", posted)
    page = asked.content.decode()
    assert asked.status_code == 200
    assert "Is it this one?" in page
    assert f'value="{known.number}"' in page
    assert "桥头水管爆裂" in page, "what was written is kept"
    assert Case.objects.count() == 1
    answer = browser.post("/report/", posted | {"asked": "1", "joins": known.number})
    assert answer.status_code == 302
    known.refresh_from_db()
    assert (Case.objects.count(), known.signals_count) == (1, 2)
    slip = slip_at(answer["Location"].split("/")[2])
    assert slip
    assert follow(slip.token).number == known.number
    assert "your report was added to it" in browser.get(answer["Location"]).content.decode()


def test_nothing_of_the_other_reporter_is_shown(known: Case, browser: Client) -> None:
    page = browser.post("/report/", form(**BESIDE)).content.decode()
    for secret in ("喷得老高", "李娜", "13900000000"):
        assert secret not in page


def test_no_mine_is_another(known: Case, browser: Client) -> None:
    browser.post("/report/", form(**BESIDE) | {"asked": "1", "joins": ""})
    assert Case.objects.count() == 2


def test_only_what_was_asked_about_can_be_joined(known: Case, browser: Client) -> None:
    far = HERE | {"lon": "122.85", "words": "西山路灯不亮", "type": "lamp-out"}
    browser.post("/report/", form(**far) | {"asked": "1", "joins": known.number})
    assert Case.objects.count() == 2
    known.refresh_from_db()
    assert known.signals_count == 1


def test_a_closed_case_is_not_offered(known: Case, browser: Client) -> None:
    Case.objects.update(state="closed")
    assert browser.post("/report/", form(**BESIDE)).status_code == 302


def test_nobody_is_held_up_in_danger(known: Case, browser: Client) -> None:
    posted = form(**BESIDE | {"words": "桥头水管爆了,有人受伤"})
    assert browser.post("/report/", posted).status_code == 302
    assert Case.objects.count() == 2


def test_a_second_tap_is_not_asked(known: Case, browser: Client) -> None:
    posted = form(**BESIDE) | {"asked": "1"}
    browser.post("/report/", posted)
    again = browser.post("/report/", posted | {"asked": ""})
    assert (again.status_code, Signal.objects.count()) == (302, 2)


def test_a_photo_is_not_lost_to_the_question(known: Case, browser: Client) -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(out, "JPEG")
    out.seek(0)
    out.name = "a.jpg"
    assert browser.post("/report/", form(**BESIDE) | {"photo": out}).status_code == 302


def test_the_part_for_scripts(known: Case, browser: Client) -> None:
    part = browser.post("/report/same/", form(**BESIDE)).content.decode()
    assert "Is it this one?" in part
    assert "<html" not in part
    far = HERE | {"lon": "122.85", "words": "西山路灯不亮", "type": "lamp-out"}
    assert not browser.post("/report/same/", form(**far)).content.strip()
    assert browser.get("/report/same/").status_code == 405


def test_the_api_asks_and_joins(known: Case, browser: Client) -> None:
    from gongbi.core.public import make_application_key

    key = {"authorization": f"Bearer {make_application_key('hotline', ['report'])}"}
    said = {"source": "hotline", "reference": "h-1", "words": BESIDE["words"],
            "type": "burst-pipe", "lon": 122.95005, "lat": 30.2}  # fmt: skip
    ask = {"path": "/api/reports/alike", "data": said, "content_type": "application/json"}
    assert browser.post(**ask).status_code == 401
    found = browser.post(**ask, headers=key).json()["alike"]
    assert [one["number"] for one in found] == [known.number]
    assert found[0]["chance"] >= 0.5
    assert Signal.objects.count() == 1, "asking stores nothing"
    sent = browser.post("/api/reports", said | {"joins": known.number},
                        content_type="application/json", headers=key)  # fmt: skip
    assert (sent.status_code, sent.json()["joined"]) == (201, True)
    lost = browser.post("/api/reports", said | {"joins": "XX-999999", "reference": "h-2"},
                        content_type="application/json", headers=key)  # fmt: skip
    assert (lost.status_code, lost.json()["joined"]) == (201, False), "a report is always taken"


def test_a_system_joins_what_is_public_or_its_own(known: Case, browser: Client) -> None:
    """Whoever joins follows the case by the receipt: a number that was guessed must not do."""
    from gongbi.cases.models import CaseType
    from gongbi.core.public import make_application_key

    CaseType.objects.filter(pk=known.type_id).update(public=False)
    keys = {name: make_application_key(name, ["report"]) for name in ("hotline", "other")}

    def send(name: str, reference: str, joins: str) -> Any:
        said = {"source": "system", "reference": reference, "words": BESIDE["words"],
                "type": "burst-pipe", "lon": 122.95005, "lat": 30.2, "joins": joins}  # fmt: skip
        headers = {"authorization": f"Bearer {keys[name]}"}
        return browser.post(
            "/api/reports", said, content_type="application/json", headers=headers
        ).json()

    assert not send("hotline", "1", known.number)["joined"]
    own = send("hotline", "2", "")["number"]
    assert send("hotline", "3", own)["joined"], "a second caller of what it reported"
    assert not send("other", "1", own)["joined"]

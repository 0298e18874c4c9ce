"""Reading reports: learnt from what people decided, switched on and back, shown with its words."""

import io
import json
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.utils import translation
from tests.cases.conftest import NOW

from gongbi.cases import reading, types
from gongbi.cases.actions import forget_reporter, sort
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, Signal
from gongbi.cases.reading import form, guessing, showing
from gongbi.cases.reading.form import CannotRead, from_bytes, to_bytes
from gongbi.core.models import JournalLine, SealedText
from gongbi.core.public import unseal

TEXTS = {
    "burst-pipe": ("路面冒水", "楼下水喷出来了", "water everywhere", "管子裂开", "地上都是水"),
    "stall": ("烤串摊挡路", "水果摊占了人行道", "hawkers in the way", "推车卖菜", "夜市摆到路上"),
    "lift-trap": (
        "电梯门打不开,人在里面",
        "关在里面出不来",
        "doors will not open",
        "卡在五楼",
        "轿厢不动",
    ),
}
PERSON = Actor("person", "1")


@pytest.fixture
def decided(reported):
    """A hundred and fifty reports, whose type a person settled on."""

    def decide(rows: int = 150, first: int = 0) -> None:
        kinds = sorted(TEXTS)
        for n in range(first, first + rows):
            kind = kinds[n % 3]
            words = f"{n % 13}号门口 {TEXTS[kind][n % 5]} 电话1381234{n:04}"
            at = NOW - timedelta(days=30) + timedelta(minutes=n)
            receipt = reported(type=None, words=words, at=at, reference=f"d-{n}")
            sort(Case.objects.get(number=receipt.number), PERSON, type_code=kind)

    return decide


def made(**changes):
    """A reader of the city's own cases."""
    said = {"own": True, "actor": "command:test", "precision": 0.8, "told": lambda _w, _s: None}
    return reading.train(reading.from_cases(), **(said | changes))


def test_a_reader_is_learnt_switched_on_and_taken_back(decided, reported):
    decided()
    trained = made()
    assert (trained.number, trained.learnt_from, trained.report.rows) == (1, 110, 40)
    assert trained.report.accuracy == 1.0 > trained.before_report.accuracy
    assert reading.in_force() is None
    assert types.guess_types("水果摊挡路") == []

    assert reading.switch(1, actor="command:test") == 0
    best = types.guess_types("门口水果攤擋路")[0]
    assert best.type == "stall"
    assert set("".join(best.words)) <= set("门口水果攤擋路")
    receipt = reported(type=None, words="路面冒水,地上都是水")
    assert receipt.type == "burst-pipe"
    assert Case.objects.get(number=receipt.number).route_why["read"]["reader"] == 1

    assert reading.go_back(actor="command:test") == 0
    assert types.guess_types("水果摊挡路") == []
    with pytest.raises(CannotRead, match="No other reader"):
        reading.go_back(actor="command:test")
    lines = JournalLine.objects.filter(subject="reader:1").order_by("pk")
    kinds = list(lines.values_list("kind", flat=True))
    assert kinds == ["cases.WordsLearnt", "cases.ReaderSwitched"]


def test_no_number_of_a_person_is_learnt(decided):
    decided()
    made()
    terms = "".join(reading.kept(1).reader.known.terms)
    assert "1381234" not in terms


def test_what_is_not_settled_complained_of_or_forgotten_is_not_learnt(reported, decided):
    decided(3)
    reported(type=None, words="没有人看过这个")
    complaint = reported(type="burst-pipe", words="说水务", about_unit="water")
    sort(Case.objects.get(number=complaint.number), PERSON, type_code="burst-pipe")
    forget_reporter(Signal.objects.get(reference="d-1"), PERSON)
    found = reading.from_cases()
    assert [one.type for one in found.examples] == ["burst-pipe", "stall"]
    assert all("1381234" not in one.text for one in found.examples)


def test_too_few_are_told(decided):
    decided(20)
    with pytest.raises(reading.TooLittle, match="20 reports"):
        made()


def test_two_readers_are_compared_on_what_neither_has_seen(decided):
    decided()
    made()
    decided(60, first=150)
    found = reading.compare(0, 1, reading.from_cases())
    assert found.rows >= 60
    assert found.second.accuracy > found.first.accuracy
    assert found.accuracy.low > 0
    with pytest.raises(reading.CannotRead, match="There is no reader 7"):
        reading.compare(0, 7, reading.from_cases())


def test_drift_is_seen(decided, reported, small_city):
    decided()
    made()
    reading.switch(1, actor="command:test")
    for n in range(60):
        receipt = reported(type=None, words=f"{n} 水果摊挡路", reference=f"n-{n}")
        sort(Case.objects.get(number=receipt.number), PERSON, type_code="advice")
    found = reading.watch()
    assert (found.number, found.drift.agreed.hits, found.drift.agreed.of) == (1, 0, 60)
    assert set(found.drift.reasons) >= {"agreement", "types"}


def test_a_file_that_is_no_reader_is_refused(decided, tmp_path):
    decided()
    made()
    kept = reading.kept(1)
    content = to_bytes(kept.reader, kept.told)
    again = from_bytes(content)
    assert again.told == kept.told
    assert (again.reader.weights == kept.reader.weights).all()
    for broken in (b"", b"no zip", content[: len(content) // 2], pickled()):
        with pytest.raises(CannotRead, match="no reader that can be used"):
            from_bytes(broken)
    with pytest.raises(CannotRead, match="weights"):
        from_bytes(to_bytes(SimpleNamespace(
            known=kept.reader.known, types=kept.reader.types, weights=kept.reader.weights[:-1],
            constant=kept.reader.constant, calibration=kept.reader.calibration,
            threshold=0.5, trust=1.0, lean={}, subs={},
        ), {}))  # fmt: skip


def test_a_file_of_the_form_before_is_still_read(decided):
    """Before there were readers of sub-types, nothing was said of them."""
    decided()
    made()
    kept = reading.kept(1)
    said = form._said_of(kept.reader) | {"form": 1, "told": kept.told}
    out = io.BytesIO()
    np.savez_compressed(out, **form._arrays_of(kept.reader, said))
    again = from_bytes(out.getvalue())
    assert (again.reader.weights == kept.reader.weights).all()
    assert (dict(again.reader.subs), again.told) == ({}, kept.told)
    said["form"] = 3
    out = io.BytesIO()
    np.savez_compressed(out, **form._arrays_of(kept.reader, said))
    with pytest.raises(CannotRead, match=r"form 3, this version reads forms 1 to 2.*train anew"):
        from_bytes(out.getvalue())


def test_what_intake_knows_of_the_point_is_learnt(reported):
    """Two streets apart the same words mean two types; without a point they say neither."""
    for n in range(300):
        kind, lon = (("stall", 121.4031), ("lift-trap", 121.4631))[n % 2]
        at = NOW - timedelta(days=30) + timedelta(minutes=n)
        words = ("还是老样子", "又来了", "没人管")[n // 2 % 3]
        number = reported(
            type=None, words=words, at=at, reference=f"w-{n}", lon=lon, lat=31.2
        ).number
        sort(Case.objects.get(number=number), PERSON, type_code=kind)
    assert made().report.accuracy > 0.95
    reading.switch(1, actor="command:test")
    for kind, lon in (("stall", 121.4031), ("lift-trap", 121.4631)):
        assert types.guess_types("又来了", point=(lon, 31.2))[0].type == kind
    assert types.guess_types("又来了")[0].score < 0.7


def test_what_was_settled_near_by_is_known_at_intake(reported, django_assert_num_queries):
    """Where hawkers stood they stand again: of a spot of which nothing was learnt, too.

    Half a day old says nothing yet: nobody may have had the time to settle it.
    """
    for n in range(150):
        spot, kind = n % 50, ("stall", "lift-trap")[n % 2]
        at = NOW - timedelta(days=20 - 5 * (n // 50)) + timedelta(minutes=n)
        settle_at(reported, kind, f"s-{n}", at, lon=121.3 + spot / 100)
    made()
    reading.switch(1, actor="command:test")
    kinds = {"stall": (121.9, 2), "lift-trap": (122.0, 3), "burst-pipe": (122.1, 0.5)}
    for kind, (lon, days) in kinds.items():
        settle_at(reported, kind, f"n-{kind}", NOW - timedelta(days=days), lon=lon)
    for kind, lon in (("stall", 121.9), ("lift-trap", 122.0)):
        assert types.guess_types("又来了", at=NOW, point=(lon, 31.2))[0].type == kind
    fresh = types.guess_types("又来了", at=NOW, point=(122.1, 31.2))
    assert fresh == types.guess_types("又来了", at=NOW, point=(122.2, 31.2))
    receipt = reported(type=None, words="又来了", lon=121.9, lat=31.2)
    with translation.override("en"):
        said = showing.shown(Case.objects.get(number=receipt.number), {"stall": "Stall"})
    told = "Settled before within 30 m and 180 days: Stall, 1 or more"
    assert told in [line.what for line in said.more]
    with django_assert_num_queries(2):  # the city's hours, and what was settled there
        guessing.beside_of(NOW, (121.9, 31.2), reading.kept(1).reader)


def settle_at(reported, kind: str, reference: str, at, *, lon: float) -> None:
    """The same words every time; a person says what they meant."""
    receipt = reported(type=None, words="又来了", at=at, reference=reference, lon=lon, lat=31.2)
    sort(Case.objects.get(number=receipt.number), PERSON, type_code=kind)


def pickled() -> bytes:
    """A file that would run something when it is read trustingly."""
    out = io.BytesIO()
    said = {name: np.zeros(1) for name in ("terms", "rarity", "weights", "constant", "shift")}
    np.savez(out, said=np.array([{"form": 1}], dtype=object), **said)
    return out.getvalue()


def test_a_reader_that_was_changed_does_not_judge_and_reports_are_taken(decided, reported, caplog):
    decided()
    made()
    reading.switch(1, actor="command:test")
    from gongbi.cases.reading import keeping

    file = keeping._folder() / "reader-1.npz"
    file.write_bytes(to_bytes(reading.kept(1).reader, {"other": 1}))
    keeping._seen = None
    receipt = reported(type=None, words="水管爆了")
    assert receipt.type == "burst-pipe"
    assert "not the one that was switched on" in caplog.text


def test_danger_raises_a_case_and_a_hazard_does_not(reported):
    danger = Case.objects.get(number=reported(type="stall", words="摊上着火了").number)
    hazard = Case.objects.get(number=reported(type="stall", words="棚子快倒了,很危险").number)
    calm = Case.objects.get(number=reported(type="stall", words="没有着火,只是占道").number)
    assert (danger.priority, hazard.priority, calm.priority) == (1, 3, 3)
    assert [one.route_why["read"]["danger"] for one in (danger, hazard, calm)] == [1, 2, 0]


def test_a_place_that_only_the_words_name_is_taken_where_it_is_sure(reported):
    nowhere = {"place": None, "lon": None, "lat": None, "place_words": ""}
    assert reported(words="墨香里路灯不亮", **nowhere).place == "xx-e-1-b"
    assert reported(words="墨香裡路燈不亮", **nowhere).place == "xx-e-1-b"
    assert reported(words="墨香里还有笔架里", **nowhere).place == "xx"
    assert reported(words="墨香里路灯不亮", place="xx-w", lon=None, lat=None).place == "xx-w"


def test_what_was_read_is_sealed_and_goes_with_the_words(reported):
    reported(words="路灯编号 A-12 不亮,不要打电话给我", reference="r-1")
    signal = Signal.objects.get(reference="r-1")
    said = json.loads(unseal(signal.reading_id))
    assert said["things"] == [{"kind": "lamp", "number": "A-12", "words": "路灯编号 A-12"}]
    assert said["wishes"][0]["kind"] == "no_call"
    stored = SealedText.objects.get(pk=signal.reading_id)
    assert b"A-12" not in bytes(stored.cipher)
    forget_reporter(signal, PERSON)
    assert unseal(signal.reading_id) is None


def test_the_case_page_says_what_was_read_and_why(reported, signed_in):
    receipt = reported(type=None, words="墨香里有煤气味,电话13812345678,三点后再打电话")
    page = signed_in("dispatcher").get(f"/cases/{receipt.number}/").content.decode()
    assert "Danger to life" in page
    assert "<q>煤气味</q>" in page
    assert "Place named: Inkscent" in page
    assert "Call after 15:00" in page
    assert "13812345678" not in page
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{receipt.number}/").content.decode()
    assert "危及生命" in page
    assert "提到的地点：墨香里" in page
    assert "<q>墨香里</q>" not in page, "the name is said once"


def test_the_case_page_names_types_with_the_words_that_decided(reported, signed_in):
    receipt = reported(type=None, words="占道,还有水管爆")
    page = signed_in("dispatcher").get(f"/cases/{receipt.number}/").content.decode()
    assert "What the words speak for, by the listed words" in page
    assert "Burst pipe" in page
    assert "<q>占道</q>" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("stranger", 404), ("", 302), ("lifter", 404), ("dispatcher-w", 404), ("supervisor", 200)],
)
def test_who_sees_what_was_read(reported, signed_in, who, status):
    receipt = reported(words="煤气味")
    answer = signed_in(who).get(f"/cases/{receipt.number}/")
    assert answer.status_code == status
    assert ("煤气味" in answer.content.decode()) is (status == 200)

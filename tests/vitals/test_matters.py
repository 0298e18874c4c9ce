"""Alerts of different signs that one cause joins are one matter with one case."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from tests.vitals.conftest import FILES
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import read

from gongbi.cases.models import Case
from gongbi.core.public import Known
from gongbi.vitals.models import Alert, Cause
from gongbi.vitals.pack_causes import check_causes, load_causes

CAUSES = """
[[cause]]
code = "burst-main"
name_en = "Burst water main"
name_zh = "供水干管爆裂"
leads = ["pressure"]
follows = ["lifts", "supply"]
within = "subdistrict"
minutes = 30
why_en = "Pumps of lifts stand in the water."
why_zh = "电梯基坑进水。"
"""


@pytest.fixture
def pack_folder(pack_folder: Path) -> Path:
    (pack_folder / "causes.toml").write_text(CAUSES, "utf-8")
    return pack_folder


def test_what_follows_joins_the_case_of_what_leads(burst, signed_in):
    burst.play(4, (4, 3.5, 1))
    main, lift = alert_of("xx-e-1-a"), alert_of("xx-e-1-a", "lifts")
    assert (lift.parent_id, lift.cause_id) == (main.pk, "burst-main")
    assert (lift.case_id, lift.led_by_id) == (main.case_id, main.pk)
    assert Case.objects.count() == 1
    said = read(signed_in("officer"), f"/alerts/{lift.pk}/")
    assert "What it follows from" in said
    assert "Burst water main: Pumps of lifts stand in the water." in said
    assert "it follows from the alert that opened the case" in said
    led = read(signed_in("officer", "zh-hans"), f"/alerts/{main.pk}/")
    assert "由它引起的告警" in led
    assert f"[/alerts/{lift.pk}/]" in led


def test_what_was_felt_before_what_broke_belongs_to_it_too_and_keeps_its_case(sensing):
    sensing.play(1, (1, 0.5, 0.30), (4, 0.5, 1))
    sensing.play(3, (1, 2.5, 0.12))
    main, lift = alert_of("xx-e-1-a"), alert_of("xx-e-1-a", "lifts")
    assert (lift.parent_id, lift.cause_id) == (main.pk, "burst-main")
    assert lift.case_id not in (None, main.case_id)


def test_elsewhere_and_much_later_is_another_matter(burst):
    for minute in range(4, 36):
        burst.say((1, minute - 0.5, 0.30), (2, minute - 0.5, 0.30))
    burst.play(36, (3, 35.2, 0.18), (5, 35.5, 1))
    assert alert_of("xx-e-1-b", "lifts").parent_id is None
    assert alert_of("xx-w-1-a").parent_id is None


def test_a_cause_the_pack_no_longer_has_keeps_its_name_on_the_alert(burst, pack_folder, signed_in):
    burst.play(4, (4, 3.5, 1))
    (pack_folder / "causes.toml").unlink()
    load_causes(pack_folder)
    assert not Cause.objects.get().in_force
    lift = alert_of("xx-e-1-a", "lifts")
    assert "Burst water main" in read(signed_in("officer"), f"/alerts/{lift.pk}/")


@pytest.mark.parametrize(
    ("was", "now", "line", "said"),
    [
        ('leads = ["pressure"]', 'leads = ["presure"]', 6, "no indicator 'presure'"),
        ('leads = ["pressure"]', "leads = []", 6, "leads must name indicators"),
        ("minutes = 30", "minutes = 0", 9, "from 1 to 1440"),
        ('within = "subdistrict"', 'within = "ward"', 8, "choose from"),
        ('code = "burst-main"', 'code = "Burst main"', 3, "may hold a-z"),
        ("minutes = 30", "minutes = 30\nwhy = 1", 10, "'why' is no key"),
    ],
)
def test_faults_are_named_with_file_and_line(pack_folder, was, now, line, said):
    (pack_folder / "causes.toml").write_text(CAUSES.replace(was, now), "utf-8")
    found = check_causes(pack_folder, {"pressure", "lifts", "supply"})
    assert [(fault.file, fault.line) for fault in found] == [("causes.toml", line)]
    assert said in found[0].reason


def test_two_causes_that_explain_each_other_are_refused(pack_folder):
    other = CAUSES.replace("burst-main", "flood").replace('["pressure"]', '["lifts"]')
    other = other.replace('["lifts", "supply"]', '["pressure"]')
    (pack_folder / "causes.toml").write_text(CAUSES + other, "utf-8")
    found = check_causes(pack_folder, {"pressure", "lifts", "supply"})
    assert ["explain itself" in fault.reason for fault in found] == [True]


def test_a_pack_is_checked_whole(pack_folder):
    from gongbi.vitals.pack import check

    (pack_folder / "causes.toml").write_text(CAUSES.replace("pressure", "nothing"), "utf-8")
    known = Known(
        places={line.split(",")[0] for line in FILES["places.csv"].splitlines()},
        case_types={"burst-pipe", "lift-fault"},
    )
    assert [str(fault) for fault in check(pack_folder, known)] == [
        "causes.toml:6: There is no indicator 'nothing' in indicators.toml."
    ]


def test_the_shipped_causes_are_whole(tmp_path):
    from gongbi.generator import names
    from gongbi.vitals.pack_check import indicator_codes

    for name in ("indicators.toml", "causes.toml"):
        text = (names.HERE / name).read_text("utf-8")
        (tmp_path / name).write_text(re.sub(r"@\w+@", "1", text), "utf-8")
    assert check_causes(tmp_path, indicator_codes(tmp_path)) == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "vitals", check=True, dry_run=True, verbosity=0)
    assert Alert.objects.count() == 0

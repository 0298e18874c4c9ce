"""Readers of sub-types: within each type, of its own reports alone."""

from dataclasses import replace

from gongbi.kernel.reading.reader import read
from gongbi.kernel.reading.subs import judge_subs, learn_subs
from gongbi.kernel.reading.training import Example, Recipe

RECIPE = Recipe(least_texts=2, least_of_type=5)
SAID = {
    ("noise", "site"): ("半夜打桩", "工地通宵施工", "drilling at night"),
    ("noise", "music"): ("广场舞太响", "KTV唱歌", "loud music"),
    ("lamp", "one"): ("一盏路灯不亮", "one lamp is out", "灯杆坏了"),
    ("lamp", "many"): ("整条路都黑", "all lamps are out", "一排灯不亮"),
}


def town(rows: int = 240) -> list[Example]:
    """Reports of two types with two sub-types each."""
    kinds = sorted(SAID)
    return [
        Example(f"{n % 7}号 {SAID[kind][n // 4 % 3]}", kind[0], float(n), sub=kind[1])
        for n in range(rows)
        for kind in [kinds[n % 4]]
    ]


def test_each_type_has_a_reader_of_its_own_sub_types():
    subs = learn_subs(town(), RECIPE)
    assert {kind: reader.types for kind, reader in subs.items()} == {
        "lamp": ("many", "one"),
        "noise": ("music", "site"),
    }
    assert read(subs["noise"], "又在工地施工")[0].type == "site"
    reports = judge_subs(subs, [replace(one, at=one.at + 999) for one in town(40)])
    assert {kind: report.accuracy for kind, report in reports.items()} == {
        "lamp": 1.0,
        "noise": 1.0,
    }


def test_too_few_and_unnamed_reports_make_no_reader():
    assert learn_subs(town(100), RECIPE) == {}
    assert learn_subs([replace(one, sub="") for one in town()], RECIPE) == {}
    assert judge_subs({}, town(40)) == {}

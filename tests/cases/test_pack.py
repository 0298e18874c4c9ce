"""What cases reads from a city pack: faults by file and line, versions that stay."""

import re
from pathlib import Path

import pytest
from tests.cases.walking import case_of

from gongbi.cases.models import CaseType, Route
from gongbi.core.packs import check_pack, load_pack


@pytest.fixture
def folder(pack_folder: Path, settings) -> Path:
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    return pack_folder


def faults(folder: Path, file: str, old: str, new: str) -> list[str]:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return [str(fault) for fault in check_pack(folder)]


TYPES, ROUTES = "case_types.toml", "routes.toml"


ASKS = 'questions = [{{code = "{}", kind = "yes_no", name_en = "Deep?"}}]'


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (TYPES, 'code = "lift-trap"', 'code = "burst-pipe"', "stands here twice"),
        (TYPES, 'code = "stall"', 'code = "Stall!"', "may hold a-z"),
        (TYPES, 'solve = "4 hours"', 'solve = "soon"', "'soon' is not a promise"),
        (TYPES, 'solve = "4 hours"\n', "", "promises nothing"),
        (TYPES, 'calendar = "office"', 'calendar = "moon"', "no calendar 'moon'"),
        (TYPES, 'group = "water"', 'group = "fire"', "'fire' is no group"),
        (TYPES, "priority = 1", "priority = 9", "none of 1 (urgent) to 4"),
        (TYPES, "photo_after = true", 'photo_after = "yes"', "true or false"),
        (TYPES, 'words = ["占道"', "words = [3", "list of words"),
        (TYPES, "photo_after", "foto_after", "misspelt"),
        (TYPES, 'name_en = "Advice"\nname_zh = "咨询"\n', "", "has no name"),
        (TYPES, "[[case_type]]", "[[case_type", "This is not TOML"),
        (TYPES, 'ladder = "short"', 'ladder = "tall"', "There is no ladder 'tall'"),
        (TYPES, 'at = "50%"', 'at = "half"', "'half' is no step"),
        (TYPES, 'tell = ["unit"]', 'tell = ["mayor"]', "is nobody to tell"),
        (TYPES, 'at = "50%"', 'at = "+1 working_days"', "stands twice in the ladder"),
        (TYPES, 'kind = "number"', 'kind = "name"', "use one of number, choice, date, yes_no"),
        (TYPES, 'code = "how", kind = "choice"', 'code = "how", kind = "date"', "choices belong"),
        (TYPES, 'code = "how"', 'code = "holes"', "stands twice in fields"),
        (TYPES, "most = 500", 'most = "many"', "least and most are numbers"),
        (TYPES, "most = 500", "least = 501, most = 500", "the larger one last"),
        (TYPES, "fields = [", "questions = [{}]\nfields = [", "in questions may hold a-z"),
        (TYPES, "fields = [", f"{ASKS.format('holes')}\nfields = [", "'holes' is a field's too"),
        (
            TYPES,
            "fields = [",
            f"{ASKS.format('deep').replace('yes_no', 'text')}\nfields = [",
            "'deep' in questions is of the kind 'text'",
        ),
        (
            TYPES,
            'code = "mended", name_en = "Pipe mended", name_zh = "管道修好"',
            'code = "mended"',
            "has no name",
        ),
        (TYPES, "says.accept", "says.arrived", "there is no such verb"),
        (TYPES, "extend_times = 1", "extend_times = 99", "no whole number from 0 to 9"),
        (TYPES, 'on_site = "1 working_days"', 'on_site = "soon"', "'soon' is not a promise"),
        (TYPES, 'codes = {"national" = "X-17"}', 'codes = ["X-17"]', "a scheme and a code"),
        (ROUTES, 'types = ["lift-trap"]', 'types = ["lift"]', "'lift' is no type"),
        (ROUTES, 'to_kind = "lifts"', 'to_kind = "lift"', "No unit of units.csv is of the kind"),
        (ROUTES, 'to_unit = "water"', 'to_unit = "gas"', "'gas' is no unit"),
        (ROUTES, 'to_unit = "water"\n', "", "needs to_unit or to_kind"),
        (ROUTES, 'to_kind = "lifts"', 'to_kind = "lifts"\nto_unit = "water"', "and not both"),
        (ROUTES, 'code = "order"', 'code = "water"', "stands here twice"),
        (ROUTES, "min_level = 3", "min_level = 7", "none of 0 to 3"),
        (ROUTES, "min_level = 3", 'hours = "late"', "write it as 22:00-06:00"),
        (ROUTES, "min_level = 3", 'places = ["atlantis"]', "'atlantis' is no place"),
        (ROUTES, "min_level = 3", "weekdays = [0]", "from 1 (Monday) to 7"),
        (ROUTES, 'groups = ["order"]', 'groups = ["noise"]', "No route takes the type 'stall'"),
        (ROUTES, 'reason_en = "Street order."\nreason_zh = "市容负责。"', "", "gives no reason"),
    ],
)
def test_each_fault_names_file_line_and_remedy(db, folder, file, old, new, said):
    found = faults(folder, file, old, new)
    assert len([one for one in found if said in one]) == 1, found
    (fault,) = [one for one in found if said in one]
    assert re.match(rf"({TYPES}|{ROUTES}):[1-9]\d*: ", fault), fault


def test_the_line_is_the_right_one(db, folder):
    text = (folder / ROUTES).read_text("utf-8").splitlines()
    line = 1 + next(i for i, row in enumerate(text) if "to_unit" in row)
    found = faults(folder, ROUTES, 'to_unit = "water"', 'to_unit = "gas"')
    assert found == [f"{ROUTES}:{line}: 'gas' is no unit of units.csv."]


def test_many_faults_are_told_at_once(db, folder):
    (folder / TYPES).write_text('[[case_type]]\ncode = "A"\npriority = 0\n', "utf-8")
    (folder / ROUTES).write_text('[[route]]\ncode = "r"\ntypes = ["x"]\n', "utf-8")
    assert len(check_pack(folder)) >= 7


def test_a_rule_that_waits_for_an_answer_nobody_can_give(db, folder):
    types = (folder / TYPES).read_text("utf-8")
    asks = ASKS.format("deep").replace("}]", "}, {code = 'many', kind = 'number', name_en = 'x'}]")
    (folder / TYPES).write_text(types.replace("fields = [", f"{asks}\nfields = [", 1), "utf-8")
    asked = 'groups = ["order"]\ntypes = ["hole"]\nfacts = {deep = %s, many = 7, other = "x"}'
    found = faults(folder, ROUTES, 'groups = ["order"]', asked % '"yes"')
    assert [one.partition(": ")[2] for one in found] == [
        "The question 'deep' has no answer 'yes': false, true."
    ]
    assert faults(folder, ROUTES, asked % '"yes"', asked % "true") == []


def test_missing_files_are_faults(db, folder):
    (folder / TYPES).unlink()
    (folder / ROUTES).unlink()
    assert {fault.file for fault in check_pack(folder)} == {TYPES, ROUTES}


def test_an_unchanged_pack_makes_no_new_versions(small_city, folder):
    before = set(CaseType.objects.values_list("pk", flat=True))
    batch = Route.objects.first().batch
    load_pack(folder, by="test")
    assert set(CaseType.objects.values_list("pk", flat=True)) == before
    assert set(Route.objects.values_list("batch", flat=True)) == {batch}


def test_a_case_keeps_the_version_it_was_opened_under(small_city, folder, reported):
    number = reported(type="stall").number
    text = (folder / TYPES).read_text("utf-8")
    (folder / TYPES).write_text(text.replace('solve = "5 working_days"', 'solve = "1 days"', 1))
    load_pack(folder, by="test")
    case = case_of(number)
    assert (case.type.version, case.type.solve, case.type.in_force) == (1, "5 working_days", False)
    fresh = case_of(reported(type="stall").number)
    assert (fresh.type.version, fresh.type.solve) == (2, "1 days")
    assert str(fresh.deadlines.get(kind="solve").rule) == "type:stall@2"


def test_a_changed_route_holds_at_once(small_city, folder, reported):
    assert reported().unit == "water-e"
    text = (folder / ROUTES).read_text("utf-8")
    (folder / ROUTES).write_text(text.replace('to_kind = "water"', 'to_unit = "lifts"', 1))
    load_pack(folder, by="test")
    assert reported().unit == "lifts"
    assert Route.objects.filter(in_force=True).count() == 5


def test_a_type_the_pack_drops_is_offered_no_more(small_city, folder, reported):
    from gongbi.cases.public import SignalRefused, case_types

    number = reported(type="advice").number
    text = (folder / TYPES).read_text("utf-8")
    start, end = (
        text.index('[[case_type]]\ncode = "advice"'),
        text.index('[[case_type]]\ncode = "conduct"'),
    )
    (folder / TYPES).write_text(text[:start] + text[end:], "utf-8")
    load_pack(folder, by="test")
    assert "advice" not in [one.code for one in case_types()]
    with pytest.raises(SignalRefused):
        reported(type="advice")
    assert case_of(number).type.name_zh == "咨询"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("call_tree.toml", "line = 3", "Write each line as a table"),
        ("call_tree.toml", "line = [1, 2]", "Write each line as a table"),
        ("call_tree.toml", '[[line]]\ncode = "a"\nphone = "1"\nweekdays = [[1]]', "weekdays are"),
        ("answers.toml", 'answer = "x"', "Write each answer as a table"),
    ],
)
def test_rows_that_are_no_tables_are_refused(pack_folder, settings, small_city, name, text, why):
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack", "gongbi.reports.pack"]
    (pack_folder / name).write_text(text, "utf-8")
    assert any(why in str(fault) for fault in check_pack(pack_folder))


def test_fewer_than_nobody_live_nowhere(pack_folder, settings, small_city):
    file = pack_folder / "places.csv"
    file.write_text(file.read_text("utf-8").replace("30.2,60,,", "30.2,-60,,", 1), "utf-8")
    assert any("less than nobody" in str(fault) for fault in check_pack(pack_folder))

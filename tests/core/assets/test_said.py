"""A code said to somebody: the register knows none, the one, or several."""

from pathlib import Path

from tests.core.assets.test_load import COVER, LAMP, NEXT, keeping, load  # noqa: F401 - fixture

from gongbi.core.models import Asset
from gongbi.core.public import assets_said

TWIN = "manhole,3-0421,122.95,30.2,water,,,,,,\n"


def test_a_code_is_found_however_it_is_written(keeping: Path, tmp_path: Path) -> None:  # noqa: F811
    load(tmp_path, LAMP + NEXT + COVER)
    for said in ("3-0421", "3 0421", "３０４２１", "lamp:3-0421", "/report/?asset=lamp:3-0421"):
        assert [one.ref for one in assets_said(said)] == ["lamp:3-0421"], said
    for said in ("9-9999", "", "manhole:3-0421", "\x00", "pole:3-0421"):
        assert assets_said(said) == [], said


def test_several_kinds_may_bear_it(keeping: Path, tmp_path: Path) -> None:  # noqa: F811
    load(tmp_path, LAMP + TWIN)
    assert [one.kind for one in assets_said("30421")] == ["lamp", "manhole"]
    assert [one.kind for one in assets_said("30421", {"manhole"})] == ["manhole"]


def test_one_that_is_gone_is_found_only_where_it_is_asked_for(
    keeping: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    load(tmp_path, LAMP)
    Asset.objects.update(in_force=False)
    assert assets_said("3-0421") == []
    assert [one.standing for one in assets_said("3-0421", retired=True)] == [False]

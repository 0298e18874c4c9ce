"""The small city with lamps and lifts, for tests of what is about them."""

from pathlib import Path
from typing import Any

import pytest

KINDS = """
[[asset_kind]]
code = "lamp"
name_en = "Street lamp"
name_zh = "路灯"
words = ["street lamp", "lamp post", "lamp", "路灯", "灯杆"]
shapes = ["9-9999"]

[[asset_kind]]
code = "lift"
name_en = "Lift"
name_zh = "电梯"
words = ["lift", "elevator", "电梯"]
shapes = ["AA999999"]
"""
ROWS = """kind,code,lon,lat,owner,maintainer,place,name_en,name_zh
lamp,3-0421,122.94,30.2,order,water-e,xx-e-1-a,By the gate,大门口
lamp,3-0422,122.9404,30.2,order,,xx-e-1-a,,
lamp,7-0421,122.85,30.2,water,,xx-w,,
lift,LT000012,122.94,30.2001,lifts,,xx-e-1-a,,
"""
TYPE = """
[[case_type]]
code = "dark"
name_en = "Lamp out"
name_zh = "路灯不亮"
group = "order"
solve = "5 working_days"
calendar = "office"
assets = ["lamp"]
words = ["路灯不亮", "lamp out"]

"""
ROUTE = """
[[route]]
code = "whose-lamp"
types = ["dark"]
to_asset = "owner"
reason_en = "A lamp is mended by whom it belongs to."
reason_zh = "路灯由权属单位维修。"

[[route]]
code = "lift-of-lifts"
facts = { asset_owner = ["lifts"], asset_kind = ["lift"] }
to_kind = "lifts"
reason_en = "Lift care keeps its lifts."
reason_zh = "电梯维保负责其电梯。"
"""


def furnish(folder: Path) -> None:
    """Write the register, its kinds, a type about lamps and two routes into a pack."""
    (folder / "asset_kinds.toml").write_text(KINDS, "utf-8")
    (folder / "assets.csv").write_text(ROWS, "utf-8")
    for name, more in (("case_types.toml", TYPE), ("routes.toml", ROUTE)):
        file = folder / name
        file.write_text(more + file.read_text("utf-8"), "utf-8")


@pytest.fixture
def furnished(small_city: Any, pack_folder: Path) -> Any:
    """The small city, its register loaded."""
    from gongbi.core import packs

    furnish(pack_folder)
    packs.load_pack(pack_folder, by="test")
    return small_city


LAMP = {"type": "dark", "words": "灯不亮", "asset": "lamp:3-0421", "place": None}

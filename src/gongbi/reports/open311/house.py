"""What the city has decided about this door: ``open311.toml`` of the pack; it may do without."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gongbi.core.public import in_language, kept_folder, pack_version

FILE = "open311.toml"
EXACT, NEAR, PLACE = "exact", "near", "place"
ASSET = "asset"  # the attribute by which a request names its asset, unless the pack has its own


@dataclass(frozen=True, slots=True)
class Value:
    """One answer of a list."""

    key: str
    name_en: str
    name_zh: str

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_language(self.name_en, self.name_zh)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A question a service asks beyond words and place."""

    code: str
    datatype: str
    required: bool
    variable: bool
    order: int
    description_en: str
    description_zh: str
    hint_en: str
    hint_zh: str
    values: tuple[Value, ...]

    @property
    def description(self) -> str:
        """In the reader's language."""
        return in_language(self.description_en, self.description_zh)

    @property
    def hint(self) -> str:
        """How to answer, in the reader's language."""
        return in_language(self.hint_en, self.hint_zh)


@dataclass(frozen=True, slots=True)
class Service:
    """What the door shows and asks of a type. ``point``: exact, near (some 100 m) or place."""

    point: str = NEAR
    words: bool = False
    outcomes: bool = False
    description_en: str = ""
    description_zh: str = ""
    attributes: tuple[Attribute, ...] = ()

    @property
    def description(self) -> str:
        """In the reader's language."""
        return in_language(self.description_en, self.description_zh)

    def questions(self, about_assets: bool) -> tuple[Attribute, ...]:
        """What the pack asks, and for a type about assets which one it is."""
        own = {one.code for one in self.attributes}
        asks = about_assets and ASSET not in own
        return (*self.attributes, WHICH_ASSET) if asks else self.attributes


WHICH_ASSET = Attribute(
    code=ASSET,
    datatype="string",
    required=False,
    variable=True,
    order=99,
    description_en="Code printed on the asset",
    description_zh="部件上所印编号",
    hint_en="As it is printed, or KIND:CODE",
    hint_zh="按所印填写，或写作 类别:编号",
    values=(),
)


@dataclass(frozen=True, slots=True)
class House:
    """The door of this city."""

    jurisdiction: str = ""
    contact: str = ""
    point: str = NEAR
    services: tuple[tuple[str, Service], ...] = ()

    def service(self, type_code: str) -> Service:
        """What holds for a type; for one the file does not name, the careful default."""
        return dict(self.services).get(type_code) or Service(point=self.point)

    def spoken(self) -> frozenset[str]:
        """Types whose words anybody may read."""
        return frozenset(code for code, service in self.services if service.words)

    def answered(self) -> frozenset[str]:
        """Types of which anybody may read what the unit declared."""
        return frozenset(code for code, service in self.services if service.outcomes)


def house() -> House:
    """The door as the pack in force says."""
    file = kept_folder(pack_version()) / FILE
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return House()
    return _read(file, stamp)


@lru_cache(maxsize=4)
def _read(file: Path, stamp: int) -> House:
    return house_of(tomllib.loads(file.read_text("utf-8")))


def house_of(said: dict[str, Any]) -> House:
    """The door from the file's tables, which were checked when the pack was loaded."""
    point = said.get("point", NEAR)
    return House(
        jurisdiction=said.get("jurisdiction_id", ""),
        contact=said.get("contact", ""),
        point=point,
        services=tuple((row["type"], _service(row, point)) for row in said.get("service", ())),
    )


def _service(row: dict[str, Any], point: str) -> Service:
    return Service(
        point=row.get("point", point),
        words=row.get("words", False),
        outcomes=row.get("outcomes", False),
        description_en=row.get("description_en", ""),
        description_zh=row.get("description_zh", ""),
        attributes=tuple(
            _attribute(one, order) for order, one in enumerate(row.get("attribute", ()), start=1)
        ),
    )


def _attribute(row: dict[str, Any], order: int) -> Attribute:
    return Attribute(
        code=row["code"],
        datatype=row["datatype"],
        required=row.get("required", False),
        variable=row.get("variable", True),
        order=row.get("order", order),
        description_en=row.get("description_en", ""),
        description_zh=row.get("description_zh", ""),
        hint_en=row.get("hint_en", ""),
        hint_zh=row.get("hint_zh", ""),
        values=tuple(
            Value(one["key"], one.get("name_en", ""), one.get("name_zh", ""))
            for one in row.get("values", ())
        ),
    )

"""What crosses core's door: frozen records, never a model."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from gongbi.kernel.assets.codes import key_of


def in_language(name_en: str, name_zh: str) -> str:
    """The name in the reader's language, or the one there is."""
    if (get_language() or "").startswith("zh"):
        return name_zh or name_en
    return name_en or name_zh


@dataclass(frozen=True, slots=True)
class _Named:
    code: str
    name_en: str
    name_zh: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_en, self.name_zh)


@dataclass(frozen=True, slots=True)
class CityRecord(_Named):
    """The city this installation serves."""

    zone: ZoneInfo
    centre: tuple[float, float]
    fictional: bool
    map_approval_number: str
    pack_version: int
    pack_loaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceRecord(_Named):
    """A place; ``path`` is ``/city/district/…/`` of codes."""

    parent: str | None
    kind: str
    path: str
    lon: float | None
    lat: float | None
    population: int


@dataclass(frozen=True, slots=True)
class UnitRecord(_Named):
    """A unit; ``path`` is the chain of units above it, ``place_path`` where it works."""

    parent: str | None
    kind: str
    path: str
    place: str
    place_path: str
    calendar: str
    phone: str


@dataclass(frozen=True, slots=True)
class AssetKindRecord(_Named):
    """A kind of asset: what people call it, and how its codes look (9 a digit, A a letter)."""

    words: tuple[str, ...]
    shapes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssetRecord(_Named):
    """An asset by the code printed on it; ``standing`` is false once it is retired or gone."""

    id: int
    kind: str
    kind_en: str
    kind_zh: str
    place: str | None
    lon: float
    lat: float
    owner: str
    maintainer: str | None
    standing: bool
    since: date | None = None
    until: date | None = None

    @property
    def kind_name(self) -> str:
        """What it is, in the reader's language."""
        return in_language(self.kind_en, self.kind_zh)

    @property
    def ref(self) -> str:
        """Kind and code as one word, as links and other systems write it: ``lamp:3-0421``."""
        return f"{self.kind}:{self.code}"

    @property
    def key(self) -> str:
        """The code without blanks and dashes."""
        return key_of(self.code)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Somebody on the city's side. ``shift`` is minutes of the day; None is not known."""

    id: str
    name: str
    unit: str
    skills: frozenset[str] | None = None
    shift: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """Another system that has shown its key; an empty ``place_path`` hears nothing."""

    name: str
    scopes: frozenset[str]
    place_path: str = ""
    unit_path: str = ""
    types: tuple[str, ...] = ()

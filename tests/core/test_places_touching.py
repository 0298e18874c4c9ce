"""Which places an area touches: the fewest and highest that together make it up."""

import shapely

from gongbi.core.models import Place
from gongbi.core.public import city, places_touching


def squares() -> None:
    """A city of two districts side by side; the east has two quarters of unequal size."""

    def put(code: str, parent: str | None, box: tuple[float, float, float, float] | None) -> None:
        above = Place.objects.get(pk=parent) if parent else None
        Place.objects.create(
            code=code, parent=above, kind="building" if code == "b" else "area", name_en=code,
            name_zh=code, path=f"{above.path if above else '/'}{code}/",
            depth=above.depth + 1 if above else 0,
            lon=box[0] if box else None, lat=box[1] if box else None,
            geometry=shapely.to_wkb(shapely.box(*box)) if box else None,
        )  # fmt: skip

    put("c", None, (0, 0, 4, 2))
    put("w", "c", (0, 0, 2, 2))
    put("e", "c", (2, 0, 4, 2))
    put("q1", "e", (2, 0, 4, 0.5))
    put("q2", "e", (2, 0.5, 4, 2))
    put("b", "q2", (2, 0.5, 2.1, 0.6))


def codes(*box: float) -> list[str]:
    return [one.code for one in places_touching(shapely.box(*box))]


def test_the_fewest_and_highest_places(db: None) -> None:
    squares()
    assert codes(-1, -1, 5, 5) == ["c"], "all of it is the city"
    assert codes(2.1, 0.1, 3.9, 1.9) == ["e"], "both quarters are the district"
    assert codes(2.5, 0.1, 3, 0.4) == ["q1"]
    assert codes(1.0, 0.6, 3, 1.9) == ["q2", "w"], "a part of one district and another whole"
    assert codes(10, 10, 11, 11) == []


def test_a_brush_past_does_not_count(db: None) -> None:
    squares()
    assert codes(0.0, 0.0, 2.001, 2.0) == ["w"]
    assert codes(2.05, 0.55, 2.06, 0.56) == ["q2"], "a small area counts wholly; buildings do not"


def test_the_cost_is_a_query_a_level(db: None, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    squares()
    city()
    with django_assert_max_num_queries(5):
        codes(-1, -1, 5, 5)

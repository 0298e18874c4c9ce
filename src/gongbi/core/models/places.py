"""Places and units: the two trees that say where, and who."""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.utils.translation import get_language

Node = TypeVar("Node", bound=models.Model)


class OfItsDay(models.QuerySet[Node]):
    """Nodes of a tree that changes with the years."""

    def valid_on(self, day: date) -> Self:
        """Only what exists on that date."""
        begun = models.Q(valid_from=None) | models.Q(valid_from__lte=day)
        lasting = models.Q(valid_to=None) | models.Q(valid_to__gt=day)
        return self.filter(begun & lasting)

    def under(self, path: str) -> Self:
        """The node of that path and all below it."""
        return self.filter(path__under=path)


class _Node(models.Model):
    code = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=32)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    path = models.CharField(max_length=400, db_index=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    pack_version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh or self.name_en) if chinese else (self.name_en or self.name_zh)


class PlaceRows(OfItsDay["Place"]):
    """Places."""


class UnitRows(OfItsDay["Unit"]):
    """Units."""


class Place(_Node):
    """A node of the administrative tree: city › district › subdistrict › grid › quarter."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    depth = models.PositiveSmallIntegerField(default=0)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(default=0)
    geometry = models.BinaryField(null=True, blank=True)

    objects = PlaceRows.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "path"])]


class Unit(_Node):
    """An organisation that can own a case."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="units")
    calendar = models.CharField(max_length=32, default="office")
    phone = models.CharField(max_length=40, blank=True)

    objects = UnitRows.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "place"])]

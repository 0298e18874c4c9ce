"""Assets: what stands in the city at a place, bears a code and has an owner (部件, GB/T 30428)."""

from django.db import models

from gongbi.core.models.places import Place, Unit
from gongbi.core.records import in_language


class AssetKind(models.Model):
    """A kind of asset as the pack names it: its words, and how its codes look."""

    code = models.CharField(max_length=32, primary_key=True)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    words = models.JSONField(default=list, help_text="what people call it")
    shapes = models.JSONField(default=list, help_text="pictures of codes: 9 a digit, A a letter")
    position = models.PositiveIntegerField(default=0)
    in_force = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_en, self.name_zh)


class Asset(models.Model):
    """One asset. It is retired, never deleted: old cases still name it."""

    kind = models.ForeignKey(AssetKind, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=64, help_text="as it is printed on it")
    key = models.CharField(max_length=64, help_text="the code without blanks and dashes")
    # Nobody looks for assets by place or unit alone; an index for each would be paid at each load.
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    lon = models.FloatField()
    lat = models.FloatField()
    cell = models.BigIntegerField(help_text="small square of the earth it stands in")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    maintainer = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", db_index=False
    )
    name_en = models.CharField(max_length=120, blank=True)
    name_zh = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    in_force = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_asset_a_code"),
        ]
        indexes = [
            models.Index(fields=["kind", "cell"], name="assets_by_cell"),
            models.Index(fields=["kind", "key"], name="assets_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id}:{self.code}"

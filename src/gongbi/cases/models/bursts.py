"""A burst: many matters of one cause at once (a storm, a quake, a cut), and their parent."""

import uuid

from django.db import models


class Tally(models.Model):
    """How many reports an hour brought, by group of types and area: counts, never persons."""

    hour = models.DateTimeField(help_text="when the hour began")
    group = models.CharField(max_length=32, help_text="of types; * for all together")
    area = models.CharField(max_length=32, help_text="code of a place, the city's own for all")
    many = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hour", "group", "area"], name="one_tally_an_hour")
        ]

    def __str__(self) -> str:
        return f"{self.group} in {self.area}: {self.many}"


class Burst(models.Model):
    """A parent matter: opened and ended with why; it names a matter, never people."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    group = models.CharField(max_length=32)
    place = models.ForeignKey("core.Place", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=400, db_index=True)
    kinds = models.JSONField(default=list, help_text="groups that rose together, if several")
    began_at = models.DateTimeField(help_text="first report of the hours in which they rose")
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    seen = models.PositiveIntegerField(help_text="most reports of its hours")
    expected = models.FloatField(help_text="usual reports of those hours")
    surprise = models.FloatField(help_text="-log10 of the chance of as many")
    words = models.JSONField(default=list, help_text="words of the pack's types that stand out")
    areas = models.JSONField(default=list, help_text="places below that rose most: code, seen")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    message_id = models.BigIntegerField(null=True, help_text="sealed: last told to reporters")
    answer_id = models.BigIntegerField(null=True, help_text="sealed: proposed to the children")
    declared = models.CharField(max_length=16, blank=True, help_text="done or not_possible")

    class Meta:
        indexes = [models.Index(fields=["ended_at", "place_path"])]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "place"],
                condition=models.Q(ended_at=None),
                name="one_running_burst_a_group",
            )
        ]

    def __str__(self) -> str:
        return f"burst of {self.group} in {self.place_id}"

    @property
    def key_owner(self) -> str:
        """Under whose key lie the words officials wrote on it."""
        return f"burst:{self.uuid}"


class Child(models.Model):
    """A case of a burst: by the clock, or by a person; taken off again by a person."""

    burst = models.ForeignKey(Burst, models.PROTECT, related_name="children")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="bursts")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    off_at = models.DateTimeField(null=True)
    off_by = models.CharField(max_length=80, blank=True)
    told_at = models.DateTimeField(null=True, help_text="when its reporters were last told")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["burst", "case"], name="one_child_a_case")]

    def __str__(self) -> str:
        return f"{self.case_id} of {self.burst_id}"

"""Shifts: the lines one shift handed to the next, and who acknowledged each, when."""

import uuid

from django.conf import settings
from django.db import models


class Shift(models.Model):
    """A person took over a place. Its lines are what was owed at that moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey("core.Place", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=400, db_index=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(help_text="city clock")
    since = models.DateTimeField(help_text="when the shift before began")

    class Meta:
        indexes = [models.Index(fields=["place", "-taken_at"])]

    def __str__(self) -> str:
        return f"{self.place_id} {self.taken_at:%Y-%m-%d %H:%M}"


class ShiftLine(models.Model):
    """One thing handed over, as it stood then; ``subject`` is a case's or an alert's number."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    group = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=32)
    level = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "kind", "subject"], name="one_line_a_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

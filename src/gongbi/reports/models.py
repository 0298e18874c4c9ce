"""Nouns of the front doors: guesses counted against guessing, and files being taken in."""

import uuid

from django.conf import settings
from django.db import models

from gongbi.reports.hotline.models import (
    AnswerText,
    Call,
    CallBack,
    CallBackAttempt,
    CallStep,
    NightLine,
)
from gongbi.reports.open311.models import (
    OpenCity,
    OpenForward,
    OpenRead,
    OpenReceiver,
    OpenSent,
    OpenUpdate,
)

__all__ = [
    "AnswerText",
    "Attempt",
    "Call",
    "CallBack",
    "CallBackAttempt",
    "CallStep",
    "Chunk",
    "Intake",
    "NightLine",
    "OpenCity",
    "OpenForward",
    "OpenRead",
    "OpenReceiver",
    "OpenSent",
    "OpenUpdate",
]


class Attempt(models.Model):
    """How often a door was knocked on in a while; addresses only as keyed digests, for an hour."""

    door = models.CharField(max_length=16)
    who = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["door", "who", "began_at"], name="one_count_a_while")
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.count}"


class Intake(models.Model):
    """An officer's file on its way to becoming reports.

    The file and its name lie sealed under ``intake:<id>``; that key is destroyed when the file
    is taken in, given up, or a day old. While the operator's scanner has not looked at it, it is
    ``checking``, and nothing of it is read; ``bad`` it is never read. Refused lines lie sealed
    under ``intake-refused:<id>``.
    """

    READ, TAKING, DONE, GIVEN_UP = "read", "taking", "done", "given_up"
    CHECKING, BAD = "checking", "bad"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, default=READ)
    fingerprint = models.CharField(max_length=64, db_index=True)
    suffix = models.CharField(max_length=12)
    size_bytes = models.PositiveIntegerField()
    sealed_name = models.BinaryField()
    sealed_file = models.BinaryField(null=True)
    mapping = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    read = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    sealed_refusals = models.BinaryField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"intake {self.id}"


class Chunk(models.Model):
    """Some rows of a file, understood and sealed, taken in whole or not at all."""

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    sealed_rows = models.BinaryField(null=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    stored = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    sealed_refusals = models.BinaryField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "number"], name="one_chunk_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.intake_id} {self.number}"

"""Other systems that read and write through the city: the register, keys, counts, webhooks."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language


class Application(models.Model):
    """Another system: whose it is, what for, what it may do, how much, and until when.

    Never deleted: retired, with the reason. ``contact`` is a desk, not a person.
    """

    name = models.CharField(max_length=64, unique=True)
    title_en = models.CharField(max_length=120, blank=True)
    title_zh = models.CharField(max_length=120, blank=True)
    purpose_en = models.CharField(max_length=400, blank=True)
    purpose_zh = models.CharField(max_length=400, blank=True)
    owner = models.ForeignKey("core.Unit", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(
        "core.Place", models.PROTECT, null=True, related_name="+", help_text="where it may hear"
    )
    own_unit_only = models.BooleanField(
        default=False, help_text="hears only what its owner has in hand"
    )
    types = models.JSONField(default=list, help_text="types it hears; empty: those it may")
    contact = models.CharField(max_length=120, blank=True)
    scopes: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=0, help_text="calls; 0: no limit")
    per_day = models.PositiveIntegerField(default=0, help_text="calls; 0: no limit")
    contract_until = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField(null=True, help_text="by people; a pack then leaves it be")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=80, blank=True)
    retired_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What people call it, in the reader's language."""
        return _in_language(self.title_en, self.title_zh) or self.name

    @property
    def purpose(self) -> str:
        """What it is for, in the reader's language."""
        return _in_language(self.purpose_en, self.purpose_zh)

    def contract_over(self, day: date) -> bool:
        """Whether its contract ended before a day; its keys still work, and people are told."""
        return self.contract_until is not None and self.contract_until < day


def _in_language(en: str, zh: str) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (zh or en) if chinese else (en or zh)


class ApplicationKey(models.Model):
    """A key of an application: only its digest is kept. Several, so that one can be changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="keys")
    label = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=80, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_why = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return f"{self.application_id} {self.digest[:8]}"


class ApplicationUse(models.Model):
    """What an application has spent of its quotas, its running hour, its last call; wall time.

    One row, compared and swapped by ``version``: a call costs one statement.
    """

    application = models.OneToOneField(Application, models.CASCADE, primary_key=True)
    version = models.BigIntegerField(default=0)
    minute_slots = models.JSONField(default=list, help_text="[slot of 5 s, calls], a minute long")
    day_slots = models.JSONField(default=list, help_text="[slot of an hour, calls], a day long")
    hour = models.DateTimeField(
        null=True, help_text="the running one; older are rows of their own"
    )
    calls = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    last_call_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, help_text="status, verb and path")

    def __str__(self) -> str:
        return f"use of {self.application_id}"


class ApplicationHour(models.Model):
    """Calls of an application in an hour that is over: taken, over quota, ended in an error."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="hours")
    began_at = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "began_at"], name="one_count_an_hour")
        ]
        indexes = [models.Index(fields=["began_at"])]

    def __str__(self) -> str:
        return f"{self.application_id} {self.began_at:%Y-%m-%d %H}"

"""Telling other systems: where an application listens, and what it is still owed."""

from typing import Any

from django.db import models

NOT_HEARD = "no longer heard"
"""Why a notice was set aside that was owed while its application might still hear it."""


class Webhook(models.Model):
    """An address of an application that is told facts of some kinds.

    ``failures`` counts those in a row; ``rest_until`` is when it is tried again. The secret lies
    sealed under ``webhook:<id>``, the one before it too while both are valid.
    """

    application = models.ForeignKey("core.Application", models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=400)
    kinds: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    secret_id = models.BigIntegerField(null=True)
    old_secret_id = models.BigIntegerField(null=True)
    old_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_trouble = models.CharField(max_length=200, blank=True)
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"webhook {self.pk} of {self.application_id}"

    @property
    def key_owner(self) -> str:
        """Under whose key its secrets lie."""
        return f"webhook:{self.pk}"


class Notice(models.Model):
    """One fact owed to one webhook. Its event keeps its id however often it is sent."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="notices")
    line = models.ForeignKey("core.JournalLine", models.CASCADE, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "line"], name="one_notice_a_fact")
        ]
        indexes = [
            models.Index(
                fields=["webhook", "line"],
                name="notices_owed",
                condition=models.Q(sent_at=None, set_aside_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} of {self.webhook_id}"

    @property
    def is_not_heard(self) -> bool:
        """Whether it was set aside because its application may hear of it no longer."""
        return self.trouble == NOT_HEARD


class Heard(models.Model):
    """How far the journal was read for webhooks: one row."""

    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"heard to {self.seq}"

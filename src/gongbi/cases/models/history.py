"""Rows that are only ever added to: promises, steps, notes, photos, outcomes and verdicts."""

import uuid

from django.db import models


class Deadline(models.Model):
    """A promise on a calendar and the rule that set it. A moved one ends; a new row follows."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=16, help_text="see gongbi.cases.promises")
    promise = models.CharField(max_length=32)
    calendar = models.CharField(max_length=32)
    rule = models.CharField(max_length=80, help_text="what set it, e.g. type:burst-pipe@3")
    set_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(
        max_length=16, blank=True, help_text="met late paused moved dropped"
    )
    missed_at = models.DateTimeField(null=True)
    spent = models.FloatField(default=0.0, help_text="working minutes used before set_at")
    rung = models.PositiveSmallIntegerField(default=0, help_text="steps of telling gone by")
    rung_at = models.DateTimeField(null=True, help_text="when to look at the next step")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(ended_at=None),
                name="one_running_promise_a_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="promises_to_watch",
                condition=models.Q(ended_at=None, missed_at=None),
            ),
            models.Index(
                fields=["rung_at"], name="promises_to_tell", condition=models.Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.due_at:%Y-%m-%d %H:%M}"


class Step(models.Model):
    """What happened, by whom, and why. Never changed, never removed."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=24)
    source = models.CharField(max_length=16)
    target = models.CharField(max_length=16)
    actor = models.CharField(max_length=80, help_text="person:<id>, application:<name>, …")
    actor_unit = models.CharField(max_length=32, blank=True)
    unit = models.ForeignKey(
        "core.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    why = models.JSONField(default=dict, help_text="codes and numbers")
    words_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.source} to {self.target}"


class Note(models.Model):
    """Words on a case that move nothing: an official's, or what the reporter added."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="notes")
    signal = models.ForeignKey("cases.Signal", models.PROTECT, null=True, related_name="notes")
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    words_id = models.BigIntegerField()
    for_reporter = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"note {self.pk}"


class Photo(models.Model):
    """A picture in two copies, both sealed: one to show, without metadata; one as evidence.

    ``checked`` is what the operator's scanner said of it; empty: there was none when it came.
    """

    WAITING, CLEAN, BAD = "waiting", "clean", "bad"

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="photos")
    signal = models.ForeignKey("cases.Signal", models.PROTECT, null=True, related_name="photos")
    kind = models.CharField(max_length=16, help_text="report, before or after")
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the evidence before sealing")
    likeness = models.BigIntegerField(null=True, help_text="print of 64 bits, to know it again")
    key_owner = models.CharField(max_length=80, help_text="under whose key both copies lie")
    removed_at = models.DateTimeField(null=True)
    checked = models.CharField(max_length=8, blank=True, default="")

    def __str__(self) -> str:
        return f"photo {self.uuid}"


class Outcome(models.Model):
    """What the handler declares. It is not what the resident says; that is a verdict."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="outcomes")
    task = models.ForeignKey("cases.Task", models.PROTECT, null=True, related_name="outcomes")
    declared = models.CharField(max_length=16, help_text="done or not_possible")
    words_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=80)
    unit = models.ForeignKey("core.Unit", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="outcomes_by_time")]

    def __str__(self) -> str:
        return f"{self.declared} at {self.at:%Y-%m-%d %H:%M}"


class Satisfaction(models.Model):
    """How satisfied somebody was with how it was done, said when they were rung; not by whom."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="satisfactions")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="satisfactions")
    said = models.CharField(max_length=16, help_text="yes, fairly or no")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"satisfied: {self.said}"


class Verdict(models.Model):
    """What the resident confirms of one outcome; silence is a value of its own."""

    outcome = models.OneToOneField(Outcome, models.PROTECT, related_name="verdict")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="verdicts")
    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=16, blank=True, help_text="solved not_solved unanswered")
    said_at = models.DateTimeField(null=True)
    signal = models.ForeignKey("cases.Signal", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=16, blank=True, help_text="link, number or call_back")
    prompted = models.BooleanField(default=False, help_text="they say the unit asked them to")
    words_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="verdicts_to_await", condition=models.Q(said=""))
        ]

    def __str__(self) -> str:
        return self.said or "asked"

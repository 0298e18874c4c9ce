"""Nouns of the hotline: calls and what happened in them, call-backs, answers, night lines."""

import uuid

from django.conf import settings
from django.db import models


class AnswerText(models.Model):
    """One written answer of the city, from its pack; a changed one is a new row."""

    code = models.CharField(max_length=64)
    title_en = models.CharField(max_length=200, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    words = models.JSONField(default=list)
    text_en = models.TextField(blank=True)
    text_zh = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True, help_text="the law or page it rests on")
    valid_until = models.DateField(null=True)
    version = models.PositiveIntegerField()
    in_force = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"


class NightLine(models.Model):
    """A telephone of a duty room, from the pack. A room, never somebody's own."""

    code = models.CharField(max_length=64)
    order = models.PositiveSmallIntegerField(default=1)
    name_en = models.CharField(max_length=120, blank=True)
    name_zh = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40)
    rule = models.JSONField(default=dict, help_text="types, groups, places, hours, weekdays")

    def __str__(self) -> str:
        return self.code


class Call(models.Model):
    """One conversation. What was said lies sealed under ``call:<id>`` until its term is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.CharField(max_length=16)
    aid = models.CharField(max_length=16, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=400)
    began_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=16, blank=True)
    answer = models.ForeignKey(AnswerText, models.PROTECT, null=True, related_name="+")
    case_number = models.CharField(max_length=48, blank=True)
    signal = models.UUIDField(null=True, db_index=True, help_text="the report that came of it")
    sealed = models.BinaryField(null=True)
    caller_digest = models.CharField(max_length=64, blank=True, db_index=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by", "ended_at"]),
            models.Index(
                fields=["ended_at"],
                name="calls_to_forget",
                condition=models.Q(forgotten_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.id}"

    @property
    def key_owner(self) -> str:
        """Under whose key lies what was said."""
        return f"call:{self.id}"


class CallPicture(models.Model):
    """A picture as it came while somebody was on the line, sealed under the call's key.

    Nobody opens it here: the case that takes it draws it anew and has it looked at.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="pictures")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="bytes")
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "digest"], name="one_picture_a_call")
        ]

    def __str__(self) -> str:
        return f"picture of {self.call_id}"


class CallStep(models.Model):
    """What happened in a call: codes and numbers; words only sealed. Only ever added to."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=24)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    why = models.JSONField(default=dict)
    sealed = models.BinaryField(
        null=True, help_text="to whom, where it is no unit; under the call's key"
    )

    def __str__(self) -> str:
        return f"{self.verb} of {self.call_id}"


class CallBack(models.Model):
    """Somebody to be rung: because it was promised, or drawn by chance to hear their verdict.

    What a check hears is the case's. What somebody says who was promised a call lies sealed
    under ``callback:<id>`` until its term is over.
    """

    PROMISED, CHECK = "promised", "check"
    DUE, REACHED, GIVEN_UP, REFUSED = "due", "reached", "given_up", "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=DUE)
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="callbacks")
    case_number = models.CharField(max_length=48, blank=True)
    signal = models.UUIDField(null=True)
    unit_path = models.CharField(max_length=400, blank=True, help_text="whose work is checked")
    place_path = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.JSONField(default=dict)
    said = models.CharField(max_length=16, blank=True)
    satisfied = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["signal"],
                condition=models.Q(kind="check"),
                name="one_check_a_signal",
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["kind", "made_at"], name="callbacks_by_day"),
        ]

    def __str__(self) -> str:
        return f"call back {self.id}"

    @property
    def key_owner(self) -> str:
        """Under whose key lies what was said when they were rung."""
        return f"callback:{self.id}"


class CallBackAttempt(models.Model):
    """One ringing: when, and what came of it. Only ever added to."""

    callback = models.ForeignKey(CallBack, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    result = models.CharField(max_length=16)
    sealed_words = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["at"],
                name="words_rung_to_forget",
                condition=models.Q(sealed_words__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.at:%Y-%m-%d %H:%M}"

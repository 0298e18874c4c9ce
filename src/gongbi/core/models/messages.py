"""Messages to people: what is owed, how each way out does, and what it cost."""

from typing import Any

from django.db import models

OWED = models.Q(sent_at=None, dropped_at=None, set_aside_at=None)


class Message(models.Model):
    """One message owed to one person by one way. Who gets it and what it says is not here.

    ``reference`` says what it is about, so that it is owed once; the receiver's side knows a
    second sending by the id made of it.
    """

    reference = models.CharField(max_length=120, unique=True)
    way = models.CharField(max_length=8)
    writer = models.CharField(max_length=16, help_text="the part that writes it")
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=80, help_text="whom it is for, as the part knows them")
    about = models.CharField(max_length=48, blank=True)
    place_path = models.CharField(max_length=400)
    said: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, blank=True)
    to_mark = models.CharField(max_length=64, blank=True, help_text="keyed, for two days")
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["way", "due_at"], name="messages_owed", condition=OWED),
            models.Index(
                fields=["set_aside_at"],
                name="messages_aside",
                condition=models.Q(set_aside_at__isnull=False),
            ),
            models.Index(
                fields=["to_mark", "sent_at"],
                name="messages_to_one",
                condition=~models.Q(to_mark=""),
            ),
            models.Index(fields=["made_at"], name="messages_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.kind} {self.pk}"


class WayOut(models.Model):
    """How a way does: failures in a row rest it as a whole, and count against no message."""

    code = models.CharField(max_length=8, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_trouble = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.code


class WayDay(models.Model):
    """What went out by a way on a day of the city: messages, parts and their price."""

    way = models.CharField(max_length=8)
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.way} {self.day}"

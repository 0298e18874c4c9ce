"""Nouns of what is known ahead: an event that shifts what is expected, a bulletin taken in."""

from typing import Any

from django.conf import settings
from django.db import models

from gongbi.core.public import in_language


class Bulletin(models.Model):
    """A CAP 1.2 message as it came: kept whole, followed by its references."""

    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent = models.DateTimeField()
    status = models.CharField(max_length=16)
    msg_type = models.CharField(max_length=16)
    scope = models.CharField(max_length=16)
    follows = models.JSONField(default=list, help_text="[sender, identifier] of its references")
    brought_by = models.CharField(max_length=200, help_text="key:NAME or person:ID")
    received_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    text = models.TextField(help_text="the XML, for whoever doubts")
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="replaces", help_text="update or cancel"
    )

    class Meta:
        app_label = "vitals"
        constraints = [
            models.UniqueConstraint(fields=["sender", "identifier"], name="one_bulletin_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.identifier}"


class KnownEvent(models.Model):
    """Something known ahead at a place: what is expected there is shifted while it lasts."""

    place = models.ForeignKey("core.Place", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=400, db_index=True)
    kinds = models.JSONField(default=list, help_text="classes of signs; empty with no sign: all")
    signs = models.JSONField(default=list, help_text="codes of indicators")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, help_text="who says so")
    factor = models.FloatField(default=1.0, help_text="what is usual, times this")
    shift = models.FloatField(default=0.0, help_text="and this added, in the sign's unit")
    holds = models.BooleanField(
        default=False, help_text="works: no alert begins meanwhile by itself"
    )
    severity = models.CharField(max_length=16, blank=True, help_text="of a warning")
    bulletin = models.ForeignKey(Bulletin, models.CASCADE, null=True, related_name="events")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=32, blank=True)

    class Meta:
        app_label = "vitals"
        indexes = [models.Index(fields=["ends_at", "begins_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")),
                name="known_event_has_a_span",
            ),
            models.CheckConstraint(
                condition=models.Q(factor__gte=0), name="known_event_factor_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.place_id}"

    @property
    def name(self) -> str:
        """What it is, in the reader's language or the one there is."""
        return in_language(self.name_en, self.name_zh)

    @property
    def direction(self) -> str:
        """Whether more or less than usual is expected: higher, lower or other."""
        if self.factor == 1.0 and self.shift == 0.0:
            return "other"
        return "higher" if self.factor >= 1.0 and self.shift >= 0.0 else "lower"

    def touches(self, indicator: Any) -> bool:
        """Whether it bears on an indicator."""
        named = bool(self.kinds or self.signs)
        return not named or indicator.kind in self.kinds or indicator.code in self.signs

    def added(self, expected: float) -> float:
        """What it adds to what is usual."""
        return (self.factor - 1.0) * expected + self.shift

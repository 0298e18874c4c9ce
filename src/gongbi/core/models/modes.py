"""What a place is doing now, when it is not ordinary."""

from django.conf import settings
from django.db import models


class ModeSpan(models.Model):
    """One decision: this mode, for this place and all below it, from now to an end.

    It is never changed but for its end: ``ends_at`` is as it was decided, ``over_at`` as it came.
    """

    place = models.ForeignKey("core.Place", models.PROTECT, related_name="+", db_index=False)
    place_path = models.CharField(max_length=400)
    mode = models.CharField(max_length=16)
    basis = models.CharField(max_length=200, help_text="by whose order or which rule")
    reason = models.CharField(max_length=500)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    over_at = models.DateTimeField(db_index=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-begins_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mode} at {self.place_id}"

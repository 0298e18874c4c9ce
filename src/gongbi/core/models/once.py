"""Forms that were sent: the same one again, pressed twice or sent anew, does nothing twice."""

from django.db import models


class SentForm(models.Model):
    """A form as it was sent once, and where it led; the digest holds a token nobody else has."""

    digest = models.CharField(max_length=64, unique=True)
    led_to = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(db_index=True, help_text="wall time")

    def __str__(self) -> str:
        return f"{self.digest[:8]} {self.led_to}"

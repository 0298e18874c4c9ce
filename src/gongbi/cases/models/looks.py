"""Who had a reporter's masked words before them: a row a reader, case, hour and kind of page."""

from django.db import models


class Look(models.Model):
    """Somebody's page held what reporters of a case wrote, or their pictures, in that hour.

    By ids only, and without a link to the case's row: it is read by case, never by reader.
    """

    case = models.UUIDField()
    reader = models.CharField(max_length=80, help_text="person:<id>, application:<name>, …")
    unit = models.CharField(max_length=32, blank=True, help_text="the reader's unit")
    page = models.CharField(max_length=8, help_text="case, list, mine, search, photo, api, sent")
    hour = models.DateTimeField(help_text="city clock, when the hour began")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "hour", "reader", "page"], name="one_look_an_hour"
            )
        ]
        indexes = [models.Index(fields=["hour"], name="looks_by_hour")]

    def __str__(self) -> str:
        return f"{self.page} of {self.case} in {self.hour:%Y-%m-%d %H}"

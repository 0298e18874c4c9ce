"""What the city has decided about itself, version by version."""

from django.db import models


class PackVersion(models.Model):
    """One load of a city pack; the folder it came from is kept beside the data."""

    number = models.PositiveIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    city = models.JSONField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"pack {self.number}"


class Calendar(models.Model):
    """Working time by name: weekdays, hours, whose public holidays, days added or taken."""

    code = models.CharField(max_length=32, primary_key=True)
    rule = models.JSONField()

    def __str__(self) -> str:
        return self.code

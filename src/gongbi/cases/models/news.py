"""Who wants to be told: reporters of their own matter, officers of what is due each day."""

from django.conf import settings
from django.db import models


class News(models.Model):
    """A reporter asked to be told how it goes. The address lies sealed under their contact's key,
    and is deleted when they want no more.

    ``stop_digest`` is what is kept of the link in each message that ends it.
    """

    signal = models.OneToOneField("cases.Signal", models.PROTECT, related_name="news")
    way = models.CharField(max_length=8)
    address_id = models.BigIntegerField(null=True, help_text="sealed text of core")
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stop_digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "news"

    def __str__(self) -> str:
        return f"news by {self.way}"


class DailyList(models.Model):
    """An officer asked for a list of what is due, by mail, at an hour of the city's day."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address_id = models.BigIntegerField(null=True, help_text="sealed text of core")
    hour = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_day = models.DateField(null=True)
    stop_digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"daily list at {self.hour}"

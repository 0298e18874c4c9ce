"""What came by Open311 and from where: so that nothing is taken twice."""

from django.db import models


class OpenSent(models.Model):
    """A request an application brought. ``digest`` is keyed: it betrays nothing that was said."""

    application = models.CharField(max_length=64)
    reference = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    number = models.CharField(max_length=48)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reference"], name="one_open_request_a_reference"
            )
        ]
        indexes = [
            models.Index(fields=["application", "digest", "sent_at"]),
            models.Index(fields=["application", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.number}"


class OpenUpdate(models.Model):
    """An update an application brought, by its own id."""

    application = models.CharField(max_length=64)
    update_id = models.CharField(max_length=128)
    number = models.CharField(max_length=48)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "update_id"], name="one_open_update_an_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.update_id}"


class OpenRead(models.Model):
    """A request read from another city's system, as it stood there when last read."""

    source = models.CharField(max_length=32)
    reference = models.CharField(max_length=128)
    status = models.CharField(max_length=32)
    updated_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=48)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="one_open_read_an_id")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.reference}"

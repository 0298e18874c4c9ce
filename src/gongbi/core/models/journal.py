"""The journal, which is also the outbox: a line a fact, a seal a batch, a delivery a reaction."""

from django.db import models


class JournalLine(models.Model):
    """What happened: ids, codes and numbers only, never words of a person.

    ``seq`` and ``batch`` stay empty until the sealer gives the line its order: PostgreSQL commits
    ids out of order, so nothing may read by *id greater than the last one seen*.
    """

    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=80, db_index=True)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(help_text="city clock")
    recorded_at = models.DateTimeField(help_text="wall clock")
    place_path = models.CharField(max_length=400, blank=True)
    unit_path = models.CharField(max_length=400, blank=True)
    body = models.JSONField()
    salt = models.BinaryField(max_length=16)
    commitment = models.BinaryField(max_length=32)
    seq = models.BigIntegerField(null=True, unique=True)
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="lines_without_order", condition=models.Q(seq__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class JournalSeal(models.Model):
    """A batch of lines bound by one signed root; each seal names the one before it.

    ``statement`` is kept as it was signed, byte by byte; the columns beside it are for finding.
    ``leaves`` are the lines' hashes, 32 bytes each, so that a check can name the line that fails.
    """

    number = models.BigIntegerField(primary_key=True)
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField(unique=True)
    statement = models.TextField()
    signature = models.BinaryField(max_length=64)
    leaves = models.BinaryField()

    def __str__(self) -> str:
        return f"seal {self.number}: lines {self.first_seq} to {self.last_seq}"


class Delivery(models.Model):
    """One reaction's share of one fact; it is tried again until done, or set aside and shown."""

    line = models.ForeignKey(JournalLine, models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["line", "reaction"], name="one_delivery_a_reaction")
        ]
        indexes = [models.Index(fields=["set_aside_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.reaction} of {self.line_id}"

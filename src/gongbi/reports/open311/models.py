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
        indexes = [models.Index(fields=["source", "read_at"], name="open_reads_by_look")]

    def __str__(self) -> str:
        return f"{self.source} {self.reference}"


class OpenCity(models.Model):
    """Another city whose requests are read by the clock, and how far it has been read.

    ``read_to`` moves only when everything before it is on disk here; ``claimed_at`` says who is
    reading: whoever was killed in the middle is overtaken after a while, and writes no more.
    """

    UPDATED, REQUESTED = "updated", "requested"

    name = models.CharField(max_length=32, unique=True)
    url = models.CharField(max_length=400)
    form = models.CharField(max_length=4, default="json")
    jurisdiction = models.CharField(max_length=120, blank=True)
    key_id = models.BigIntegerField(null=True)
    codes = models.JSONField(default=dict, help_text="their service_code: our type")
    zone = models.CharField(max_length=64, blank=True, help_text="of times that say none")
    by = models.CharField(max_length=12, default=UPDATED, help_text="which of their times")
    every_minutes = models.PositiveIntegerField(default=15)
    overlap_minutes = models.PositiveIntegerField(default=60)
    most_rows = models.PositiveIntegerField(default=1000, help_text="they give at once")
    connected_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    read_to = models.DateTimeField()
    newest_at = models.DateTimeField(null=True, help_text="the latest time they ever said")
    step_seconds = models.PositiveIntegerField(default=7 * 86_400)
    read_at = models.DateTimeField(null=True, help_text="the last turn that reached the end")
    counts = models.JSONField(default=dict, help_text="of the last turn")
    refusals = models.JSONField(default=list, help_text="[where, why] of the last turn, a few")
    stored = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0, help_text="that failed one after the other")
    trouble = models.CharField(max_length=16, blank=True)
    trouble_said = models.CharField(max_length=200, blank=True)
    trouble_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.url}"

    @property
    def key_owner(self) -> str:
        """Under whose key its api_key lies."""
        return f"open311-city:{self.name}"


class OpenReceiver(models.Model):
    """A unit whose own system speaks Open311. Its key lies sealed under ``open311:<unit>``."""

    unit = models.CharField(max_length=32, unique=True)
    url = models.CharField(max_length=400)
    jurisdiction = models.CharField(max_length=120, blank=True)
    key_id = models.BigIntegerField(null=True)
    codes = models.JSONField(default=dict, help_text="our type: their service_code")
    safe_again = models.BooleanField(default=False, help_text="it takes client_reference")
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.unit} at {self.url}"

    @property
    def key_owner(self) -> str:
        """Under whose key its api_key lies."""
        return f"open311:{self.unit}"


class OpenForward(models.Model):
    """A task on its way to a unit's own system, and how it fares there.

    ``sending_at`` is written before a request goes out: whoever finds it set and no answer beside
    it asks the other system what it has, and never just sends again.
    """

    receiver = models.ForeignKey(OpenReceiver, models.PROTECT, related_name="forwards")
    task = models.BigIntegerField(unique=True)
    number = models.CharField(max_length=48)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=100, blank=True)
    remote_status = models.CharField(max_length=32, blank=True)
    over_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)
    attempts = models.JSONField(default=list, help_text="[when, what was in the way], at most 20")

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="forwards_to_do",
                condition=models.Q(over_at=None, set_aside_at=None),
            ),
            models.Index(
                fields=["set_aside_at"],
                name="forwards_to_decide",
                condition=models.Q(over_at=None, set_aside_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} to {self.receiver_id}"

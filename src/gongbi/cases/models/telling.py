"""What was told of a promise, to whom, each step once; and what another system did, once."""

from django.db import models


class Told(models.Model):
    """A step before or after a deadline that came: told once, kept for all to see."""

    deadline = models.ForeignKey("cases.Deadline", models.PROTECT, related_name="told")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="told")
    step = models.CharField(max_length=32, help_text="50%, due, +1 working_days")
    to = models.JSONField(default=list, help_text="codes of who is told")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline", "step"], name="each_step_told_once")
        ]
        indexes = [models.Index(fields=["at"], name="told_by_time")]

    def __str__(self) -> str:
        return f"{self.step} at {self.at:%Y-%m-%d %H:%M}"


class DoneOnce(models.Model):
    """An act under an id of the client's own, with the answer it got: repeated, not done again."""

    actor = models.CharField(max_length=80)
    action_id = models.CharField(max_length=64)
    asked = models.CharField(max_length=64, help_text="digest of address and body")
    status = models.PositiveSmallIntegerField(default=200)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "action_id"], name="one_act_an_id")
        ]
        indexes = [models.Index(fields=["at"], name="acts_by_time")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action_id}"

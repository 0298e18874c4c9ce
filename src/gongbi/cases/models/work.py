"""A unit's share of a case."""

from django.conf import settings
from django.db import models


class Task(models.Model):
    """What one unit owes to a case, from being asked until it is off its hands."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="tasks")
    unit = models.ForeignKey("core.Unit", models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=400, db_index=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(max_length=16, default="offered")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=models.Q(ended_at=None),
                name="one_running_task_a_unit",
            )
        ]
        indexes = [models.Index(fields=["state", "unit_path"])]

    def __str__(self) -> str:
        return f"task {self.pk} of {self.unit_id}"

"""A unit's share of a case."""

from django.conf import settings
from django.db import models


class Task(models.Model):
    """What one unit owes to a case, from being asked until it is off its hands.

    One task leads: its unit answers for the case. The others help, each with words of its own for
    what to do; one that comes after others is planned until they are settled.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="tasks")
    unit = models.ForeignKey("core.Unit", models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=400, db_index=True)
    role = models.CharField(
        max_length=16, default="lead", help_text="lead, help, or takeover until it is accepted"
    )
    position = models.PositiveSmallIntegerField(default=0)
    after = models.ManyToManyField("self", symmetrical=False, related_name="before")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    needed = models.BooleanField(default=True, help_text="the lead cannot answer before it ends")
    bound = models.BooleanField(default=False, help_text="a referee decided: no return")
    todo_id = models.BigIntegerField(null=True, help_text="sealed words: what to do")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(max_length=16, default="offered")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    declared = models.CharField(max_length=16, blank=True, help_text="done or not_possible")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=models.Q(state__in=("offered", "accepted", "on_site")),
                name="one_started_task_a_unit",
            )
        ]
        indexes = [models.Index(fields=["state", "unit_path"])]

    def __str__(self) -> str:
        return f"task {self.pk} of {self.unit_id}"

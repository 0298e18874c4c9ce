"""A pack tried on recorded cases before it is in force: what was tried, and what was found."""

import uuid

from django.conf import settings
from django.db import models

from gongbi.cases.models.case import Case

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
SWITCHING, SWITCHED, GIVEN_UP = "switching", "switched", "given_up"


class Rehearsal(models.Model):
    """One trial. Its files lie beside the data until it is thirty days old.

    ``digest`` is of the files that were tried: nothing else can be put in force by it.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    place_path = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    based_on = models.PositiveIntegerField(help_text="number of the pack it was held against")
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=16, default=WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_pk = models.BigIntegerField(default=0)
    changes = models.JSONField(default=list, help_text="file, noun, code, how, fields")
    changes_more = models.PositiveIntegerField(default=0, help_text="changes beyond those kept")
    found = models.JSONField(default=dict, help_text="what was counted so far")
    trouble = models.TextField(blank=True)
    switch_by = models.CharField(max_length=80, blank=True)
    switched_as = models.PositiveIntegerField(null=True)
    forgotten_at = models.DateTimeField(null=True, help_text="files and list of cases deleted")

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"rehearsal {self.uuid}"

    @property
    def waits(self) -> bool:
        """Whether somebody who looks should look again in a moment."""
        return self.state in (WAITING, RUNNING, SWITCHING)


class RehearsedCase(models.Model):
    """A case that would have gone elsewhere: where, and why the tried rules say so."""

    rehearsal = models.ForeignKey(Rehearsal, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    was = models.CharField(max_length=32, blank=True)
    unit = models.CharField(max_length=32, blank=True)
    why = models.JSONField(default=dict, help_text="as Case.route_why")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rehearsal", "case"], name="one_row_a_rehearsed_case")
        ]

    def __str__(self) -> str:
        return f"{self.rehearsal_id} {self.case_id}"

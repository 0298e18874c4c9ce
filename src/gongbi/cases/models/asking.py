"""What is asked of somebody above, and what they decided: extensions, appeals, supervision."""

from django.conf import settings
from django.db import models

from gongbi.cases import wording


class Extension(models.Model):
    """More time asked for, with the reason and its cost: the old deadline and the new one."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="extensions")
    unit = models.ForeignKey("core.Unit", models.PROTECT, related_name="+")
    deadline = models.ForeignKey("cases.Deadline", models.PROTECT, related_name="+")
    more = models.CharField(max_length=32, help_text="working time asked, as a promise")
    reason = models.CharField(max_length=24)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    was_due_at = models.DateTimeField()
    would_due_at = models.DateTimeField()
    decided = models.CharField(max_length=16, blank=True, help_text="granted refused lapsed")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(decided=""),
                name="one_extension_asked_a_case",
            )
        ]
        indexes = [
            models.Index(
                fields=["was_due_at", "id", "case"],
                name="extensions_awaited",
                condition=models.Q(decided=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.more} more: {self.decided or 'asked'}"


class Appeal(models.Model):
    """A unit says that a case, or a verdict, is not as it should be; a named referee decides."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="appeals")
    about = models.CharField(max_length=16, help_text="assignment or verdict")
    unit = models.ForeignKey("core.Unit", models.PROTECT, related_name="+")
    task = models.ForeignKey("cases.Task", models.PROTECT, null=True, related_name="+")
    verdict = models.ForeignKey("cases.Verdict", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    referee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    why = models.JSONField(default=dict, help_text="why this referee: counts")
    due_at = models.DateTimeField()
    decided = models.CharField(
        max_length=16, blank=True, help_text="kept given settled refused lapsed"
    )
    to_unit = models.ForeignKey("core.Unit", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(decided=""), name="one_appeal_runs_a_case"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id", "case"],
                name="appeals_awaited",
                condition=models.Q(decided=""),
            )
        ]

    def __str__(self) -> str:
        return f"appeal of {self.unit_id} about {self.about}: {self.decided or 'runs'}"


class Supervision(models.Model):
    """A supervisor asks for an answer by a deadline; of a campaign when asked of many cases."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="supervisions")
    unit = models.ForeignKey("core.Unit", models.PROTECT, null=True, related_name="+")
    campaign = models.UUIDField(null=True, db_index=True)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered = models.CharField(max_length=16, blank=True, help_text="answered declared lapsed")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(answered=""),
                name="one_supervision_runs_a_case",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id", "case"],
                name="answers_awaited",
                condition=models.Q(answered=""),
            )
        ]

    def __str__(self) -> str:
        return f"supervision: {self.answered or 'runs'}"

    @property
    def answered_name(self) -> str:
        """How it was answered, in the reader's language."""
        return str(wording.ANSWERED.get(self.answered, self.answered))

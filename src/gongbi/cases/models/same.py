"""The same matter twice: what a merge took away, what is likely one, and what a burst gathers."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Merge(models.Model):
    """A case said to be the same matter as another, with all that comes back if it is not."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="merges")
    into = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    before = models.JSONField(encoder=DjangoJSONEncoder, help_text="case, tasks, promises")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(undone_at=None),
                name="one_standing_merge_a_case",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} into {self.into_id}"


class Likely(models.Model):
    """A case that may be the same matter as another, how surely and why; or that it is not."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="likely")
    other = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    chance = models.FloatField()
    why = models.JSONField(default=list, help_text="parts: name, level, weight, measure")
    careful = models.BooleanField(default=False)
    at = models.DateTimeField()
    denied_at = models.DateTimeField(null=True, help_text="a person said that they are two")
    denied_by = models.CharField(max_length=80, blank=True)
    scorecard = models.PositiveIntegerField(
        default=0, db_default=0, help_text="by which weights it was judged; 0: the shipped ones"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "other"], name="one_likely_a_pair")]

    def __str__(self) -> str:
        return f"{self.case_id} like {self.other_id}: {self.chance:.2f}"


class Scorecard(models.Model):
    """Weights of alikeness learnt from this city's merges; its number is its id. Never changed."""

    bias = models.FloatField()
    weights = models.JSONField(help_text="log-odds by level")
    learnt_until = models.DateTimeField(help_text="it was learnt from cases opened until then")
    told = models.JSONField(default=dict, help_text="what it was learnt from, and how it did")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"scorecard {self.pk}"


class ScorecardSwitch(models.Model):
    """Which weights judge from then on, who said so and why; the newest row is in force."""

    card = models.ForeignKey(Scorecard, models.PROTECT, null=True, help_text="none: as shipped")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    words = models.CharField(max_length=400, blank=True)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone", help_text="what it took back"
    )

    def __str__(self) -> str:
        return f"scorecard {self.card_id or 0} from {self.at:%Y-%m-%d}"

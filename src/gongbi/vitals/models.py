"""Nouns of sensing as people see it: indicators, series, levels, alerts."""

from django.conf import settings
from django.db import models

from gongbi.core.public import in_language
from gongbi.vitals.known_models import Bulletin, KnownEvent  # noqa: F401 - Django looks here


class FromPack(models.Model):
    """What the pack in force says, under a name and with a reason, each in two languages."""

    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    why_en = models.TextField(blank=True)
    why_zh = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    in_force = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_en, self.name_zh)

    @property
    def why(self) -> str:
        """The reason, in the reader's language."""
        return in_language(self.why_en, self.why_zh)


class Indicator(FromPack):
    """A rule over datastreams, as the pack in force says it."""

    code = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=32, help_text="class of the sign: water, power, crowd …")
    observed_property = models.CharField(max_length=64)
    unit = models.CharField(max_length=32, blank=True)
    aggregate = models.CharField(max_length=16)
    window_seconds = models.PositiveIntegerField()
    lateness_seconds = models.PositiveIntegerField()
    formula = models.JSONField(default=dict, help_text="how it is made of other indicators")
    places = models.JSONField(default=list)
    direction = models.CharField(max_length=8, default="above")
    notice = models.FloatField(null=True)
    warning = models.FloatField(null=True)
    alarm = models.FloatField(null=True)
    clear_margin = models.FloatField(default=0.0)
    min_windows = models.PositiveSmallIntegerField(default=1)
    missing_windows = models.PositiveSmallIntegerField(default=0)
    usual_notice = models.FloatField(null=True, help_text="scatters off what is usual")
    usual_warning = models.FloatField(null=True)
    usual_alarm = models.FloatField(null=True)
    usual_margin = models.FloatField(default=0.0)
    least_deviation = models.FloatField(default=0.0, help_text="smaller ones are no news")
    least_days = models.PositiveSmallIntegerField(default=5)
    novel_notice = models.FloatField(null=True, help_text="surprise that reaches it")
    novel_warning = models.FloatField(null=True)
    novel_alarm = models.FloatField(null=True)
    novel_margin = models.FloatField(default=0.0)
    novel_least = models.FloatField(default=0.0, help_text="smallest usual excess believed")
    novel_side = models.CharField(max_length=8, default="both")
    case_type = models.CharField(max_length=64, blank=True)
    case_from_level = models.PositiveSmallIntegerField(default=2)
    escalate_minutes = models.PositiveIntegerField(
        null=True, help_text="unseen for so long, more people are told; 0: never"
    )
    case_group = models.CharField(
        max_length=32, default="self", help_text="kind of place whose alerts are one case"
    )
    own_case = models.BooleanField(default=False, help_text="its alerts never share a case")
    pack_version = models.PositiveIntegerField(default=0)

    @property
    def is_composite(self) -> bool:
        """Whether it is a rule over levels, that holds or does not, and no figure."""
        return bool(self.formula.get("derive") == "composite")

    @property
    def limits(self) -> tuple[tuple[int, float], ...]:
        """(level, value) of the limits there are."""
        said = ((1, self.notice), (2, self.warning), (3, self.alarm))
        return tuple((level, value) for level, value in said if value is not None)

    @property
    def scores(self) -> tuple[tuple[int, float], ...]:
        """(level, scatters off what is usual) of those there are."""
        said = ((1, self.usual_notice), (2, self.usual_warning), (3, self.usual_alarm))
        return tuple((level, value) for level, value in said if value is not None)

    @property
    def surprises(self) -> tuple[tuple[int, float], ...]:
        """(level, surprise) of those there are."""
        said = ((1, self.novel_notice), (2, self.novel_warning), (3, self.novel_alarm))
        return tuple((level, value) for level, value in said if value is not None)


class Cause(FromPack):
    """Which signs lead and which follow when one thing breaks, as the pack in force says it."""

    code = models.CharField(max_length=32, primary_key=True)
    leads = models.JSONField(default=list, help_text="codes of indicators")
    follows = models.JSONField(default=list)
    within = models.CharField(max_length=32, help_text="kind of place a matter may fill")
    minutes = models.PositiveIntegerField(help_text="how far apart they may begin")
    waits = models.JSONField(default=list, help_text="of those that follow: whose alerts wait")
    wait_minutes = models.PositiveIntegerField(
        default=0, help_text="how long they wait for what leads before a case of their own"
    )


class Series(models.Model):
    """One indicator at one place; its id is the engine's and never changes."""

    id = models.BigIntegerField(primary_key=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="series")
    place = models.ForeignKey("core.Place", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=400, db_index=True)
    place_kind = models.CharField(max_length=32)
    datastreams = models.PositiveIntegerField(default=0)
    members = models.BinaryField(default=bytes, help_text="ids of its datastreams, int64 each")
    in_force = models.BooleanField(default=True)
    # The level now: a copy of the last change, so that a page needs no search through history.
    level = models.SmallIntegerField(default=0)
    value = models.FloatField(null=True)
    since = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    expected = models.FloatField(null=True, help_text="what was usual when the level changed")
    scatter = models.FloatField(null=True)
    surprise = models.FloatField(null=True, help_text="how new the value was, and …")
    awaited = models.FloatField(null=True, help_text="… what was expected by that")
    position = models.BigIntegerField(default=0, help_text="the engine's fact it was set by")
    muted_until = models.DateTimeField(null=True, help_text="alerts that begin before do not call")
    mute_reason = models.CharField(max_length=32, blank=True)
    inputs = models.JSONField(default=list, help_text="what the level rested on, if it is made")

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "place"], name="one_series_a_place")
        ]
        indexes = [models.Index(fields=["indicator", "-level"])]

    def __str__(self) -> str:
        return f"{self.indicator_id} · {self.place_id}"


class LevelChange(models.Model):
    """History of levels, appended: what the engine judged, and when it was known."""

    position = models.BigIntegerField(primary_key=True)
    series = models.ForeignKey(Series, models.CASCADE, related_name="changes")
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    value = models.FloatField(null=True)
    level = models.SmallIntegerField()
    was = models.SmallIntegerField()
    provisional = models.BooleanField()
    corrects = models.BooleanField()
    limit = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    scatter = models.FloatField(null=True)
    surprise = models.FloatField(null=True)
    awaited = models.FloatField(null=True)
    expected_since = models.DateTimeField(null=True, help_text="of silence: its first window")
    known_at = models.DateTimeField(help_text="city clock when the pages came to know it")

    class Meta:
        indexes = [models.Index(fields=["series", "-window_end"])]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.was} → {self.level}"


class Alert(models.Model):
    """An episode from the first to the last window above level 0; the engine gave it its id."""

    id = models.CharField(max_length=64, primary_key=True)
    series = models.ForeignKey(Series, models.PROTECT, related_name="alerts")
    place_path = models.CharField(max_length=400, db_index=True)
    level = models.SmallIntegerField()
    peak_level = models.SmallIntegerField()
    peak_value = models.FloatField(null=True)
    value = models.FloatField(null=True)
    expected = models.FloatField(null=True, help_text="what was usual then")
    scatter = models.FloatField(null=True)
    novelty = models.JSONField(
        default=dict, help_text="at its most surprising: surprise, awaited, value"
    )
    known = models.JSONField(
        default=dict, help_text="by event known ahead: what the engine said it did"
    )
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, blank=True)
    withdrawn = models.BooleanField(default=False, help_text="late rows showed there was nothing")
    corrections = models.PositiveSmallIntegerField(default=0)
    raised_at = models.DateTimeField(help_text="city clock when it was first known")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    muted_until = models.DateTimeField(null=True)
    mute_reason = models.CharField(max_length=32, blank=True)
    case_id = models.UUIDField(null=True, db_index=True)
    case_number = models.CharField(max_length=40, blank=True)
    joined_why = models.CharField(
        max_length=32, blank=True, help_text="why it joined a case that was open already"
    )
    led_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="led", help_text="whose case it joined"
    )
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="children", help_text="it follows from"
    )
    cause = models.ForeignKey(Cause, models.SET_NULL, null=True, related_name="+")
    waits_until = models.DateTimeField(null=True, help_text="no case of its own before")
    waits_for = models.ForeignKey(Cause, models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    inputs = models.JSONField(default=list, help_text="what it rests on, if it is made")
    explained_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="explains",
        help_text="the composite alert it is a part of",
    )  # fmt: skip
    group_path = models.CharField(max_length=400, blank=True, db_index=True)
    case_refused = models.CharField(
        max_length=64, blank=True, help_text="what cases would not take"
    )
    position = models.BigIntegerField(default=0, help_text="the engine's fact it was set by")

    class Meta:
        indexes = [
            models.Index(fields=["ended_at", "-level"]),
            models.Index(
                fields=["waits_until"],
                name="alerts_waiting",
                condition=models.Q(waits_until__isnull=False, case_id=None),
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} of {self.series_id}"


class Escalation(models.Model):
    """History, appended: an alert nobody had seen was told to more people, and to whom."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="escalations")
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField(help_text="city clock")
    minutes = models.PositiveIntegerField(help_text="how long nobody had seen it")
    told = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        ordering = ("at", "step")
        constraints = [
            models.UniqueConstraint(fields=["alert", "step"], name="one_escalation_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} step {self.step}"


class AlertStep(models.Model):
    """History of alerts, appended: how each stood after every change, and when that was known."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="steps")
    known_at = models.DateTimeField(db_index=True, help_text="city clock")
    level = models.SmallIntegerField()
    peak_level = models.SmallIntegerField()
    peak_value = models.FloatField(null=True)
    value = models.FloatField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    acknowledged = models.BooleanField(default=False)
    muted_until = models.DateTimeField(null=True)
    case_number = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["alert", "known_at"])]

    def __str__(self) -> str:
        return f"{self.alert_id} at {self.known_at}"


class SensorTrouble(models.Model):
    """A fault of a sensor, its clock or its line, or of a whole gateway; found by the engine."""

    id = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=16)
    datastream = models.BigIntegerField(default=0, db_index=True, help_text="0: a whole group")
    name = models.CharField(max_length=200, blank=True)
    observed_property = models.CharField(max_length=64, blank=True)
    unit = models.CharField(max_length=32, blank=True)
    group = models.CharField(max_length=200, blank=True, help_text="gateway, or place")
    sensors = models.PositiveIntegerField(default=1)
    place_path = models.CharField(max_length=400, db_index=True)
    place_code = models.CharField(max_length=64)
    since = models.DateTimeField()
    found_at = models.DateTimeField(help_text="the sensor's or the city's time it was found at")
    ended_at = models.DateTimeField(null=True)
    figure = models.FloatField(null=True, help_text="what was seen; see docs/kernel/troubles.md")
    bound = models.FloatField(null=True)
    value = models.FloatField(null=True)
    case_number = models.CharField(max_length=40, blank=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["ended_at", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.name or self.group}"


class Bookmark(models.Model):
    """How far the engine's facts have been read; written together with what they changed."""

    reader = models.CharField(max_length=32, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} at {self.position}"

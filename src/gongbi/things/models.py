"""The eight entities of SensorThings, and what is owed to the log."""

from django.db import models


class _Described(models.Model):
    name = models.CharField(max_length=1024)
    description = models.TextField()
    properties = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class _Placed(_Described):
    """Something with a geometry; its bounding box, in degrees, finds it quickly."""

    west = models.FloatField(null=True, db_index=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        abstract = True


class FeatureOfInterest(_Placed):
    """What an observation is about."""

    encoding_type = models.CharField(max_length=255)
    feature = models.JSONField()


class Location(_Placed):
    """Where things stand."""

    encoding_type = models.CharField(max_length=255)
    location = models.JSONField()
    feature_made = models.ForeignKey(
        FeatureOfInterest,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="what observations made here without a feature are about",
    )


class Thing(_Described):
    """Something that carries sensors."""

    locations = models.ManyToManyField(Location, related_name="things")
    place_path = models.CharField(
        max_length=400, blank=True, db_index=True, help_text="the city's place it stands in"
    )
    pack_key = models.CharField(max_length=200, null=True, unique=True)


class HistoricalLocation(models.Model):
    """Where a thing has been since a time."""

    time = models.DateTimeField(db_index=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="historical_locations")
    locations = models.ManyToManyField(Location, related_name="historical_locations")

    def __str__(self) -> str:
        return f"{self.thing_id} since {self.time}"


class Sensor(_Described):
    """What measures, or the way in which it is done."""

    encoding_type = models.CharField(max_length=255)
    metadata = models.JSONField()


class ObservedProperty(_Described):
    """What is measured."""

    definition = models.TextField()


class Datastream(_Placed):
    """Observations of one property by one sensor of one thing."""

    unit = models.JSONField(null=True)
    observation_type = models.CharField(max_length=255)
    observed_area = models.JSONField(null=True)
    phenomenon_start = models.DateTimeField(null=True)
    phenomenon_end = models.DateTimeField(null=True)
    result_start = models.DateTimeField(null=True)
    result_end = models.DateTimeField(null=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(
        ObservedProperty, models.CASCADE, related_name="datastreams"
    )
    from_pack = models.BooleanField(default=False)
    engine_id = models.BigIntegerField(null=True, unique=True, help_text="its id in the log")
    sensing = models.CharField(
        max_length=16,
        default="new",
        help_text="new, read, known, unknown: what the log makes of it",
    )
    sensing_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="datastreams_not_asked",
                condition=models.Q(sensing="new"),
            )
        ]


class Observation(models.Model):
    """One result, whole, with all its times."""

    datastream = models.ForeignKey(
        Datastream, models.CASCADE, related_name="observations", db_index=False
    )
    feature = models.ForeignKey(FeatureOfInterest, models.CASCADE, related_name="observations")
    phenomenon_start = models.DateTimeField()
    phenomenon_end = models.DateTimeField(help_text="the start again, for an instant")
    is_interval = models.BooleanField(default=False)
    result_time = models.DateTimeField(null=True)
    valid_start = models.DateTimeField(null=True)
    valid_end = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    # The result once more by its type, so that a comparison is one with a column.
    number = models.FloatField(null=True)
    text = models.TextField(null=True)
    boolean = models.BooleanField(null=True)
    result_quality = models.JSONField(null=True)
    parameters = models.JSONField(null=True)
    copied = models.BooleanField(default=False, help_text="the newest row of the log, shown here")
    owed = models.BooleanField(default=False, help_text="a number the log has not been given yet")

    class Meta:
        indexes = [
            models.Index(fields=["datastream", "id"], name="observations_in_order"),
            models.Index(
                fields=["datastream", "phenomenon_start", "id"], name="observations_in_time"
            ),
            models.Index(fields=["phenomenon_start", "id"], name="observations_by_time"),
            models.Index(fields=["id"], name="observations_owed", condition=models.Q(owed=True)),
        ]

    def __str__(self) -> str:
        return f"{self.datastream_id} at {self.phenomenon_start}"


class Passing(models.Model):
    """Rows on their way to the log: the same rows under the same number until they are taken.

    What was taken is deleted. The id is the sequence number, so a batch sent again is no second.
    """

    id = models.BigAutoField(primary_key=True)
    body = models.BinaryField()
    rows = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.rows} rows under number {self.pk}"


class Bookmark(models.Model):
    """How far the log has been read for the newest observations of the pack's datastreams."""

    reader = models.CharField(max_length=32, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} at {self.position}"

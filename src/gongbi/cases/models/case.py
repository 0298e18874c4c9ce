"""The matter the city owes an answer to, and the signals that hang on it."""

import uuid

from django.db import models

from gongbi.cases import states

LIVE = models.Q(state__in=states.LIVE)
OVER = models.Q(state__in=states.OVER)
AGAIN = models.Q(reopened__gt=0)
URGED = models.Q(urged__gt=0)
TOLD = models.Q(told_whom__gt=0)
AREAS = frozenset({"city", "district", "subdistrict", "town", "grid", "quarter", "village"})


def state_choices() -> list[tuple[str, str]]:
    """A callable, so that a new state needs no migration."""
    return [(state, state) for state in states.STATES]


class Case(models.Model):
    """One matter. ``version`` rises with each change: who saw an older one is told, not obeyed."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=48, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=state_choices, default=states.OPEN)
    # What is asked for by type is asked for with its place or state: see the indexes below.
    type = models.ForeignKey(
        "cases.CaseType", models.PROTECT, null=True, related_name="+", db_index=False
    )
    sub_type = models.CharField(max_length=32, blank=True, default="", db_default="")
    guesses = models.JSONField(default=list, help_text="types suggested: code, score")
    governed_by = models.CharField(max_length=32, blank=True)
    priority = models.PositiveSmallIntegerField(default=3)
    source = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField(default=0)

    # Nobody looks for cases by these keys alone; an index for each would be paid at every report.
    place = models.ForeignKey(
        "core.Place", models.PROTECT, null=True, related_name="+", db_index=False
    )
    place_path = models.CharField(max_length=400)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    unit = models.ForeignKey(
        "core.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit_path = models.CharField(max_length=400, blank=True)
    suggested_unit = models.ForeignKey(
        "core.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    about_unit = models.ForeignKey(
        "core.Unit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    about_path = models.CharField(max_length=400, blank=True)
    route = models.ForeignKey(
        "cases.Route", models.PROTECT, null=True, related_name="+", db_index=False
    )
    route_why = models.JSONField(default=dict, help_text="why this unit: codes and numbers")

    # An index of its own below: most cases are about no asset.
    asset = models.ForeignKey(
        "core.Asset", models.PROTECT, null=True, related_name="+", db_index=False
    )
    asset_why = models.JSONField(null=True, help_text="how it is known: by, metres, said")

    cell = models.BigIntegerField(null=True, help_text="square of the earth it lies in")
    looked_at = models.DateTimeField(null=True, help_text="when a likely same case was looked for")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="the nearest promise still running")
    waiting_for = models.CharField(max_length=16, blank=True)
    filed_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=32, blank=True)
    values = models.JSONField(default=dict, help_text="fields of the type: numbers and codes")
    extended = models.PositiveSmallIntegerField(default=0)
    ended_as = models.CharField(max_length=16, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    signals_count = models.PositiveIntegerField(default=1)
    reopened = models.PositiveSmallIntegerField(default=0)
    returned = models.PositiveSmallIntegerField(default=0)
    urged = models.PositiveSmallIntegerField(default=0)
    told_whom = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="who was told of a promise that runs: consequences"
    )
    key_round = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["type", "place", "state"]),
            models.Index(fields=["changed_at"]),
            models.Index(fields=["cell", "opened_at"], name="cases_by_cell"),
            models.Index(
                fields=["asset", "opened_at"],
                name="cases_by_asset",
                condition=models.Q(asset__isnull=False),
            ),
            models.Index(
                fields=["opened_at"],
                name="cases_to_look_at",
                condition=models.Q(looked_at=None),
            ),
            models.Index(
                fields=["opened_at", "place_path", "state", "type", "about_path", "id"],
                name="cases_by_opening",
            ),
            models.Index(
                fields=[
                    *("place_path", "state", "changed_at", "opened_at"),
                    *("type", "about_path", "id"),
                ],
                name="cases_by_place",
                opclasses=[
                    *("varchar_pattern_ops", "varchar_ops", "timestamptz_ops", "timestamptz_ops"),
                    *("int8_ops", "varchar_ops", "int8_ops"),
                ],
            ),
            # What is not over is a tenth of a city's cases, and nearly all that is asked for.
            # Of all states: SQLite uses an index with a condition only where it is said literally.
            models.Index(fields=["state", "priority", "due_at", "id"], name="cases_by_state"),
            models.Index(
                fields=[
                    *("priority", "due_at", "id", "state", "type"),
                    *("place_path", "about_path", "reopened", "lon", "lat"),
                ],
                name="live_by_pressure",
                condition=LIVE,
            ),
            # These hold all that a worklist narrows, counts and orders by: the rows themselves,
            # each in a page of its own, are read for the thirty that are shown.
            models.Index(
                fields=["state", "due_at", "place_path", "priority", "about_path", "id"],
                name="live_by_promise",
                condition=LIVE,
            ),
            # What is due on a day, in whatever state: PostgreSQL leaves out "in a live state"
            # where the index says so already, and then cannot begin by the state.
            models.Index(
                fields=["due_at", "place_path", "about_path", "id"],
                name="live_by_day",
                condition=LIVE,
            ),
            models.Index(
                fields=[
                    *("type", "state", "priority", "due_at"),
                    *("id", "place_path", "about_path"),
                ],
                name="live_by_type",
                condition=LIVE,
            ),
            models.Index(
                fields=["changed_at", "place_path", "state", "type", "about_path", "id"],
                name="over_by_change",
                condition=OVER,
            ),
            models.Index(
                fields=[
                    *("place_path", "state", "due_at", "priority", "reopened"),
                    *("type", "about_path", "id", "opened_at", "lon", "lat"),
                ],
                name="live_by_place",
                condition=LIVE,
                opclasses=[
                    *("varchar_pattern_ops", "varchar_ops", "timestamptz_ops", "int2_ops"),
                    *("int2_ops", "int8_ops", "varchar_ops", "int8_ops", "timestamptz_ops"),
                    *("float8_ops", "float8_ops"),
                ],
            ),
            models.Index(
                fields=["place_path", "state", "about_path", "id"],
                name="again_by_place",
                condition=AGAIN,
                opclasses=["varchar_pattern_ops", "varchar_ops", "varchar_ops", "int8_ops"],
            ),
            models.Index(
                fields=["changed_at", "place_path", "state", "about_path", "id"],
                name="again_by_change",
                condition=AGAIN,
            ),
            # By whose and by how it came: a unit or a way that has few cases would else be looked
            # for among all. What is at work is asked for with the units below; what is over, by
            # one unit in order of time.
            models.Index(
                fields=[
                    *("unit_path", "state", "priority", "due_at", "id"),
                    *("place_path", "about_path", "unit"),
                ],
                name="live_by_unit",
                condition=LIVE,
                opclasses=[
                    *("varchar_pattern_ops", "varchar_ops", "int2_ops", "timestamptz_ops"),
                    *("int8_ops", "varchar_ops", "varchar_ops", "varchar_ops"),
                ],
            ),
            models.Index(
                fields=[
                    *("source", "state", "priority", "due_at", "id", "place_path", "about_path"),
                ],
                name="live_by_source",
                condition=LIVE,
            ),
            *(
                models.Index(
                    fields=[name, "changed_at", "id", "state", "place_path", "about_path"],
                    name=f"over_by_{name}",
                    condition=OVER,
                )
                for name in ("unit", "source")
            ),
            # What is asked of somebody: few cases among those that are not over.
            models.Index(
                fields=["unit_path", "state", "due_at", "about_path", "place_path", "id"],
                name="urged_by_unit",
                condition=LIVE & URGED,
                opclasses=[
                    *("varchar_pattern_ops", "varchar_ops", "timestamptz_ops", "varchar_ops"),
                    *("varchar_ops", "int8_ops"),
                ],
            ),
            models.Index(
                fields=["unit_path", "due_at", "told_whom", "about_path", "place_path", "id"],
                name="told_by_unit",
                condition=LIVE & TOLD,
                opclasses=[
                    *("varchar_pattern_ops", "timestamptz_ops", "int2_ops", "varchar_ops"),
                    *("varchar_ops", "int8_ops"),
                ],
            ),
            models.Index(
                fields=["due_at", "id", "place_path", "told_whom", "about_path"],
                name="told_by_day",
                condition=LIVE & TOLD,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key_owner(self) -> str:
        """Under whose key lie the words officials write on it, until a reporter is forgotten."""
        return f"case:{self.uuid}:{self.key_round}"

    def with_merged(self) -> list[int]:
        """Its id and those of the cases merged into it, to look up by. One query.

        One condition over reports and cases would read every report of the city.
        """
        return [self.pk, *Case.objects.filter(merged_into=self).values_list("pk", flat=True)]

    @property
    def sub_type_name(self) -> str:
        """The name of its sub-type; empty where it has none."""
        return self.type.sub_type_name(self.sub_type) if self.type and self.sub_type else ""

    @property
    def followed(self) -> "Case":
        """The case whoever reported this one follows: the one it was merged into, or itself."""
        return self.merged_into or self

    @property
    def is_over(self) -> bool:
        """Whether nothing is owed any more."""
        return self.state in states.ENDS

    @property
    def is_vague(self) -> bool:
        """Whether its point is only the middle of an area: nobody told where in it it is."""
        place = self.place
        if place is None or place.kind not in AREAS:
            return False
        return (self.lon, self.lat) == (place.lon, place.lat)


class Signal(models.Model):
    """One person's or machine's report. What a person said is sealed under keys of its own."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="signals")
    source = models.CharField(max_length=32)
    reference = models.CharField(max_length=128)
    from_person = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    words_id = models.BigIntegerField(null=True, help_text="sealed text of core")
    contact_id = models.BigIntegerField(null=True)
    reading_id = models.BigIntegerField(null=True, help_text="sealed: what was read in the words")
    place_words_id = models.BigIntegerField(null=True)
    place = models.ForeignKey(
        "core.Place", models.PROTECT, null=True, related_name="+", db_index=False
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    asset = models.ForeignKey(
        "core.Asset", models.PROTECT, null=True, related_name="+", db_index=False
    )
    asset_why = models.JSONField(null=True)
    level = models.PositiveSmallIntegerField(default=0)
    why = models.JSONField(default=dict)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    joined_why = models.CharField(max_length=32, blank=True)
    token_digest = models.CharField(max_length=64)
    short_digest = models.CharField(max_length=64)
    follow_until = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)
    key_round = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="rises when a part is forgotten: the next key is new"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "reference"], name="one_signal_a_reference"),
            models.UniqueConstraint(fields=["token_digest"], name="one_signal_a_link"),
            models.UniqueConstraint(fields=["short_digest"], name="one_signal_a_short_number"),
        ]

    def __str__(self) -> str:
        return f"{self.source} signal of {self.case_id}"

    @property
    def key_owner(self) -> str:
        """Under whose key lie this reporter's words."""
        return f"signal:{self.uuid}"

    @property
    def contact_owner(self) -> str:
        """Under whose key lies how to reach this reporter; it may go before their words."""
        return self.owners_of("contact")[-1]

    @property
    def photo_owner(self) -> str:
        """Under whose key lie this reporter's photos."""
        return self.owners_of("photos")[-1]

    def owners_of(self, part: str) -> list[str]:
        """Under whose keys a part ever lay, the one for what comes now last."""
        first = f"{self.key_owner}:{part}"
        return [first, *(f"{first}:{number}" for number in range(1, self.key_round + 1))]

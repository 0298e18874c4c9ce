"""What the city pack says of cases. A changed row is a new row; cases keep the one they had."""

from typing import Any

from django.db import models

from gongbi.core.public import in_language


class CaseType(models.Model):
    """A kind of matter: whose words name it, how urgent it is, what is promised, what ends it."""

    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField(help_text="number of the pack that brought this row")
    in_force = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    group = models.CharField(max_length=32)
    priority = models.PositiveSmallIntegerField(help_text="1 urgent to 4")
    sources = models.JSONField(default=list)
    first_contact = models.CharField(max_length=32, blank=True)
    solve = models.CharField(max_length=32)
    calendar = models.CharField(max_length=32)
    ask_verdict = models.BooleanField(default=True)
    verdict_within = models.CharField(max_length=32, default="7 days")
    needs = models.JSONField(default=list, help_text="skills whoever is sent must have")
    keep_days = models.PositiveIntegerField(
        null=True, help_text="days after closing a reporter's words are kept; null: until asked"
    )
    keep = models.JSONField(
        default=dict, help_text="days after closing for parts: contact, photos; else as the words"
    )
    mask = models.JSONField(
        default=dict, help_text="kinds of personal data hidden from: work, outside; else contacts"
    )
    photo_after = models.BooleanField(default=False)
    public = models.BooleanField(default=True)
    visible = models.BooleanField(default=True)
    words = models.JSONField(default=list)
    join = models.CharField(max_length=16, default="same_place")
    on_site = models.CharField(max_length=32, blank=True)
    ladder = models.JSONField(default=list, help_text="[[step, [who]]], earliest first")
    pause_limit = models.CharField(max_length=32, default="10 working_days")
    extend_times = models.PositiveSmallIntegerField(default=2)
    file_first = models.BooleanField(default=False)
    stages = models.JSONField(default=list, help_text="code, name_en, name_zh")
    fields = models.JSONField(default=list, help_text="code, kind, names, choices, required_at")
    says = models.JSONField(default=dict, help_text="verb: {en, zh} for the reporter")
    codes = models.JSONField(default=dict, help_text="scheme: code, e.g. of a national standard")
    sub_types = models.JSONField(default=list, help_text="code, name_en, name_zh, words")
    assets = models.JSONField(default=list, help_text="kinds of assets it may be about")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_type_a_version"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(in_force=True), name="one_type_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_en, self.name_zh)

    def sub_type_name(self, code: str) -> str:
        """A sub-type's name in the reader's language; its code where the type has it no more."""
        rows = (row for row in self.sub_types if row["code"] == code)
        return next(
            (in_language(row.get("name_en", ""), row.get("name_zh", "")) for row in rows), code
        )


class Route(models.Model):
    """A rule that names the unit for a matter; the first true one of the table wins."""

    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    in_force = models.BooleanField(default=True)
    batch = models.UUIDField(help_text="one for each table of routes ever loaded")
    position = models.PositiveIntegerField()
    rule: "models.JSONField[Any, Any]" = models.JSONField(
        help_text="types, groups, places, hours, weekdays, min_level; an absent one asks nothing"
    )
    to_unit = models.CharField(max_length=32, blank=True)
    to_kind = models.CharField(max_length=32, blank=True)
    to_asset = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="owner, maintainer"
    )
    at_once = models.BooleanField(default=False, help_text="goes to the unit without a dispatcher")
    reason_en = models.CharField(max_length=300)
    reason_zh = models.CharField(max_length=300)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_route_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"

    @property
    def reason(self) -> str:
        """The reason in the reader's language."""
        return in_language(self.reason_en, self.reason_zh)

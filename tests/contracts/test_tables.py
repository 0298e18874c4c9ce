"""Foreign keys stay in their own part or go to core; no migration waits to be written."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

OURS = {*settings.PARTS}


def strays(found: Iterable[type[models.Model]]) -> list[str]:
    """Foreign keys that leave home for another part than core."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in found
        for field in model._meta.get_fields()
        if field.is_relation
        and getattr(field, "concrete", False)
        and field.related_model is not None
        and model._meta.app_label in OURS
        and field.related_model._meta.app_label in OURS
        and field.related_model._meta.app_label not in ("core", model._meta.app_label)
    ]


def test_foreign_keys_stay_at_home() -> None:
    assert not strays(apps.get_models())


def test_the_rule_bites() -> None:
    class Stray(models.Model):
        elsewhere = models.ForeignKey("cases.Case", models.CASCADE)

        class Meta:
            app_label = "vitals"

    try:
        assert strays([Stray]) == ["vitals.Stray.elsewhere"]
    finally:
        del apps.all_models["vitals"]["stray"]
        apps.clear_cache()


def test_no_migration_waits_to_be_written(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_nothing_of_a_table_hides_what_django_needs() -> None:
    """A field called like a method of its class is found by the system check alone."""
    call_command("check", fail_level="WARNING")

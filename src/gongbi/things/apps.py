"""Django's entry to things."""

from django.apps import AppConfig


class ThingsConfig(AppConfig):
    """The part things."""

    name = "gongbi.things"
    label = "things"
    default_auto_field = "django.db.models.BigAutoField"

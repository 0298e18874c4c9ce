"""Django's entry to core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The ground floor."""

    name = "gongbi.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

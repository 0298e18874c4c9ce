"""Django's entry to desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The part desk."""

    name = "gongbi.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

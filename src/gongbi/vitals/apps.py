"""Django's entry to vitals."""

from django.apps import AppConfig


class VitalsConfig(AppConfig):
    """The part vitals."""

    name = "gongbi.vitals"
    label = "vitals"
    default_auto_field = "django.db.models.BigAutoField"

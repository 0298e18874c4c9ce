"""Django's entry to cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The part cases."""

    name = "gongbi.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

"""Django's entry to reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The part reports."""

    name = "gongbi.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

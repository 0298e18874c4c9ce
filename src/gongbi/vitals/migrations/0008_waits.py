"""Alerts that wait for what they follow from before they ask for a case of their own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vitals", "0007_known_holds")]

    operations = [
        migrations.AddField(
            "cause",
            "waits",
            models.JSONField(default=list, help_text="of those that follow: whose alerts wait"),
        ),
        migrations.AddField(
            "cause",
            "wait_minutes",
            models.PositiveIntegerField(
                default=0,
                help_text="how long they wait for what leads before a case of their own",
            ),
        ),
        migrations.AddField(
            "indicator",
            "own_case",
            models.BooleanField(default=False, help_text="its alerts never share a case"),
        ),
        migrations.AddField(
            "alert",
            "waits_until",
            models.DateTimeField(null=True, help_text="no case of its own before"),
        ),
        migrations.AddField(
            "alert",
            "waits_for",
            models.ForeignKey(
                "vitals.cause",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
            ),
        ),
        migrations.AddIndex(
            "alert",
            models.Index(
                fields=["waits_until"],
                name="alerts_waiting",
                condition=models.Q(waits_until__isnull=False, case_id=None),
            ),
        ),
    ]

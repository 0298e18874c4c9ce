"""How new a value is, and what the engine said of events known ahead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vitals", "0008_waits")]

    operations = [
        migrations.AddField(
            "indicator",
            "novel_notice",
            models.FloatField(null=True, help_text="surprise that reaches it"),
        ),
        migrations.AddField("indicator", "novel_warning", models.FloatField(null=True)),
        migrations.AddField("indicator", "novel_alarm", models.FloatField(null=True)),
        migrations.AddField("indicator", "novel_margin", models.FloatField(default=0.0)),
        migrations.AddField(
            "indicator",
            "novel_least",
            models.FloatField(default=0.0, help_text="smallest usual excess believed"),
        ),
        migrations.AddField(
            "indicator", "novel_side", models.CharField(default="both", max_length=8)
        ),
        migrations.AddField(
            "series",
            "surprise",
            models.FloatField(null=True, help_text="how new the value was, and …"),
        ),
        migrations.AddField(
            "series",
            "awaited",
            models.FloatField(null=True, help_text="… what was expected by that"),
        ),
        migrations.AddField("levelchange", "surprise", models.FloatField(null=True)),
        migrations.AddField("levelchange", "awaited", models.FloatField(null=True)),
        migrations.AddField(
            "alert",
            "novelty",
            models.JSONField(
                default=dict, help_text="at its most surprising: surprise, awaited, value"
            ),
        ),
        migrations.AddField(
            "alert",
            "known",
            models.JSONField(
                default=dict, help_text="by event known ahead: what the engine said it did"
            ),
        ),
    ]

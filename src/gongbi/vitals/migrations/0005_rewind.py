import django.db.models.deletion
from django.db import migrations, models


def say_when(apps, schema_editor):
    """What an earlier version kept is taken to be known when its window ended."""
    change = apps.get_model("vitals", "LevelChange")
    change.objects.filter(known_at=None).update(known_at=models.F("window_end"))
    alert, step = apps.get_model("vitals", "Alert"), apps.get_model("vitals", "AlertStep")
    names = ("peak_level", "peak_value", "value", "began_at", "muted_until", "case_number")
    made = []
    for row in alert.objects.all().iterator():
        shown = {name: getattr(row, name) for name in names}
        seen = row.acknowledged_at is not None
        level = row.level if row.ended_at is None else row.peak_level
        made.append(step(alert=row, known_at=row.raised_at, level=level, acknowledged=seen, **shown))
        if row.ended_at is not None:
            until = max(row.ended_at, row.raised_at)
            end = dict(level=0, ended_at=row.ended_at, acknowledged=seen)
            made.append(step(alert=row, known_at=until, **end, **shown))
    step.objects.bulk_create(made, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("vitals", "0004_known_events")]

    operations = [
        migrations.AddField(
            model_name="levelchange",
            name="known_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="AlertStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("known_at", models.DateTimeField(db_index=True, help_text="city clock")),
                ("level", models.SmallIntegerField()),
                ("peak_level", models.SmallIntegerField()),
                ("peak_value", models.FloatField(null=True)),
                ("value", models.FloatField(null=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("acknowledged", models.BooleanField(default=False)),
                ("muted_until", models.DateTimeField(null=True)),
                ("case_number", models.CharField(blank=True, max_length=40)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="vitals.alert",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["alert", "known_at"], name="vitals_aler_alert_i_578e09_idx")
                ],
            },
        ),
        migrations.RunPython(say_when, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="levelchange",
            name="known_at",
            field=models.DateTimeField(help_text="city clock when the pages came to know it"),
        ),
    ]

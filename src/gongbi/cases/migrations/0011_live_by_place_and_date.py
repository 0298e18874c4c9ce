from django.db import migrations, models

STATES = ("state__in", ("open", "in_hand", "waiting", "answered"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_rehearsals")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="live_by_place"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(STATES),
                fields=["place_path", "state", "due_at"],
                name="live_by_place",
                opclasses=["varchar_pattern_ops", "varchar_ops", "timestamptz_ops"],
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="live_again"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(STATES, ("reopened__gt", 0)),
                fields=["place_path"],
                name="live_again",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]

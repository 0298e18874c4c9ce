from django.db import migrations, models


def drop_old_marks(apps, schema_editor):
    """Hours were marked one by one; a look is marked in one row that moves on."""
    apps.get_model("cases", "Tally").objects.filter(group="judged").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0011_live_by_place_and_date"),
    ]

    operations = [
        migrations.AddField(
            model_name="burst",
            name="kinds",
            field=models.JSONField(default=list, help_text="groups that rose together, if several"),
        ),
        migrations.AlterField(
            model_name="burst",
            name="began_at",
            field=models.DateTimeField(help_text="first report of the hours in which they rose"),
        ),
        migrations.AlterField(
            model_name="burst",
            name="seen",
            field=models.PositiveIntegerField(help_text="most reports of its hours"),
        ),
        migrations.AlterField(
            model_name="burst",
            name="expected",
            field=models.FloatField(help_text="usual reports of those hours"),
        ),
        migrations.RunPython(drop_old_marks, migrations.RunPython.noop),
    ]

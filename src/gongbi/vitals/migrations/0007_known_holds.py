from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("vitals", "0006_signs")]

    operations = [
        migrations.AddField(
            model_name="knownevent",
            name="holds",
            field=models.BooleanField(
                default=False, help_text="works: no alert begins meanwhile by itself"
            ),
        ),
    ]

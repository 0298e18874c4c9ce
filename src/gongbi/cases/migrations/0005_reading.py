from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_scale")]

    operations = [
        migrations.AddField(
            model_name="signal",
            name="reading_id",
            field=models.BigIntegerField(help_text="sealed: what was read in the words", null=True),
        ),
    ]

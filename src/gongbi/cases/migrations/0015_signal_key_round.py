from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_papers_by_office'),
    ]

    operations = [
        migrations.AddField(
            model_name='signal',
            name='key_round',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='rises when a part is forgotten: the next key is new'),
        ),
    ]

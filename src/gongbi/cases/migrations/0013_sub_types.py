from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_bursts_by_looks'),
    ]

    operations = [
        migrations.AddField(
            model_name='casetype',
            name='sub_types',
            field=models.JSONField(default=list, help_text='code, name_en, name_zh, words'),
        ),
        migrations.AddField(
            model_name='case',
            name='sub_type',
            field=models.CharField(blank=True, db_default='', default='', max_length=32),
        ),
    ]

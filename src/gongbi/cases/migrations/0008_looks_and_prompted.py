from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_outcomes_by_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='verdict',
            name='prompted',
            field=models.BooleanField(default=False, help_text='they say the unit asked them to'),
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.UUIDField()),
                ('reader', models.CharField(help_text='person:<id>, application:<name>, …', max_length=80)),
                ('unit', models.CharField(blank=True, help_text="the reader's unit", max_length=32)),
                ('page', models.CharField(help_text='case, list, mine, search, photo, api, sent', max_length=8)),
                ('hour', models.DateTimeField(help_text='city clock, when the hour began')),
            ],
            options={
                'indexes': [models.Index(fields=['hour'], name='looks_by_hour')],
                'constraints': [models.UniqueConstraint(fields=('case', 'hour', 'reader', 'page'), name='one_look_an_hour')],
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=32)),
                ('reference', models.CharField(max_length=128)),
                ('status', models.CharField(max_length=32)),
                ('updated_at', models.DateTimeField(null=True)),
                ('number', models.CharField(max_length=48)),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'reference'), name='one_open_read_an_id')],
            },
        ),
        migrations.CreateModel(
            name='OpenSent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application', models.CharField(max_length=64)),
                ('reference', models.CharField(max_length=128)),
                ('digest', models.CharField(max_length=64)),
                ('number', models.CharField(max_length=48)),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['application', 'digest', 'sent_at'], name='reports_ope_applica_5cf902_idx'), models.Index(fields=['application', 'number'], name='reports_ope_applica_6dac19_idx')],
                'constraints': [models.UniqueConstraint(fields=('application', 'reference'), name='one_open_request_a_reference')],
            },
        ),
        migrations.CreateModel(
            name='OpenUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('application', models.CharField(max_length=64)),
                ('update_id', models.CharField(max_length=128)),
                ('number', models.CharField(max_length=48)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'update_id'), name='one_open_update_an_id')],
            },
        ),
    ]

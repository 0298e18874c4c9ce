import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_hotline'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenReceiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=32, unique=True)),
                ('url', models.CharField(max_length=400)),
                ('jurisdiction', models.CharField(blank=True, max_length=120)),
                ('key_id', models.BigIntegerField(null=True)),
                ('codes', models.JSONField(default=dict, help_text='our type: their service_code')),
                ('safe_again', models.BooleanField(default=False, help_text='it takes client_reference')),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
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
        migrations.CreateModel(
            name='OpenForward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.BigIntegerField(unique=True)),
                ('number', models.CharField(max_length=48)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('sending_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('remote_id', models.CharField(blank=True, max_length=100)),
                ('remote_status', models.CharField(blank=True, max_length=32)),
                ('over_at', models.DateTimeField(null=True)),
                ('set_aside_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forwards', to='reports.openreceiver')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('over_at', None), ('set_aside_at', None)), fields=['due_at'], name='forwards_to_do')],
            },
        ),
    ]

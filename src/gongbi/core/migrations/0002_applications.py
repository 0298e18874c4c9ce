import django.db.models.deletion
from django.db import migrations, models


def enter_those_with_keys(apps, schema_editor):
    """Each key there was becomes an application with that one key."""
    Key = apps.get_model("core", "ApplicationKey")
    Application = apps.get_model("core", "Application")
    for key in Key.objects.all():
        row = Application.objects.create(
            name=key.name,
            scopes=key.scopes,
            made_at=key.made_at,
            made_by="command",
            retired_at=key.retired_at,
        )
        Key.objects.filter(pk=key.pk).update(application=row)
        apps.get_model("core", "ApplicationUse").objects.create(application=row)


def leave_keys_alone(apps, schema_editor):
    """Going back: the keys still hold their names."""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, unique=True)),
                ('title_en', models.CharField(blank=True, max_length=120)),
                ('title_zh', models.CharField(blank=True, max_length=120)),
                ('purpose_en', models.CharField(blank=True, max_length=400)),
                ('purpose_zh', models.CharField(blank=True, max_length=400)),
                ('own_unit_only', models.BooleanField(default=False, help_text='hears only what its owner has in hand')),
                ('types', models.JSONField(default=list, help_text='types it hears; empty: those it may')),
                ('contact', models.CharField(blank=True, max_length=120)),
                ('scopes', models.JSONField(default=list)),
                ('per_minute', models.PositiveIntegerField(default=0, help_text='calls; 0: no limit')),
                ('per_day', models.PositiveIntegerField(default=0, help_text='calls; 0: no limit')),
                ('contract_until', models.DateField(null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=80)),
                ('changed_at', models.DateTimeField(help_text='by people; a pack then leaves it be', null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_by', models.CharField(blank=True, max_length=80)),
                ('retired_why', models.CharField(blank=True, max_length=400)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.unit')),
                ('place', models.ForeignKey(help_text='where it may hear', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.place')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='applicationkey',
            name='label',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='applicationkey',
            name='last_used_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='applicationkey',
            name='made_by',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='applicationkey',
            name='retired_why',
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.CreateModel(
            name='ApplicationUse',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='core.application')),
                ('version', models.BigIntegerField(default=0)),
                ('minute', models.BigIntegerField(default=0)),
                ('in_minute', models.PositiveIntegerField(default=0)),
                ('day', models.PositiveIntegerField(default=0)),
                ('in_day', models.PositiveIntegerField(default=0)),
                ('hour', models.DateTimeField(help_text='the running one; older are rows of their own', null=True)),
                ('calls', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('errors', models.PositiveIntegerField(default=0)),
                ('last_call_at', models.DateTimeField(null=True)),
                ('last_error_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, help_text='status, verb and path', max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name='applicationkey',
            name='application',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='core.application'),
        ),
        migrations.RunPython(enter_those_with_keys, leave_keys_alone),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=400)),
                ('kinds', models.JSONField(default=list)),
                ('secret_id', models.BigIntegerField(null=True)),
                ('old_secret_id', models.BigIntegerField(null=True)),
                ('old_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('failures', models.PositiveIntegerField(default=0)),
                ('rest_until', models.DateTimeField(null=True)),
                ('last_tried_at', models.DateTimeField(null=True)),
                ('last_sent_at', models.DateTimeField(null=True)),
                ('last_trouble', models.CharField(blank=True, max_length=200)),
                ('paused_at', models.DateTimeField(null=True)),
                ('paused_why', models.CharField(blank=True, max_length=40)),
                ('ended_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to='core.application')),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('calls', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('errors', models.PositiveIntegerField(default=0)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='core.application')),
            ],
            options={
                'indexes': [models.Index(fields=['began_at'], name='core_applic_began_a_99757c_idx')],
                'constraints': [models.UniqueConstraint(fields=('application', 'began_at'), name='one_count_an_hour')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('set_aside_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.journalline')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='core.webhook')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at', None), ('set_aside_at', None)), fields=['webhook', 'line'], name='notices_owed')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'line'), name='one_notice_a_fact')],
            },
        ),
    ]

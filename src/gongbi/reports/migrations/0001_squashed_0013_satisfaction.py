"""All tables at once, for a new database: what those it replaces make in turn."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reports', '0001_initial'), ('reports', '0002_hotline'), ('reports', '0003_open311'), ('reports', '0004_callbacks_by_day'), ('reports', '0006_forward_attempts'), ('reports', '0007_forwards_to_decide'), ('reports', '0008_other_cities'), ('reports', '0009_ties_by_key'), ('reports', '0010_calls_by_report'), ('reports', '0011_call_pictures'), ('reports', '0012_handed_over_sealed'), ('reports', '0013_satisfaction')]

    initial = True

    dependencies = [
        ('core', '0010_sent_forms'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('title_en', models.CharField(blank=True, max_length=200)),
                ('title_zh', models.CharField(blank=True, max_length=200)),
                ('words', models.JSONField(default=list)),
                ('text_en', models.TextField(blank=True)),
                ('text_zh', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, help_text='the law or page it rests on', max_length=300)),
                ('valid_until', models.DateField(null=True)),
                ('version', models.PositiveIntegerField()),
                ('in_force', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(max_length=16)),
                ('who', models.CharField(max_length=64)),
                ('began_at', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('door', 'who', 'began_at'), name='one_count_a_while')],
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place_path', models.CharField(max_length=400)),
                ('made_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(default='read', max_length=16)),
                ('fingerprint', models.CharField(db_index=True, max_length=64)),
                ('suffix', models.CharField(max_length=12)),
                ('size_bytes', models.PositiveIntegerField()),
                ('sealed_name', models.BinaryField()),
                ('sealed_file', models.BinaryField(null=True)),
                ('mapping', models.TextField(blank=True)),
                ('columns', models.JSONField(default=list)),
                ('read', models.PositiveIntegerField(default=0)),
                ('stored', models.PositiveIntegerField(default=0)),
                ('repeated', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('sealed_refusals', models.BinaryField(null=True)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='NightLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('order', models.PositiveSmallIntegerField(default=1)),
                ('name_en', models.CharField(blank=True, max_length=120)),
                ('name_zh', models.CharField(blank=True, max_length=120)),
                ('phone', models.CharField(max_length=40)),
                ('rule', models.JSONField(default=dict, help_text='types, groups, places, hours, weekdays')),
            ],
        ),
        migrations.CreateModel(
            name='OpenCity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=32, unique=True)),
                ('url', models.CharField(max_length=400)),
                ('form', models.CharField(default='json', max_length=4)),
                ('jurisdiction', models.CharField(blank=True, max_length=120)),
                ('key_id', models.BigIntegerField(null=True)),
                ('codes', models.JSONField(default=dict, help_text='their service_code: our type')),
                ('zone', models.CharField(blank=True, help_text='of times that say none', max_length=64)),
                ('by', models.CharField(default='updated', help_text='which of their times', max_length=12)),
                ('every_minutes', models.PositiveIntegerField(default=15)),
                ('overlap_minutes', models.PositiveIntegerField(default=60)),
                ('most_rows', models.PositiveIntegerField(default=1000, help_text='they give at once')),
                ('connected_at', models.DateTimeField()),
                ('paused_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('read_to', models.DateTimeField()),
                ('newest_at', models.DateTimeField(help_text='the latest time they ever said', null=True)),
                ('step_seconds', models.PositiveIntegerField(default=604800)),
                ('read_at', models.DateTimeField(help_text='the last turn that reached the end', null=True)),
                ('counts', models.JSONField(default=dict, help_text='of the last turn')),
                ('refusals', models.JSONField(default=list, help_text='[where, why] of the last turn, a few')),
                ('stored', models.PositiveBigIntegerField(default=0)),
                ('tries', models.PositiveIntegerField(default=0, help_text='that failed one after the other')),
                ('trouble', models.CharField(blank=True, max_length=16)),
                ('trouble_said', models.CharField(blank=True, max_length=200)),
                ('trouble_at', models.DateTimeField(null=True)),
            ],
        ),
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
                'indexes': [models.Index(fields=['source', 'read_at'], name='open_reads_by_look')],
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
            name='Call',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('line', models.CharField(max_length=16)),
                ('aid', models.CharField(blank=True, max_length=16)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place_path', models.CharField(max_length=400)),
                ('began_at', models.DateTimeField(db_index=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_as', models.CharField(blank=True, max_length=16)),
                ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.answertext')),
                ('case_number', models.CharField(blank=True, max_length=48)),
                ('signal', models.UUIDField(db_index=True, help_text='the report that came of it', null=True)),
                ('sealed', models.BinaryField(null=True)),
                ('caller_digest', models.CharField(blank=True, db_index=True, max_length=64)),
                ('forgotten_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['by', 'ended_at'], name='reports_cal_by_id_c68a00_idx'), models.Index(condition=models.Q(('forgotten_at', None)), fields=['ended_at'], name='calls_to_forget')],
            },
        ),
        migrations.CreateModel(
            name='Chunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='reports.intake')),
                ('number', models.PositiveIntegerField()),
                ('rows', models.PositiveIntegerField()),
                ('sealed_rows', models.BinaryField(null=True)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('stored', models.PositiveIntegerField(default=0)),
                ('repeated', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('sealed_refusals', models.BinaryField(null=True)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('intake', 'number'), name='one_chunk_a_number')],
            },
        ),
        migrations.CreateModel(
            name='OpenForward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forwards', to='reports.openreceiver')),
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
                ('attempts', models.JSONField(default=list, help_text='[when, what was in the way], at most 20')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('over_at', None), ('set_aside_at', None)), fields=['due_at'], name='forwards_to_do'), models.Index(condition=models.Q(('over_at', None), ('set_aside_at__isnull', False)), fields=['set_aside_at'], name='forwards_to_decide')],
            },
        ),
        migrations.CreateModel(
            name='CallBack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('state', models.CharField(default='due', max_length=16)),
                ('call', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='reports.call')),
                ('case_number', models.CharField(blank=True, max_length=48)),
                ('signal', models.UUIDField(null=True)),
                ('unit_path', models.CharField(blank=True, help_text='whose work is checked', max_length=400)),
                ('place_path', models.CharField(max_length=400)),
                ('made_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('why', models.JSONField(default=dict)),
                ('said', models.CharField(blank=True, max_length=16)),
                ('satisfied', models.CharField(blank=True, max_length=16)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at'], name='reports_cal_state_96af49_idx'), models.Index(fields=['kind', 'made_at'], name='callbacks_by_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'check')), fields=('signal',), name='one_check_a_signal')],
            },
        ),
        migrations.CreateModel(
            name='CallPicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='reports.call')),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('sealed', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'digest'), name='one_picture_a_call')],
            },
        ),
        migrations.CreateModel(
            name='CallStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='reports.call')),
                ('verb', models.CharField(max_length=24)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=80)),
                ('why', models.JSONField(default=dict)),
                ('sealed', models.BinaryField(help_text="to whom, where it is no unit; under the call's key", null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CallBackAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('callback', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='reports.callback')),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=80)),
                ('result', models.CharField(max_length=16)),
                ('sealed_words', models.BinaryField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sealed_words__isnull', False)), fields=['at'], name='words_rung_to_forget')],
            },
        ),
    ]

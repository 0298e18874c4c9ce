from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_satisfaction'),
        ('core', '0010_sent_forms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('decided', '')), fields=['due_at', 'id', 'case'], name='appeals_awaited'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('open', 'in_hand', 'waiting', 'answered'))), fields=['unit_path', 'state', 'priority', 'due_at', 'id', 'place_path', 'about_path', 'unit'], name='live_by_unit', opclasses=['varchar_pattern_ops', 'varchar_ops', 'int2_ops', 'timestamptz_ops', 'int8_ops', 'varchar_ops', 'varchar_ops', 'varchar_ops']),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('open', 'in_hand', 'waiting', 'answered'))), fields=['source', 'state', 'priority', 'due_at', 'id', 'place_path', 'about_path'], name='live_by_source'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('closed', 'merged', 'cancelled'))), fields=['unit', 'changed_at', 'id', 'state', 'place_path', 'about_path'], name='over_by_unit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('closed', 'merged', 'cancelled'))), fields=['source', 'changed_at', 'id', 'state', 'place_path', 'about_path'], name='over_by_source'),
        ),
        migrations.AddIndex(
            model_name='extension',
            index=models.Index(condition=models.Q(('decided', '')), fields=['was_due_at', 'id', 'case'], name='extensions_awaited'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(condition=models.Q(('answered', '')), fields=['due_at', 'id', 'case'], name='answers_awaited'),
        ),
    ]

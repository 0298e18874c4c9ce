from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_satisfaction'),
        ('core', '0010_sent_forms'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('open', 'in_hand', 'waiting', 'answered'))), fields=['unit', 'state', 'priority', 'due_at', 'id', 'place_path', 'about_path'], name='live_by_unit'),
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
    ]

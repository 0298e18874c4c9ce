"""Who was told of promises that still run is kept on the case, for lists by index."""

from collections import defaultdict

from django.db import migrations, models

MARKS = {"handler": 1, "unit": 2, "lead": 4, "dispatcher": 8, "supervisor": 16, "referee": 32}
CHUNK = 500


def mark_told(apps, schema_editor):
    """Mark the cases whose running promises were told of before there was a mark."""
    told = apps.get_model("cases", "Told").objects.filter(deadline__ended_at=None)
    marks = defaultdict(int)
    for case, to in told.values_list("case", "to").iterator():
        for who in to:
            marks[case] |= MARKS.get(who, 0)
    alike = defaultdict(list)
    for case, mark in marks.items():
        alike[mark].append(case)
    cases = apps.get_model("cases", "Case").objects
    for mark, found in alike.items():
        for begin in range(0, len(found), CHUNK):
            cases.filter(pk__in=found[begin : begin + CHUNK]).update(told_whom=mark)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0019_places_by_index'),
        ('core', '0010_sent_forms'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='told_whom',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='who was told of a promise that runs: consequences'),
        ),
        migrations.RunPython(mark_told, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('open', 'in_hand', 'waiting', 'answered')), ('urged__gt', 0)), fields=['unit_path', 'state', 'due_at', 'about_path', 'place_path', 'id'], name='urged_by_unit', opclasses=['varchar_pattern_ops', 'varchar_ops', 'timestamptz_ops', 'varchar_ops', 'varchar_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('open', 'in_hand', 'waiting', 'answered')), ('told_whom__gt', 0)), fields=['unit_path', 'due_at', 'told_whom', 'about_path', 'place_path', 'id'], name='told_by_unit', opclasses=['varchar_pattern_ops', 'timestamptz_ops', 'int2_ops', 'varchar_ops', 'varchar_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('open', 'in_hand', 'waiting', 'answered')), ('told_whom__gt', 0)), fields=['due_at', 'id', 'place_path', 'told_whom', 'about_path'], name='told_by_day'),
        ),
    ]

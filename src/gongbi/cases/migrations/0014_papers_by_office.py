from django.db import migrations


def name_the_office(apps, editor):
    """Two offices may give their papers the same number: it is kept with the office before it."""
    Signal = apps.get_model("cases", "Signal")
    rows = Signal.objects.filter(source="instruction").exclude(reference__startswith="forgotten:")
    for row in rows.iterator():
        office = row.why.get("office", "")
        if office and not row.reference.startswith(f"{office}:"):
            row.reference = f"{office}:{row.reference}"[:128]
            row.save(update_fields=["reference"])


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_sub_types'),
    ]

    operations = [migrations.RunPython(name_the_office, migrations.RunPython.noop)]

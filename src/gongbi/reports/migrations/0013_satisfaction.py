"""How satisfied people said they are when they were rung is told to cases, also what was said."""

from django.db import migrations


def tell(apps, schema_editor):
    """Of each answer: the last outcome of its case before it was given."""
    backs = apps.get_model("reports", "CallBack").objects.exclude(satisfied="")
    signals = apps.get_model("cases", "Signal").objects.select_related("case__merged_into")
    outcomes = apps.get_model("cases", "Outcome").objects
    kept = apps.get_model("cases", "Satisfaction").objects
    for back in backs.exclude(signal=None).exclude(ended_at=None).iterator():
        signal = signals.filter(uuid=back.signal).first()
        case = signal and (signal.case.merged_into or signal.case)
        last = outcomes.filter(case=case, at__lte=back.ended_at).order_by("-pk").first()
        if last is not None:
            kept.create(case=case, outcome=last, said=back.satisfied, at=back.ended_at)


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0012_handed_over_sealed"),
        ("cases", "0021_satisfaction"),
    ]

    operations = [
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]

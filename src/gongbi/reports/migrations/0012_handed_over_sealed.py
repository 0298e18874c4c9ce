"""To whom a caller was handed over: a unit's code stays open, anything else lies sealed."""

from typing import Any

from django.db import migrations, models


def take_out_words(apps: Any, _schema: Any) -> None:
    """What was typed before this lay open; nobody was shown it once the call had ended."""
    units = set(apps.get_model("core", "Unit").objects.values_list("code", flat=True))
    steps = apps.get_model("reports", "CallStep").objects
    for step in steps.filter(verb__in=("transfer", "transferred")).iterator():
        if step.why.get("to") and step.why["to"] not in units:
            steps.filter(pk=step.pk).update(why=step.why | {"to": ""})


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0011_call_pictures"),
        ("core", "0010_sent_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="callstep",
            name="sealed",
            field=models.BinaryField(
                help_text="to whom, where it is no unit; under the call's key", null=True
            ),
        ),
        migrations.RunPython(take_out_words, migrations.RunPython.noop),
    ]

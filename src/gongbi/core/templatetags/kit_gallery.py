"""Invented samples for the gallery of components at /kit/; no page of the city loads this."""

from datetime import timedelta
from typing import Any

from django import forms, template
from django.utils.translation import gettext as _

from gongbi.core import clock

register = template.Library()
MORNING = [3.1, 3.0, 2.9, 2.9, 3.2, 3.9, 5.2, 7.8, 9.6, 8.7, 7.2, 6.8, 7.1, 7.9, 8.3]


class _Sample(forms.Form):
    words = forms.CharField(
        label="What is wrong?",
        widget=forms.Textarea,
        help_text="In your own words, in any language.",
        max_length=40,
    )
    place = forms.ChoiceField(
        label="Where?", choices=[("", "–"), ("1", "Stone Bridge Lane 石桥里")], required=False
    )
    how = forms.ChoiceField(
        label="How bad is it?",
        choices=[("1", "It can wait"), ("2", "Today"), ("3", "Somebody may be hurt")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="Others may be told of the same thing", required=False)
    photo = forms.FileField(label="Photo", required=False, help_text="JPEG or PNG, up to 10 MB.")


@register.simple_tag
def gallery() -> dict[str, Any]:
    """Everything the gallery shows, in every state it can be in."""
    now = clock.now()
    return {
        "form": _Sample(prefix="good"),
        "bad_form": _Sample({"bad-words": "x" * 60}, prefix="bad"),
        "levels": [-1, 0, 1, 2, 3],
        "states": ["open", "in_hand", "waiting", "answered", "closed", "merged", "cancelled"],
        "deadlines": [*(now + timedelta(hours=hours) for hours in (72, 0.8, -5)), None],
        "spark": MORNING,
        "gap": [*MORNING[:5], None, None, *MORNING[7:]],
        "limits": [(1, 8.0), (2, 9.0)],
        "rows": [
            {"title": "No. 24-1124-0007", "note": "Burst pipe · 石桥里", "level": 3, "at": now},
            {"title": "No. 24-1124-0006", "note": "Lamp out", "state": "in_hand", "level": None},
        ],
        "chart": {
            "x": [f"{hour:02d}:00" for hour in range(6, 21)],
            "series": [
                {"name": _("Today"), "values": MORNING},
                {"name": _("Yesterday"), "values": MORNING[::-1]},
            ],
            "limits": [{"level": 2, "value": 9.0, "name": _("Warning")}],
            "unit": "m",
        },
    }

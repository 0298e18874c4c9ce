"""Choosing the reports that are another matter."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongbi.cases import masks, wording
from gongbi.cases.forms import SeenForm, words_field
from gongbi.cases.merging import family
from gongbi.cases.models import Case, Signal
from gongbi.core.public import city, unseal_many

EXCERPT = 80
MOST = 100


class SplitForm(SeenForm):
    """Which of a case's reports, and why they are another matter."""

    signals = forms.TypedMultipleChoiceField(
        label=_("Reports of another matter"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    words = words_field(_("Why they are another matter"), required=False, rows=2)

    def __init__(self, case: Case, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["signals"].choices = _choices(case)  # type: ignore[attr-defined]


def _choices(case: Case) -> list[tuple[int, str]]:
    rows = list(family.signals_of(case).select_related("case__type")[:MOST])
    opened = unseal_many(row.words_id for row in rows)
    masked = {
        row.pk: masks.masked(opened.get(row.words_id or 0, ""), case.type, also=row.case.type)
        for row in rows
    }
    return [(row.pk, _said(row, masked[row.pk])) for row in rows]


def _said(row: Signal, words: str) -> str:
    """When it came, by which way, and its first words, masked already."""
    at = timezone.localtime(row.at, city().zone).strftime("%Y-%m-%d %H:%M")
    way = wording.SOURCES.get(row.source, row.source)
    short = words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"
    return f"{at} · {way} · {short}" if short else f"{at} · {way}"

"""Choosing the reports that are another matter."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongbi.cases import wording
from gongbi.cases.forms import SeenForm, words_field
from gongbi.cases.merging import family
from gongbi.cases.models import Case, Signal
from gongbi.core.public import city, unseal_many
from gongbi.kernel.cases.masking import mask_contacts

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
    rows = list(family.signals_of(case)[:MOST])
    opened = unseal_many(row.words_id for row in rows)
    return [(row.pk, _said(row, opened.get(row.words_id or 0, ""))) for row in rows]


def _said(row: Signal, words: str) -> str:
    """When it came, by which way, and its first words, contacts masked."""
    at = timezone.localtime(row.at, city().zone).strftime("%Y-%m-%d %H:%M")
    way = wording.SOURCES.get(row.source, row.source)
    masked = mask_contacts(words)
    short = masked if len(masked) <= EXCERPT else masked[: EXCERPT - 1] + "…"
    return f"{at} · {way} · {short}" if short else f"{at} · {way}"

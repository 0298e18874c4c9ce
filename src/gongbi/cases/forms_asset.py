"""Which asset a case is about: one of the nearest, one by its code, or none."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.cases.forms import SeenForm, words_field
from gongbi.core.public import AssetRecord, assets_said

NONE = "none"
MOST_CODE = 200
Near = list[tuple[AssetRecord, float]]


class AssetForm(SeenForm):
    """The nearest to choose from, or a code as it is printed; the reason where one was set."""

    asset = forms.ChoiceField(
        label=gettext_lazy("Asset"), required=False, widget=forms.RadioSelect
    )
    code = forms.CharField(
        label=gettext_lazy("Its code, as it is printed on it"),
        required=False,
        max_length=MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    words = words_field(gettext_lazy("Why another one, or none"), rows=2)

    def __init__(
        self, *args: Any, near: Near, now: AssetRecord | None, kinds: Collection[str], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self._said = assets_said(self.data.get("code", ""), kinds) if self.is_bound else []
        rows = {one.ref: _words(one, metres) for one, metres in near}
        rows = {one.ref: _words(one, None) for one in self._said} | rows
        if now:
            rows[NONE] = _("It is about none of the register")
        self.fields["asset"].choices = rows.items()  # type: ignore[attr-defined]
        for name, wanted in (("asset", rows), ("words", now)):
            if not wanted:
                del self.fields[name]
        if rows.keys() - {NONE}:
            self.fields["code"].label = _("Or its code, as it is printed on it")

    def clean(self) -> dict[str, Any]:
        """``ref``: the code that was typed goes before what is chosen; empty for none."""
        said = super().clean() or {}
        if said.get("code", "").strip():
            said["ref"] = self._by_code(said.get("asset", ""))
        elif said.get("asset"):
            said["ref"] = "" if said["asset"] == NONE else said["asset"]
        elif not self.errors:
            self.add_error("code", _("Choose an asset, or type the code that is printed on it."))
        return said

    def _by_code(self, chosen: str) -> str:
        """The one that bears the code; of several the one that is chosen among them."""
        refs = [one.ref for one in self._said]
        if len(refs) == 1 or chosen in refs:
            return chosen if chosen in refs else refs[0]
        if refs:
            self.add_error("asset", _("Several bear this code; choose the one that is meant."))
        else:
            self.add_error("code", _("The register knows no such code. Look at it again."))
        return ""


def _words(one: AssetRecord, metres: float | None) -> str:
    far = "" if metres is None else _("%(metres)d m") % {"metres": round(metres)}
    return " · ".join(filter(None, (f"{one.kind_name} {one.code}", one.name, far)))

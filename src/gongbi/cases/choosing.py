"""A select of a thousand units: its options are written at once.

Django renders a template for each option. With the units of a very large city that took more
time than all the rest of a case's page.
"""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

END = "</select>"


class LongSelect(forms.Select):
    """Said and chosen like any other select."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The frame by Django, the options by one string."""
        frame = forms.Select().render(name, value, self.build_attrs(self.attrs, attrs), renderer)
        said = _options(tuple((str(code), str(words)) for code, words in self.choices))
        for chosen in self.format_value(value):
            mark = _value(str(chosen))
            said = said.replace(mark, f"{mark} selected", 1)
        return mark_safe(frame.replace(END, said + END))  # each part is escaped


@lru_cache(maxsize=16)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"<option {_value(code)}>{escape(words)}</option>" for code, words in choices)


def _value(code: str) -> str:
    return f'value="{escape(code)}"'

"""A long select says what Django's own says, option by option."""

import re

import pytest
from django import forms

from gongbi.cases.choosing import LongSelect

CHOICES = [("", "—"), ("a", "Works <1>"), ("ab", "Works & Sons"), ('q"', "quoted"), ("7", "seven")]


def drawn(widget, value):
    class Asked(forms.Form):
        unit = forms.ChoiceField(choices=CHOICES, widget=widget)

    html = str(Asked(initial={"unit": value}, auto_id="id_x_%s")["unit"])
    return re.sub(r">\s+<", "><", html).replace("\n", "")


@pytest.mark.parametrize("value", [None, "", "a", "ab", 'q"', "7", 7, "unknown", "Works"])
def test_it_is_drawn_like_any_select(value):
    assert drawn(LongSelect, value) == drawn(forms.Select, value)
    chosen = drawn(LongSelect, value).count("selected")
    assert chosen == (value not in ("unknown", "Works"))


def test_two_forms_choose_by_themselves():
    assert "selected" in drawn(LongSelect, "a")
    assert 'value="a" selected' not in drawn(LongSelect, "ab")

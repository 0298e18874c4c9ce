"""A cell that a spreadsheet would run is shown instead."""

import pytest

from gongbi.core.public import unarmed


@pytest.mark.parametrize("said", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_quoted(said):
    assert unarmed(said) == f"'{said}"


@pytest.mark.parametrize("said", ["水管", "1+1", "", -1, 0.5, None])
def test_all_else_stays(said):
    assert unarmed(said) == said

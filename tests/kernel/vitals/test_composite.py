"""Three-valued rules: what is missing is unknown, not false."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.composite import (
    FALSE,
    TRUE,
    UNKNOWN,
    BadRule,
    judge,
    read_rule,
    truth_of,
)

PARTS = ("low", "wet", "calls")


def verdict(rule: str, **truth: int) -> int:
    found = np.array([truth.get(part, UNKNOWN) for part in PARTS], np.int64)
    return int(judge(read_rule(rule, PARTS), found))


def test_by_hand() -> None:
    rule = "low and wet and calls"
    assert verdict(rule, low=TRUE, wet=TRUE, calls=TRUE) == TRUE
    assert verdict(rule, low=TRUE, wet=TRUE) == UNKNOWN
    assert verdict(rule, low=TRUE, wet=FALSE) == FALSE
    assert verdict("low and (wet or calls)", low=TRUE, calls=TRUE) == TRUE
    assert verdict("low and not wet", low=TRUE) == UNKNOWN
    assert verdict("2 of low, wet, calls", low=TRUE, wet=TRUE) == TRUE
    assert verdict("2 of low, wet, calls", low=TRUE, wet=FALSE) == UNKNOWN
    assert verdict("2 of low, wet, calls", low=FALSE, wet=FALSE) == FALSE


def test_a_part_is_true_by_one_and_false_only_when_enough_is_known() -> None:
    assert truth_of(1, 1, 50, 1.0) == TRUE
    assert truth_of(0, 50, 50, 1.0) == FALSE
    assert truth_of(0, 49, 50, 1.0) == UNKNOWN
    assert truth_of(0, 49, 50, 0.8) == FALSE
    assert truth_of(0, 0, 50, 0.0) == UNKNOWN


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "empty"),
        ("low and", "ends where"),
        ("low and dry", "'dry' is no part"),
        ("(low or wet", "not closed"),
        ("low wet", "'wet' is not expected"),
        ("5 of low, wet, calls", "not from 1 to 3"),
        ("2 of low, wet", "names of all parts"),
    ],
)
def test_a_rule_that_cannot_be_read_says_where(rule: str, words: str) -> None:
    with pytest.raises(BadRule, match=words):
        read_rule(rule, PARTS)


rules = st.recursive(
    st.sampled_from(PARTS),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda said: f"({said[0]} {said[1]} {said[2]})"
        )
        | inner.map(lambda said: f"not {said}")
    ),
    max_leaves=5,
)


@settings(deadline=None)  # the first call compiles
@given(rules, st.tuples(*[st.sampled_from([FALSE, TRUE, UNKNOWN])] * 3))
def test_a_verdict_is_kept_whatever_becomes_known(rule: str, truth: tuple[int, ...]) -> None:
    try:
        program = read_rule(rule, PARTS)
    except BadRule:
        return
    told = int(judge(program, np.array(truth, np.int64)))
    choices = [(FALSE, TRUE) if one == UNKNOWN else (one,) for one in truth]
    later = {int(judge(program, np.array(one, np.int64))) for one in itertools.product(*choices)}
    assert told in (UNKNOWN, *later)
    assert told == UNKNOWN or later == {told}

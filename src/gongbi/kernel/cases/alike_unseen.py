"""Weights of the levels that no drawn pair was at, so that `bench/duplicates.py --fit` has none.

Each is taken from a fitted neighbour, or is zero: neither for nor against. A level that a later
fit does print must go from here.
"""

from gongbi.kernel.cases.alike_weights import WEIGHTS

_SAYS_LITTLE = ("within", "elsewhere")

UNSEEN: dict[str, float] = {
    # The more two guesses agree the surer: above the last edge that was seen at least as much as
    # at it. The drawn towns have none, because there words that speak so clearly name the type;
    # nothing says that more agreement is worth more.
    "type.guess.to_0.75": WEIGHTS["type.guess.to_0.5"],
    "type.guess.over_0.75": WEIGHTS["type.guess.to_0.5"],
    # The same bytes are alike without a bit apart.
    "photo.same_bytes": WEIGHTS["photo.alike"],
    # No point and no quarter: in a whole city two reports are seldom of one place, so that it
    # counts as the farthest of one type. A quarter that holds the other's building, and two
    # quarters that may touch, were not drawn; both stay below the same quarter, which weighs 2.08
    # at the least.
    "space.unsaid": WEIGHTS["space.same.point.over_640"],
    **{
        f"space.{kind}.{level}": 0.0
        for kind in ("same", "near", "unlike", "unsaid")
        for level in _SAYS_LITTLE
    },
    # That a matter reaches along a network is known from its type; without one it lies at a point.
    **{
        name.replace(".point.", ".spread."): weight
        for name, weight in WEIGHTS.items()
        if name.startswith("space.unsaid.point.")
    },
}

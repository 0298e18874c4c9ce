"""Arrays without a count of who holds them, for compiled loops that call other functions.

Compiled code counts references at each call that hands an array on: an atomic addition, some dozen
of them for each series, and when two threads share the array they wait for each other at each.
Whoever called the loop holds its arrays for as long as it runs, so nothing needs counting inside.
An array that is made in the loop's own function is held by nobody: it is freed after its last
mention, which is where it is lent. Make it one call further out.
"""

from typing import Any

from numba.core import cgutils
from numba.extending import intrinsic


def _lend(typing: Any, array: Any) -> Any:
    """The same memory as an array that is not counted; it must not outlive the one it is of."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        found = context.make_array(signature.args[0])(context, builder, value=given[0])
        found.meminfo = cgutils.get_null_value(found.meminfo.type)  # type: ignore[no-untyped-call]
        found.parent = cgutils.get_null_value(found.parent.type)  # type: ignore[no-untyped-call]
        return found._getvalue()

    return array(array), build


lend: Any = intrinsic(_lend)

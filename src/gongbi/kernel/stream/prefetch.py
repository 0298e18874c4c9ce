"""Ask memory for what will be needed soon, so that several waits pass at once."""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_FOR_WRITING, _KEEP, _DATA = 1, 3, 1


@intrinsic
def prefetch(typing: Any, array: Any, index: Any) -> Any:
    """Begin to load element ``index`` of a one-dimensional array; out of bounds does no harm."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        place = context.make_array(signature.args[0])(context, builder, given[0])
        at = cgutils.get_item_pointer(  # type: ignore[no-untyped-call]
            context, builder, signature.args[0], place, [given[1]], wraparound=False
        )
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        name = "llvm.prefetch.p0"
        function = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
        words = [ir.Constant(word, value) for value in (_FOR_WRITING, _KEEP, _DATA)]
        builder.call(function, [builder.bitcast(at, byte), *words])
        return context.get_dummy_value()

    return types.void(array, types.intp), build

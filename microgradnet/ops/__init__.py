"""The mathematics: every operation under NumPy's own name, a page for each family.

This page only gathers what the others declare. `linalg` is the page of matrices itself: `linalg.norm` and its
like are found there, as in NumPy.
"""

# ruff: noqa: A001, A004 - NumPy's names, which are also Python's

from microgradnet.ops import linalg

# fmt: off
# isort: off
from microgradnet.ops.diagonals import diagonal, trace, tril, triu
from microgradnet.ops.elementwise import (
    absolute, add, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, astype, bitwise_and, bitwise_or,
    bitwise_xor, cbrt, ceil, clip, cos, cosh, divide, equal, exp, exp2, expm1, floor, floor_divide, greater,
    greater_equal, hypot, invert, isclose, isfinite, isinf, isnan, less, less_equal, log, log10, log1p, log2,
    logaddexp, logical_and, logical_not, logical_or, logical_xor, maximum, minimum, multiply, negative, not_equal,
    positive, power, reciprocal, relu, remainder, rint, round, sigmoid, sign, sin, sinh, softplus, sqrt, square,
    subtract, tan, tanh, trunc, where,
)
from microgradnet.ops.indexing import (
    argsort, diff, getitem, scatter_add, sort, take, take_along_axis,
)
from microgradnet.ops.products import (
    dot, einsum, inner, kron, matmul, outer, tensordot, vdot,
)
from microgradnet.ops.reductions import (
    all, allclose, amax, amin, any, argmax, argmin, array_equal, count_nonzero, cumprod, cumsum, log_softmax,
    logsumexp, max, mean, min, prod, softmax, std, sum, var,
)
from microgradnet.ops.shapes import (
    array_split, atleast_1d, atleast_2d, broadcast_to, concatenate, expand_dims, flip, full_like, hstack,
    matrix_transpose, moveaxis, ndim, ones_like, pad, ravel, repeat, reshape, roll, shape, size, split, squeeze,
    stack, swapaxes, tile, transpose, vstack, zeros_like,
)
from microgradnet.ops.special import erf, erfc, ndtr

abs = absolute
concat = concatenate
permute_dims = transpose

__all__ = [
    "abs", "absolute", "add", "all", "allclose", "amax", "amin", "any", "arccos", "arccosh", "arcsin", "arcsinh",
    "arctan", "arctan2", "arctanh", "argmax", "argmin", "argsort", "array_equal", "array_split", "astype",
    "atleast_1d", "atleast_2d", "bitwise_and", "bitwise_or", "bitwise_xor", "broadcast_to", "cbrt", "ceil", "clip",
    "concat", "concatenate", "cos", "cosh", "count_nonzero", "cumprod", "cumsum", "diagonal", "diff", "divide",
    "dot", "einsum", "equal", "erf", "erfc", "exp", "exp2", "expand_dims", "expm1", "flip", "floor", "floor_divide",
    "full_like",
    "getitem", "greater", "greater_equal", "hstack", "hypot", "inner", "invert", "isclose", "isfinite", "isinf",
    "isnan", "kron", "less", "less_equal", "linalg", "log", "log1p", "log2", "log10", "log_softmax", "logaddexp",
    "logical_and", "logical_not", "logical_or", "logical_xor", "logsumexp", "matmul", "matrix_transpose", "max",
    "maximum", "mean", "min", "minimum", "moveaxis", "multiply", "ndim", "ndtr", "negative", "not_equal", "ones_like",
    "outer", "pad", "permute_dims", "positive", "power", "prod", "ravel", "reciprocal", "relu", "remainder",
    "repeat", "reshape", "rint", "roll", "round", "scatter_add", "shape", "sigmoid", "sign", "sin", "sinh", "size",
    "softmax", "softplus", "sort", "split", "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum",
    "swapaxes", "take", "take_along_axis", "tan", "tanh", "tensordot", "tile", "trace", "transpose", "tril", "triu",
    "trunc", "var", "vdot", "vstack", "where", "zeros_like",
]
# fmt: on

"""The mathematics: every operation under NumPy's own name, a page for each family.

This page only gathers what the others declare. `linalg` is the page of matrices itself: `linalg.norm` and its
like are found there, as in NumPy.
"""

# ruff: noqa: A001, A004 - NumPy's names, which are also Python's

from microgradnet.ops import linalg

# fmt: off
# isort: off
from microgradnet.ops.arrangements import (
    append, apply_along_axis, apply_over_axes, atleast_3d, block, broadcast_arrays, column_stack, compress, delete,
    diag, diagflat, dsplit, dstack, extract, fliplr, flipud, geomspace, hsplit, insert, linspace, logspace, meshgrid,
    resize, rollaxis, rot90, sliding_window_view, unstack, vsplit,
)
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
    argpartition, argsort, argwhere, diff, flatnonzero, getitem, nonzero, partition, scatter_add, sort, take,
    take_along_axis,
)
from microgradnet.ops.pieces import (
    angle, choose, conj, conjugate, copysign, deg2rad, degrees, divmod, fabs, fix, float_power, fmax, fmin, fmod,
    heaviside, imag, isneginf, isposinf, ldexp, logaddexp2, modf, nan_to_num, piecewise, rad2deg, radians,
    real, real_if_close, select, signbit, sinc,
)
from microgradnet.ops.polynomials import (
    poly, polyadd, polyder, polydiv, polyint, polymul, polysub, polyval, vander,
)
from microgradnet.ops.products import (
    cross, dot, einsum, inner, kron, matmul, matvec, outer, tensordot, vdot, vecdot, vecmat,
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
from microgradnet.ops.signals import (
    convolve, correlate, digitize, ediff1d, gradient, interp, searchsorted, trapezoid, unwrap,
)
from microgradnet.ops.statistics import (
    average, corrcoef, cov, cumulative_prod, cumulative_sum, median, nanargmax, nanargmin, nancumprod, nancumsum,
    nanmax, nanmean, nanmedian, nanmin, nanpercentile, nanprod, nanquantile, nanstd, nansum, nanvar,
    percentile, ptp, quantile,
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
__all__ += [  # NumPy's other functions, most of which are compositions
    "angle", "append", "apply_along_axis", "apply_over_axes", "argpartition", "argwhere", "atleast_3d",
    "average", "block", "broadcast_arrays", "choose", "column_stack", "compress", "conj", "conjugate",
    "convolve", "copysign", "corrcoef", "correlate", "cov", "cross", "cumulative_prod", "cumulative_sum",
    "deg2rad", "degrees", "delete", "diag", "diagflat", "digitize", "divmod", "dsplit", "dstack", "ediff1d",
    "extract", "fabs", "fix", "flatnonzero", "fliplr", "flipud", "float_power", "fmax", "fmin", "fmod",
    "geomspace", "gradient", "heaviside", "hsplit", "imag", "insert", "interp", "isneginf", "isposinf",
    "ldexp", "linspace", "logaddexp2", "logspace", "matvec", "median", "meshgrid", "modf", "nan_to_num",
    "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin",
    "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "nonzero", "partition",
    "percentile", "piecewise", "poly", "polyadd", "polyder", "polydiv", "polyint", "polymul", "polysub",
    "polyval", "ptp", "quantile", "rad2deg", "radians", "real", "real_if_close", "resize", "rollaxis", "rot90",
    "searchsorted", "select", "signbit", "sinc", "sliding_window_view", "trapezoid", "unstack",
    "unwrap", "vander", "vecdot", "vecmat", "vsplit",
]
# fmt: on

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
    repeat, resize, rollaxis, rot90, sliding_window_view, tile, unstack, vsplit,
)
from microgradnet.ops.convolution import avg_pool, conv1d, conv2d, max_pool
from microgradnet.ops.attention import dropout, embedding, scaled_dot_product_attention
from microgradnet.ops.creation import array, copy, empty, empty_like, full, full_like, ones, zeros
from microgradnet.ops.diagonals import diagonal, trace, tril, triu
from microgradnet.ops.elementwise import (
    absolute, add, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, astype, bitwise_and, bitwise_or,
    bitwise_xor, cbrt, ceil, clip, cos, cosh, divide, equal, exp, exp2, expm1, floor, floor_divide, greater,
    greater_equal, hypot, invert, isclose, isfinite, isinf, isnan, less, less_equal, log, log10, log1p, log2,
    logaddexp, logical_and, logical_not, logical_or, logical_xor, maximum, minimum, multiply, negative, not_equal,
    positive, power, reciprocal, relu, remainder, rint, round, sigmoid, sign, sin, sinh, softplus, sqrt, square,
    subtract, tan, tanh, trunc, where,
)
from microgradnet.ops.entropies import entr, expit, kl_div, log_expit, logit, rel_entr, xlog1py, xlogy
from microgradnet.ops.indexing import (
    argpartition, argsort, argwhere, diff, flatnonzero, getitem, nonzero, partition, scatter_add, sort, take,
    take_along_axis,
)
from microgradnet.ops.normalisation import batch_norm, layer_norm
from microgradnet.ops.losses import (
    binary_cross_entropy, binary_cross_entropy_with_logits, cosine_similarity, hinge, huber, nll_loss,
    softmax_cross_entropy,
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
from microgradnet.ops.scientific import (
    beta, betainc, betaln, digamma, erfcinv, erfinv, exp1, expi, gamma, gammainc, gammaincc, gammaln, gammasgn, i0, i0e,
    i1, i1e, iv, ive, j0, j1, jv, k0, k0e, k1, k1e, kv, kve, log_ndtr, multigammaln, ndtri, polygamma, rgamma, y0, y1,
    yv,
)
from microgradnet.ops.shapes import (
    array_split, atleast_1d, atleast_2d, broadcast_to, concatenate, expand_dims, flip, hstack,
    matrix_transpose, moveaxis, ndim, ones_like, pad, ravel, reshape, roll, shape, size, split, squeeze,
    stack, swapaxes, transpose, vstack, zeros_like,
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
    "abs", "absolute", "add", "all", "allclose", "amax", "amin", "angle", "any", "append", "apply_along_axis",
    "apply_over_axes", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin",
    "argpartition", "argsort", "argwhere", "array", "array_equal", "array_split", "astype", "atleast_1d", "atleast_2d",
    "atleast_3d", "average", "avg_pool", "batch_norm", "beta", "betainc", "betaln", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "bitwise_and", "bitwise_or", "bitwise_xor", "block", "broadcast_arrays",
    "broadcast_to", "cbrt", "ceil", "choose", "clip", "column_stack", "compress", "concat", "concatenate", "conj",
    "conjugate", "conv1d", "conv2d", "convolve", "copy", "copysign", "corrcoef", "correlate", "cos", "cosh",
    "cosine_similarity", "count_nonzero", "cov", "cross", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum",
    "deg2rad", "degrees", "delete", "diag", "diagflat", "diagonal", "diff", "digamma", "digitize", "divide", "divmod",
    "dot", "dropout", "dsplit", "dstack", "ediff1d", "einsum", "embedding", "empty", "empty_like", "entr", "equal",
    "erf", "erfc", "erfcinv", "erfinv", "exp", "exp1", "exp2", "expand_dims", "expi", "expit", "expm1", "extract",
    "fabs", "fix", "flatnonzero", "flip", "fliplr", "flipud", "float_power", "floor", "floor_divide", "fmax", "fmin",
    "fmod", "full", "full_like", "gamma", "gammainc", "gammaincc", "gammaln", "gammasgn", "geomspace", "getitem",
    "gradient", "greater", "greater_equal", "heaviside", "hinge", "hsplit", "hstack", "huber", "hypot", "i0", "i0e",
    "i1", "i1e", "imag", "inner", "insert", "interp", "invert", "isclose", "isfinite", "isinf", "isnan", "isneginf",
    "isposinf", "iv", "ive", "j0", "j1", "jv", "k0", "k0e", "k1", "k1e", "kl_div", "kron", "kv", "kve", "layer_norm",
    "ldexp", "less", "less_equal", "linalg", "linspace", "log", "log1p", "log2", "log10", "log_expit", "log_ndtr",
    "log_softmax", "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "logit",
    "logspace", "logsumexp", "matmul", "matrix_transpose", "matvec", "max", "max_pool", "maximum", "mean", "median",
    "meshgrid", "min", "minimum", "modf", "moveaxis", "multigammaln", "multiply", "nan_to_num", "nanargmax",
    "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod",
    "nanquantile", "nanstd", "nansum", "nanvar", "ndim", "ndtr", "ndtri", "negative", "nll_loss", "nonzero",
    "not_equal", "ones", "ones_like", "outer", "pad", "partition", "percentile", "permute_dims", "piecewise", "poly",
    "polyadd", "polyder", "polydiv", "polygamma", "polyint", "polymul", "polysub", "polyval", "positive", "power",
    "prod", "ptp", "quantile", "rad2deg", "radians", "ravel", "real", "real_if_close", "reciprocal", "rel_entr", "relu",
    "remainder", "repeat", "reshape", "resize", "rgamma", "rint", "roll", "rollaxis", "rot90", "round",
    "scaled_dot_product_attention", "scatter_add", "searchsorted", "select", "shape", "sigmoid", "sign", "signbit",
    "sin", "sinc", "sinh", "size", "sliding_window_view", "softmax", "softmax_cross_entropy", "softplus", "sort",
    "split", "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum", "swapaxes", "take", "take_along_axis",
    "tan", "tanh", "tensordot", "tile", "trace", "transpose", "trapezoid", "tril", "triu", "trunc", "unstack", "unwrap",
    "vander", "var", "vdot", "vecdot", "vecmat", "vsplit", "vstack", "where", "xlog1py", "xlogy", "y0", "y1", "yv",
    "zeros", "zeros_like",
]
# fmt: on

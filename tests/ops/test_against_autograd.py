"""Gradients against an independent implementation: HIPS autograd, wherever it can differentiate the case."""

import numpy as np
import pytest

import microgradnet as mg
from tests.ops.cases import CASES, Case, words

autograd = pytest.importorskip("autograd")
anp = pytest.importorskip("autograd.numpy")

LACKING = set(
    words(
        "positive cbrt cumprod linalg.matmul linalg.tensordot vdot cholesky matrix_transpose flip broadcast_to pad "
        "concat take take_along_axis sort diagonal copy full_like "
        "eigvalsh svdvals qr lstsq matrix_power multi_dot tensorsolve tensorinv cond matrix_norm vector_norm "
        "apply_along_axis apply_over_axes average broadcast_arrays compress convolve copysign corrcoef correlate cov "
        "cumulative_prod cumulative_sum delete diagflat divmod ediff1d extract float_power fmod geomspace gradient "
        "heaviside insert interp ldexp logspace matvec median meshgrid modf nancumprod nancumsum nanmax nanmean "
        "nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar partition percentile piecewise poly "
        "polyadd polyder polydiv polyint polymul polysub polyval ptp quantile resize trapezoid unstack unwrap vander "
        "protocol vecdot vecmat"
    )
)
"""What autograd (1.9) has no gradient of, or only for few of NumPy's arguments."""

FAILING = {
    "operator: -a, +b, abs", "operator: divmod", "arctan2: of operands of every dtype and an array",
    "clip: arrays", "clip: crossed limits",
    "clip: an array from below", "clip: an array from above", "clip: a number and an array",
    "cumsum: in float64", "concatenate: in float64", "stack: in float64", "vstack: in float64", "hstack: in float64",
    "prod: one zero", "prod: two zeros", "prod: three zeros",
    "trace: 2x3x2 (0, 0, 2)", "trace: 2x3x2 (1, 2, 1)", "trace: 2x3x2 (0, -1, -2)",
    "einsum: ii of 3x3", "einsum: ii->i of 3x3", "einsum: iji->ji of 2x3x2", "einsum: iii->i of 2x2x2",
    "einsum: integers, no output",
    "det: singular", "det: of rank 1", "det: zero",
    *(f"norm: 4 ord={p}" for p in (1, 0.5, -1.5, "inf", "-inf")),
    *(f"norm: 2x3 ord={p}" for p in (1, -1, "inf", "-inf")),
    "norm: 2x3x2 ord=1 axis=(0, 1) keepdims=True",
    *(f"norm: {x}" for p in (2, -2) for x in (f"3x2 ord={p}", f"2x2x3 ord={p} axis=(-1, 0) keepdims=True")),
    *(f"svd: {x} full" for x in ("1x1", "3x3", "4x2", "2x4", "3x1", "2x3x2", "0x2", "2x0")),
    "svd: of symmetric matrices", "svd: values of symmetric matrices",
    "pinv: rcond", "pinv: rtol", "pinv: of symmetric matrices",
    "roll: roll axes of 2x3", "tile: tile no times of 2", "repeat: repeat by counts of 2x3",
    "concatenate: flattened", "diff: prepend", "diff: append",
    "angle: in degrees", "block: block alone of 2x3", "choose: rows", "hsplit: hsplit a vector of 3",
    "linspace: along the last axis", "linspace: arrays without an end", "linspace: the distance",
    "nan_to_num: of all kinds", "rot90: rot90 of other axes of 2x3x2", "select: two",
}  # fmt: skip
"""Where autograd raises."""

WRONG = {
    "where: 0-d and 2x3", "where: 3 and 2x1", "where: 0-d and 0-d",
    "outer: 2x2 and 3", "outer: 0-d and 2",
    "einsum: ij,i->j of 2x3 and 1",
    "tril: 3 ()", "triu: 3 ()",
    "solve: 2x2x2 and 2x3", "solve: 2x2 and 3x2x1", "solve: 2x2x2 and 2",
    "norm: 2x3 axis=-1 keepdims=True", "norm: 2x3x2 axis=(2, 0) ord=fro keepdims=True",
    "norm: 2x2x3 ord=nuc axis=(-1, 0) keepdims=True",
    "diag: diag of a matrix of 2x3", "cross: 2x3 and 3", "cross: 2x1x3 and 2x3",
}  # fmt: skip
"""Where autograd returns a gradient of another shape than the argument's."""

WRONG |= {
    "power: of operands of every dtype and an array",  # the logarithm of 8-bit integers, in float16
    "var: correction=1", "std: correction=1",
    "transpose: transpose axes of 2x3x2",
    "tile: tile of 2x3", "repeat: repeat an axis of 2x3",
    *(f"choose: {variant}" for variant in ("arrays", "wrapped", "clipped")),  # here and below the gradient is lost
    "dstack: dstack vectors of 3", "dstack: dstack matrices of 2x3",
    "block: block of a list of 2x3", "block: block of rows of 2x3",
}  # fmt: skip
"""Where autograd's gradient has the right shape and disagrees with finite differences, or depends on the axes'
lengths being equal. Ours agrees with finite differences in all of these (see test_gradients.py)."""

COMPARED = [
    c for c in CASES if c.reference is None and c.operation not in LACKING and str(c) not in FAILING | WRONG
]  # fmt: skip


def test_the_lists_of_what_autograd_cannot_do_name_cases():
    names = {str(c) for c in CASES}
    assert (FAILING | WRONG) - names == set()
    assert LACKING - {c.operation for c in CASES} == set()
    assert len(COMPARED) > 400


@pytest.mark.parametrize("case", COMPARED, ids=str)
def test_gradient_is_autograds(case: Case):
    arrays = case.arguments()
    output, pull = mg.vjp(case.recorded, *arrays)
    cotangent = np.cos(np.arange(output.size)).reshape(output.shape)[()]
    for i, ours in enumerate(pull(cotangent)):
        theirs, _ = autograd.make_vjp(lambda *xs: case.call(anp, *xs), i)(*arrays)
        np.testing.assert_allclose(ours, theirs(cotangent), rtol=1e-11, atol=1e-13)

"""Typed use of the public face. Each `assert_type` holds for type checkers, and for what comes back when it is run."""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

import microgradnet as mg
from microgradnet import Tensor

if TYPE_CHECKING:
    from typing import assert_type
else:

    def assert_type(value: object, kind: object) -> object:
        """Ask of a value what `typing.assert_type` asks of an expression."""
        assert _is(value, kind), f"{value!r} is no {kind}"
        return value

    def _is(value: object, kind: object) -> bool:
        origin, args = get_origin(kind), get_args(kind)
        if isinstance(kind, UnionType):
            return any(_is(value, k) for k in args)
        if origin is np.ndarray:
            return isinstance(value, np.ndarray | np.generic)
        if origin is list or (origin is tuple and args[1:] == (...,)):
            return isinstance(value, origin) and all(_is(v, args[0]) for v in value)
        if origin is dict:
            return isinstance(value, dict) and all(_is(v, args[1]) for v in value.values())
        if kind is Any:
            return True
        if origin is tuple:
            return isinstance(value, tuple) and all(map(_is, value, args))
        return isinstance(value, origin or kind)


Array = NDArray[Any]
FLOATS = NDArray[np.float64]

t = mg.tensor([[0.5, 0.25], [0.125, 0.75]], requires_grad=True, name="t")
a: FLOATS = np.array([[0.5, 0.25], [0.125, 0.75]])
b = np.array([[0.5, 0.25], [0.125, 0.75]])  # NumPy leaves its dtype open
vector = mg.tensor([0.5, 0.25, 0.125])
whole = mg.tensor([1, 2, 3])
counts = np.array([1, 2, 3])


def either(choice: bool) -> Tensor | FLOATS:
    return t if choice else a


# --- one input -----------------------------------------------------------------------------------------

assert_type(mg.abs(t), Tensor)
assert_type(mg.absolute(t), Tensor)
assert_type(mg.arccos(t), Tensor)
assert_type(mg.arccosh(1 + t), Tensor)
assert_type(mg.arcsin(t), Tensor)
assert_type(mg.arcsinh(t), Tensor)
assert_type(mg.arctan(t), Tensor)
assert_type(mg.arctanh(t), Tensor)
assert_type(mg.cbrt(t), Tensor)
assert_type(mg.ceil(t), Tensor)
assert_type(mg.cos(t), Tensor)
assert_type(mg.cosh(t), Tensor)
assert_type(mg.digamma(t), Tensor)
assert_type(mg.entr(t), Tensor)
assert_type(mg.erfcinv(t), Tensor)
assert_type(mg.erfinv(t), Tensor)
assert_type(mg.exp1(t), Tensor)
assert_type(mg.expi(t), Tensor)
assert_type(mg.expit(t), Tensor)
assert_type(mg.gamma(t), Tensor)
assert_type(mg.gammaln(t), Tensor)
assert_type(mg.gammasgn(t), Tensor)
assert_type(mg.i0(t), Tensor)
assert_type(mg.i0e(t), Tensor)
assert_type(mg.i1(t), Tensor)
assert_type(mg.i1e(t), Tensor)
assert_type(mg.j0(t), Tensor)
assert_type(mg.j1(t), Tensor)
assert_type(mg.k0(t), Tensor)
assert_type(mg.k0e(t), Tensor)
assert_type(mg.k1(t), Tensor)
assert_type(mg.k1e(t), Tensor)
assert_type(mg.log_expit(t), Tensor)
assert_type(mg.log_ndtr(t), Tensor)
assert_type(mg.logit(t), Tensor)
assert_type(mg.ndtri(t), Tensor)
assert_type(mg.rgamma(t), Tensor)
assert_type(mg.y0(t), Tensor)
assert_type(mg.y1(t), Tensor)
assert_type(mg.beta(t, a), Tensor)
assert_type(mg.betaln(t, a), Tensor)
assert_type(mg.kl_div(t, a), Tensor)
assert_type(mg.rel_entr(t, a), Tensor)
assert_type(mg.xlog1py(t, a), Tensor)
assert_type(mg.xlogy(t, a), Tensor)
assert_type(mg.gammainc(2, t), Tensor)
assert_type(mg.gammaincc(2, t), Tensor)
assert_type(mg.iv(2, t), Tensor)
assert_type(mg.ive(2, t), Tensor)
assert_type(mg.jv(2, t), Tensor)
assert_type(mg.kv(2, t), Tensor)
assert_type(mg.kve(2, t), Tensor)
assert_type(mg.polygamma(2, t), Tensor)
assert_type(mg.yv(2, t), Tensor)
assert_type(mg.betainc(2.0, 1.0, t), Tensor)
assert_type(mg.multigammaln(t + 1, 2), Tensor)
assert_type(mg.gammaln(a), Array)
assert_type(mg.erf(t), Tensor)
assert_type(mg.erfc(t), Tensor)
assert_type(mg.exp(t), Tensor)
assert_type(mg.exp(a), Array)
assert_type(mg.exp(b), Array)
assert_type(mg.exp(0.5), Array)
assert_type(mg.exp(np.float32(0.5)), Array)
assert_type(mg.exp([[1, 2.0], [3, True]]), Array)
assert_type(mg.exp(either(True)), Tensor | Array)
assert_type(mg.exp2(t), Tensor)
assert_type(mg.expm1(t), Tensor)
assert_type(mg.floor(t), Tensor)
assert_type(mg.invert(whole), Tensor)
assert_type(mg.isfinite(t), Tensor)
assert_type(mg.isinf(t), Tensor)
assert_type(mg.isnan(t), Tensor)
assert_type(mg.log(t), Tensor)
assert_type(mg.log10(t), Tensor)
assert_type(mg.log1p(t), Tensor)
assert_type(mg.log2(t), Tensor)
assert_type(mg.logical_not(t), Tensor)
assert_type(mg.ndtr(t), Tensor)
assert_type(mg.negative(t), Tensor)
assert_type(mg.positive(t), Tensor)
assert_type(mg.reciprocal(t), Tensor)
assert_type(mg.relu(t), Tensor)
assert_type(mg.relu(0.5), Array)
assert_type(mg.rint(t), Tensor)
assert_type(mg.sigmoid(t), Tensor)
assert_type(mg.sign(t), Tensor)
assert_type(mg.sin(t), Tensor)
assert_type(mg.sinh(t), Tensor)
assert_type(mg.softplus(t), Tensor)
assert_type(mg.sqrt(t), Tensor)
assert_type(mg.square(t), Tensor)
assert_type(mg.tan(t), Tensor)
assert_type(mg.tanh(t), Tensor)
assert_type(mg.trunc(t), Tensor)

# --- one input, and static arguments -------------------------------------------------------------------

assert_type(mg.all(t, axis=0), Tensor)
assert_type(mg.any(t, axis=0, keepdims=True), Tensor)
assert_type(mg.argmax(t, axis=0), Tensor)
assert_type(mg.argmin(a), Array)
assert_type(mg.argsort(t, 0), Tensor)
assert_type(mg.astype(t, np.float32), Tensor)
assert_type(mg.astype(a, "float32"), Array)
assert_type(mg.broadcast_to(vector, (2, 3)), Tensor)
assert_type(mg.count_nonzero(t, axis=0), Tensor)
assert_type(mg.cumprod(t, axis=0, dtype=np.float32), Tensor)
assert_type(mg.cumsum(t), Tensor)
assert_type(mg.diagonal(t, offset=1), Tensor)
assert_type(mg.diff(vector, n=1, prepend=0.0), Tensor)
assert_type(mg.expand_dims(t, (0, 1)), Tensor)
assert_type(mg.flip(t, axis=0), Tensor)
assert_type(mg.getitem(t, 0), Tensor)
assert_type(mg.getitem(a, (slice(None), [0, 1])), Array)
assert_type(mg.log_softmax(t, axis=-1), Tensor)
assert_type(mg.logsumexp(t, axis=-1, keepdims=True), Tensor)
assert_type(mg.matrix_transpose(t), Tensor)
assert_type(mg.max(t, axis=(0, 1)), Tensor)
assert_type(mg.amax(t), Tensor)
assert_type(mg.mean(t, axis=0, dtype=np.float32, keepdims=True), Tensor)
assert_type(mg.min(t), Tensor)
assert_type(mg.amin(t), Tensor)
assert_type(mg.moveaxis(t, 0, 1), Tensor)
assert_type(mg.ones_like(t, dtype=np.float32), Tensor)
assert_type(mg.pad(t, 1, constant_values=2.0), Tensor)
assert_type(mg.prod(t, axis=0), Tensor)
assert_type(mg.ravel(t), Tensor)
assert_type(mg.repeat(t, [1, 2], axis=0), Tensor)
assert_type(mg.reshape(t, -1), Tensor)
assert_type(mg.reshape(t, (4,), order="F"), Tensor)
assert_type(mg.roll(t, 1, axis=0), Tensor)
assert_type(mg.round(t, 2), Tensor)
assert_type(mg.scatter_add(vector, [0, 0, 1], (2,)), Tensor)
assert_type(mg.scatter_add([1.0, 2.0], [0, 0], (2,)), Array)
assert_type(mg.softmax(t, axis=0), Tensor)
assert_type(mg.sort(t, axis=0), Tensor)
assert_type(mg.squeeze(t), Tensor)
assert_type(mg.std(t, axis=0, ddof=1), Tensor)
assert_type(mg.sum(t), Tensor)
assert_type(mg.sum(t, 0, keepdims=True), Tensor)
assert_type(mg.sum(a, axis=(0, 1)), Array)
assert_type(mg.swapaxes(t, 0, 1), Tensor)
assert_type(mg.take(t, [0, 1], axis=0, mode="wrap"), Tensor)
assert_type(mg.take_along_axis(t, mg.argsort(t), axis=-1), Tensor)
assert_type(mg.tile(t, (2, 1)), Tensor)
assert_type(mg.trace(t), Tensor)
assert_type(mg.transpose(t, (1, 0)), Tensor)
assert_type(mg.permute_dims(t), Tensor)
assert_type(mg.tril(t, 1), Tensor)
assert_type(mg.triu(t, k=1), Tensor)
assert_type(mg.var(t, axis=0, correction=1.0), Tensor)
assert_type(mg.zeros_like(a), Array)
assert_type(mg.empty_like(t), Tensor)
assert_type(mg.copy(t), Tensor)
assert_type(mg.copy(a), Array)

# --- to write into -------------------------------------------------------------------------------------

buffer = mg.zeros((2, 2))
assert_type(buffer, Tensor)
assert_type(mg.ones(3, dtype=np.float32), Tensor)
assert_type(mg.empty(2), Tensor)
assert_type(mg.full((2, 2), t), Tensor)
assert_type(mg.array([[t[0, 0], 1.0], [2.0, t[1, 1]]]), Tensor)
buffer[0] = t[0]
buffer[:, 1] += 1
buffer += t
assert_type(buffer, Tensor)
assert_type(t.copy(), Tensor)
assert_type(t.flatten(), Tensor)
assert_type(t.sum(0, out=mg.zeros(2)), Tensor)
assert_type(t.clip(0, 1, out=mg.zeros((2, 2))), Tensor)

# --- several inputs ------------------------------------------------------------------------------------

assert_type(mg.add(t, a), Tensor)
assert_type(mg.add(a, t), Tensor)
assert_type(mg.add(b, t), Tensor)
assert_type(mg.add(b, 1), Array)
assert_type(mg.add(either(True), 1), Tensor | Array)
assert_type(mg.allclose(t, t, rtol=1e-3), Tensor)
assert_type(mg.arctan2(t, 1), Tensor)
assert_type(mg.bitwise_and(whole, 1), Tensor)
assert_type(mg.bitwise_or(1, whole), Tensor)
assert_type(mg.bitwise_xor(counts, 1), Array)
assert_type(mg.clip(t, 0.1, 0.9), Tensor)
assert_type(mg.clip(t, min=0.1, max=t), Tensor)
assert_type(mg.clip(b, 0.1, None), Array)
assert_type(mg.clip(b, None, t), Tensor)
assert_type(mg.divide(1, t), Tensor)
assert_type(mg.dot(t, a), Tensor)
assert_type(mg.einsum("ij,jk->ik", t, a), Tensor)
assert_type(mg.einsum("ij,jk->ik", a, t), Tensor)
assert_type(mg.einsum("ij->", b), Array)
assert_type(mg.equal(t, 0), Tensor)
assert_type(mg.floor_divide(t, 2), Tensor)
assert_type(mg.full_like(t, 3.0), Tensor)
assert_type(mg.full_like(a, 3.0), Array)
assert_type(mg.full_like(a, vector[0], dtype=np.float32), Tensor)
assert_type(mg.greater(t, 0), Tensor)
assert_type(mg.greater_equal(t, 0), Tensor)
assert_type(mg.hypot(t, 1), Tensor)
assert_type(mg.inner(t, t), Tensor)
assert_type(mg.isclose(t, 1.0, atol=1e-3, equal_nan=True), Tensor)
assert_type(mg.kron(t, a), Tensor)
assert_type(mg.less(0, t), Tensor)
assert_type(mg.less_equal(t, 0), Tensor)
assert_type(mg.logaddexp(t, t), Tensor)
assert_type(mg.logical_and(t, a), Tensor)
assert_type(mg.logical_or(t, a), Tensor)
assert_type(mg.logical_xor(t, a), Tensor)
assert_type(mg.matmul(a, t), Tensor)
assert_type(mg.matmul(a, a), Array)
assert_type(mg.maximum(t, 0), Tensor)
assert_type(mg.minimum(0, t), Tensor)
assert_type(mg.multiply(t, t), Tensor)
assert_type(mg.not_equal(t, t), Tensor)
assert_type(mg.outer(t, a), Tensor)
assert_type(mg.power(t, 2), Tensor)
assert_type(mg.remainder(t, 2), Tensor)
assert_type(mg.subtract(t, 1), Tensor)
assert_type(mg.tensordot(t, a, axes=(1, 0)), Tensor)
assert_type(mg.vdot(t, a), Tensor)
assert_type(mg.where(a > 0, t, 0), Tensor)
assert_type(mg.where(t > 0, a, 0), Tensor)
assert_type(mg.where(a > 0, 0, t), Tensor)
assert_type(mg.where(b > 0, b, 0), Array)
assert_type(mg.where(b > 0, b, t), Tensor)

assert_type(mg.concat([t, a]), Tensor)
assert_type(mg.concatenate([a, a], axis=1), Array)
assert_type(mg.concatenate([vector, [3.0]]), Tensor)
assert_type(mg.hstack((t, t)), Tensor)
assert_type(mg.stack([t, a], axis=-1), Tensor)
assert_type(mg.stack([t * i for i in range(3)]), Tensor)
assert_type(mg.vstack([a, [1.0, 2.0]]), Array)
assert_type(mg.split(t, 2, axis=1), list[Tensor])
assert_type(mg.array_split(a, [1]), list[Array])
assert_type(mg.atleast_1d(t), Tensor)
assert_type(mg.atleast_2d(t, a), tuple[Tensor | Array, ...])

assert_type(mg.array_equal(t, a), bool)
assert_type(mg.ndim(t), int)
assert_type(mg.shape(t), tuple[int, ...])
assert_type(mg.size(t), int)

assert_type(mg.linalg.cholesky(t @ t.T + np.eye(2), upper=True), Tensor)
assert_type(mg.linalg.det(t), Tensor)
assert_type(mg.linalg.inv(a), Array)
assert_type(mg.linalg.norm(t, 1, axis=0), Tensor)
assert_type(mg.linalg.slogdet(t).logabsdet, Tensor)
assert_type(mg.linalg.slogdet(a).sign, Array)
assert_type(mg.linalg.solve(a, t), Tensor)
assert_type(mg.linalg.cond(t, 1), Tensor)
assert_type(mg.linalg.eigh(t).eigenvectors, Tensor)
assert_type(mg.linalg.eigh(a)[0], Array)
assert_type(mg.linalg.eigvalsh(t), Tensor)
assert_type(mg.linalg.lstsq(t, a)[0], Tensor)
assert_type(mg.linalg.matrix_norm(t, ord="nuc"), Tensor)
assert_type(mg.linalg.matrix_power(t, 2), Tensor)
assert_type(mg.linalg.matrix_rank(a), Array)
assert_type(mg.linalg.multi_dot([a, t, a]), Tensor)
assert_type(mg.linalg.pinv(t), Tensor)
assert_type(mg.linalg.pinv(a, 1e-3), Array)
assert_type(mg.linalg.qr(t).R, Tensor)
assert_type(mg.linalg.qr(t, "r"), Tensor)
assert_type(mg.linalg.qr(a, "complete").Q, Array)
assert_type(mg.linalg.svd(t).S, Tensor)
assert_type(mg.linalg.svd(a, full_matrices=False).U, Array)
assert_type(mg.linalg.svd(t, compute_uv=False), Tensor)
assert_type(mg.linalg.svdvals(t), Tensor)
assert_type(mg.linalg.tensorinv(mg.reshape(t, (2, 1, 2)), 1), Tensor)
assert_type(mg.linalg.tensorsolve(t, a[0]), Tensor)
assert_type(mg.linalg.vector_norm(t, axis=0), Tensor)

# --- losses and attention ------------------------------------------------------------------------------

assert_type(mg.softmax_cross_entropy(t, [0, 1]), Tensor)
assert_type(mg.softmax_cross_entropy(a, t, axis=0), Tensor)
assert_type(mg.softmax_cross_entropy(a, counts[:2] - 1), Array)
assert_type(mg.nll_loss(t, [0, 1]), Tensor)
assert_type(mg.binary_cross_entropy(t, 1), Tensor)
assert_type(mg.binary_cross_entropy_with_logits(t, a), Tensor)
assert_type(mg.hinge(t, 1), Tensor)
assert_type(mg.huber(t, a, delta=0.5), Tensor)
assert_type(mg.cosine_similarity(t, t, axis=0), Tensor)
assert_type(mg.embedding(t, [1, 0, 1]), Tensor)
assert_type(mg.dropout(t, 0.5, np.random.default_rng(0)), Tensor)
assert_type(mg.dropout(a, 0.5, np.random.default_rng(0)), Array)
assert_type(mg.scaled_dot_product_attention(t, a, a), Tensor)
assert_type(mg.scaled_dot_product_attention(a, a, a, t), Tensor)
assert_type(mg.scaled_dot_product_attention(a, a, a, np.tri(2, dtype=bool)), Array)

# --- what training takes -------------------------------------------------------------------------------

rng = np.random.default_rng(0)
assert_type(mg.nn.glorot_uniform(rng, (3, 2)), Array)
assert_type(mg.nn.orthogonal(rng, (4, 3, 3, 3), activation="relu", dtype=np.float32), Array)
assert_type(mg.nn.sgd({"w": a}, {"w": a}, rate=0.1)[0], dict[str, FLOATS])
assert_type(mg.nn.adam(a, a, mg.nn.adam(a, a)[1]), tuple[FLOATS, dict[str, Any]])
for rows in mg.nn.minibatches(rng, a, size=1):
    assert_type(rows, Array)
for some in mg.nn.minibatches(rng, a, counts[:2], size=1):
    assert_type(some, tuple[Array, ...])

# --- NumPy's other functions ---------------------------------------------------------------------------

assert_type(mg.angle(t, deg=True), Tensor)
assert_type(mg.argpartition(t, 1, axis=0), Tensor)
assert_type(mg.conj(t), Tensor)
assert_type(mg.conjugate(a), Array)
assert_type(mg.cumulative_prod(vector), Tensor)
assert_type(mg.cumulative_sum(t, axis=0, include_initial=True), Tensor)
assert_type(mg.deg2rad(t), Tensor)
assert_type(mg.degrees(t), Tensor)
assert_type(mg.delete(t, [0], axis=1), Tensor)
assert_type(mg.diag(vector, k=1), Tensor)
assert_type(mg.diagflat(t), Tensor)
assert_type(mg.ediff1d(t, to_end=0.0), Tensor)
assert_type(mg.fabs(t), Tensor)
assert_type(mg.fix(t), Tensor)
assert_type(mg.fliplr(t), Tensor)
assert_type(mg.flipud(a), Array)
assert_type(mg.i0(t), Tensor)
assert_type(mg.imag(t), Tensor)
assert_type(mg.isneginf(t), Tensor)
assert_type(mg.isposinf(t), Tensor)
assert_type(mg.median(t, axis=0, keepdims=True), Tensor)
assert_type(mg.median(a), Array)
assert_type(mg.nan_to_num(t, nan=1.0), Tensor)
assert_type(mg.nanargmax(t, axis=0), Tensor)
assert_type(mg.nanargmin(t), Tensor)
assert_type(mg.nancumprod(t), Tensor)
assert_type(mg.nancumsum(t, axis=0), Tensor)
assert_type(mg.nanmax(t, axis=0), Tensor)
assert_type(mg.nanmean(t, axis=0, keepdims=True), Tensor)
assert_type(mg.nanmedian(t), Tensor)
assert_type(mg.nanmin(t), Tensor)
assert_type(mg.nanprod(t), Tensor)
assert_type(mg.nanstd(t, ddof=1), Tensor)
assert_type(mg.nansum(t, where=a > 0.2), Tensor)
assert_type(mg.sum(t, where=a > 0.2), Tensor)
assert_type(mg.var(t, where=a > 0.2), Tensor)
assert_type(mg.max(t, where=a > 0.2, initial=0.0), Tensor)
assert_type(mg.nanvar(t), Tensor)
assert_type(mg.partition(t, (0, 1)), Tensor)
assert_type(mg.piecewise(t, [a > 0.3], [mg.exp, 0.0]), Tensor)
assert_type(mg.poly(vector), Tensor)
assert_type(mg.polyder(vector, 1), Tensor)
assert_type(mg.polyint(vector, m=1, k=0.5), Tensor)
assert_type(mg.ptp(t, axis=0), Tensor)
assert_type(mg.rad2deg(t), Tensor)
assert_type(mg.radians(t), Tensor)
assert_type(mg.real(t), Tensor)
assert_type(mg.real_if_close(t), Tensor)
assert_type(mg.resize(t, (3, 2)), Tensor)
assert_type(mg.rollaxis(t, 1), Tensor)
assert_type(mg.rot90(t, k=2), Tensor)
assert_type(mg.signbit(t), Tensor)
assert_type(mg.sinc(t), Tensor)
assert_type(mg.sliding_window_view(vector, 2), Tensor)
assert_type(mg.unwrap(t, axis=0, period=1.0), Tensor)
assert_type(mg.vander(vector, 3, increasing=True), Tensor)

assert_type(mg.append(t, a, axis=0), Tensor)
assert_type(mg.compress([True, False], t, axis=0), Tensor)
assert_type(mg.convolve(vector, [1.0, 2.0], mode="same"), Tensor)
image = mg.tensor(np.ones((1, 2, 4, 4)))
assert_type(mg.conv2d(image, np.ones((3, 2, 2, 2)), np.ones(3), stride=(2, 1), padding="same"), Tensor)
assert_type(mg.conv2d(np.ones((1, 2, 4, 4)), mg.tensor(np.ones((3, 2, 2, 2)))), Tensor)
assert_type(mg.conv2d(np.ones((1, 2, 4, 4)), np.ones((3, 2, 2, 2))), NDArray[Any])
assert_type(mg.conv1d(image[0], np.ones((3, 4, 2)), dilation=2), Tensor)
assert_type(mg.max_pool(image, 2, stride=1), Tensor)
assert_type(mg.avg_pool(np.ones((1, 2, 4)), (2,), padding=1), NDArray[Any])
assert_type(mg.batch_norm(image, np.ones(2), np.zeros(2), eps=1e-3), Tensor)
assert_type(mg.layer_norm(image, axis=(2, 3)), Tensor)
assert_type(mg.copysign(t, -1.0), Tensor)
assert_type(mg.corrcoef(t), Tensor)
assert_type(mg.correlate([1.0, 2.0], vector), Tensor)
assert_type(mg.cov(t, rowvar=False), Tensor)
assert_type(mg.cross(vector, vector), Tensor)
assert_type(mg.digitize(t, [0.0, 0.5]), Tensor)
assert_type(mg.extract(a > 0.2, t), Tensor)
assert_type(mg.float_power(t, 2), Tensor)
assert_type(mg.fmax(t, 0.0), Tensor)
assert_type(mg.fmin(0.0, t), Tensor)
assert_type(mg.fmod(t, a), Tensor)
assert_type(mg.geomspace(vector[0], 2.0, 5), Tensor)
assert_type(mg.heaviside(a, t), Tensor)
assert_type(mg.insert(t, 1, 0.0, axis=0), Tensor)
assert_type(mg.interp(vector, [0.0, 1.0], [1.0, 2.0], left=0.0), Tensor)
assert_type(mg.ldexp(t, 2), Tensor)
assert_type(mg.logaddexp2(t, t), Tensor)
assert_type(mg.logspace(vector[0], 2.0, 5), Tensor)
assert_type(mg.matvec(t, a[0]), Tensor)
assert_type(mg.nanpercentile(t, 50), Tensor)
assert_type(mg.nanquantile(t, 0.5, axis=0), Tensor)
assert_type(mg.percentile(t, [10, 90], axis=0), Tensor)
assert_type(mg.polyadd(vector, [1.0]), Tensor)
assert_type(mg.polymul(vector, vector), Tensor)
assert_type(mg.polysub([1.0], vector), Tensor)
assert_type(mg.polyval(vector, 2.0), Tensor)
assert_type(mg.quantile(t, 0.5, method="nearest"), Tensor)
assert_type(mg.quantile(a, 0.5), Array)
assert_type(mg.searchsorted([0.0, 1.0], t, side="right"), Tensor)
assert_type(mg.trapezoid(t, dx=0.5), Tensor)
assert_type(mg.vecdot(t, a), Tensor)
assert_type(mg.vecmat(vector[:2], t), Tensor)

assert_type(mg.column_stack([t, a]), Tensor)
assert_type(mg.dstack([a, a]), Array)
assert_type(mg.hsplit(t, 2), list[Tensor])
assert_type(mg.vsplit(a, 2), list[Array])
pages: list[Tensor] = mg.dsplit(mg.atleast_3d(t), 1)
assert_type(mg.broadcast_arrays(t, a), tuple[Tensor | Array, ...])
assert_type(mg.divmod(t, 2), tuple[Tensor | Array, ...])
assert_type(mg.meshgrid(vector, [1.0]), tuple[Tensor | Array, ...])
assert_type(mg.modf(t), tuple[Tensor | Array, ...])
assert_type(mg.polydiv(vector, [1.0]), tuple[Tensor | Array, ...])
assert_type(mg.unstack(t), tuple[Tensor | Array, ...])
assert_type(mg.argwhere(t > 0.2), Array)
assert_type(mg.flatnonzero(t), Array)
assert_type(mg.nonzero(t), tuple[Array, ...])

# What comes back may be one or several: of these a type checker takes the word.
mean: Tensor = mg.average(t, axis=0, weights=[1.0, 2.0])
slopes: Tensor = mg.gradient(t, axis=0)
steps: Tensor = mg.linspace(vector[0], 1.0, 5)
blocks: Tensor = mg.block([[t, t]])
chosen: Tensor = mg.choose([0, 1], t)
selected: Tensor = mg.select([a > 0.2], [t])
along: Tensor = mg.apply_along_axis(mg.sum, 0, t)
over: Tensor = mg.apply_over_axes(mg.sum, t, [0, 1])

# --- tensors -------------------------------------------------------------------------------------------

assert_type(t * 2.0, Tensor)
assert_type(2.0 * t, Tensor)
assert_type(a * t, Tensor)
assert_type(a @ t, Tensor)
assert_type(np.float32(2) ** t, Tensor)
assert_type(t @ a, Tensor)
assert_type(t / a, Tensor)
assert_type(t - t, Tensor)
assert_type(-t, Tensor)
assert_type(a > t, Tensor)
assert_type(t == 0, Tensor)
assert_type(t != a, Tensor)
assert_type(t[0], Tensor)
assert_type(t[a > 0], Tensor)
assert_type(t.T, Tensor)
assert_type(t.sum(axis=0, keepdims=True), Tensor)
assert_type(t.reshape(-1, 1), Tensor)
assert_type(t.transpose(1, 0), Tensor)
assert_type(t.clip(0, 1), Tensor)
assert_type(t.astype(np.float32), Tensor)
assert_type(t.detach(), Tensor)
assert_type(t.numpy(), Array)
assert_type(t.data, Array)
assert_type(t.shape, tuple[int, ...])
assert_type(t.name, str | None)
assert_type(float(vector[0]), float)
assert_type([row for row in t], list[Tensor])  # noqa: C416


def loss(w: Tensor) -> Tensor:
    return mg.sum(w**2)


def network(w: Tensor, x: FLOATS, *, scale: float = 1.0) -> Tensor:
    return scale * mg.mean(mg.tanh(x @ w) ** 2)


loss(t).backward()
assert_type(t.grad, Array | Tensor | None)
if isinstance(t.grad, np.ndarray):
    with mg.no_grad():
        t -= 0.1 * t.grad
assert_type(t, Tensor)

# --- derivatives ---------------------------------------------------------------------------------------

assert_type(mg.grad(loss)(a), Array)
assert_type(mg.grad(loss)(b), Array)
assert_type(mg.grad(network)(a, a, scale=2.0), Array)
assert_type(mg.grad(network, 0)(a, x=a), Array)
assert_type(mg.grad(mg.tanh)(0.5), Array)
assert_type(mg.grad(mg.grad(mg.tanh))(0.5), Array)
assert_type(mg.grad(mg.sum)(a, axis=None), Array)
assert_type(mg.grad(lambda x, y: x * y, argnums=1)(2.0, 3.0), Array)
assert_type(mg.grad(network, argnums=(0, 1))(a, a), tuple[Array, ...])
assert_type(mg.value_and_grad(network)(a, a), tuple[Array, Array])
assert_type(mg.value_and_grad(network, (0, 1))(a, a), tuple[Array, tuple[Array, ...]])
assert_type(mg.jacobian(mg.exp)(np.array([1.0, 2.0])), Array)
assert_type(mg.hessian(loss)(a), Array)
assert_type(mg.hessian(network, (0, 1))(a, a), tuple[tuple[Array, ...], ...])
assert_type(mg.hvp(loss, b, b), Array)
assert_type(mg.jvp(mg.exp, (0.5,), (1.0,)), tuple[Array, Array])
output, push_forward = mg.linearize(network, b, b)
assert_type(output, Array)
assert_type(push_forward(b, b), Array)
output, pull_back = mg.vjp(network, b, b)
assert_type(output, Array)
assert_type(pull_back(1.0), tuple[Array, ...])
assert_type(mg.gradients(loss(t), t), Array)
assert_type(mg.gradients(loss(t), [t]), list[Array])
assert_type(mg.gradients(loss(t), t, create_graph=True), Tensor)
assert_type(mg.gradients(loss(t), [t], create_graph=True), list[Tensor])


def penalty(w: Tensor) -> Tensor:
    slope: Tensor = mg.grad(loss)(w)  # as w is one that is being differentiated
    return mg.sum(slope**2)


assert_type(mg.grad(penalty)(a), Array)


@dataclass
class Weights:
    w: FLOATS
    b: FLOATS


def of_dict(params: dict[str, Any], x: FLOATS) -> Any:
    return mg.sum((x @ params["w"] + params["b"]) ** 2)


def of_weights(weights: Weights) -> Any:
    return mg.sum(weights.w * weights.b)


def of_list(arrays: list[FLOATS]) -> Any:
    return mg.sum(arrays[0] * arrays[1])


def with_more(w: Any) -> Any:
    return mg.sum(w**2), {"w": w}


params: dict[str, FLOATS] = {"w": a, "b": a}
weights = Weights(a, a)
assert_type(mg.grad(of_dict)(params, a), dict[str, FLOATS])
assert_type(mg.vjp(of_dict, params, a)[1](1.0), tuple[Any, ...])
assert_type(mg.grad(of_weights)(weights), Weights)
assert_type(mg.grad(of_list)([a, a]), list[FLOATS])
assert_type(mg.value_and_grad(of_dict)(params, a), tuple[Array, dict[str, FLOATS]])
assert_type(mg.hvp(of_weights, weights, weights), Weights)
assert_type(mg.grad(with_more, has_aux=True)(a), tuple[Array, Any])
assert_type(mg.grad(with_more, 0, has_aux=True)(a)[0], Array)
assert_type(mg.value_and_grad(with_more, has_aux=True)(a), tuple[tuple[Array, Any], Array])
assert_type(mg.value_and_grad(with_more, (0,), has_aux=True)(a), tuple[tuple[Array, Any], tuple[Array, ...]])
assert_type(mg.jacobian(with_more, has_aux=True)(a), tuple[Array, Any])
assert_type(mg.hessian(with_more, has_aux=True)(a)[0], Array)
assert_type(len(mg.vjp(with_more, a, has_aux=True)), int)

# --- one's own -----------------------------------------------------------------------------------------


def _cube(xp: Any, x: FLOATS) -> FLOATS:
    return x * x * x


def _scaled(xp: Any, x: FLOATS, by: float = 2.0) -> FLOATS:
    return x * by


def _product(xp: Any, x: FLOATS, y: FLOATS) -> FLOATS:
    return x * y


cube = mg.primitive(_cube, [lambda g, y, x: 3 * g * x**2], name="typed_cube")
assert_type(cube(t), Tensor)
assert_type(cube(a), Array)
assert_type(cube.primitive.name, str)
scaled = mg.primitive(_scaled, (lambda g, y, x, by: g * by,), name="typed_scaled", source="{0} * {by!r}")
assert_type(scaled(t, by=3.0), Tensor)
assert_type(scaled(a, 3.0), Array)
product = mg.primitive(_product, (lambda g, y, x1, x2: g * x2, lambda g, y, x1, x2: g * x1), name="typed_product")
assert_type(product(a, t), Tensor)
assert_type(product(a, 2.0), Array)


@mg.activation(replace=True)
def typed_bump(x: Any, width: float = 1.0) -> Any:
    return mg.exp(-((x / width) ** 2))


assert_type(typed_bump(t, width=2.0), Tensor)
assert_type(typed_bump(a), Array)
assert_type(typed_bump.name, str)
assert_type(mg.activations["leaky_relu"](t, negative_slope=0.5), Tensor)
assert_type(mg.activations["relu"](0.5), Array)
assert_type(mg.grad(typed_bump)(0.5), Array)

# --- what uses them ------------------------------------------------------------------------------------


class Layer(NamedTuple):
    weights: FLOATS
    x: FLOATS


def update(weights: FLOATS, x: FLOATS) -> FLOATS:
    return np.asarray(weights - 0.1 * mg.grad(network)(weights, x))


@mg.compile
def step(weights: FLOATS, x: FLOATS) -> Array:
    return weights - 0.1 * mg.grad(network)(weights, x)


@mg.no_grad()
def frozen(w: Tensor) -> Tensor:
    return w * 2


assert_type(step(a, x=a), Array)
assert_type(frozen(t), Tensor)
assert_type(bool(mg.gradcheck(loss, a)), bool)
assert_type(mg.gradcheck(network, a, a, order=2).ok, bool)
assert_type(mg.compare(loss, lambda w: 2 * w, a).ok, bool)
assert_type(str(mg.diagnose(loss, lambda w: 2 * w, a)), str)
assert_type(len(mg.Graph.of(loss(t))), int)
assert_type(mg.derive(loss(t)).source("by_hand"), str)
assert_type(mg.tree(loss(t)), str)
assert_type(mg.latex(loss(t)), str)

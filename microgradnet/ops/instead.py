"""What people call on tensors that is no operation here, and what to write instead.

One table, by the names that people type. A test holds every operation that a line names to what there is. This page
computes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Any

import numpy as np

from microgradnet.record import numpy_functions

__all__ = ["INSTEAD", "OF_OTHERS", "UNTOLD", "full_name", "missing", "refusal"]

_PLAIN = "it has no gradient: call it on t.numpy()"
_COMPLEX = "tensors that require gradients hold real numbers"
_COMPLEX_VALUES = "of real matrices its results may be complex: of symmetric ones, mg.linalg.eigh and eigvalsh"
_FOURIER = f"{_COMPLEX}: multiply by matrices of cosines and sines, such as np.cos(2 * np.pi * np.outer(k, k) / n)"
_SHOWN = "t.numpy() leaves the record, for files and for the screen"
_SHIFTED = "of vectors, use mg.convolve(a, v); of images, mg.conv2d(x, weights), which doesn't turn the kernel around"
_SOLVE = "use mg.linalg.solve(A, b)"
_PRIMITIVE = "declare it, with its derivative, by mg.primitive"


def _all(module: str, names: str, words: str) -> dict[str, str]:
    return {f"{module}.{name}": words for name in names.split()}


def _densities(name: str, logarithm: str) -> dict[str, str]:
    """Say how a density of SciPy's, or a probability of numbers that are counted, is written, and its logarithm."""
    kind = "pmf" if "(k" in logarithm else "pdf"
    return {
        f"scipy.stats.{name}.log{kind}": f"write {logarithm}",
        f"scipy.stats.{name}.{kind}": f"write np.exp({logarithm})",
    }


INSTEAD = {
    # --- element by element
    "np.frexp": _PLAIN,
    "np.spacing": _PLAIN,
    "np.nextafter": _PLAIN,
    # --- sums, means, orders
    "np.trapz": "use mg.trapezoid(t, x)",
    "np.bincount": "of weights, use mg.scatter_add(weights, index, (n,))",
    **_all(
        "np",
        "unique unique_all unique_counts unique_inverse unique_values histogram histogram2d histogramdd "
        "histogram_bin_edges lexsort isin in1d intersect1d union1d setdiff1d setxor1d iscomplex isreal isnat "
        "array_equiv shares_memory may_share_memory packbits unpackbits bitwise_count unravel_index "
        "ravel_multi_index",
        _PLAIN,
    ),
    "np.result_type": "use t.dtype",
    "np.vectorize": "call the function on whole arrays, with np.where(condition, a, b) for if and else",
    "np.einsum_path": "it has no gradient: give it t.numpy()",
    "np.diag_indices_from": "use np.diag_indices(n), or mg.diagonal(t)",
    "np.isrealobj": f"{_COMPLEX}: it is True",
    "np.iscomplexobj": _COMPLEX,
    # --- polynomials
    "np.polyfit": "solve the normal equations: mg.linalg.solve(A.T @ A, A.T @ y) with A = mg.vander(x, deg + 1)",
    "np.roots": _PRIMITIVE,
    # --- shapes and parts
    "np.triu_indices_from": "use np.triu_indices(n), or mg.triu(t)",
    "np.tril_indices_from": "use np.tril_indices(n), or mg.tril(t)",
    # --- products and matrices
    **_all("np.linalg", "eig eigvals", _COMPLEX_VALUES),
    **_all("np.fft", "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn", _FOURIER),
    "np.fft.fftshift": "use mg.roll(t, n // 2)",
    "np.fft.ifftshift": "use mg.roll(t, -(n // 2))",
    # --- text and files
    **_all("np", "save savez savez_compressed savetxt array2string array_repr array_str", _SHOWN),
    # --- SciPy
    "scipy.special.exp10": "use 10.0**t",
    "scipy.special.huber": "use mg.where(mg.abs(r) <= d, r**2 / 2, d * (mg.abs(r) - d / 2))",
    "scipy.special.pseudo_huber": "use d**2 * (mg.sqrt(1 + (r / d) ** 2) - 1)",
    "scipy.special.radian": "use mg.deg2rad(t)",
    "scipy.special.sindg": "use mg.sin(t * (np.pi / 180))",
    "scipy.special.cosdg": "use mg.cos(t * (np.pi / 180))",
    "scipy.special.tandg": "use mg.tan(t * (np.pi / 180))",
    "scipy.special.cosm1": "use -2 * mg.square(mg.sin(t / 2))",
    "scipy.special.polygamma": "use mg.polygamma(n, t)",
    "scipy.special.multigammaln": "use mg.multigammaln(t, d)",
    "scipy.special.softplus": "use mg.softplus(t)",
    "scipy.special.loggamma": "use mg.gammaln(t), which is it for positive numbers",
    "scipy.special.logsumexp": "use mg.logsumexp(t)",
    "scipy.special.softmax": "use mg.softmax(t, axis=None)",
    "scipy.special.log_softmax": "use mg.log_softmax(t, axis=None)",
    "scipy.linalg.inv": "use mg.linalg.inv(A)",
    "scipy.linalg.det": "use mg.linalg.det(A)",
    "scipy.linalg.norm": "use mg.linalg.norm(t)",
    "scipy.linalg.cholesky": "use mg.matrix_transpose(mg.linalg.cholesky(A))",
    **_all(
        "scipy.linalg", "lu lu_factor cho_factor ldl", "use mg.linalg.solve(A, b) for what is solved with the factors"
    ),
    **_all(
        "scipy.linalg",
        "solve solve_triangular cho_solve lu_solve solve_banded solveh_banded solve_toeplitz solve_circulant",
        _SOLVE,
    ),
    "scipy.linalg.solve_sylvester": "use mg.linalg.solve(mg.kron(A, np.eye(m)) + "
    "mg.kron(np.eye(n), B.T), Q.ravel()).reshape(n, m)",
    **_all("scipy.linalg", "null_space orth", "use the singular vectors of mg.linalg.svd(A)"),
    "scipy.linalg.circulant": "use t[np.subtract.outer(k, k) % len(t)] with k = np.arange(len(t))",
    "scipy.linalg.block_diag": "use mg.concatenate of rows that mg.concatenate makes, with np.zeros",
    "scipy.linalg.toeplitz": "use t[np.abs(np.subtract.outer(k, k))] with k = np.arange(len(t))",
    **{
        f"scipy.linalg.{name}": f"use mg.linalg.{name}(A)"
        for name in ("svd", "svdvals", "qr", "eigh", "eigvalsh", "pinv")
    },
    "scipy.linalg.lstsq": "use mg.linalg.lstsq(A, b)",
    **_all("scipy.linalg", "eig eigvals", _COMPLEX_VALUES),
    **_all("scipy.linalg", "expm logm sqrtm", _PRIMITIVE),
    **_all("scipy.signal", "convolve correlate fftconvolve oaconvolve convolve2d correlate2d", _SHIFTED),
    "scipy.integrate.trapezoid": "use mg.trapezoid(t, x)",
    "scipy.integrate.simpson": "use mg.sum(weights * t), with the weights of the rule",
    "scipy.interpolate.interp1d": "use mg.interp(x, xp, t)",
    "scipy.stats.zscore": "use (t - mg.mean(t)) / mg.std(t)",
    "scipy.stats.pearsonr": "use mg.corrcoef(x, y)[0, 1]",
    "scipy.stats.entropy": "use mg.sum(mg.entr(p / mg.sum(p)))",
    "scipy.stats.gmean": "use mg.exp(mg.mean(mg.log(t)))",
    "scipy.stats.sem": "use mg.std(t, ddof=1) / np.sqrt(len(t))",
    **_densities("norm", "-(((x - loc) / scale) ** 2 + np.log(2 * np.pi)) / 2 - np.log(scale)"),
    "scipy.stats.norm.cdf": "use mg.ndtr((x - loc) / scale)",
    "scipy.stats.norm.sf": "use mg.ndtr((loc - x) / scale)",
    "scipy.stats.norm.logcdf": "use mg.log_ndtr((x - loc) / scale)",
    "scipy.stats.norm.logsf": "use mg.log_ndtr((loc - x) / scale)",
    "scipy.stats.norm.ppf": "use loc + scale * mg.ndtri(q)",
    **_densities(
        "t",
        "mg.gammaln((df + 1) / 2) - mg.gammaln(df / 2) - np.log(np.pi * df) / 2 - np.log(scale) - (df + 1) / 2 * "
        "np.log1p(((x - loc) / scale) ** 2 / df)",
    ),
    **_densities("gamma", "mg.xlogy(a - 1, x / scale) - x / scale - mg.gammaln(a) - np.log(scale)"),
    "scipy.stats.gamma.cdf": "use mg.gammainc(a, x / scale)",
    "scipy.stats.gamma.sf": "use mg.gammaincc(a, x / scale)",
    **_densities("beta", "mg.xlogy(a - 1, x) + mg.xlog1py(b - 1, -x) - mg.betaln(a, b)"),
    "scipy.stats.beta.cdf": "use mg.betainc(a, b, x)",
    **_densities("chi2", "mg.xlogy(df / 2 - 1, x) - x / 2 - mg.gammaln(df / 2) - df / 2 * np.log(2)"),
    "scipy.stats.chi2.cdf": "use mg.gammainc(df / 2, x / 2)",
    **_densities("expon", "-(x - loc) / scale - np.log(scale)"),
    **_densities("laplace", "-np.abs(x - loc) / scale - np.log(2 * scale)"),
    **_densities("logistic", "-(x - loc) / scale - np.log(scale) - 2 * mg.softplus(-(x - loc) / scale)"),
    **_densities("cauchy", "-np.log(np.pi * scale) - np.log1p(((x - loc) / scale) ** 2)"),
    **_densities("poisson", "mg.xlogy(k, mu) - mg.gammaln(k + 1) - mu"),
    "scipy.stats.poisson.cdf": "use mg.gammaincc(np.floor(k) + 1, mu)",
    **_densities("bernoulli", "mg.xlogy(k, p) + mg.xlog1py(1 - k, -p)"),
    **_densities(
        "binom",
        "mg.gammaln(n + 1) - mg.gammaln(k + 1) - mg.gammaln(n - k + 1) + mg.xlogy(k, p) + mg.xlog1py(n - k, -p)",
    ),
    **_densities("dirichlet", "mg.gammaln(np.sum(alpha)) - np.sum(mg.gammaln(alpha)) + np.sum(mg.xlogy(alpha - 1, x))"),
    **_densities(
        "multivariate_normal",
        "-(np.linalg.slogdet(2 * np.pi * cov)[1] + (x - mean) @ np.linalg.solve(cov, x - mean)) / 2",
    ),
    "scipy.spatial.distance.cdist": "use mg.sqrt(mg.sum((a[:, None] - b) ** 2, axis=-1))",
    "scipy.spatial.distance.euclidean": "use mg.linalg.norm(u - v)",
    "scipy.spatial.distance.sqeuclidean": "use mg.sum((u - v) ** 2)",
    "scipy.spatial.distance.cityblock": "use mg.sum(mg.abs(u - v))",
    "scipy.spatial.distance.cosine": "use 1 - u @ v / (mg.linalg.norm(u) * mg.linalg.norm(v))",
    "scipy.spatial.distance.pdist": "use mg.sqrt(mg.sum((t[i] - t[j]) ** 2, axis=-1)) with "
    "i, j = np.triu_indices(len(t), 1)",
}
"""What to write instead of a function, by the name that people type."""


UNTOLD = {
    "np.full": "use mg.full(shape, t), or np.full(shape, t, like=t)",
    "np.full_like": "use mg.full_like(a, t)",
    "np.take": "use mg.take(a, t, axis=...)",
}
"""The same of functions that take the tensor itself only as another argument, or where they are told to."""

OF_OTHERS = {
    **dict.fromkeys(("mm", "bmm", "mv"), "use t @ u"),
    "conv_nd": "use mg.conv1d or mg.conv2d",
    **dict.fromkeys(("max_pool1d", "max_pool2d"), "use mg.max_pool, along one axis or two"),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d"), "use mg.avg_pool, along one axis or two"),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d"), "use mg.max_pool(x, size)"),
    **dict.fromkeys(("AvgPool1d", "AvgPool2d"), "use mg.avg_pool(x, size)"),
    **dict.fromkeys(("batchnorm", "BatchNorm1d", "BatchNorm2d"), "use mg.batch_norm(x, gamma, beta)"),
    **dict.fromkeys(("cross_entropy", "CrossEntropyLoss"), "use mg.softmax_cross_entropy(logits, labels)"),
    **dict.fromkeys(("mse_loss", "MSELoss"), "use mg.mean((output - y) ** 2)"),
    **dict.fromkeys(
        ("Module", "Sequential", "Parameter"), "layers are functions, and parameters arrays in dicts, lists or objects"
    ),
    **dict.fromkeys(("optim", "Adam", "SGD"), "use mg.nn.adam and its like, which make new parameters of gradients"),
    "BCEWithLogitsLoss": "use mg.binary_cross_entropy_with_logits(logits, labels)",
    "Conv1d": "use mg.conv1d(x, weights, bias)",
    "Conv2d": "use mg.conv2d(x, weights, bias)",
    "Dropout": "use mg.dropout(x, rate, rng)",
    "Embedding": "use mg.embedding(weights, indices)",
    "LayerNorm": "use mg.layer_norm(x, gamma, beta)",
    "Linear": "write x @ weights + bias",
    "functional": "use what mg itself has",
    "one_hot": "use np.eye(n)[labels]",
    **dict.fromkeys(("to", "type", "double", "float", "half", "long"), "use t.astype(dtype)"),
    **dict.fromkeys(("clone", "contiguous"), "use t.copy()"),
    **dict.fromkeys(("grad_fn", "is_leaf", "creator"), "mg.tree(t) shows how it was made"),
    **dict.fromkeys(
        ("index_add", "itemset", "masked_scatter"), "write t[index] = value, or np.add.at(t, index, value)"
    ),
    **dict.fromkeys(("values", "cpu", "to_numpy"), "use t.numpy()"),
    **dict.fromkeys(("zero_grad", "null_grad"), "use t.grad = None"),
    **dict.fromkeys(
        ("add_", "sub_", "mul_", "div_", "zero_", "fill_", "copy_", "clamp_"),
        "use an operator such as += instead, or t[...] = value",
    ),
    **dict.fromkeys(("rand", "randn", "randint", "normal"), "np.random.default_rng() has what is random"),
    "cat": "use mg.concatenate([t, u])",
    "chunk": "use mg.array_split(t, n, axis)",
    "clamp": "use mg.clip(t, low, high)",
    "flat": "use t.ravel() to read, and np.put(t, i, value) to write",
    "gather": "use mg.take_along_axis(t, index, axis)",
    "index_select": "use mg.take(t, index, axis)",
    "masked_fill": "use mg.where(mask, value, t)",
    "neg": "use -t",
    "norm": "use mg.linalg.norm(t)",
    "permute": "use t.transpose(axes)",
    "pow": "use t**p",
    "requires_grad_": "use mg.tensor(data, requires_grad=True)",
    "sub": "use t - u",
    "t": "use t.T",
    "unsqueeze": "use mg.expand_dims(t, axis), or t[:, None]",
    "view": "use t.reshape(shape)",
}
"""What to write instead of names that other libraries have, or their arrays and tensors."""


def missing(name: str, operations: Collection[str], *, of_tensor: bool) -> str:
    """Say what stands for an attribute that a tensor, or the package itself, does not have; or say nothing."""
    words = OF_OTHERS.get(name)
    if words is None and of_tensor and name in operations:
        words = f"use mg.{name}(t)"
    if words is None and getattr(np.linalg, name, None) in numpy_functions:
        words = f"use mg.linalg.{name}"
    for module in ("np", "np.linalg", "scipy.special"):
        words = words or INSTEAD.get(f"{module}.{name}")
    if words is None and of_tensor and hasattr(np.ndarray, name):
        words = f"use t.numpy().{name}"
    elif words is None and hasattr(np, name):
        words = f"use np.{name}"
    return f"; {words}" if words else ""


def full_name(function: Any) -> str:
    """Name a function as people type it: ``np.linalg.pinv``, ``scipy.special.expit``."""
    name = str(getattr(function, "__name__", function))
    if not isinstance(function, np.ufunc):
        return f"{function.__module__}.{name}".replace("numpy.", "np.", 1)
    if getattr(np, name, None) is function:
        return f"np.{name}"
    special = sys.modules.get("scipy.special")
    return f"scipy.special.{name}" if getattr(special, name, None) is function else name


def refusal(function: Any, method: str = "__call__") -> TypeError:
    """Make the error for a function of NumPy's, or for a method of a ufunc, that no operation stands for."""
    name = full_name(function) + ("" if method == "__call__" else f".{method}")
    words = INSTEAD.get(name)
    if name.endswith(" (vectorized)"):
        words = "np.frompyfunc made it: call the function itself, written with operations on whole arrays"
    elif words is None and method == "__call__":
        words = _nearest(name)
    if words is None and not name.startswith("np."):
        words = _PRIMITIVE
    return TypeError(f"{name} is not supported on tensors" + (f"; {words}" if words else ""))


def _nearest(name: str) -> str | None:
    """Name what is spelled alike, of the family of the nearest only: those declared on one page."""
    parts = name.split(".")
    known = {f.__name__: (o.__module__, full_name(f)) for f, o in numpy_functions.items()}
    if len(parts) == 3:
        known = {k: v for k, v in known.items() if v[1].startswith(".".join(parts[:2]))}
    from difflib import get_close_matches  # which loads slowly, and is needed for an error only

    near = get_close_matches(parts[-1], sorted(known), n=3, cutoff=0.75)
    alike = [known[n][1] for n in near if known[n][0] == known[near[0]][0]]
    return f"what is spelled alike is {', '.join(alike)}" if alike else None

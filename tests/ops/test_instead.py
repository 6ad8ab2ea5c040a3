"""What to write instead of functions that are no operations: every line names what there is, and computes the same."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.ops.instead import INSTEAD, OF_OTHERS, full_name, refusal
from microgradnet.record import numpy_functions

scipy = pytest.importorskip("scipy")
special = pytest.importorskip("scipy.special")
linalg = pytest.importorskip("scipy.linalg")
distance = pytest.importorskip("scipy.spatial.distance")
signal = pytest.importorskip("scipy.signal")
stats = pytest.importorskip("scipy.stats")
integrate = pytest.importorskip("scipy.integrate")

T = mg.tensor([0.3, -1.7, 2.5, 0.8], requires_grad=True)
P = mg.tensor([0.3, 0.1, 0.7, 0.5], requires_grad=True)
M = mg.tensor([[2.0, -1.0, 0.5], [0.3, 1.5, 0.7], [0.2, 0.4, 3.0]], requires_grad=True)
N = mg.tensor([0.3, np.nan, 2.5, 0.8], requires_grad=True)


def called(name: str) -> Any:
    found: Any = {"np": np, "scipy": scipy}[name.partition(".")[0]]
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


SAYS: dict[str, tuple[Callable[[], Any], str]] = {
    "np.polyfit": (lambda: np.polyfit(np.arange(4), T, 1), r"^np.polyfit is not .*; solve .*mg.linalg.solve"),
    "np.trim_zeros": (lambda: np.trim_zeros(M), r"^trim_zeros: a vector is wanted"),
    "np.linalg.eig": (lambda: np.linalg.eig(M), r"^np.linalg.eig is not .*complex: of symmetric ones, mg.linalg.eigh"),
    "svd of SciPy": (lambda: linalg.svd(M), r"^scipy.linalg.svd: .*; use mg.linalg.svd\(A\)$"),
    "np.fft": (lambda: np.fft.fft(T), r"^np.fft.fft is not .*cosines"),
    "erfcx": (lambda: special.erfcx(T), r"^scipy.special.erfcx is not .*; declare it, .* by mg.primitive$"),
    "exp10 of SciPy": (lambda: special.exp10(T), r"^scipy.special.exp10 .*; use 10.0\*\*t$"),
    "softmax of SciPy": (
        lambda: special.softmax(T),
        r"^scipy.special.softmax: making a NumPy array of .* lose its gradient; use mg.softmax\(t, axis=None\)$",
    ),
    "logsumexp of SciPy": (lambda: special.logsumexp(T), r"^scipy.special.logsumexp: .*; use mg.logsumexp\(t\)$"),
    "solve of SciPy": (
        lambda: pytest.importorskip("scipy.linalg").solve(M, np.ones(3)),
        r"^scipy.linalg.solve: .*; use mg.linalg.solve\(A, b\)$",
    ),
    "cdist": (
        lambda: pytest.importorskip("scipy.spatial.distance").cdist(M, M),
        r"^scipy.spatial.distance.cdist: .*; use mg.sqrt",
    ),
    "what has no line": (
        lambda: pytest.importorskip("scipy.ndimage").gaussian_filter(M, 1.0),
        r"^scipy.ndimage.gaussian_filter: .*t.numpy\(\) leaves",
    ),
    "full": (lambda: np.full(3, T[0]), r"^np.full: making .*; use mg.full\(shape, t\)"),
    "full_like": (lambda: np.full_like(np.ones(3), T[0]), r"^np.full_like: use mg.full_like\(a, t\)$"),
    "mean of a list": (
        lambda: np.mean([T[0], T[1]]),
        r"^np.mean: making .*; write mg.array\(\[T\[0\], T\[1\]\]\) for \[T",
    ),
    "vectorize": (
        lambda: np.vectorize(math.exp)(T),
        r"^np.vectorize: .*; call the function on whole arrays, with np.where",
    ),
    "interp1d": (
        lambda: pytest.importorskip("scipy.interpolate").interp1d(np.arange(4), T),
        r"^scipy.interpolate.interp1d: making .*; use mg.interp",
    ),
    "correlate2d": (
        lambda: signal.correlate2d(M, np.eye(2)),
        r"^scipy.signal.correlate2d: making .*of images, mg.conv2d",
    ),
    "where= without out=": (
        lambda: np.exp(T, where=[True] * 4),
        r"^np.exp: where= .*write np.where\(mask, np.exp\(t\), v",
    ),
    "subtract.accumulate": (lambda: np.subtract.accumulate(T), r"^np.subtract.accumulate is not supported on tensors$"),
    "gcd.outer": (lambda: np.gcd.outer(T, T), r"^np.gcd.outer is not supported on tensors$"),
    "multiply.at": (
        lambda: np.multiply.at(np.ones(4), [0], T[0]),
        r"^np.multiply.at: a plain array keeps no gradient .*np.zeros\(shape, like=t\)",
    ),
    "frompyfunc": (
        lambda: np.frompyfunc(math.exp, 1, 1)(T),
        r"^exp \(vectorized\) .*np.frompyfunc made it: .* whole arr",
    ),
    "unrelated names are not guessed": (lambda: np.ix_(T), r"^np.ix_ is not supported on tensors$"),
    "one family": (lambda: np.sort_complex(T), r"^np.sort_complex is not supported on tensors$"),
    "np.save": (lambda: np.save("never", T), r"^np.save is not supported .*t.numpy\(\)"),
    "two names of one limit": (lambda: mg.clip(T, 0, min=1), "clip: min and max are other names of a_min and a_max"),
}


@pytest.mark.parametrize("case", SAYS)
def test_error_says_what_to_write_instead(case: str) -> None:
    call, words = SAYS[case]
    with pytest.raises((TypeError, ValueError), match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: M.log1mexp(), r"'Tensor' object has no attribute 'log1mexp'$"),
        (lambda: M.logsumexp(), r"'Tensor' object has no attribute 'logsumexp'; use mg.logsumexp\(t\)$"),
        (lambda: M.relu(), r"use mg.relu\(t\)$"),
        (lambda: M.view(9), r"use t.reshape\(shape\)$"),
        (lambda: M.unsqueeze(0), r"use mg.expand_dims"),
        (lambda: M.mm(M), r"use t @ u$"),
        (lambda: M.zero_grad(), r"use t.grad = None$"),
        (lambda: M.add_(1), r"use an operator such as \+= instead, or t\[\.\.\.\] = value$"),
        (lambda: M.strides, r"use t.numpy\(\).strides$"),
        (lambda: M.median(), r"use mg.median\(t\)$"),
        (lambda: M.nonsense, r"'Tensor' object has no attribute 'nonsense'$"),
        (lambda: mg.eye(3), r"module 'microgradnet' has no attribute 'eye'; use np.eye$"),
        (lambda: mg.randn(3), r"np.random.default_rng\(\)"),
        (lambda: mg.cat([M, M]), r"use mg.concatenate"),
        (lambda: mg.exp10(M), r"has no attribute 'exp10'; use 10.0\*\*t$"),
        (lambda: mg.polyfit, r"solve the normal equations"),
        (lambda: mg.svd(M), r"module 'microgradnet' has no attribute 'svd'; use mg.linalg.svd$"),
        (lambda: M.pinv(), r"use mg.linalg.pinv$"),
        (lambda: linalg.circulant(T), r"; scipy.linalg.circulant takes none: use t\[np.subtract"),
        (lambda: mg.eig(M), r"complex"),
        (lambda: mg.nonsense, r"module 'microgradnet' has no attribute 'nonsense'$"),
        (lambda: mg.cross_entropy, r"use mg.softmax_cross_entropy\(logits, labels\)$"),
        (lambda: mg.nn.Linear, r"module 'microgradnet.nn' has no attribute 'Linear'; write x @ weights \+ bias$"),
        (lambda: mg.nn.relu, r"module 'microgradnet.nn' has no attribute 'relu'; use mg.relu$"),
        (lambda: mg.nn.nonsense, r"module 'microgradnet.nn' has no attribute 'nonsense'$"),
    ],
)
def test_an_attribute_of_other_libraries_is_answered(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(AttributeError, match=words):
        call()
    assert "relu" not in dir(M)


@pytest.mark.parametrize("name", OF_OTHERS)
def test_a_line_for_an_attribute_is_needed_and_names_what_there_is(name: str) -> None:
    assert not hasattr(M, name)
    assert not hasattr(mg, name)
    for module, path in re.findall(r"\b(mg|np|t)\.((?:linalg\.|random\.|nn\.)?\w+)", OF_OTHERS[name]):
        operator.attrgetter(path)({"mg": mg, "np": np, "t": M}[module])


def plot(draw: Callable[[Any], Any]) -> Callable[[], Any]:
    def call() -> Any:
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("Agg")
        from matplotlib.figure import Figure

        return draw(Figure().subplots())

    return call


@pytest.mark.parametrize(
    "call",
    [
        plot(lambda axes: axes.plot(T)),
        plot(lambda axes: axes.plot(np.arange(4), mg.tanh(T))),
        plot(lambda axes: axes.imshow(M)),
        plot(lambda axes: axes.scatter(T, T)),
        plot(lambda axes: axes.plot([mg.sum(T), mg.sum(T)])),
        plot(lambda axes: axes.bar(np.arange(4), T)),
        lambda: pytest.importorskip("pandas").Series(T),
        lambda: pytest.importorskip("pandas").DataFrame({"t": T}),
    ],
    ids=["plot", "plot of a result", "imshow", "scatter", "plot of a list", "bar", "Series", "DataFrame"],
)
def test_whoever_plots_or_tabulates_a_tensor_is_told_how(call: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"t\.numpy\(\)"):
        call()


@pytest.mark.parametrize("name", INSTEAD)
def test_a_line_stands_for_what_is_no_operation_and_names_what_there_is(name: str) -> None:
    function = called(name)
    if function is not None:  # some are of older or newer releases
        assert function not in numpy_functions, f"{name} is an operation now: delete its line"
        bound = getattr(function, "__self__", None)
        if isinstance(function, np.ufunc) or name.startswith("np."):  # the others are named where they call
            assert name == (full_name(function) if bound is None else f"{full_name(bound)}.{function.__name__}")
    for module, path in re.findall(r"\b(mg|np)\.((?:linalg\.)?\w+)", INSTEAD[name]):
        found: Any = {"mg": mg, "np": np}[module]
        for part in path.split("."):
            found = getattr(found, part)


a, b, x, y = (T.numpy(), np.array([2.0, 0.5, -1.5, 3.0]), P.numpy(), np.array([0.2, 0.4, 0.6, 0.9]))
m, v = M.numpy(), np.array([1.0, 2.0, -1.0])
SAME: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "scipy.special.exp10": (special.exp10(a), "10.0**t", {}),
    "scipy.special.huber": (
        special.huber(1.0, a),
        "mg.where(mg.abs(r) <= d, r**2 / 2, d * (mg.abs(r) - d / 2))",
        {"r": T, "d": 1.0},
    ),
    "scipy.special.pseudo_huber": (
        special.pseudo_huber(2.0, a),
        "d**2 * (mg.sqrt(1 + (r / d) ** 2) - 1)",
        {"r": T, "d": 2.0},
    ),
    "scipy.special.cosm1": (special.cosm1(a), "-2 * mg.square(mg.sin(t / 2))", {}),
    "scipy.special.softmax": (special.softmax(m), "mg.softmax(t, axis=None)", {"t": M}),
    "scipy.special.log_softmax": (special.log_softmax(m), "mg.log_softmax(t, axis=None)", {"t": M}),
    "scipy.linalg.cholesky": (
        linalg.cholesky(m @ m.T),
        "mg.matrix_transpose(mg.linalg.cholesky(A))",
        {"A": M @ M.T},
    ),
    "scipy.linalg.toeplitz": (
        linalg.toeplitz(a),
        "t[np.abs(np.subtract.outer(k, k))]",
        {"k": np.arange(4)},
    ),
    "scipy.spatial.distance.cdist": (
        distance.cdist(m[:2], m),
        "mg.sqrt(mg.sum((a[:, None] - b) ** 2, axis=-1))",
        {"a": M[:2], "b": m},
    ),
    "scipy.spatial.distance.pdist": (
        distance.pdist(m),
        "mg.sqrt(mg.sum((t[i] - t[j]) ** 2, axis=-1))",
        {"t": M, "i": np.triu_indices(3, 1)[0], "j": np.triu_indices(3, 1)[1]},
    ),
    "scipy.linalg.circulant": (
        linalg.circulant(a),
        "t[np.subtract.outer(k, k) % len(t)]",
        {"k": np.arange(4)},
    ),
    "scipy.linalg.solve_sylvester": (
        linalg.solve_sylvester(m, m + np.eye(3), m @ m),
        "mg.linalg.solve(mg.kron(A, np.eye(m)) + mg.kron(np.eye(n), B.T), Q.ravel()).reshape(n, m)",
        {"A": M, "B": M + np.eye(3), "Q": M @ M, "n": 3, "m": 3},
    ),
    "scipy.integrate.trapezoid": (integrate.trapezoid(a, b), "mg.trapezoid(t, x)", {"x": b}),
    "scipy.stats.zscore": (stats.zscore(a), "(t - mg.mean(t)) / mg.std(t)", {}),
    "scipy.stats.pearsonr": (stats.pearsonr(a, b)[0], "mg.corrcoef(x, y)[0, 1]", {"x": T, "y": b}),
    "scipy.stats.entropy": (stats.entropy(x), "mg.sum(mg.entr(p / mg.sum(p)))", {"p": P}),
    "scipy.stats.gmean": (stats.gmean(x), "mg.exp(mg.mean(mg.log(t)))", {"t": P}),
    "scipy.stats.sem": (stats.sem(a), "mg.std(t, ddof=1) / np.sqrt(len(t))", {}),
    "scipy.spatial.distance.euclidean": (distance.euclidean(a, b), "mg.linalg.norm(u - v)", {"u": T, "v": b}),
    "scipy.spatial.distance.sqeuclidean": (distance.sqeuclidean(a, b), "mg.sum((u - v) ** 2)", {"u": T, "v": b}),
    "scipy.spatial.distance.cityblock": (distance.cityblock(a, b), "mg.sum(mg.abs(u - v))", {"u": T, "v": b}),
    "scipy.spatial.distance.cosine": (
        distance.cosine(a, b),
        "1 - u @ v / (mg.linalg.norm(u) * mg.linalg.norm(v))",
        {"u": T, "v": b},
    ),
    "scipy.special.sindg": (special.sindg(a), "mg.sin(t * (np.pi / 180))", {}),
}


_TABLE = {
    "norm": {"x": T, "loc": 0.3, "scale": P},
    "t": {"x": T, "df": 4 * P, "loc": 0.3, "scale": P},
    "gamma": {"x": P, "a": 3 * P, "scale": 2.0},
    "beta": {"x": P, "a": 3 * P, "b": 2 * P},
    "chi2": {"x": P, "df": 5 * P},
    "expon": {"x": P, "loc": -0.5, "scale": P},
    "laplace": {"x": T, "loc": 0.3, "scale": P},
    "logistic": {"x": T, "loc": 0.3, "scale": P},
    "cauchy": {"x": T, "loc": 0.3, "scale": P},
    "poisson": {"k": np.array([0, 1, 2, 5]), "mu": P},
    "bernoulli": {"k": np.array([0, 1, 1, 0]), "p": P},
    "binom": {"k": np.array([0, 1, 2, 4]), "n": 4, "p": P},
    "dirichlet": {"x": P / mg.sum(P), "alpha": 3 * P},
    "multivariate_normal": {"x": M[0], "mean": M[1], "cov": M @ M.T},
}
DISTRIBUTIONS = {
    **{name: _TABLE[name.split(".")[2]] for name in INSTEAD if name.count(".") == 3 and name.split(".")[2] in _TABLE},
    "scipy.stats.norm.ppf": {"q": P, "loc": 0.3, "scale": P},
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_what_is_written_instead_of_a_distribution_computes_the_same_and_is_named(name: str) -> None:
    _, distribution, method = name.rsplit(".", 2)
    names = DISTRIBUTIONS[name]
    if method in ("cdf", "sf") and distribution != "norm":  # there is a derivative with respect to x and μ alone
        names = {k: v.numpy() if k in ("a", "b", "df") else v for k, v in names.items()}
    words = INSTEAD[name]
    found = eval(words.partition(" ")[2], {"mg": mg, "np": np, **names})
    assert found.requires_grad
    call = getattr(getattr(stats, distribution), method)
    plain: dict[str, Any] = {k: value.numpy() if isinstance(value, mg.Tensor) else value for k, value in names.items()}
    np.testing.assert_allclose(found.numpy(), call(**plain), rtol=1e-9)
    with pytest.raises(TypeError, match=re.escape(f"{name}: making a NumPy array")) as error:
        call(**names)
    assert words in str(error.value)


def test_a_distribution_in_a_function_that_is_differentiated_is_refused_with_the_same_words() -> None:
    for f in (lambda x: np.sum(stats.norm.logpdf(0.0, x)), lambda x: stats.norm(x[0], 1.0).logpdf(0.0)):
        with pytest.raises(TypeError, match=r"^scipy.stats.norm.logpdf: making .*; write -\(\(\(x - loc\) / scale\)"):
            mg.grad(f)(np.array([0.5, 1.0]))
    with pytest.raises(TypeError, match=r"^scipy.stats.entropy: making a NumPy array.*; use mg.sum\(mg.entr"):
        mg.grad(stats.entropy)(np.array([0.5, 0.5]))


@pytest.mark.parametrize("name", SAME)
def test_what_is_written_instead_computes_the_same(name: str) -> None:
    expected, code, names = SAME[name]
    assert code in INSTEAD[name]
    found = eval(code, {"mg": mg, "np": np, "t": T, **names})
    assert found.requires_grad
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (np.linalg.trace, lambda t: (mg.stack([t, 2 * t]),)),
        (np.linalg.diagonal, lambda t: (mg.stack([t, 2 * t]),)),
        (np.linalg.outer, lambda t: (t[0], t[1])),
        (np.linalg.matrix_transpose, lambda t: (mg.stack([t, 2 * t]),)),
    ],
)
def test_products_of_numpy_linalg_take_tensors(function: Any, arguments: Any) -> None:
    found = function(*arguments(M))
    np.testing.assert_array_equal(found.numpy(), function(*(t.numpy() for t in arguments(M))))
    assert found.requires_grad


@pytest.mark.parametrize(
    ("name", "module", "words"),
    [
        ("tanhh", "numpy", r"; what is spelled alike is np\.tanh(, np\.\w+)*$"),
        ("maxx", "numpy", r"; what is spelled alike is np\.max(, np\.\w+)*$"),
        ("solves", "numpy.linalg", r"; what is spelled alike is np\.linalg\.solve$"),
        ("zzzzzz", "numpy", r" is not supported on tensors$"),
    ],
)
def test_what_is_spelled_alike_is_named(name: str, module: str, words: str) -> None:
    def function() -> None: ...

    function.__name__, function.__module__ = name, module
    assert re.search(words, str(refusal(function)))

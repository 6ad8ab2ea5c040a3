"""Arrays of objects: NumPy's own code in C makes an array of tensors, and computes with it as without gradients."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg

X = np.array([0.7, 0.4, 1.3])
M = np.array([[1.0, 2.0, -1.0], [0.5, -0.3, 0.8]])


def turned(x: Any) -> Any:
    turn = np.array([[np.cos(x[0]), -np.sin(x[0])], [np.sin(x[0]), np.cos(x[0])]])
    return turn.dot(x[1:])[0] ** 2 + (turn @ np.array([1.0, 2.0]))[1]


def in_place(x: Any) -> Any:
    a = np.array([x[0], x[1], 1.0])
    a += x[2]
    a *= 2
    a[0] = x[1] ** 2
    a[1:] -= x[1:]
    return np.sum(a * a)


def into_objects(x: Any) -> Any:
    out = np.zeros(3, dtype=object)
    out[0] = x[0]
    out[1:] = x[1:] ** 2
    return np.sum(out**2)


def by_zeros_like(x: Any) -> Any:
    a = np.array([x[0], x[1]])
    out = np.zeros_like(a)
    out[0] = a[1] * x[2]
    return np.sum(out)


def euler(x: Any) -> Any:
    y = np.array([x[0], x[1]])
    for _ in range(5):
        y = y + 0.1 * np.array([y[1], -np.sin(y[0]) * x[2]])
    return y[0]


def layer(x: Any) -> Any:
    return np.sum(np.tanh(M.dot(x) + np.array([x[0], 1.0])))


FINE: dict[str, Callable[[Any], Any]] = {
    "a list": lambda x: np.sum(np.array([x[0], x[1]]) ** 2),
    "numbers between": lambda x: np.sum(np.array([x[0], 1, 2.5, True]) * np.arange(4)),
    "nested lists": turned,
    "a list of rows": lambda x: np.sum(np.array([x, x**2]) @ np.ones(3)),
    "arrays of arrays": lambda x: np.sum(np.array([np.array([x[0], x[1]]), [1.0, 2.0]]) ** 2),
    "a copy": lambda x: np.mean(np.tanh(np.array(x))),
    "np.asarray": lambda x: np.sum(np.asarray(x) ** 2),
    "np.asarray of a number": lambda x: np.exp(np.asarray(x[0] ** 2)),
    "np.array of objects": lambda x: np.sum(np.array(x, dtype=object) * x[0]),
    "elements": lambda x: sum(v**2 for _, v in np.ndenumerate(x)),
    "np.vectorize": lambda x: np.sum(np.vectorize(lambda v: v * v if v > 0.5 else v)(x)),
    "the method dot": lambda x: np.sum(M.dot(x) ** 2),
    "the method dot, where there is no source": lambda x: eval("np.sum(M.dot(x) ** 2)", {"np": np, "M": M, "x": x}),
    "a layer": layer,
    "beside a tensor": lambda x: np.sum(np.array([x[0], 1.0, x[2]]) * x),
    "beside a tensor, right": lambda x: np.sum(x - np.array([x[0], 1.0, x[2]])),
    "joined with a tensor": lambda x: np.sum(np.concatenate([np.array([x[0], x[1]]), x]) ** 2),
    "chosen with a tensor": lambda x: np.sum(np.where([True, False, True], np.array([x[2], x[0], 1.0]), x)),
    "of the package": lambda x: mg.dot([x[0], 1.0], [1.0, x[1]]),
    "in place": in_place,
    "into objects": into_objects,
    "np.zeros_like": by_zeros_like,
    "a loop": euler,
    "a branch": lambda x: x[0] if np.any(np.array([x[0], x[1]]) > 1) else x[1],
    "signs": lambda x: np.sum(np.sign(np.array([x[0], -x[1]])) * x[:2]),
    "mean": lambda x: np.mean([x[0] * x[1], x[1]]),
    "mean along an axis": lambda x: np.sum(np.mean([[x[0], x[1]], [x[2], 1.0]], axis=0) ** 2),
    "mean, as a method": lambda x: np.array([x[0], x[1] ** 2]).mean(),
    "nanmean": lambda x: np.nanmean([x[0], x[1] ** 2]),
    "average": lambda x: np.average([x[0], x[1], x[2]], weights=[1, 2, 3]),
    "var": lambda x: np.var([x[0], x[1] ** 2, x[2]]),
    "std": lambda x: np.std([x[0], x[1] ** 2, x[2]], ddof=1),
    "max": lambda x: np.max([x[0], x[1]]) * np.min([x[0], x[1]]),
    "prod": lambda x: np.prod([x[0], x[1], x[2]]),
    "median": lambda x: np.median([x[0], x[1], x[2]]),
    "norm": lambda x: np.linalg.norm([x[0], x[1]]),
    "sort": lambda x: np.sum(np.sort([x[0], x[1], x[2]]) * np.arange(3)),
    "cumsum": lambda x: np.sum(np.cumsum([x[0], x[1]]) ** 2),
    "cross": lambda x: np.sum(np.cross([x[0], x[1], x[2]], [1.0, 2.0, 3.0])),
    "einsum": lambda x: np.einsum("i,j->", np.array([x[0], x[1]]), np.array([x[0], x[2]])),
    "outer": lambda x: np.sum(np.outer([x[0], x[1]], [1.0, x[2]])),
    "linspace": lambda x: np.sum(np.linspace(x[0], x[1], 3) ** 2),
    "np.full": lambda x: np.sum(np.full((2, 2), x[0]) * x[1]),
    "np.poly1d": lambda x: np.poly1d([x[0], x[1]])(2.0) + np.poly1d(x)(0.5),
    "zeros that are left out": lambda x: np.sum(np.trim_zeros(x * np.array([0.0, 1.0, 0.0])) * x[0]),
    "zeros in front": lambda x: np.sum(np.trim_zeros(x * np.array([0.0, 1.0, 0.0]), "f") ** 2),
    "polyval": lambda x: np.polyval([x[0], x[1], x[2]], 2.0),
    "interpolated by hand": lambda x: np.diff([x[0], x[1]])[0] / np.diff([x[1], x[2]])[0],
    "angles": lambda x: np.sum(np.arctan2(np.array([x[0], x[1]]), x[2])) + np.hypot([x[0]], [x[1]])[0],
}


LOOPS = (
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh "
    "square reciprocal absolute fabs deg2rad radians rad2deg degrees negative"
)


@pytest.mark.parametrize("name", LOOPS.split())
def test_so_has_a_function_that_asks_the_objects_for_a_method(name: str) -> None:
    def f(x: Any) -> Any:
        return np.sum(getattr(np, name)(np.array([x[0] * 0.5, x[1]])))

    assert mg.gradcheck(f, X).ok


@pytest.mark.parametrize("case", FINE)
def test_numpy_code_on_an_array_of_tensors_has_the_right_gradient(case: str) -> None:
    report = mg.gradcheck(FINE[case], X)
    assert report.ok, report


@pytest.mark.parametrize("case", ["nested lists", "a layer", "mean", "std", "a loop", "np.asarray"])
def test_so_have_its_derivative_and_the_compiled_function(case: str) -> None:
    f = FINE[case]
    assert mg.gradcheck(f, X, order=2).ok
    np.testing.assert_allclose(mg.compile(f)(X), f(X), rtol=1e-12)
    np.testing.assert_allclose(mg.compile(mg.grad(f))(0.9 * X), mg.grad(f)(0.9 * X), rtol=1e-12)


def test_a_function_may_return_such_arrays_and_nobody_outside_meets_them() -> None:
    def f(x: Any) -> Any:
        return np.array([x[0] ** 2, x[0] * x[1], 3.0])

    np.testing.assert_allclose(mg.jacobian(f)(X), [[1.4, 0, 0], [0.4, 0.7, 0], [0, 0, 0]])
    value, _ = mg.vjp(lambda x: {"f": f(x), "parts": [np.array([x[0]])]}, X)
    assert value["f"].dtype == value["parts"][0].dtype == float
    _, aux = mg.grad(lambda x: (np.sum(f(x)), {"f": f(x)}), has_aux=True)(X)
    assert aux["f"].dtype == float
    assert mg.compile(f)(X).dtype == float


def test_a_vjp_may_return_such_an_array() -> None:
    own = mg.primitive(
        lambda xp, x: xp.asarray([x[0] ** 3, x[1] ** 2]),
        [lambda g, y, x: np.array([3 * g[0] * x[0] ** 2, 2 * g[1] * x[1]])],
        name="by_elements",
    )
    mg.testing.assert_derivatives_right(own, X[:2], order=3)


def test_dtypes_and_gradients_are_those_of_numbers() -> None:
    x = X.astype(np.float32)
    assert mg.grad(lambda x: np.sum(np.array([x[0], x[1]])))(x).dtype == np.float32
    assert mg.value_and_grad(lambda x: np.sum(np.asarray(x)))(x)[0].dtype == np.float32


def test_what_is_compared_may_have_such_arrays_on_both_sides() -> None:
    def by_hand(x: Any) -> Any:
        return np.array([2 * x[0], x[2], x[1]])

    def loss(x: Any) -> Any:
        return np.array([x[0], 1.0]) @ np.array([x[0], x[1] * x[2]])

    assert mg.compare(loss, by_hand, X).ok


def test_a_product_that_is_compared_stays_whole() -> None:
    with pytest.raises(TypeError, match=r"write np.dot\(M, x\) for M.dot\(x\)"):
        mg.compare(lambda x: np.sum(M.dot(x)), lambda x: M.sum(0), X)


def test_what_would_take_long_is_refused() -> None:
    wide = np.ones((2, 65))
    with pytest.raises(TypeError, match=r"write np.dot\(wide, x\) for wide.dot\(x\)"):
        mg.grad(lambda x: np.sum(wide.dot(x)))(np.ones(65))
    with pytest.raises(TypeError, match=r"write x for np.asarray\(x\)"):
        mg.grad(lambda x: np.sum(np.asarray(x)))(np.ones(1025))


def test_whole_numbers_are_constants_as_they_are_by_astype() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.arange(5.0)[np.asarray(3 * x, int)] * x) + np.sum(np.int64(3 * x) * x)

    np.testing.assert_allclose(mg.grad(f)(X), 2 * np.floor(3 * X))


# --- what stops, and with which words ------------------------------------------------------------------

OBJECTS = r"NumPy's array of a tensor that is being recorded \(.*\) holds objects, which not every function takes; "

REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "np.linalg.det": (
        lambda x: np.linalg.det(np.array([[x[0], x[1]], [x[2], 1.0]])),
        OBJECTS + r"write mg.array\(\[\[x\[0\], x\[1\]\], \[x\[2\], 1.0\]\]\) for np.array\(.*Cannot cast ufunc 'det'",
    ),
    "a list to np.linalg": (
        lambda x: np.sum(np.linalg.inv([[x[0], x[1]], [x[2], 1.0]])),
        OBJECTS + r"write mg.array\(\[\[x\[0\], x\[1\]\], \[x\[2\], 1.0\]\]\) for \[\[x",
    ),
    "np.nditer": (
        lambda x: sum(t**2 for t in np.nditer(x)),
        OBJECTS + r".* t itself for np.asarray\(t\) .TypeError: Iterator operand",
    ),
    "a ufunc without objects": (
        lambda x: np.sum(np.logaddexp(np.array([x[0], x[1]]), 1.0)),
        OBJECTS + "write mg.array",
    ),
    "numbers between": (lambda x: np.sum(np.exp(np.array([x[0], 1.0]))), OBJECTS + "write mg.array.*no callable exp"),
    "np.isnan": (lambda x: x[0] * np.sum(np.isnan(np.array([x[0]]))), OBJECTS + r"write mg.array\(\[x\[0\]\]\) for"),
    "np.interp": (
        lambda x: np.interp(0.5, [0, 1], [x[0], x[1]]),
        OBJECTS + r"write mg.array\(\[x\[0\], x\[1\]\]\) for \[",
    ),
    "np.cov": (lambda x: np.cov([x[0], x[1], x[2]]), OBJECTS + r"write mg.array.*AttributeError"),
    "np.gradient": (lambda x: np.sum(np.gradient([x[0], x[1], x[2]])), "np.gradient: " + OBJECTS + "write mg.array"),
    "a division by 0": (lambda x: np.sum(np.array([x[0], 1.0]) / np.array([x[1], 0.0])), OBJECTS + ".*ZeroDivision"),
    "into numbers": (lambda x: np.zeros(2).__iadd__(np.array([x[0], x[1]])), OBJECTS + "write mg.array"),
    "astype": (
        lambda x: np.sum(np.array([x[0], x[1]]).astype(float)),
        r"float made of the result of getitem would have no gradient.*; with arrays, write mg.array\(\[x\[0\], x\[1\]",
    ),
    "dtype=float": (
        lambda x: np.sum(np.array([x[0]], dtype=float)),
        r"write mg.array\(\[x\[0\]\], float\) for np.array",
    ),
    "np.asarray of float": (
        lambda x: np.sum(np.asarray(x, float)),
        r"write x.astype\(float\) for np.asarray\(x, float\)",
    ),
    "a term as float": (lambda x: np.sum(np.asarray(x + 1, float)), r"write \(x \+ 1\).astype\(float\) for"),
    "math": (lambda x: x[0] * math.exp(np.array([x[0], x[1]])[1]), "float made of the result of getitem would have no"),
    "SciPy": (
        lambda x: pytest.importorskip("scipy.special").logsumexp(np.array([x[0], x[1]])),
        OBJECTS + "write mg.array",
    ),
    "random numbers": (
        lambda x: x[0] * np.random.default_rng(0).normal(np.array([x[0]]))[0],
        OBJECTS + "write mg.array",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_takes_no_objects_says_what_to_write(case: str) -> None:
    loss, words = REFUSED[case]
    with pytest.raises(TypeError, match=words):
        mg.grad(loss)(X)


def test_an_error_of_the_users_own_stays_what_it_is() -> None:
    def loss(x: Any) -> Any:
        np.array([x[0], x[1]])
        return x[3]

    with pytest.raises(IndexError, match=re.escape("index 3 is out of bounds")):
        mg.grad(loss)(X)


def test_outside_of_a_function_that_is_differentiated_it_is_refused_at_once() -> None:
    t = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match=r"would lose its gradient; write mg.array\(\[t\[0\], t\[1\]\]\) for np.array"):
        np.array([t[0], t[1]])


# --- laws -----------------------------------------------------------------------------------------------

_UNARY = [np.tanh, np.sin, np.exp, lambda a: a * a, lambda a: 0.5 * a, lambda a: a.T, lambda a: -a, lambda a: a[::-1]]
_BINARY = [np.add, np.multiply, np.dot, lambda a, b: a - b, lambda a, b: a @ b, np.matmul]


@st.composite
def programs(draw: Any) -> Callable[[Any, Any], Any]:
    """Draw a function of three numbers that makes arrays of 2 by 2 by the function that it is given, and computes."""
    leaves = draw(st.lists(st.lists(st.sampled_from(range(5)), min_size=4, max_size=4), min_size=1, max_size=3))
    steps = draw(st.lists(st.tuples(st.integers(0, 13), st.integers(0, 9), st.integers(0, 9)), max_size=6))

    def program(x: Any, array: Callable[[Any], Any]) -> Any:
        parts = [x[0], x[1], x[2], x[0] * x[1], x[2] ** 2]
        known = [array([[parts[a], parts[b]], [parts[c], parts[d]]]) for a, b, c, d in leaves]
        for which, i, j in steps:
            a, b = known[i % len(known)], known[j % len(known)]
            known.append(_UNARY[which](a) if which < len(_UNARY) else _BINARY[which - len(_UNARY)](a, b))
        return np.sum(known[-1]) + np.mean(np.sin(known[-1]))

    return program


@settings(max_examples=60, deadline=None)
@given(programs(), st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=3))
def test_numpys_arrays_and_ours_have_the_same_gradients_which_are_those_of_the_complex_step(
    program: Callable[[Any, Any], Any], x: list[float]
) -> None:
    point = np.array(x)
    with np.errstate(all="ignore"):
        right = [program(point + 1e-200j * e, np.array).imag / 1e-200 for e in np.eye(3)]
        found = mg.grad(lambda x: program(x, np.array))(point)
        ours = mg.grad(lambda x: program(x, mg.array))(point)
    if np.all(np.isfinite(right)) and np.max(np.abs(right)) < 1e100:
        np.testing.assert_allclose(found, right, rtol=1e-8, atol=1e-12 * (1 + np.max(np.abs(right))))
        np.testing.assert_allclose(found, ours, rtol=1e-8, atol=1e-12 * (1 + np.max(np.abs(right))))

"""At kinks: beside a number the derivative is that of the number, 0; and what is not passed on is 0, come what may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import microgradnet as mg
from microgradnet.ops.elementwise import SMALL, masked

act = mg.activations

# --- one convention ----------------------------------------------------------------------------------------

NUMBERS = [0, 0.0, -0.0, False, np.float64(0), np.float32(0), np.float16(0), np.int64(0), np.array(0.0)]

BESIDE: dict[str, Callable[[Any, Any], Any]] = {
    "mg.maximum(x, 0)": lambda x, n: mg.maximum(x, n),
    "mg.maximum(0, x)": lambda x, n: mg.maximum(n, x),
    "np.maximum(x, 0)": lambda x, n: np.maximum(x, n),
    "np.maximum(0, x)": lambda x, n: np.maximum(n, x),
    "np.minimum(x, 0)": lambda x, n: np.minimum(x, n),
    "np.minimum(0, x)": lambda x, n: np.minimum(n, x),
    "maximum by keyword": lambda x, n: mg.maximum(a=n, b=x),
    "clip from below": lambda x, n: mg.clip(x, n, 2),
    "clip from above": lambda x, n: np.clip(x, -2, n),
    "clip from below only": lambda x, n: np.clip(x, n, None),
    "clip from above only": lambda x, n: mg.clip(x, None, n),
    "clip to no range": lambda x, n: mg.clip(x, n, n),
    "the method": lambda x, n: x.clip(n, 2),
    "relu": lambda x, n: mg.relu(x),
    "abs": lambda x, n: np.abs(x),
}  # fmt: skip


@pytest.mark.parametrize("n", NUMBERS, ids=lambda n: f"{type(n).__name__}({n})")
@pytest.mark.parametrize("name", BESIDE)
def test_beside_a_number_the_derivative_at_the_tie_is_zero(name: str, n: Any):
    f = BESIDE[name]
    at = np.array([0.0, -0.0])
    for order in (1, 2, 3):
        g: Any = lambda x: f(x, n)
        for _ in range(order):
            g = mg.grad(lambda x, g=g: mg.sum(g(x)))
        np.testing.assert_array_equal(g(at), [0.0, 0.0])
    assert mg.grad(lambda x: f(x, n))(0.0) == 0
    x = mg.tensor(0.0, requires_grad=True)
    f(x, n).backward()
    assert x.grad == 0


@pytest.mark.parametrize("name", BESIDE)
def test_a_gradient_that_is_compiled_or_written_down_holds_to_the_convention(name: str):
    f = BESIDE[name]
    at = np.array([0.0, -1.0, 1.0])
    expected = mg.grad(lambda x: mg.sum(f(x, 0.0) * 3))(at)
    np.testing.assert_array_equal(mg.compile(mg.grad(lambda x: mg.sum(f(x, 0.0) * 3)), backend="numpy")(at), expected)
    x = mg.tensor(at, requires_grad=True, name="x")
    scope: dict[str, Any] = {}
    exec(mg.derive(mg.sum(f(x, 0.0) * 3)).source("gradient"), scope)
    np.testing.assert_array_equal(scope["gradient"](at), expected)
    second = mg.gradients(mg.sum(f(x, 0.0)), [x], create_graph=True)[0]
    np.testing.assert_array_equal(second.numpy() * 3, expected)


@pytest.mark.parametrize("name", BESIDE)
def test_a_number_that_a_compiled_function_is_given_is_one(name: str):
    gradient = mg.grad(lambda x, n: mg.sum(BESIDE[name](x, n)))
    at = np.array([0.0, -1.0, 1.0])
    for n in (0.0, np.float64(0.0), np.array(0.0)):
        np.testing.assert_array_equal(mg.compile(gradient, backend="numpy")(at, n), gradient(at, n))
    both = mg.grad(lambda x, n: mg.sum(BESIDE[name](x, n)) + 0 * n, argnums=(0, 1))
    for found, expected in zip(mg.compile(both, backend="numpy")(at, 0.0), both(at, 0.0), strict=True):
        np.testing.assert_array_equal(found, expected)


OTHERS: dict[str, Callable[[], Any]] = {
    "a tensor": lambda: mg.tensor(np.zeros(2)),
    "a tensor without axes": lambda: mg.tensor(0.0),
    "one that is differentiated": lambda: mg.tensor(0.0, requires_grad=True),
    "a result without axes": lambda: mg.sum(mg.tensor(np.zeros(3), requires_grad=True)),
    "a result that nobody tracks": lambda: mg.sum(mg.tensor(np.zeros(3))),
    "an array": lambda: np.zeros(2),
    "an array of one": lambda: np.zeros(1),
    "a list": lambda: [0.0, 0.0],
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("f", [mg.maximum, np.minimum, mg.clip, lambda a, b: mg.maximum(b, a)])
def test_arrays_and_tensors_share_the_gradient_at_a_tie(f: Any, other: str):
    b = OTHERS[other]()
    x = mg.tensor(np.zeros(2), requires_grad=True, name="x")
    y = mg.sum(f(x, b))
    steps = mg.derive(y, wrt=[x]).steps
    y.backward()
    np.testing.assert_array_equal(x.grad, [0.5, 0.5])
    assert any("0.5" in str(step) for step in steps)


def test_ones_own_operation_can_have_a_rule_beside_numbers():
    larger = mg.primitive(
        "maximum", [lambda g, y, a, b: g * (a >= b), lambda g, y, a, b: g * (b > a)],
        beside_number=[lambda g, y, a, b: 7 * g, lambda g, y, a, b: 8 * g], name="larger_here",
    )  # fmt: skip
    assert [mg.grad(f)(1.0) for f in (lambda x: larger(x, 1), lambda x: larger(1, x), lambda x: larger(x, x))] == [
        7,
        8,
        1,
    ]
    with pytest.raises(TypeError, match="beside_number= are the two VJPs of an operation of two inputs"):
        mg.primitive("exp", [lambda g, y, x: g], beside_number=[lambda g, y, x: g], name="beside_nothing")


# --- choosing, not multiplying -------------------------------------------------------------------------------

STEEP: dict[str, Callable[[Any], Any]] = {
    "sqrt": mg.sqrt, "cbrt": mg.cbrt, "log": mg.log, "arccos": mg.arccos, "arcsin": mg.arcsin, "arctanh": mg.arctanh,
    "x ** 0.3": lambda u: u**0.3, "1 / x": lambda u: 1 / u, "arccosh(1 + x)": lambda u: mg.arccosh(1 + u),
    "log1p(-x)": lambda u: mg.log1p(-u), "sqrt(1 - x)": lambda u: mg.sqrt(1 - u),
}  # fmt: skip
"""Functions with infinite derivatives at −1, 0 or 1, orders 1 to 3."""

FLAT: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "relu": (mg.relu, [-1.0, 0.0]),
    "maximum": (lambda x: mg.maximum(x, 0), [-1.0, 0.0]),
    "maximum of tensors": (lambda x: mg.maximum(x, mg.zeros_like(x)), [-1.0]),
    "minimum": (lambda x: mg.minimum(1, x), [1.0, 3.0]),
    "minimum of tensors": (lambda x: mg.minimum(x, mg.ones_like(x)), [3.0]),
    "clip": (lambda x: mg.clip(x, -1, 1), [-10.0, -1.0, 1.0, 10.0]),
    "clip by tensors": (lambda x: mg.clip(x, -mg.ones_like(x), mg.ones_like(x)), [-10.0, 10.0]),
    "abs": (lambda x: mg.abs(mg.maximum(x, 0)), [-2.0, 0.0]),
    "abs at its kink": (mg.abs, [0.0]),
    "max": (lambda x: mg.max(mg.stack([x, 0.0, x - 1])), [-1.0]),
    "hinge": (lambda x: mg.mean(mg.maximum(0, 1 - x)), [1.0, 2.0]),
    "where": (lambda x: mg.where(x > 0, x, 0), [-1.0]),
    "sort": (lambda x: mg.sort(mg.stack([x, 0.0]))[1], [-1.0]),
    "relu6": (act["relu6"], [-1.0, 0.0]),
    "hard_tanh": (act["hard_tanh"], [-2.0, -1.0, 1.0, 2.0]),
    "hard_sigmoid": (act["hard_sigmoid"], [-4.0, -3.0, 3.0, 4.0]),
    "hard_swish": (act["hard_swish"], [-4.0, -3.0]),
    "softshrink": (act["softshrink"], [-0.5, 0.1, 0.5]),
    "hardshrink": (act["hardshrink"], [-0.5, 0.1, 0.5]),
    "threshold": (act["threshold"], [-1.0, 0.0]),
    "maxout": (lambda x: act["maxout"](mg.stack([x, 0.0]))[0], [-1.0]),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("p", [None, 1, 2, 3, 0.5, np.inf, -np.inf, "std"])
def test_nothing_passes_of_an_infinite_gradient_where_a_length_is_0(p: Any):
    length = mg.std if p == "std" else lambda x: mg.linalg.norm(x, p)
    assert mg.grad(lambda x: mg.sqrt(length(x)))(np.zeros(3)).tolist() == [0, 0, 0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("outer", STEEP)
@pytest.mark.parametrize("inner", FLAT)
def test_where_a_function_is_flat_nothing_passes_of_an_infinite_gradient(inner: str, outer: str):
    f, points = FLAT[inner]
    for at in points:
        if np.isnan(STEEP[outer](f(np.float64(at)))):
            continue  # outside the domain
        g: Any = lambda x: STEEP[outer](f(x))
        for order in (1, 2, 3):
            g = mg.grad(g)
            assert g(at) == 0, (at, order)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_compiled_gradients_choose_too(backend: Any):
    if backend == "numba":
        pytest.importorskip("numba")

    def f(x):
        chosen = [
            mg.relu(x),
            mg.maximum(0.0, x),
            mg.clip(x, 0, 1),
            mg.maximum(x, mg.zeros_like(x)),
            act["hard_sigmoid"](x),
        ]
        return mg.sum(sum(mg.sqrt(y) for y in chosen) + mg.arccos(mg.clip(x, -1, 1)) + mg.log(mg.abs(x)))

    for shape in [(3, 4), (300, 4)]:
        x = np.resize([-1.0, 10.0, -5.0, 0.25, 3.0], shape)
        expected = mg.grad(f)(x)
        assert np.isfinite(expected).all()
        np.testing.assert_allclose(mg.compile(mg.grad(f), backend=backend)(x), expected, rtol=1e-14)


TORCH: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "clip": (lambda x: mg.clip(x, -1, 1), lambda torch: lambda t: torch.clamp(t, -1, 1)),
    "maximum": (lambda x: mg.maximum(x, x * x), lambda torch: lambda t: torch.maximum(t, t * t)),
    "abs": (mg.abs, lambda torch: torch.abs),
    "max": (
        lambda x: mg.max(mg.stack([x, x, 0 * x])),
        lambda torch: lambda t: torch.amax(torch.stack([t, t, 0 * t])),
    ),
    "relu": (mg.relu, lambda torch: torch.relu),
    **{
        ours: (act[ours], lambda torch, name=theirs: getattr(torch.nn.functional, name))
        for ours, theirs in {
            "relu6": "relu6", "leaky_relu": "leaky_relu", "hard_tanh": "hardtanh", "hard_swish": "hardswish",
            "hard_sigmoid": "hardsigmoid", "hardshrink": "hardshrink", "softshrink": "softshrink", "elu": "elu",
            "selu": "selu", "celu": "celu",
        }.items()
    },
}  # fmt: skip
OUTER: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "itself": (lambda u: u, lambda u: u),
    "square root": (mg.sqrt, lambda u: u**0.5),
    "cosine": (mg.cos, lambda u: u.cos()),
    "power": (lambda u: u**0.3, lambda u: u**0.3),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize("inner", TORCH)
def test_gradients_around_kinks_are_those_of_pytorch(inner: str, outer: str):
    torch = pytest.importorskip("torch")
    ours, theirs = TORCH[inner][0], TORCH[inner][1](torch)
    for at in (-10.0, -4.0, -3.0, -1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 3.0, 4.0, 6.0, 7.0):
        if (inner, abs(at)) in {("clip", 1), ("abs", 0)}:
            continue  # there PyTorch's is 1, and that of its relu6 and hardtanh 0; and its √|x| has NaN at 0
        x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        (expected,) = torch.autograd.grad(OUTER[outer][1](theirs(x)), x)
        np.testing.assert_allclose(mg.grad(lambda x: OUTER[outer][0](ours(x)))(at), expected.item(), rtol=1e-7)


# --- the mask itself -----------------------------------------------------------------------------------------


@given(st.data())
def test_a_mask_chooses_bit_by_bit(data: st.DataObject):
    dtype = data.draw(st.sampled_from(["f2", "f4", "f8", ">f8"]))
    shape, wide = data.draw(
        st.sampled_from([((), ()), ((3,), (3,)), ((4, 1), (4, SMALL)), ((SMALL + 1,), (SMALL + 1,))])
    )
    g = data.draw(arrays.arrays(dtype, shape, elements=st.floats(width=16), fill=st.floats(width=16)))
    condition = data.draw(arrays.arrays(bool, wide, fill=st.booleans()))
    with np.errstate(all="raise"):
        found, expected = masked(g[()], condition[()]), np.where(condition, g, g.dtype.type(0))
    assert (np.shape(found), found.dtype.newbyteorder("=")) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


# --- zeros of both signs ---------------------------------------------------------------------------------------

ZEROS: dict[str, Callable[[Any, Any], Any]] = {
    "maximum": lambda x, y: mg.maximum(x, y),
    "minimum": lambda x, y: mg.minimum(x, y),
    "maximum, a number": lambda x, y: mg.maximum(x, 0.0),
    "maximum, a number first": lambda x, y: mg.maximum(-0.0, x),
    "minimum, a number": lambda x, y: mg.minimum(x, -0.0),
    "clip": lambda x, y: mg.clip(x, 0.0, 1.0),
    "clip from above": lambda x, y: mg.clip(x, -1.0, -0.0),
    "clip from below only": lambda x, y: mg.clip(x, 0.0, None),
    "clip by arrays": lambda x, y: mg.clip(x, y, 1 + y),
    "relu": lambda x, y: mg.relu(x),
    "abs": lambda x, y: mg.abs(x),
    "max": lambda x, y: mg.max(mg.stack([x, y]), axis=0),
    "min": lambda x, y: mg.min(mg.stack([x, y]), axis=0),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_zeros_have_the_sign_that_numpy_gives_them(backend: Any, dtype: Any):
    if backend == "numba":
        pytest.importorskip("numba")
    x, y = (np.resize(np.array(z, dtype), 4) for z in ([0.0, -0.0, 0.0, -0.0], [0.0, 0.0, -0.0, -0.0]))

    def signs(x, y):
        return {name: mg.arctan2(f(x, y), -1.0) for name, f in ZEROS.items()}

    compiled, plain = mg.compile(signs, backend=backend)(x, y), signs(x, y)
    recorded = signs(mg.tensor(x, requires_grad=True), y)
    for name in ZEROS:
        np.testing.assert_array_equal(recorded[name].numpy(), plain[name], err_msg=name)
        np.testing.assert_allclose(compiled[name], plain[name], rtol=1e-6, err_msg=name)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", BESIDE)
def test_of_nan_the_value_is_nan_and_no_kink_raises(name: str):
    value, gradient = mg.value_and_grad(lambda x: mg.sum(BESIDE[name](x, 0.0)))(np.array([np.nan]))
    assert np.isnan(value)
    assert gradient.shape == (1,)

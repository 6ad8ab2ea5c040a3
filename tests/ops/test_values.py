"""Values: the operations compute what NumPy's functions compute, on arrays and on tensors."""

import functools
import math

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.array_utils import normalize_axis_tuple

import microgradnet as mg
from microgradnet.ops.shapes import counted
from microgradnet.record import CONSTANT, Recorded
from tests.ops.cases import CASES, CONSTANTS, Case


def assert_same(result, expected):
    assert result.shape == np.shape(expected)
    assert result.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(result, expected, rtol=1e-13, atol=1e-14)


def tensors(arrays):
    return [mg.tensor(a, requires_grad=True) for a in arrays]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_on_arrays_is_numpys(case: Case):
    arrays = case.arguments()
    result = case.recorded(*arrays)
    assert not isinstance(result, Recorded)
    assert_same(result, case.expected(*arrays))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_on_tensors_is_numpys(case: Case):
    arrays = case.arguments()
    result = case.recorded(*tensors(arrays))
    assert isinstance(result, mg.Tensor)
    assert result.requires_grad
    assert_same(result.numpy(), case.expected(*arrays))


@pytest.mark.parametrize("case", [c for c in CASES if c.reference is None], ids=str)
def test_numpys_function_of_tensors_is_ours(case: Case):
    arrays = case.arguments()
    result = case.call(np, *tensors(arrays))
    assert isinstance(result, mg.Tensor)
    assert result.requires_grad
    assert_same(result.numpy(), case.expected(*arrays))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_dtype_of_the_value_is_numpys(case: Case, dtype):
    arrays = case.arguments(dtype)
    if dtype == np.float16 and not case.half:
        with pytest.raises(TypeError, match="float16"):
            case.recorded(*tensors(arrays))
        return
    expected = case.expected(*arrays)
    result = case.recorded(*tensors(arrays))
    assert result.dtype == (dtype if case.reference else np.asarray(expected).dtype)
    np.testing.assert_allclose(result.numpy(), expected, rtol=2e-2 if dtype == np.float16 else 2e-5, atol=1e-2)


@pytest.mark.parametrize("name", CONSTANTS)
def test_operations_without_a_derivative_give_constants(name):
    a = np.array([[0.25, -1.5, 3.0], [2.0, 0.5, 1.0], [-0.5, 0.0, -2.5]])
    expected = CONSTANTS[name](np, a)
    for xp in (mg, np):
        result = CONSTANTS[name](xp, mg.tensor(a, requires_grad=True))
        if isinstance(result, Recorded):
            assert not result.requires_grad
            assert result._node is CONSTANT
            result = result.numpy()
        assert np.asarray(result).dtype == np.asarray(expected).dtype
        np.testing.assert_array_equal(result, expected)
    np.testing.assert_array_equal(CONSTANTS[name](mg, a), expected)


# --- extreme arguments: no overflow, no warning (warnings are errors) ------------------------------------

EXTREME = [0.0, 1e-300, 1.0, 20.0, 40.0, 88.0, 89.0, 104.0, 700.0, 710.0, 745.0, 1e4, 1e300]


def exact(function, x):
    with mpmath.workdps(60):
        return float(function(mpmath.mpf(float(x))))


def exact_sigmoid(x):
    return 1 / (1 + mpmath.exp(-x)) if x > -1e6 else mpmath.mpf(0)


def exact_softplus(x):
    return mpmath.log1p(mpmath.exp(x)) if x < 1e6 else x


def exact_slope_of_sigmoid(x):
    return exact_sigmoid(x) * exact_sigmoid(-x)


@pytest.mark.parametrize("name", ["rint", "floor", "ceil", "trunc", "round", "sign"])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32, np.float64])
def test_what_rounds_returns_numpys_dtype_of_whole_numbers_too(name, dtype):
    numbers = np.array([-2, 0, 3], dtype)
    expected = getattr(np, name)(numbers)
    for found in (getattr(np, name)(mg.tensor(numbers)).numpy(), getattr(mg, name)(numbers)):
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize(
    ("operation", "function", "slope"),
    [
        (mg.sigmoid, exact_sigmoid, exact_slope_of_sigmoid),
        (mg.softplus, exact_softplus, exact_sigmoid),
    ],
)
def test_extreme_arguments_of(operation, function, slope, dtype):
    limits = np.finfo(dtype)
    numbers = [x for x in EXTREME if x <= float(limits.max)]
    x = np.array([*numbers, *(-n for n in numbers), limits.max, limits.min], dtype)
    value = operation(x)
    gradient = mg.vjp(operation, x)[1](np.ones_like(x))[0]
    np.testing.assert_allclose(value, [exact(function, i) for i in x], rtol=4 * limits.eps, atol=limits.tiny)
    np.testing.assert_allclose(gradient, [exact(slope, i) for i in x], rtol=4 * limits.eps, atol=limits.eps)
    for i in x:  # NumPy scalars take another road
        np.testing.assert_allclose(operation(i), exact(function, i), rtol=4 * limits.eps, atol=limits.tiny)
        assert operation(i).dtype == dtype


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("scale", [1.0, 30.0, 700.0, 1e4, 1e30])
@pytest.mark.parametrize(
    ("operation", "reference"),
    [
        (mg.logsumexp, scipy.special.logsumexp),
        (mg.softmax, scipy.special.softmax),
        (mg.log_softmax, scipy.special.log_softmax),
    ],
)
def test_normalized_exponentials_of_extreme_arguments(operation, reference, scale, dtype):
    x = (scale * np.array([[1.0, -1.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0], [-1.0, -1.0, -0.9, -2.0]])).astype(dtype)
    eps = np.finfo(dtype).eps
    result = operation(x, axis=-1)
    assert result.dtype == dtype
    np.testing.assert_allclose(result, reference(x.astype(float), axis=-1), rtol=8 * eps, atol=8 * eps)
    gradient = mg.vjp(lambda x: operation(x, axis=-1), x)[1](np.ones_like(result))[0]
    assert gradient.dtype == dtype
    softmax = scipy.special.softmax(x.astype(float), axis=-1)
    expected = {mg.logsumexp: softmax, mg.softmax: 0 * softmax, mg.log_softmax: 1 - 4 * softmax}[operation]
    np.testing.assert_allclose(gradient, expected, atol=16 * eps)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("distance", [0.0, 1.0, 50.0, 700.0, 1e4, 1e30])
@pytest.mark.parametrize("level", [0.0, 700.0, -700.0, 1e4, -1e4])
def test_logaddexp_of_extreme_arguments(level, distance, dtype):
    a, b = np.array([level]).astype(dtype), np.array([level - distance]).astype(dtype)
    eps, tiny = np.finfo(dtype).eps, np.finfo(dtype).tiny
    difference = float(a[0]) - float(b[0])
    np.testing.assert_allclose(mg.logaddexp(a, b), float(a[0]) + np.log1p(np.exp(-difference)), rtol=4 * eps, atol=tiny)
    da, db = mg.vjp(mg.logaddexp, a, b)[1](np.ones(1, dtype))
    expected = [exact(exact_sigmoid, difference), exact(exact_sigmoid, -difference)]
    np.testing.assert_allclose([da[0], db[0]], expected, rtol=4 * eps, atol=tiny)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("operation", [mg.sigmoid, mg.softplus, mg.tanh, mg.relu, mg.softmax, mg.log_softmax])
def test_three_derivatives_of_extreme_arguments_are_finite(operation, dtype):
    numbers = [x for x in EXTREME if x <= float(np.finfo(dtype).max)]
    f = operation
    for _ in range(3):
        f = mg.grad(lambda x, f=f: mg.mean(f(x)))
        for x in (np.array(numbers, dtype), -np.array(numbers, dtype)):
            derivative = f(x)
            assert derivative.dtype == dtype
            assert np.isfinite(derivative).all()


def test_logsumexp_and_softmax_with_infinite_entries():
    x = np.array([-np.inf, 0.0, -np.inf, 1.0])
    np.testing.assert_allclose(mg.logsumexp(x), np.logaddexp(0, 1), rtol=1e-15)
    np.testing.assert_allclose(mg.softmax(x), scipy.special.softmax(x), rtol=1e-15)
    np.testing.assert_allclose(mg.grad(mg.logsumexp)(x), scipy.special.softmax(x), rtol=1e-15)
    assert mg.logsumexp(np.full(3, -np.inf)) == -math.inf
    assert mg.logsumexp(np.zeros(0)) == -math.inf


@pytest.mark.parametrize(
    ("operation", "function", "points"),
    [
        (mg.expm1, mpmath.expm1, [1e-20, -1e-9, 1e-5, -700.0, 700.0]),
        (mg.log1p, mpmath.log1p, [1e-20, -1e-9, 1e-5, -0.9999999, 1e300]),
        (mg.arctanh, mpmath.atanh, [1e-20, 0.9999999, -0.9999999]),
        (mg.arccosh, mpmath.acosh, [1.0000001, 1e10, 1e150]),
        (mg.arcsinh, mpmath.asinh, [1e-20, -1e10, 1e150, 1e300]),
        (mg.arcsin, mpmath.asin, [1e-20, 0.9999999, -0.9999999]),
        (mg.arccos, mpmath.acos, [1e-20, 0.9999999, -0.9999999]),
        (mg.arctan, mpmath.atan, [1e-20, 1e10, 1e150]),
        (mg.tanh, mpmath.tanh, [1e-20, 5.0, -1.0]),
        (mg.cbrt, mpmath.cbrt, [1e-30, 8.0, 1e300]),
        (mg.sqrt, mpmath.sqrt, [1e-300, 2.0, 1e300]),
        (mg.log, mpmath.log, [1e-300, 2.0, 1e300]),
        (mg.exp, mpmath.exp, [-700.0, 1e-20, 700.0]),
    ],
    ids=lambda p: getattr(p, "__name__", None),
)
def test_derivatives_hold_to_rounding_far_out_and_close_to_the_edge(operation, function, points):
    for x in points:
        with mpmath.workdps(400):
            slope = float(mpmath.diff(function, mpmath.mpf(x), h=mpmath.mpf(10) ** -390 * abs(mpmath.mpf(x))))
        np.testing.assert_allclose(mg.grad(operation)(x), slope, rtol=1e-11 if operation is mg.tanh else 1e-14)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1.0, 1e160, 1e300])
def test_hypot_and_arctan2_do_not_overflow(size):
    da, db = mg.grad(mg.hypot, argnums=(0, 1))(3 * size, 4 * size)
    np.testing.assert_allclose([da, db], [0.6, 0.8], rtol=1e-15)
    da, db = mg.grad(lambda a, b: size * mg.arctan2(a, b), argnums=(0, 1))(3 * size, 4 * size)
    np.testing.assert_allclose([da, db], [0.16, -0.12], rtol=1e-15)


NAMES = ["a", "b", "x", "y", "self", "inputs", "static", "primitive", "entry", "name", "function", "xp_"]


def of_one(static):
    made = {}
    exec(f"def forward(xp, z, {static}=2.0): return {static} * z", made)
    return mg.primitive(made["forward"], [lambda g, out, z, /, **s: g * s[static]], name=f"one_with_{static}")


def of_two(static):
    made = {}
    exec(f"def forward(xp, u, v, {static}=2.0): return {static} * u * v", made)
    vjps = [lambda g, out, u, v, /, **s: g * s[static] * v, lambda g, out, u, v, /, **s: g * s[static] * u]
    return mg.primitive(made["forward"], vjps, name=f"two_with_{static}", source=f"{{{static}}} * {{0}} * {{1}}")


@pytest.mark.parametrize("static", NAMES)
@pytest.mark.parametrize(("declare", "inputs", "slope"), [(of_one, ["z"], 3.0), (of_two, ["u", "v"], 12.0)])
def test_a_static_argument_may_have_any_name(static, declare, inputs, slope):
    operation = declare(static)
    x = np.array([2.0])
    wanted = 3.0 * 2.0 ** len(inputs)

    def f(x):
        return mg.sum(operation(*[x] * len(inputs), **{static: 3.0}))

    assert operation(*[x] * len(inputs), **{static: 3.0}) == wanted
    assert operation(**dict.fromkeys(inputs, x), **{static: 3.0}) == wanted
    assert operation(**dict.fromkeys(inputs, mg.tensor(x)), **{static: 3.0}).item() == wanted
    assert mg.grad(f)(x).tolist() == mg.compile(mg.grad(f))(x).tolist() == [slope]
    assert mg.diagnose(f, lambda x: np.array([2 * slope]), x)
    if declare is of_two:
        assert "3.0 * w" in mg.derive(f(mg.tensor(x, requires_grad=True)) ** 2).source()


def test_inputs_may_be_given_by_keyword():
    x = np.array([0.5])
    assert mg.exp(x=x) == np.exp(x)
    assert mg.multiply(a=x, b=2.0) == mg.multiply(x, b=2.0) == 1.0
    assert mg.grad(lambda t: mg.sum(mg.maximum(a=t, b=0.5)))(x) == 0  # beside a number, as without keywords


NUMBERS = {
    "reshape": lambda x: mg.reshape(x[:1], ()), "squeeze": lambda x: mg.squeeze(x[:1]), "sum": mg.sum, "max": mg.max,
    "getitem": lambda x: mg.getitem(x, 0), "where": lambda x: mg.where(x[0] > 0, x[0], x[1]),
    "erf": lambda x: mg.erf(x[0]),
    "softmax": lambda x: mg.softmax(x[0], axis=None), "sigmoid": lambda x: mg.sigmoid(x[0]), "matmul": lambda x: x @ x,
    "relu": lambda x: mg.relu(x[0]), "norm": mg.linalg.norm,
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_of_plain_arrays_a_single_number_is_numpys_scalar(name):
    assert type(NUMBERS[name](np.array([1.5, 2.5]))) is np.float64


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("ends", [{"prepend": 2.0}, {"append": -1.0}, {"prepend": 0.0, "append": 0.5}], ids=str)
def test_differences_with_a_number_at_an_end_are_numpys_along_any_axis(axis, ends):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    np.testing.assert_array_equal(mg.diff(x, axis=axis, **ends), np.diff(x, axis=axis, **ends))


@pytest.mark.parametrize("shift", [1, -2, (1, 2), (0, -1)])
def test_rolls_are_numpys(shift):
    x = np.arange(24.0).reshape(2, 3, 4)
    for axis in [(0, 2), (-1, 1)] if isinstance(shift, tuple) else [None, 0, -1]:
        np.testing.assert_array_equal(mg.roll(x, shift, axis), np.roll(x, shift, axis))
        seed = np.cos(x)
        np.testing.assert_array_equal(
            mg.vjp(lambda x, axis=axis: mg.roll(x, shift, axis), x)[1](seed)[0],
            np.roll(seed, tuple(-s for s in shift) if isinstance(shift, tuple) else -shift, axis),
        )


@given(st.integers(0, 4), st.one_of(st.integers(-5, 5), st.lists(st.integers(-5, 5), max_size=4).map(tuple)))
def test_axes_are_counted_as_numpy_counts_them(ndim, axes):
    def outcome(function):
        try:
            return function(axes, ndim)
        except ValueError as error:
            return type(error), str(error)

    assert outcome(counted) == outcome(normalize_axis_tuple)


ARRANGED = {
    "roll": [
        (lambda xp, x, axis=axis, shift=shift: xp.roll(x, shift, axis))
        for axis in (None, 0, 1, -1, -2, (0, 1))
        for shift in (-7, -1, 0, 1, 2, 9)
    ],
    "flip": [(lambda xp, x, axis=axis: xp.flip(x, axis)) for axis in (None, 0, 1, -1, -2, (0, 1))],
    "stack": [(lambda xp, x, axis=axis: xp.stack([x, 2 * x, x], axis)) for axis in (0, 1, 2, -1, -3)],
    "stack of numbers": [lambda xp, x: xp.stack([x.sum(), x.max(initial=0.0)]), lambda xp, x: xp.stack([x.sum()])],
    "insert": [
        (lambda xp, x, where=where: xp.insert(x, where, 5.0, axis=1))
        for where in (0, -1, [1], [0, 2, 2], np.array([True, False, True]), slice(None), slice(2, 0, -1), np.int64(1))
    ],
}  # fmt: skip


@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (1, 3)], ids=str)
@pytest.mark.parametrize("name", ARRANGED)
def test_what_is_arranged_is_numpys(name, shape):
    x = np.arange(float(math.prod(shape))).reshape(shape)
    for call in ARRANGED[name]:
        assert_same(call(mg, mg.tensor(x, requires_grad=True)).detach().numpy(), call(np, x))
        assert_same(call(mg, x), call(np, x))


@pytest.mark.parametrize("parts", [[np.ones(2), np.ones(3)], [np.ones(2), 1.0], [np.ones((1, 2)), np.ones(2)]], ids=str)
def test_arrays_of_several_shapes_are_not_stacked(parts):
    for given_parts in (parts, [mg.tensor(parts[0], requires_grad=True), *parts[1:]]):
        with pytest.raises(ValueError, match="all input arrays must have the same shape"):
            mg.stack(given_parts)


@given(st.data())
def test_choices_are_numpys_and_gradients_go_to_what_was_taken(data):
    n = data.draw(st.integers(1, 5))
    shapes = data.draw(st.lists(st.sampled_from([(), (3,), (2, 3), (2, 1)]), min_size=n, max_size=n))
    index = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=3, max_size=3)))
    choices = [np.arange(float(math.prod(s))).reshape(s) + 10 * i for i, s in enumerate(shapes)]
    for mode in ("wrap", "clip"):
        y, pull = mg.vjp(lambda *c, mode=mode: mg.choose(index, c, mode=mode), *choices)
        assert_same(y, np.choose(index, choices, mode=mode))
        taken = index % n if mode == "wrap" else index.clip(0, n - 1)
        expected = [np.count_nonzero(taken == i) * (y.size // 3) for i in range(n)]
        assert [g.sum() for g in pull(np.ones(y.shape))] == expected


def test_the_sign_and_the_logarithm_of_a_determinant_are_computed_at_once(monkeypatch):
    counted_calls = []
    slogdet = np.linalg.slogdet
    monkeypatch.setattr(np.linalg, "slogdet", lambda a: (counted_calls.append(a), slogdet(a))[1])
    a = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    sign, logarithm = mg.linalg.slogdet(a)
    assert len(counted_calls) == 1
    assert not sign.requires_grad
    logarithm.backward()
    np.testing.assert_allclose(a.grad, np.linalg.inv(a.numpy()).T)
    with mg.no_grad():
        assert not mg.linalg.slogdet(a).logabsdet.requires_grad


@pytest.mark.parametrize("name", ["eigh", "svd"])
def test_a_matrix_is_decomposed_once_and_its_values_and_vectors_are_numpys(name, monkeypatch):
    a = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 1.0]])
    expected, counted_calls = getattr(np.linalg, name)(a), []

    def counted_call(f, made, *args, **kwargs):
        counted_calls.append(f)
        return made(*args, **kwargs)

    for f in ("eigh", "eigvalsh", "svd", "svdvals"):
        made = getattr(np.linalg, f)
        monkeypatch.setattr(np.linalg, f, functools.partial(counted_call, f, made))
    x = mg.tensor(a, requires_grad=True)
    results = getattr(mg.linalg, name)(x)
    mg.add(*(mg.sum(y**3) for y in results[:2])).backward()
    assert counted_calls == [name]
    for y, right in zip(results, expected, strict=True):
        np.testing.assert_array_equal(y.numpy(), right)


def test_numpys_functions_are_called_past_their_question_whose_the_arrays_are_and_a_users_as_they_are():
    doubled = functools.wraps(np.negative)(lambda x: 2 * x)
    twice = mg.primitive(lambda xp, x: 2 * x, [lambda g, y, x: 2 * g], name="twice_past_numpy", on_numpy=doubled)
    assert mg.linalg.det.primitive.on_numpy is np.linalg.det.__wrapped__
    assert twice.primitive.on_numpy is doubled


# --- what is recorded ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "names"),
    [
        (lambda x: mg.block([[x, x], [x, np.ones((2, 3))]]), ["concatenate"] * 3),
        (lambda x: mg.piecewise(x, [x > 0], [mg.square, 1.0]), ["getitem", "square", "setitem"]),
        (lambda x: mg.concatenate([x, [[1.0, 2.0, 3.0]]]), ["concatenate"]),
    ],
    ids=["blocks", "pieces", "a list among what is joined"],
)
def test_no_operation_is_recorded_that_changes_nothing(f, names):
    y = f(mg.tensor([[1.0, -2.0, 3.0], [-4.0, 5.0, 6.0]], requires_grad=True))
    assert [node.operation.name for node in mg.Graph.of(y) if node.operation] == names


@pytest.mark.parametrize("index", [0, [0]])
def test_an_index_of_nothing_is_out_of_bounds(index):
    x = mg.tensor(np.zeros((0, 0)), requires_grad=True)
    with pytest.raises(IndexError, match="out of bounds"):
        mg.take(x, index, 1)


@pytest.mark.parametrize("one", [1, np.int64(1), np.array(1), mg.tensor(1), -1])
def test_an_axis_is_whatever_is_an_index(one):
    x = np.arange(6.0).reshape(1, 2, 3)[0]
    t = mg.tensor(x, requires_grad=True)
    for y in (mg.swapaxes(t, 0, one), mg.moveaxis(t, one, 0), mg.rollaxis(t, one), mg.rot90(t[:, ::-1], 1, (0, one))):
        assert y.shape == (3, 2)
    assert mg.squeeze(t[:, :1], one).shape == (2,)
    assert mg.tensordot(t, x, ((one,), (one,))).shape == (2, 2)
    assert mg.gradient(t, axis=one).shape == mg.roll(t, 1, one).shape == mg.flip(t, one).shape == (2, 3)
    assert mg.partition(t, 1, axis=one).shape == mg.take_along_axis(t, np.zeros((2, 3), int), one).shape == (2, 3)
    for wrong in (1.0, "1", None):
        with pytest.raises(TypeError):
            mg.swapaxes(t, 0, wrong)

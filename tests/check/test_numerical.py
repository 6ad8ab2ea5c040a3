"""`gradcheck`: right derivatives pass, wrong ones don't, and the report says which."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.check.numerical import EVERY_ELEMENT_UP_TO
from microgradnet.check.slopes import derivative_along

exp_wrong_by_a_factor = mg.primitive(
    lambda xp, x: xp.exp(x), [lambda g, y, x: g * y * 1.001], name="exp_wrong_by_a_factor"
)
square_wrong_in_one_place = mg.primitive(
    lambda xp, x: x * x,
    [lambda g, y, x: 2 * g * x + 0.01 * (mg.absolute(x) > 2)],
    name="square_wrong_in_one_place",
)


cube_right_only_once = mg.primitive(
    lambda xp, x: x**3,
    [lambda g, y, x: g * 3 * (x.detach() if isinstance(x, mg.Tensor) else x) ** 2],
    name="cube_right_only_once",
)

# --- the numerical derivative ----------------------------------------------------------------------------------


@given(st.floats(-50, 50))
def test_extrapolated_differences_are_exact_to_many_digits(x):
    for f, slope in [
        (math.sin, math.cos),
        (math.atan, lambda x: 1 / (1 + x * x)),
        (lambda x: x**3, lambda x: 3 * x * x),
    ]:
        found, uncertainty = derivative_along(lambda h, f=f: (f(x + h) - f(x - h)) / (2 * h))
        assert found == pytest.approx(slope(x), rel=1e-9, abs=1e-9)
        assert uncertainty < 1e-8 * max(1, abs(slope(x)))


def test_steps_shrink_until_they_stay_inside_the_domain():
    x = 1e-4

    def difference(h):
        return (math.log(x + h) - math.log(x - h)) / (2 * h) if h < x else math.nan

    assert derivative_along(difference)[0] == pytest.approx(1e4, rel=1e-3)


def test_a_derivative_that_is_nowhere_finite_is_nan():
    found, uncertainty = derivative_along(lambda h: math.nan)
    assert math.isnan(found)
    assert math.isnan(uncertainty)


# --- right ones pass -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_right_gradient_passes(dtype, order):
    x, w = np.array([[0.5, -1.0], [2.0, 0.0]], dtype), np.array([0.25, 1.5], dtype)
    report = mg.gradcheck(lambda x, w: mg.tanh(x @ w) * w, x, w, order=order)
    assert report
    assert report.ok
    assert [(a.order, a.argument, a.shape) for a in report.arguments] == [
        (k, name, shape) for k in range(1, order + 1) for name, shape in [("x", (2, 2)), ("w", (2,))]
    ]
    report.raise_if_wrong()


@pytest.mark.parametrize("x", [1e-4, 1e4, 700.0, -1e6])
@pytest.mark.parametrize("f", [mg.sin, mg.square, mg.arctan, mg.sigmoid])
def test_small_and_large_numbers(f, x):
    mg.gradcheck(f, x, order=1).raise_if_wrong()


def test_arguments_that_are_not_floating_point_are_passed_on():
    report = mg.gradcheck(
        lambda x, axis, mask: mg.sum(mg.where(mask, x, 0), axis), np.ones((2, 3)), 1, np.eye(2, 3) > 0
    )
    assert report
    assert [a.argument for a in report.arguments] == ["x"]


def test_scalars_tensors_and_empty_arrays():
    assert mg.gradcheck(
        lambda a, b, c: a * mg.sum(b) + mg.sum(c), 2.0, mg.tensor([1.0, 2.0]), np.zeros((0, 3)), order=2
    )


def test_a_gradient_that_cancels_to_zero_is_right():
    x = np.linspace(-3, 5, 20)
    assert mg.gradcheck(lambda x: mg.sum(mg.softmax(x)), x, order=2)
    assert mg.gradcheck(lambda x: mg.sum(mg.softmax(x)), x.astype(np.float32), order=2)
    assert mg.gradcheck(lambda x: mg.arctan2(x, x + x), x + 0.1, order=2)


def test_a_large_argument_is_checked_along_a_direction():
    x = np.linspace(-1, 1, EVERY_ELEMENT_UP_TO + 1)
    report = mg.gradcheck(lambda x: mg.exp(x) / 3, x, order=2)
    assert report
    assert report.arguments[0].worst is None
    assert "a direction" in str(report)
    assert not mg.gradcheck(exp_wrong_by_a_factor, x)


def test_how_many_directions_can_be_chosen():
    x = np.array([0.5, -1.0, 2.0])
    assert mg.gradcheck(mg.exp, x, directions=2).arguments[0].worst is None
    large = np.linspace(-1, 1, EVERY_ELEMENT_UP_TO + 1)
    assert mg.gradcheck(mg.exp, large, directions=0).arguments[0].worst is not None


def test_many_small_arguments_are_one_large_input():
    shapes = [(EVERY_ELEMENT_UP_TO, 1), (4,)]
    report = mg.gradcheck(lambda w, b: mg.tanh(w + b), *(np.full(s, 0.3) for s in shapes))
    assert [a.worst for a in report.arguments] == [None, None]


def test_the_check_is_the_same_every_time():
    x = np.array([1.0, 2.0])
    assert str(mg.gradcheck(mg.exp, x, order=2)) == str(mg.gradcheck(mg.exp, x, order=2))


# --- no false alarm, no factor of 2 --------------------------------------------------------------------------


def batch_norm(x):
    centred = x - mg.mean(x, axis=0, keepdims=True)
    return centred / mg.sqrt(mg.mean(centred * centred, axis=0, keepdims=True) + 1e-5)


NORMAL = np.random.default_rng(0).normal(size=(6, 3))

RIGHT = {
    "tanh": (mg.tanh, [0.5, -1.0]),
    "sin 1000 x": (lambda x: mg.sum(mg.sin(1000 * x)), [0.3, -1.7]),
    "sin 1e12 x at 1e-12": (lambda x: mg.sum(mg.sin(1e12 * x)), [3e-13, -2e-12]),
    "sin 1e12 x at 0": (lambda x: mg.sin(1e12 * x), [0.0]),
    "sin at 1e6": (mg.sin, [1e6]),
    "log at 1e-10": (lambda x: mg.sum(mg.log(x)), [1e-10, 1.0]),
    "log at 1e-30": (mg.log, [1e-30]),
    "sqrt at 1e-10": (lambda x: mg.sum(mg.sqrt(x)), [1e-10, 1.0]),
    "sqrt at 1e-30": (mg.sqrt, [1e-30]),
    "x^1.5 at its edge": (lambda x: x**1.5, [0.0]),
    "1/x at 1e-6": (lambda x: mg.sum(1 / x), [1e-6, 1.0]),
    "1/x at 1e-15": (lambda x: 1 / x, [1e-15]),
    "1/(1 - x)^2 near 1": (lambda x: 1 / (1 - x) ** 2, [0.999]),
    "exp at 80": (mg.exp, [80.0]),
    "exp 50 x": (lambda x: mg.exp(50 * x), [1.0, -0.5]),
    "exp exp": (lambda x: mg.exp(mg.exp(x)), [4.0, -3.0]),
    "x^20": (lambda x: x**20, [3.0, 0.1]),
    "x^x": (lambda x: x**x, [1e-5, 3.0, 20.0]),
    "tan near pi/2": (mg.tan, [1.5707, -1.57]),
    "log1p near -1": (mg.log1p, [-1 + 1e-5]),
    "arcsin near 1": (mg.arcsin, [1 - 1e-5, 0.5]),
    "arctanh near 1": (mg.arctanh, [1 - 1e-5, -0.3]),
    "sin 1/x": (lambda x: mg.sin(1 / x), [1e-4, 1e-2]),
    "exp(-1/x)": (lambda x: mg.exp(-1 / x), [0.05, 1.0]),
    "x log x": (lambda x: x * mg.log(x), [1e-5, 1e-12]),
    "x^2 at 1e-19": (lambda x: x * x, [1e-19]),
    "x^2 at 1e18": (lambda x: x * x, [1e18]),
    "(x/1e12)^3 at 1e12": (lambda x: (x / 1e12) ** 3, [1.3e12, -0.4e12]),
    "sum of squares, 1e-7 to 1": (lambda x: mg.sum(x * x), [1e-7, 1.0]),
    "beside 1e10": (lambda x: 1e10 + mg.sin(x), [0.5, 1.0]),
    "beside 1e20": (lambda x: 1e20 + mg.sin(x), [0.5]),
    "beside 1e10, which is taken away": (lambda x: (1e10 + mg.sin(x)) - 1e10, [0.5, 1.0]),
    "1e-12 sin": (lambda x: 1e-12 * mg.sum(mg.sin(x)), [0.5, -1.0]),
    "1e12 sin": (lambda x: 1e12 * mg.sum(mg.sin(x)), [0.5, -1.0]),
    "cos near its maximum": (mg.cos, [1e-12, 1e-9, 0.0]),
    "a minimum": (lambda x: mg.sum((x - 1) ** 2), [1.0, 1.0]),
    "near a minimum": (lambda x: mg.sum((x - 1) ** 2), [1 + 1e-6, 1.0]),
    "relu near its kink": (mg.relu, [1e-9, -1e-9, -1e-5, 2.0]),
    "x |x|": (lambda x: x * mg.absolute(x), [0.3, -1.7, 0.0, 1e-10]),
    "softsign": (lambda x: x / (1 + mg.absolute(x)), [0.3, -1.7, 0.0]),
    "floor": (lambda x: mg.sum(mg.floor(x) * x), [0.3, 1.7]),
    "sum of a softmax": (lambda x: mg.sum(mg.softmax(x)), np.linspace(-3, 5, 20)),
    "sum of a batch norm": (lambda x: mg.sum(batch_norm(x)), NORMAL),
    "bias before a softmax": (lambda b: mg.sum(mg.softmax(np.arange(3.0) + b)), 0.3),
    "sin^2 + cos^2": (lambda x: mg.sin(x) ** 2 + mg.cos(x) ** 2, [0.3, 1.0, 7.0]),
    "x - x": (lambda x: mg.sum(x - x), [1.0, 2.0]),
    "x/x": (lambda x: x / x, [3.0, 0.1]),
    "centred": (lambda x: mg.sum(x - mg.mean(x)), np.linspace(0.1, 2, 7)),
    "variance of equal numbers": (mg.var, [1.1, 1.1, 1.1]),
    "determinant": (mg.linalg.det, NORMAL[:3]),
    "log-sum-exp": (mg.logsumexp, [30.0, -1.0, 29.0]),
}
ONLY_FLOAT64 = {
    "log at 1e-300": (mg.log, [1e-300]),
    "sqrt of a subnormal": (mg.sqrt, [1e-310]),
    "1/x at 1e-100": (lambda x: 1 / x, [1e-100]),
    "exp at 709": (mg.exp, [709.0]),
    "log1p at -1 + 1e-15": (mg.log1p, [-1 + 1e-15]),
    "arcsin at 1 - 1e-15": (mg.arcsin, [1 - 1e-15]),
    "x^2 at 1e-150": (lambda x: x * x, [1e-150]),
    "1e300 sin": (lambda x: 1e300 * mg.sum(mg.sin(x)), [0.5, -1.0]),
}
POINTS = [
    *((name, *case, dtype) for name, case in RIGHT.items() for dtype in (np.float64, np.float32)),
    *((name, *case, np.float64) for name, case in ONLY_FLOAT64.items()),
]
IDS = [f"{name}, {np.dtype(dtype)}" for name, *_, dtype in POINTS]


def of_real_numbers(f):
    """Make f refuse complex numbers, so that differences are all there is."""

    def real(x):
        if not isinstance(x, mg.Tensor) and np.iscomplexobj(x):
            raise TypeError("real numbers only")
        return f(x)

    return real


def times(factor):
    """Make the identity, with a derivative that is a factor instead of 1."""
    return mg.primitive(lambda xp, x: x * 1, [lambda g, y, x: g * factor], name="times")


@pytest.mark.parametrize(("name", "f", "x", "dtype"), POINTS, ids=IDS)
def test_a_right_gradient_raises_no_alarm(name, f, x, dtype):
    mg.gradcheck(f, np.asarray(x, dtype)).raise_if_wrong()


@pytest.mark.parametrize(("name", "f", "x", "dtype"), POINTS, ids=IDS)
def test_without_complex_numbers_a_right_gradient_is_right_or_too_small_to_tell(name, f, x, dtype):
    (found,) = mg.gradcheck(of_real_numbers(f), np.asarray(x, dtype)).arguments
    assert found.verdict in ("right", "kink", "too small to tell")


NOUGHT = [
    "x^1.5 at its edge", "a minimum", "sum of a softmax", "sum of a batch norm", "bias before a softmax",
    "sin^2 + cos^2", "x - x", "x/x", "centred", "variance of equal numbers",
]  # fmt: skip


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize(
    ("name", "f", "x", "dtype"),
    [point for point in POINTS if point[0] not in NOUGHT],
    ids=[i for i, point in zip(IDS, POINTS, strict=True) if point[0] not in NOUGHT],
)
def test_twice_the_gradient_is_never_right(name, f, x, dtype, real):
    wrong = times(2.0)
    (found,) = mg.gradcheck(lambda x: (of_real_numbers(f) if real else f)(wrong(x)), np.asarray(x, dtype)).arguments
    assert not found.ok


@pytest.mark.parametrize("factor", [0.5, -1.0, 1.01])
@pytest.mark.parametrize("name", ["sin 1000 x", "log at 1e-10", "beside 1e10", "x^2 at 1e18", "relu near its kink"])
def test_another_factor_is_never_right(name, factor):
    f, x = RIGHT[name]
    assert not mg.gradcheck(lambda x: f(times(factor)(x)), np.array(x))


@pytest.mark.parametrize("factor", [1 + 1e-3, 1 + 1e-5])
@pytest.mark.parametrize("name", ["tanh", "sin 1000 x", "sum of squares, 1e-7 to 1", "beside 1e10", "x^2 at 1e-19"])
def test_a_gradient_that_is_a_little_off_is_wrong(name, factor):
    f, x = RIGHT[name]
    assert not mg.gradcheck(lambda x: f(times(factor)(x)), np.array(x))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 1e20 + mg.sin(x), [0.5]),
        (lambda x: mg.cosh(x), [1e-19]),
        (lambda x: mg.sum(x * x), [1e-8, 1e8]),
    ],
)
def test_what_is_lost_in_rounding_is_too_small_to_tell(f, x):
    report = mg.gradcheck(of_real_numbers(f), np.array(x))
    assert not report
    assert report.arguments[0].verdict == "too small to tell"
    assert mg.gradcheck(f, np.array(x))  # the complex step loses nothing


def test_what_changes_by_last_digits_of_the_argument_is_not_seen_to_be_constant():
    report = mg.gradcheck(lambda z: mg.softplus(z) - z, np.array(30.0))
    assert report.arguments[0].verdict == "too small to tell"
    straight_through = mg.primitive(lambda xp, x: xp.floor(x), [lambda g, y, x: g], name="straight_through")
    assert mg.gradcheck(straight_through, np.array(30.3)).arguments[0].verdict == "WRONG"


@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_one_wrong_element_of_many_is_found(offset):
    factor = np.ones(100_000)
    factor[33_333] = 0
    x = np.random.default_rng(0).normal(size=factor.size)
    wrong = times(factor)
    report = mg.gradcheck(lambda x: mg.sin(wrong(x)) * x + offset, x)
    assert report.arguments[0].verdict == "WRONG"


UNARY = [mg.sin, mg.exp, mg.tanh, mg.arctan, mg.square, mg.sinh, mg.log1p, mg.cbrt, mg.sigmoid, mg.softplus]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(UNARY), min_size=1, max_size=3),
    st.floats(-1, 3),
    st.integers(-6, 3),
    st.integers(-8, 8),
    st.booleans(),
)
@example([mg.sigmoid], 3.0, 1, 0, False)
@example([mg.tanh, mg.exp], 1.1, 1, 0, True)
def test_a_right_gradient_is_not_called_wrong_and_twice_as_much_not_right(functions, digits, power, scale, real):
    def f(x):
        for function in functions:
            x = function(x)
        return 10.0**scale * x

    x = np.array([digits * 10.0**power])
    with np.errstate(all="ignore"):
        slope = mg.grad(lambda x: mg.sum(f(x)))(x)
        assume(np.isfinite(f(x)).all())
    assume(np.all(np.isfinite(slope)) and np.all(np.abs(slope) > 1e-290))
    f = of_real_numbers(f) if real else f
    assert mg.gradcheck(f, x).arguments[0].verdict in ("right", "lost digits", "too small to tell")
    assert not mg.gradcheck(lambda x: f(times(2.0)(x)), x)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (mg.sigmoid, np.array([0.5, 25.0])),
        (mg.sigmoid, np.array([0.5, 30.0])),
        (mg.sigmoid, np.float32([0.5, 12.0])),
        (mg.tanh, np.array([0.5, 15.0])),
        (lambda x: mg.sum((1 - mg.sigmoid(x)) ** 2), np.array([30.0])),
    ],
)
def test_a_derivative_that_has_lost_digits_is_right_in_those_that_are_left(f, x):
    report = mg.gradcheck(f, x)
    assert report
    assert report.arguments[0].verdict == "lost digits"
    assert report.cause.startswith("Lost digits: ")
    assert mg.gradcheck(lambda x: f(times(2.0)(x)), x).arguments[0].verdict == "WRONG"


# --- wrong ones do not -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-40, 1e-12, 1.0, 1e12, 1e40])
def test_a_factor_of_a_thousandth_is_found_at_every_scale(scale):
    assert mg.gradcheck(lambda x: scale * mg.exp(x), np.array([0.5, -1.0]))
    assert not mg.gradcheck(lambda x: scale * exp_wrong_by_a_factor(x), np.array([0.5, -1.0]))


def test_the_report_names_the_argument_and_the_element(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    report = mg.gradcheck(
        lambda w, x: mg.sum(w) * square_wrong_in_one_place(x), np.ones(2), np.array([[1.0, -1.5], [2.5, 0]])
    )
    assert not report
    right, wrong = report.arguments
    assert right.ok
    assert (wrong.argument, wrong.worst, wrong.ok) == ("x", (1, 0), False)
    assert wrong.difference == pytest.approx(abs(wrong.automatic - wrong.numerical))
    assert wrong.difference > wrong.tolerance
    lines = str(report).splitlines()
    assert lines[1].split() == [
        "order",
        "argument",
        "shape",
        "worst",
        "automatic",
        "numerical",
        "difference",
        "tolerance",
        "method",
        "verdict",
    ]
    assert "right" in lines[2]
    assert "[1, 0]" in lines[3]
    assert lines[3].endswith("WRONG")
    with pytest.raises(AssertionError, match=r"(?s)automatic against numerical.*x .*\[1, 0\].*WRONG"):
        report.raise_if_wrong()


def test_a_second_derivative_that_is_wrong_is_found_at_order_2():
    x = np.array([1.0, 2.0])
    assert mg.gradcheck(cube_right_only_once, x)
    report = mg.gradcheck(cube_right_only_once, x, order=2)
    assert [a.ok for a in report.arguments] == [True, False]


def test_tolerances_can_be_given():
    x = np.array([0.5, -1.0])
    assert mg.gradcheck(exp_wrong_by_a_factor, x, rtol=1e-2)
    assert mg.gradcheck(exp_wrong_by_a_factor, x, atol=1e-2)
    assert not mg.gradcheck(exp_wrong_by_a_factor, x, rtol=1e-5, atol=0)


def test_nan_is_wrong():
    def not_a_number(x):
        return mg.log(x) if not isinstance(x, mg.Tensor) else mg.log(x) * math.nan

    report = mg.gradcheck(not_a_number, 2.0)
    assert not report
    assert "nan" in str(report)


# --- errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: mg.gradcheck(3.0, 1.0), TypeError, "takes a function, got float"),
        (lambda: mg.gradcheck(mg.exp, np.arange(3)), TypeError, "no argument holds floating-point numbers"),
        (lambda: mg.gradcheck(mg.exp, 1.0, order=0), ValueError, "the order must be at least 1, got 0"),
        (lambda: mg.gradcheck(mg.exp, 1.0, directions=-1), ValueError, "directions must be 0 or more, got -1"),
        (lambda: mg.gradcheck(lambda x: x > 0, 1.0), TypeError, "must return one floating-point array, got dtype bool"),
    ],
)
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


# --- what makes a comparison meaningless is named --------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (mg.absolute, 0.0),
        (mg.relu, 0.0),
        (mg.max, np.array([1.0, 1.0, 0.0])),
        (lambda x: mg.maximum(x, 2 * x) + mg.sin(x), np.array([0.5, 0.0])),
    ],
)
def test_any_slope_between_those_on_both_sides_is_right_at_a_kink(f, x):
    report = mg.gradcheck(f, x)
    assert report.ok
    assert report.arguments[0].verdict in ("kink", "right")
    assert "WRONG" not in str(report)


absolute_with_a_slope_of_two = mg.primitive(
    lambda xp, x: xp.abs(x), [lambda g, y, x: g * mg.where(x == 0, 2, mg.sign(x))], name="absolute_with_a_slope_of_two"
)


def test_a_slope_beyond_both_sides_of_a_kink_is_wrong():
    assert mg.gradcheck(absolute_with_a_slope_of_two, 1.0)
    assert mg.gradcheck(absolute_with_a_slope_of_two, 0.0).arguments[0].verdict == "WRONG"


def test_a_jump_of_the_first_derivative_is_a_kink_of_the_second():
    first, second = mg.gradcheck(mg.abs, np.array([-1.0, 0.0, 1.0]), order=2).arguments
    assert (first.verdict, second.verdict, second.worst) == ("right", "kink", (1,))
    assert not mg.gradcheck(mg.primitive(_steep, [lambda g, y, x: 0 * g], name="steep"), np.zeros(1)).ok


def _steep(xp, x):
    return 1e6 * x


def test_a_kink_is_named():
    found = mg.gradcheck(mg.relu, 0.0).arguments[0]
    assert (found.verdict, found.ok) == ("kink", True)


def test_values_that_are_not_finite_are_named():
    with np.errstate(all="ignore"):
        found = mg.gradcheck(lambda x: mg.sqrt(x), 0.0).arguments[0]
    assert (found.verdict, found.ok) == ("not finite", False)


def test_the_report_says_where_what_is_not_finite_was_made(monkeypatch):
    monkeypatch.setattr("microgradnet.check.numerical.first_nonfinite", lambda f, x: f"of {x}, by the root")
    report = mg.gradcheck(mg.sqrt, 0.0)
    assert report.cause == "of 0.0, by the root"
    assert str(report).endswith("of 0.0, by the root")
    assert mg.gradcheck(mg.sqrt, 1.0).cause == ""


def test_a_function_that_says_something_else_at_every_call_is_named():
    random = np.random.default_rng(0)
    report = mg.gradcheck(lambda x: mg.sum(x * random.random()), np.ones(2))
    assert not report
    assert report.arguments[0].verdict == "not deterministic"
    with pytest.raises(AssertionError, match="not deterministic"):
        report.raise_if_wrong()


def test_the_complex_step_is_taken_where_the_function_allows_it():
    x = np.array([0.3, -1.2])
    assert mg.gradcheck(lambda x: mg.exp(mg.sin(x)), x).arguments[0].method == "complex step"
    assert mg.gradcheck(mg.absolute, x).arguments[0].method == "differences"
    found = mg.gradcheck(lambda x: mg.sum(mg.tanh(x) ** 3), x).arguments[0]
    assert found.method == "complex step"
    assert found.difference < 1e-15


# --- asserts for tests --------------------------------------------------------------------------------------------


def test_asserts_for_tests():
    x = np.array([0.5, -1.0])
    mg.testing.assert_derivatives_right(mg.tanh, x, order=2)
    mg.testing.assert_gradients_close(lambda x: mg.sum(x**2), lambda x: 2 * x, x)
    with pytest.raises(AssertionError, match="WRONG"):
        mg.testing.assert_derivatives_right(exp_wrong_by_a_factor, x)
    with pytest.raises(AssertionError, match=r"write +lambda x: 2 \* x"):
        mg.testing.assert_gradients_close(lambda x: mg.sum(x**2), lambda x: x, x)


@pytest.mark.parametrize(
    ("f", "options", "error", "words"),
    [
        (lambda x: None, {}, TypeError, "the function must return one array, got NoneType"),
        (lambda x: (x, x), {}, TypeError, "the function must return one array, got tuple"),
        (mg.tanh, {"rtol": -1.0}, ValueError, "rtol must be 0 or more, got -1.0"),
        (mg.tanh, {"order": 1.5}, TypeError, "'float' object cannot be interpreted as an integer"),
    ],
)
def test_what_can_not_be_checked_is_named(f, options, error, words):
    with pytest.raises(error, match=words):
        mg.gradcheck(f, 1.0, **options)


def test_a_function_may_write_to_its_arguments():
    def f(x, n):
        n += 1  # an array of the caller's
        return mg.sum(x * n)

    n = np.arange(3)
    assert mg.gradcheck(f, np.ones(3), n)
    np.testing.assert_array_equal(n, [0, 1, 2])


@pytest.mark.parametrize(("f", "x"), [(mg.log, -1.0), (mg.sqrt, 0.0)])
def test_what_is_not_finite_is_named_without_a_warning(f, x):
    (found,) = mg.gradcheck(f, x).arguments
    assert found.verdict == "not finite"


def test_an_argument_without_a_vjp_beside_a_wrong_one_is_no_crash():
    straight = mg.primitive(
        lambda xp, x, levels: xp.round(x * levels) / levels, [lambda g, y, x, levels: g, None], name="straight"
    )
    report = mg.gradcheck(straight, np.array([0.3, -1.2, 0.8]), 4.0)
    assert not report

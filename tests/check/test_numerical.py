"""`gradcheck`: right derivatives pass, wrong ones don't, and the report says which."""

import math

import numpy as np
import pytest
from hypothesis import given
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


def test_a_large_argument_is_checked_along_directions():
    x = np.linspace(-1, 1, EVERY_ELEMENT_UP_TO + 1)
    report = mg.gradcheck(lambda x: mg.exp(x) / 3, x, order=2)
    assert report
    assert report.arguments[0].worst is None
    assert "a direction" in str(report)
    assert not mg.gradcheck(exp_wrong_by_a_factor, x)


def test_the_check_is_the_same_every_time():
    x = np.array([1.0, 2.0])
    assert str(mg.gradcheck(mg.exp, x, order=2)) == str(mg.gradcheck(mg.exp, x, order=2))


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
    with pytest.raises(AssertionError, match="the factor 2 of the derivative"):
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

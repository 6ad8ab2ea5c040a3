"""Gradients of every operation, over the one table of cases."""

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.numerical import gradcheck
from microgradnet.deferred import opened
from microgradnet.record import primitives
from tests.ops.cases import BINARY, CASES, CONSTANTS, SMALLER, Case


def gradients(case: Case, arrays, dtype=None):
    """The gradients of the case's output, contracted with a fixed cotangent."""
    output, pull = mg.vjp(case.recorded, *arrays)
    cotangent = np.cos(np.arange(output.size)).reshape(output.shape)
    return pull(cotangent.astype(output.dtype))


# --- nobody is forgotten ---------------------------------------------------------------------------------


def test_every_differentiable_operation_has_a_case():
    rooms = ("microgradnet.ops", "microgradnet.record", "microgradnet.nn")
    declared = {p.name for p in primitives.values() if p.differentiable and p.module.startswith(rooms)}
    covered = set()
    for case in CASES:
        stack = [case.recorded(*(mg.tensor(a, requires_grad=True) for a in case.arguments()))._node]
        while stack:
            node = stack.pop()
            opened([node])
            if node.primitive is not None:
                covered.add(node.primitive.name)
                stack.extend(node.inputs)
    assert declared - covered == set(), "operations without a case in cases.py"


class Noting:
    """A namespace that notes what it is asked for."""

    def __init__(self, namespace, noted, prefix=""):
        self._given = namespace, noted, prefix

    def __getattr__(self, name):
        namespace, noted, prefix = self._given
        noted.add(prefix + name)
        value = getattr(namespace, name)
        return Noting(value, noted, "linalg.") if name == "linalg" else value


def test_every_public_function_has_a_case():
    noted = {"getitem", "scatter_add", "array", "full", "empty_like", "dropout"}  # which can't be traced
    noted |= {name for name in ("matvec", "vecmat") if not hasattr(np, name)}  # before NumPy 2.2
    for case in CASES:
        case.call(Noting(mg, noted), *case.arguments())
    square = np.array([[0.25, -1.5], [2.0, 0.55]])
    for call in CONSTANTS.values():
        call(Noting(mg, noted), square)
    public = set(mg.ops.__all__)
    inside = {f"linalg.{name}" for name in mg.linalg.__all__ if name not in public and name[0].islower()}
    assert (public | inside) - noted == set(), "public functions without a case in cases.py"


# --- right -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=str)
def test_first_and_second_derivatives_are_those_of_finite_differences(case: Case):
    gradcheck(case.recorded, *case.arguments(), order=2).raise_if_wrong()


@pytest.mark.parametrize("case", [c for c in CASES if c.reference is None], ids=str)
def test_gradient_through_numpys_functions_is_the_same(case: Case):
    arrays = case.arguments()
    through_numpy = Case(case.operation, case.variant, lambda xp, *xs: case.call(np, *xs), case.draws)
    for ours, numpys in zip(gradients(case, arrays), gradients(through_numpy, arrays), strict=True):
        np.testing.assert_array_equal(ours, numpys)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradient_has_the_shape_and_dtype_of_its_input(case: Case):
    exact = None
    for dtype, tolerance in [(np.float32, 1e-4), (np.float16, 6e-2)]:
        if dtype == np.float16 and not case.half:
            continue
        arrays = case.arguments(dtype)
        found = gradients(case, arrays)
        exact = gradients(case, [a.astype(np.float64) for a in arrays])
        largest = max((np.max(np.abs(g), initial=0) for g in exact), default=0)
        for g, e, a in zip(found, exact, arrays, strict=True):
            assert g.shape == e.shape == a.shape
            assert g.dtype == dtype
            assert e.dtype == np.float64
            np.testing.assert_allclose(g, e, rtol=tolerance, atol=tolerance * max(1, largest))


def layouts(a):
    """The same numbers in other places of the memory."""
    strided = np.repeat(np.expand_dims(a, -1), 3, axis=-1)[..., 1] if a.ndim else a
    read_only = a.copy()
    read_only.flags.writeable = False
    return {
        "Fortran order": np.asfortranarray(a) if a.ndim else a,
        "strided": strided,
        "reversed": np.flip(np.flip(a).copy()),
        "transposed": np.swapaxes(np.swapaxes(a, 0, -1).copy(), 0, -1) if a.ndim > 1 else a,
        "read-only": read_only,
    }


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradient_does_not_depend_on_how_the_memory_is_laid_out(case: Case):
    arrays = case.arguments()
    expected = gradients(case, arrays)
    for name in layouts(np.zeros(2)):
        others = [layouts(a)[name] for a in arrays]
        for g, e in zip(gradients(case, others), expected, strict=True):
            np.testing.assert_allclose(g, e, rtol=1e-13, atol=1e-14, err_msg=name)
            assert g.flags.writeable
    for a, original in zip(arrays, case.arguments(), strict=True):
        np.testing.assert_array_equal(a, original)  # nothing was written into


@pytest.mark.parametrize("case", [c for c in CASES if "large" not in c.variant], ids=str)
def test_jvp_is_the_product_with_the_jacobian(case: Case):
    arrays = case.arguments()
    tangents = [np.sin(1 + np.arange(a.size)).reshape(a.shape) for a in arrays]
    jacobians = mg.jacobian(case.recorded, argnums=tuple(range(len(arrays))))(*arrays)
    output, pushed = mg.jvp(case.recorded, arrays, tangents)
    expected = sum(np.tensordot(j, t, axes=t.ndim) for j, t in zip(jacobians, tangents, strict=True))
    assert pushed.shape == output.shape
    np.testing.assert_allclose(pushed, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradients_of_results_are_those_of_leaves(case: Case):
    """The record keeps the values of results only where the declaration says that a VJP reads them."""
    arrays = case.arguments()
    positions = tuple(range(len(arrays)))

    def first(*xs):
        return gradients(case, xs)

    def first_of_results(*xs):
        return gradients(Case("", "", lambda xp, *xs: case.recorded(*(1.0 * x for x in xs)), ()), xs)

    for g, e in zip(first_of_results(*arrays), first(*arrays), strict=True):
        np.testing.assert_array_equal(g, e)
    second, second_of_results = (
        mg.grad(lambda *xs, f=f: sum(mg.sum(g * g) for g in f(*xs)), positions)(*arrays)
        for f in (first, first_of_results)
    )
    for g, e in zip(second_of_results, second, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradient_of_nothing_is_recorded_unless_asked_for(case: Case):
    leaves = [mg.tensor(a, requires_grad=True) for a in case.arguments()]
    output = case.recorded(*leaves)
    output.backward(np.ones(output.shape, output.dtype))
    for x in leaves:
        assert isinstance(x.grad, np.ndarray)
    again = [mg.tensor(a, requires_grad=True) for a in case.arguments()]
    output = case.recorded(*again)
    recorded = mg.gradients(output, again, seed=np.ones(output.shape, output.dtype), create_graph=True)
    for x, g in zip(leaves, recorded, strict=True):
        assert isinstance(g, mg.Tensor)
        np.testing.assert_allclose(g.numpy(), x.grad, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_depends_on_nothing_outside_is_left_out_of_the_record_and_nothing_else(case: Case, mode: str):
    """The derivative by a of that by the arrays is the same, whether they are differentiated outside, too, or not."""
    arrays = case.arguments()
    along = [np.cos(1.0 + np.arange(x.size)).reshape(x.shape) for x in arrays]

    def f(a, *xs):
        inside = case.recorded(*xs)
        both = [case.recorded(*[x * a[0] if i in (0, j) else x for i, x in enumerate(xs)]) for j in range(len(xs))]
        weights = np.sin(2.0 + np.arange(inside.size)).reshape(inside.shape)
        return mg.sum(weights * inside * (a[1] + sum(both))) + sum(mg.sum(x[..., :1] - x) for x in xs if x.ndim)

    def slope(a, *xs):
        if mode == "forward":
            return mg.jvp(lambda *xs: f(a, *xs), xs, along)[1]
        gradients = mg.grad(lambda *xs: f(a, *xs), range(len(xs)))(*xs)
        return sum(mg.sum(g * t) for g, t in zip(gradients, along, strict=True))

    a = np.array([1.0, 0.5])
    expected = mg.grad(slope, range(1 + len(arrays)))(a, *arrays)[0]
    np.testing.assert_allclose(mg.grad(slope)(a, *arrays), expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("how", ["backward", "gradients", "vjp", "grad"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_two_gradients_share_memory(case: Case, how: str):
    """A VJP may return its cotangent, a view of it, or a value that the record holds; so may two of them."""
    arrays = [*case.arguments(), *case.arguments()]
    n = len(arrays) // 2

    def twice(*xs):
        a, b = case.recorded(*xs[:n]), case.recorded(*xs[n:])
        return [a, b, a + b]

    leaves = [mg.tensor(a, requires_grad=True) for a in arrays]
    results = twice(*leaves)
    seed = np.cos(np.arange(results[-1].size)).reshape(results[-1].shape)
    found = {
        "backward": lambda: results[-1].backward(seed) or [x.grad for x in leaves],
        "gradients": lambda: mg.gradients(results[-1], [*leaves, *results], seed=seed),
        "vjp": lambda: list(mg.vjp(lambda *xs: twice(*xs)[-1], *arrays)[1](seed)),
        "grad": lambda: list(mg.grad(lambda *xs: mg.sum(twice(*xs)[-1]), argnums=range(2 * n))(*arrays)),
    }[how]()
    others = [seed, *arrays, *(entry.value for entry in mg.Graph.of(*results) if entry.value is not None)]
    for i, g in enumerate(found):
        assert type(g) is np.ndarray
        assert g.flags.writeable
        assert not any(np.shares_memory(g, other) for other in [*found[:i], *others])


# --- kinks: the subgradients that the docstrings state -----------------------------------------------------

KINKS = {
    "relu at 0": (mg.relu, [0.0], [0.0]),
    "absolute at 0": (mg.absolute, [0.0], [0.0]),
    "absolute at -0": (mg.absolute, [-0.0], [0.0]),
    "maximum, equal": (mg.maximum, [1.0, 1.0], [0.5, 0.5]),
    "minimum, equal": (mg.minimum, [1.0, 1.0], [0.5, 0.5]),
    "maximum of infinities": (mg.maximum, [np.inf, np.inf], [0.5, 0.5]),
    "clip at the lower limit": (lambda x: mg.clip(x, 1, 2), [1.0], [0.0]),
    "clip at the upper limit": (lambda x: mg.clip(x, 1, 2), [2.0], [0.0]),
    "clip at the limits of no range": (lambda x: mg.clip(x, 1, 1), [1.0], [0.0]),
    "clip at a lower limit that is differentiated": (lambda x, low: mg.clip(x, low, 2), [1.0, 1.0], [0.5, 0.5]),
    "clip at an upper limit that is differentiated": (lambda x, high: mg.clip(x, 0, high), [1.0, 1.0], [0.5, 0.5]),
    "clip at its limits": (mg.clip, [1.0, 1.0, 1.0], [0.25, 0.25, 0.5]),
    "hypot at the origin": (mg.hypot, [0.0, 0.0], [0.0, 0.0]),
    "arctan2 at the origin": (mg.arctan2, [0.0, 0.0], [0.0, 0.0]),
    "power, 0 to 0": (mg.power, [0.0, 0.0], [0.0, 0.0]),
    "power, 0 to 2": (mg.power, [0.0, 2.0], [0.0, 0.0]),
    "power, 0 to 1": (mg.power, [0.0, 1.0], [1.0, 0.0]),
    "remainder at a jump": (mg.remainder, [2.0, 1.0], [1.0, -2.0]),
    "max of equals": (mg.max, [[1.0, 3.0, 3.0]], [[0.0, 0.5, 0.5]]),
    "min of equals": (mg.min, [[1.0, 1.0, 1.0, 3.0]], [[1 / 3, 1 / 3, 1 / 3, 0.0]]),
    "max of an axis": (
        lambda x: mg.sum(mg.max(x, axis=0)),
        [[[1.0, 3.0], [1.0, 2.0]]],
        [[[0.5, 1.0], [0.5, 0.0]]],
    ),
    "var without a degree of freedom": (lambda x: mg.var(x, ddof=2), [[1.0, 2.0]], [[np.nan, np.nan]]),
    "var with less than none": (lambda x: mg.var(x, ddof=3), [[1.0, 2.0]], [[np.nan, np.nan]]),
    "std with less than none": (lambda x: mg.std(x, ddof=3), [[1.0, 2.0]], [[np.nan, np.nan]]),
    "std of equals": (mg.std, [[2.0, 2.0, 2.0]], [[0.0, 0.0, 0.0]]),
    "std of one": (mg.std, [[2.0]], [[0.0]]),
    "sort of equals": (lambda x: mg.sum(mg.sort(x) * np.array([1.0, 2, 3])), [[5.0, 4.0, 4.0]], [[3.0, 1.0, 2.0]]),
    "norm at 0": (mg.linalg.norm, [[0.0, 0.0]], [[0.0, 0.0]]),
    "norm of order 1 at 0": (lambda x: mg.linalg.norm(x, 1), [[0.0, 2.0]], [[0.0, 1.0]]),
    "norm of order 3 at 0": (lambda x: mg.linalg.norm(x, 3), [[0.0, 0.0]], [[0.0, 0.0]]),
    "norm of order inf, equal": (lambda x: mg.linalg.norm(x, np.inf), [[2.0, -2.0, 1.0]], [[0.5, -0.5, 0.0]]),
    "sqrt at 0": (lambda x: mg.sum(mg.sqrt(x)), [[4.0]], [[0.25]]),
    "floor at a jump": (lambda x: mg.floor(x) + x, [2.0], [1.0]),
    "fmax, equal": (mg.fmax, [1.0, 1.0], [0.5, 0.5]),
    "fmin, equal": (mg.fmin, [1.0, 1.0], [0.5, 0.5]),
    "fmax beside a number": (lambda x: mg.fmax(x, 1.0), [1.0], [0.0]),
    "fmax beside NaN": (mg.fmax, [np.nan, 1.0], [0.0, 1.0]),
    "fmin beside NaN": (mg.fmin, [1.0, np.nan], [1.0, 0.0]),
    "fmax of NaNs": (mg.fmax, [np.nan, np.nan], [1.0, 0.0]),
    "fabs at 0": (mg.fabs, [0.0], [0.0]),
    "copysign at 0": (lambda x: mg.copysign(x, -1.0), [0.0], [0.0]),
    "copysign with −0": (lambda x: mg.copysign(x, -0.0), [2.0], [-1.0]),
    "heaviside beside 0": (mg.heaviside, [0.5, 3.0], [0.0, 0.0]),
    "heaviside at 0": (mg.heaviside, [0.0, 3.0], [0.0, 1.0]),
    "sinc at 0": (mg.sinc, [0.0], [0.0]),
    "i0 at 0": (mg.i0, [0.0], [0.0]),
    "angle at 0": (mg.angle, [0.0], [0.0]),
    "logaddexp2 of infinities": (mg.logaddexp2, [np.inf, np.inf], [0.5, 0.5]),
    "nan_to_num of what is none": (
        lambda x: mg.sum(mg.nan_to_num(x)),
        [[np.nan, np.inf, -np.inf, 2.0]],
        [[0.0, 0.0, 0.0, 1.0]],
    ),
    "median of equals": (mg.median, [[2.0, 2.0, 2.0]], [[0.0, 1.0, 0.0]]),
    "median of two pairs": (mg.median, [[3.0, 1.0, 3.0, 1.0]], [[0.5, 0.0, 0.0, 0.5]]),
    "median with NaN": (mg.median, [[1.0, np.nan, 3.0]], [[0.0, 0.0, 0.0]]),
    "nanmedian with NaN": (mg.nanmedian, [[1.0, np.nan, 3.0]], [[0.5, 0.0, 0.5]]),
    "quantile at the ends": (lambda x: mg.quantile(x, 1.0), [[1.0, 3.0, 2.0]], [[0.0, 1.0, 0.0]]),
    "ptp of equals": (mg.ptp, [[2.0, 2.0, 1.0]], [[0.5, 0.5, -1.0]]),
    "nanmax of equals": (mg.nanmax, [[np.nan, 3.0, 3.0]], [[0.0, 0.5, 0.5]]),
    "nanstd of equals": (mg.nanstd, [[2.0, np.nan, 2.0]], [[0.0, 0.0, 0.0]]),
    "nansum with NaN": (mg.nansum, [[2.0, np.nan]], [[1.0, 0.0]]),
    "max beside an initial number": (lambda x: np.max(x, initial=3.0), [[3.0, 1.0]], [[0.0, 0.0]]),
    "max so far, equal": (lambda x: mg.sum(np.maximum.accumulate(x)), [[2.0, 2.0, 1.0]], [[3.0, 0.0, 0.0]]),
    "min so far with NaN": (
        lambda x: mg.nansum(np.minimum.accumulate(x)),
        [[2.0, np.nan, 1.0]],
        [[1.0, 0.0, 0.0]],
    ),
    "interp at a point": (lambda x: mg.interp(x, [0.0, 1.0, 3.0], [0.0, 1.0, 5.0]), [1.0], [2.0]),
    "interp at the last point": (lambda x: mg.interp(x, [0.0, 1.0], [0.0, 3.0]), [1.0], [3.0]),
    "interp beyond": (lambda x: mg.interp(x, [0.0, 1.0], [0.0, 3.0]), [1.5], [0.0]),
    "select where none holds": (lambda x: mg.sum(mg.select([x > 9], [x])), [[1.0, 2.0]], [[0.0, 0.0]]),
    "piecewise keeps to the pieces": (
        lambda x: mg.sum(mg.piecewise(x, [x > 0], [mg.sqrt, 0.0])),
        [[-1.0, 4.0, 0.0]],
        [[0.0, 0.25, 0.0]],
    ),
    "corrcoef of a perfect line": (
        lambda x: mg.corrcoef(x, np.array([1.0, 2.0, 3.0]))[0, 1],
        [[2.0, 4.0, 6.0]],
        [[0.0, 0.0, 0.0]],
    ),
}


@pytest.mark.filterwarnings("ignore:.*[Dd]egrees of freedom|.*encountered in")
@pytest.mark.parametrize("name", KINKS)
def test_subgradient_at_a_kink(name):
    f, point, expected = KINKS[name]
    arrays = [np.array(p) for p in point]
    found = mg.grad(f, argnums=tuple(range(len(arrays))))(*arrays)
    for g, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-15)


@pytest.mark.parametrize(
    ("operation", "at", "slope"),
    [
        (mg.sqrt, 0.0, np.inf),
        (mg.cbrt, 0.0, np.inf),
        (mg.arcsin, 1.0, np.inf),
        (mg.arcsin, -1.0, np.inf),
        (mg.arccos, 1.0, -np.inf),
        (mg.arccosh, 1.0, np.inf),
    ],
    ids=str,
)
def test_infinite_derivative_at_the_edge_of_the_domain(operation, at, slope):
    with np.errstate(divide="ignore"):
        assert mg.grad(operation)(at) == slope


def test_derivative_of_a_power_in_its_exponent_is_nan_for_negative_numbers():
    with np.errstate(invalid="ignore"):
        assert np.isnan(mg.grad(mg.power, argnums=1)(-2.0, 3.0))


@pytest.mark.parametrize("condition", [True, np.True_, np.array(True), np.ones(3, bool), np.ones((2, 3), bool)])
@pytest.mark.parametrize("x", [np.float64(2.0), np.array(2.0), np.array([1.0, 2.0, 3.0]), np.ones(600)], ids=np.shape)
def test_a_choice_passes_the_whole_gradient_to_what_was_chosen(condition, x):
    if np.ndim(condition) and np.size(x) == 600:
        condition = np.ones(600, bool)
    for chosen, expected in ((condition, 1.0), (np.logical_not(condition)[()], 0.0)):
        y, pull = mg.vjp(lambda a, b, chosen=chosen: mg.where(chosen, a, b), x, x)
        times = y.size // np.size(x)
        for g, e in zip(pull(np.ones(y.shape)), (expected, 1.0 - expected), strict=True):
            np.testing.assert_array_equal(g, np.full(np.shape(x), e * times))


def test_the_gradient_of_a_softmax_that_is_nearly_one_keeps_its_digits():
    x, g = np.array([0.0, -40.0]), np.array([1.0, 3.0])
    expected = np.exp(-40.0) * (g[0] - g[1])
    np.testing.assert_allclose(mg.vjp(lambda x: mg.softmax(x, axis=0), x)[1](g)[0], [expected, -expected], rtol=1e-14)


# --- dtypes that meet ----------------------------------------------------------------------------------------


def test_python_numbers_do_not_promote_float32():
    x = mg.tensor([1.0, 2.0], dtype=np.float32, requires_grad=True)
    y = mg.sum(2 * x**3 / 7 - 1.5 + np.pi % (x + 1) + mg.where(x > 1, x, 0.5) + mg.clip(x, 0.5, 1.5) + mg.maximum(x, 1))
    assert y.dtype == np.float32
    assert mg.gradients(y, x).dtype == np.float32
    assert mg.gradients(y, x, create_graph=True).dtype == np.float32


@pytest.mark.parametrize("operand", SMALLER, ids=lambda x: x.dtype.name)
@pytest.mark.parametrize("name", BINARY)
def test_an_operand_of_a_smaller_dtype_costs_the_gradient_no_digits(name, operand):
    operation, x = getattr(mg, name), np.array([0.6, 1.7, 2.3])
    for f in (lambda a: lambda b: mg.sum(operation(a, b)), lambda b: lambda a: mg.sum(operation(a, b))):
        for derivative in (mg.grad, mg.hessian):
            found, expected = derivative(f(operand))(x), derivative(f(operand.astype(np.float64)))(x)
            np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_the_gradient_in_the_exponent_of_an_8_bit_image_is_that_in_float64():
    image = np.array([[12, 200], [255, 90]], np.uint8)
    expected = np.sum(image.astype(float) ** 0.45 * np.log(image.astype(float)))
    np.testing.assert_allclose(mg.grad(lambda gamma: mg.sum(image**gamma))(0.45), expected, rtol=1e-15)
    assert mg.grad(lambda p: mg.sum(image**p))(np.float32(0.45)).dtype == np.float32


@pytest.mark.parametrize("name", ["add", "multiply", "divide", "power", "maximum", "where", "matmul", "concatenate"])
def test_each_gradient_has_the_dtype_of_its_own_input_where_dtypes_meet(name):
    function = {
        "where": lambda a, b: mg.where(np.array([True, False]), a, b),
        "concatenate": lambda a, b: mg.concatenate([a, b]),
    }.get(name, getattr(mg, name))
    a, b = np.array([1.5, 2.5], np.float32), np.array([0.5, 3.0])
    output, pull = mg.vjp(function, a, b)
    assert output.dtype == np.float64
    da, db = pull(np.ones(output.shape))
    assert (da.dtype, db.dtype) == (np.float32, np.float64)


# --- what is recorded is not what is written later -----------------------------------------------------------

INDEX = np.array([0, 2, 2])
LATER: dict[str, tuple] = {
    "getitem": (lambda x, i: x[i], INDEX),
    "getitem, in a tuple": (lambda x, i: x[(i,)], INDEX),
    "scatter_add": (lambda x, i: mg.scatter_add(x, i, (4,)), INDEX),
    "take": (lambda x, i: mg.take(x, i), INDEX),
    "take_along_axis": (lambda x, i: mg.take_along_axis(x, i, 0), INDEX),
    "repeat": (lambda x, n: mg.repeat(x, n), INDEX),
    "where": (lambda x, mask: mg.where(mask, x, 0), np.array([True, False, True])),
    "multiply": (lambda x, y: x * y, np.array([1.0, 2.0, 3.0])),
    "reshape": (lambda x, shape: mg.reshape(x, shape), np.array([3, 1])),
    "transpose": (lambda x, axes: mg.transpose(mg.reshape(x, (1, 3)), axes), np.array([1, 0])),
    "pad": (lambda x, widths: mg.pad(x, widths), np.array([1, 2])),
}


@pytest.mark.parametrize("name", LATER)
def test_writing_into_an_argument_later_does_not_change_the_gradient(name):
    f, argument = LATER[name]
    x, given = mg.tensor([1.0, 2.0, 3.0], requires_grad=True), argument.copy()
    y = f(x, given)
    seed = np.arange(1.0, 1 + y.size).reshape(y.shape)
    before = mg.gradients(y, x, seed=seed)
    given[:] = given[::-1].copy() if given.dtype != bool else ~given
    np.testing.assert_array_equal(mg.gradients(y, x, seed=seed), before)


@pytest.mark.parametrize("dtype", [">f8", "<f8", ">f4", "<f4"])
@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("uses", [1, 2])
def test_a_gradient_has_the_byte_order_of_its_input(dtype, shape, uses):
    def f(x):
        return mg.sum(mg.exp(x) if uses == 1 else mg.exp(x) + x)

    x = np.full(shape, 0.5, dtype)
    leaf = mg.tensor(x, requires_grad=True)
    f(leaf).backward()
    recorded = mg.gradients(f(leaf), leaf, create_graph=True).numpy()
    of_leaf = [leaf.grad, mg.gradients(f(leaf), leaf), recorded]
    for g, its in [(mg.grad(f)(x), x), *((g, leaf) for g in of_leaf)]:
        assert g.dtype == its.dtype
        np.testing.assert_allclose(g, np.exp(0.5) + (uses == 2), rtol=1e-6)


@pytest.mark.parametrize("dtype", [int, bool, np.uint8, "int32"])
def test_gradients_stop_where_numbers_become_integers(dtype):
    x = mg.tensor([1.5, 2.5], requires_grad=True)
    for converted in (mg.astype(x, dtype), x.astype(dtype), np.astype(x, dtype)):
        assert converted.dtype == np.dtype(dtype)
        assert not converted.requires_grad
    assert mg.grad(lambda x: mg.sum(x * x.astype(dtype)))(np.array([1.5, 0.0])).tolist() == [1, 0]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("rank", range(5))
def test_the_second_derivative_of_a_determinant_is_exact_at_any_rank(n, rank):
    """A determinant is linear in each element, so differences give it with no error but that of rounding."""
    random = np.random.default_rng(n)
    a = random.integers(-2, 3, (n, min(rank, n))) @ random.integers(-2, 3, (min(rank, n), n)) * 1.0
    units = np.eye(n * n).reshape(n * n, n, n)
    two = np.linalg.det(a + units[:, None] + units)
    one = np.linalg.det(a + units)
    expected = two - one[:, None] - one + np.linalg.det(a)
    np.fill_diagonal(expected, 0.0)
    found = mg.hessian(mg.linalg.det)(a).reshape(n * n, n * n)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)

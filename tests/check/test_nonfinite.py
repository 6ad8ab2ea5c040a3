"""Where a NaN or an infinity comes from: `first_nonfinite` names the operation, the element and the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.check import Nonfinite

A = np.array
MASK = A([1.0, 0.0])
ROWS = A([[True], [False]])


def found(f: Callable[..., Any], *args: Any, **options: Any) -> Nonfinite:
    """Return the finding, which there has to be."""
    result = mg.first_nonfinite(f, *args, **options)
    assert result is not None
    return result


# --- which operation, where, of what -------------------------------------------------------------------


def scoped(x: Any) -> Any:
    with mg.scope("outer"), mg.scope("head"):
        y = mg.sqrt(x - 2)
    with mg.scope("later"):
        return mg.sum(mg.sqrt(y))


def branching(x: Any) -> Any:
    return mg.log(x[0]) if x[1] > 0 else x[0]


def recurrent(x: Any, w: Any) -> Any:
    h = x
    for t in range(20):
        with mg.scope(f"step {t}"):
            h = mg.exp(h * w)
    return mg.sum(h)


def loop(x: Any) -> Any:
    for _ in range(8):
        x = x * x * 10
    return mg.sum(x)


FORWARD: list[tuple[str, Callable[..., Any], tuple[Any, ...], str]] = [
    ("log of 0", lambda p: -mg.sum(mg.log(p)), (A([0.5, 1, 0]),), "log(p) made -inf at [2], from p = 0 there"),
    ("a scope", scoped, (A([4.0, 1.0]),), "√(x − 2) made nan at [1], from x − 2 = -1 there (scope outer / head)"),
    ("0/0", lambda a, b: mg.sum(a / b), (A([1.0, 0]), A([1.0, 0])),
     "a / b made nan at [1], from a = 0 and b = 0 there"),
    ("broadcast", lambda a, b: mg.sum(a / b), (np.ones((2, 2)), A([1.0, 0])),
     "a / b made inf at [0, 1], from a = 1 and b = 0 there"),
    ("overflow", lambda x: mg.sum(mg.exp(x)), (A([1.0, 800]),), "exp(x) made inf at [1], from x = 800 there"),
    ("float32", lambda x: mg.sum(mg.exp(x)), (A([100], np.float32),), "exp(x) made inf at [0], from x = 100 there"),
    ("a sum in float32", lambda x: mg.sum(x * x), (np.full((3, 4), 1e19, np.float32),),
     "Σ x ⊙ x made inf, from x ⊙ x, shape (3, 4), up to 1e+38"),
    ("a sum in float16", lambda x: mg.sum(x), (np.full(10, 6e4, np.float16),),
     "Σ x made inf, from x, shape (10,), up to 6e+04"),
    ("a product", lambda a, b: mg.sum(a @ b), (np.full((2, 3), 1e200), np.full((3, 2), 1e200)),
     "a · b made inf at [0, 0], from a, shape (2, 3), up to 1e+200 and b, shape (3, 2), up to 1e+200"),
    ("a power", lambda x: mg.sum(x**0.5), (A([4.0, -1]),), "x^0.5 made nan at [1], from x = -1 there"),
    ("a constant column", lambda x: mg.sum((x - mg.mean(x, axis=0)) / mg.std(x, axis=0)), (A([[2.0, 1], [3, 1]]),),
     "(x − mean(x, axis=0)) / std(x, axis=0) made nan at [0, 1], "
     "from x − mean(x, axis=0) = 0 and std(x, axis=0) = 0 there"),
    ("0 x inf", lambda p: mg.sum(MASK * mg.log(p)), (A([0.5, 0]),),
     "log(p) made -inf at [1], from p = 0 there: MASK ⊙ log(p) then makes nan of it"),
    ("inf - inf", lambda x: mg.sum(mg.exp(x) - mg.exp(2 * x)), (A([1.0, 800]),),
     "exp(x) made inf at [1], from x = 800 there: exp(x) − exp(2 x) then makes nan of it"),
    ("no derivative", lambda x: mg.sum(x * mg.floor(mg.log(x))), (A([0.0, 1]),),
     "log(x) made -inf at [0], from x = 0 there: x ⊙ ⌊log(x)⌋ then makes nan of it"),
    ("through moves", lambda a: mg.sum(mg.stack([a, mg.log(a)])[1:].T[2]), (A([0.0, 1, 0]),),
     "log(a) made -inf at [2], from a = 0 there"),
    ("summed on", lambda b: mg.sum(mg.einsum("ij,jk->ik", np.ones((2, 2)), mg.log(b))), (A([[1.0, 2], [3, 0]]),),
     "log(b) made -inf at [1, 1], from b = 0 there"),
    ("labels", lambda p, y: -mg.mean(mg.log(p[np.arange(2), y])), (A([[0.5, 0.5], [0, 1.0]]), A([0, 0])),
     "log(p[[0, 1], y]) made -inf at [1], from p[[0, 1], y] = 0 there"),
    ("branches", branching, (A([0.0, 1]),), "log(x[0]) made -inf, from x[0] = 0"),
    ("a step of many", recurrent, (A([1.0, 2]), A([1.0, 1])),
     "exp(exp(… ⊙ w) ⊙ w) made inf at [0], from exp(… ⊙ w) ⊙ w = 3.814e+06 there (scope step 3)"),
    ("a step of a loop", loop, (A([1e10]),),
     "… ⊙ 10 ⊙ … ⊙ 10 ⊙ 10 ⊙ … ⊙ 10 ⊙ … ⊙ 10 ⊙ 10 made inf at [0], "
     "from … ⊙ 10 ⊙ … ⊙ 10 ⊙ 10 = 1e+175 there: number 4 of 7 steps like it"),
    ("every element masked", lambda s: mg.sum(mg.softmax(mg.where(A([[True], [False]]), s, -np.inf)) ** 2),
     (np.zeros((2, 2)),), "softmax(where(a constant, s, −∞)) made nan at [1, 0]"),
    ("an argument", lambda w: mg.sum(w * w), (A([1.0, 2, 3, np.nan]),), "argument w holds nan at [3]"),
    ("an infinite argument", lambda w: mg.sum(w), (A([1.0, -np.inf]),), "argument w holds -inf at [1]"),
    ("a constant", lambda x: mg.sum(x * A([1.0, np.nan])), (A([1.0, 2]),),
     "a constant in x ⊙ (a constant) holds nan at [1]"),
    ("no tensor", lambda x: float("nan"), (A([1.0, 2]),),
     "what the function returned holds nan: it depends on no recorded operation"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args", "words"), [case[1:] for case in FORWARD], ids=[case[0] for case in FORWARD])
def test_the_operation_is_named_that_made_the_value_not_finite(
    f: Callable[..., Any], args: tuple[Any, ...], words: str
) -> None:
    made = found(f, *args)
    assert made.direction == "forward"
    assert str(made).startswith(f"forward: {words}")


BACKWARD: list[tuple[str, Callable[..., Any], tuple[Any, ...], str]] = [
    ("root of 0", lambda x: mg.sum(mg.sqrt(x)), (A([1.0, 0]),),
     "√x made inf at [1] of the gradient of x, from x = 0 there: the derivative is inf"),
    ("norm at 0", lambda x: mg.sqrt(mg.sum(x * x)), (A([0.0, 0]),),
     "√(Σ x ⊙ x) made inf of the gradient of Σ x ⊙ x, from Σ x ⊙ x = 0: the derivative is inf"),
    ("a power", lambda x: 3 * mg.sum(x**0.3), (A([0.0, 1]),),
     "x^0.3 made inf at [0] of the gradient of x, from x = 0 there: 3 × inf"),
    ("the end of arccos", lambda x: mg.sum(mg.arccos(x / 10)), (A([5.0, 10]),),
     "arccos(x / 10) made -inf at [1] of the gradient of x / 10, from x / 10 = 1 there: the derivative is -inf"),
    ("e^x in 1 / (1 + e^x)", lambda x: mg.sum(1 / (1 + mg.exp(x))), (A([1.0, 800]),),
     "exp(x) made nan at [1] of the gradient of x, from x = 800 there: 0 × inf"),
    ("0 x root", lambda p: mg.sum(MASK * mg.sqrt(p)), (A([0.5, 0]),),
     "√p made nan at [1] of the gradient of p, from p = 0 there: 0 × inf; MASK ⊙ √p doesn't depend on it"),
    ("overflow", lambda x: mg.sum(x * 1e200) * 1e200, (A([1e-200]),),
     "x ⊙ 1e+200 made inf at [0] of the gradient of x, from x = 1e-200 there: 1e+200 × 1e+200"),
    ("a sum that overflows", lambda x: mg.sum(x * np.full(3, 1.2e308)), (A([1e-10]),),
     "x ⊙ (a constant) made inf at [0] of the gradient of x, from x, shape (1,), up to 1e-10"),
    ("elements together", lambda x: mg.sum(mg.cumsum(x, axis=0) * 1e308), (np.full(3, 1e-10),),
     "cumsum(x) made inf at [0] of the gradient of x, from x, shape (3,), up to 1e-10"),
    ("another argument", lambda x, y: mg.sum(mg.floor(x) * mg.sqrt(y)), (A([1.0]), A([0.0])),
     "√y made inf at [0] of the gradient of y, from y = 0 there"),
    ("after branches", lambda x: mg.sum(mg.sqrt(x)) if x[0] == 0 else x[0], (A([0.0, 1]),),
     "√x made inf at [0] of the gradient of x, from x = 0 there"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args", "words"), [case[1:] for case in BACKWARD], ids=[case[0] for case in BACKWARD])
def test_where_the_value_is_finite_the_step_of_the_reverse_pass_is_named(
    f: Callable[..., Any], args: tuple[Any, ...], words: str
) -> None:
    made = found(f, *args)
    assert made.direction == "backward"
    assert str(made).startswith(f"backward: {words}")
    assert made.where is None


FINITE: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (lambda x: mg.sum(mg.log(x)), (A([1.0, 2]),)),
    (lambda s: mg.sum(mg.softmax(mg.where(A([1, 1, 0]) == 1, s, -np.inf)) ** 2), (A([1.0, 2, 3]),)),
    (lambda x: mg.logsumexp(mg.stack([x - np.inf, x])), (1.0,)),
    (lambda x: mg.sum(mg.where(x > 1, mg.log(x), 0)), (A([1e-300, 2]),)),
    (lambda w: mg.sum(mg.where(np.isnan(np.asarray(MASK * np.nan)), 0.0, w)), (A([np.nan, 1]),)),
    (lambda x: mg.sum(mg.floor(x)), (A([1.0]),)),
    (lambda x: mg.argmax(x), (A([1.0, 2]),)),
    (lambda x: 3.0, (A([1.0, 2]),)),
    (lambda n: n, (3,)),
]


@pytest.mark.parametrize(("f", "args"), FINITE)
def test_there_is_no_finding_where_value_and_gradient_are_finite(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    assert mg.first_nonfinite(f, *args) is None


def test_a_finding_says_everything_as_data() -> None:
    made = found(scoped, A([4.0, 1.0]))
    assert (made.operation, made.step, made.direction, made.index) == ("sqrt", "√(x − 2)", "forward", (1,))
    assert np.isnan(made.value)
    assert (made.inputs, made.scope, made.where, made.argument) == ({"x − 2": -1.0}, ("outer", "head"), None, None)
    made = found(lambda w: mg.sum(mg.where(w > 0, w, mg.exp(w) - 1)), A([-1.0, 800]))
    assert (made.operation, made.direction, made.index, made.argument) == ("exp", "backward", (1,), "w")
    assert made.where == "where(w > 0, w, exp(w) − 1)"
    assert made.inputs == {"w": 800.0}


def test_the_first_of_several_steps_of_the_reverse_pass_is_the_last_operation() -> None:
    made = found(lambda x, y: mg.sum(mg.sqrt(x) + mg.cbrt(mg.log(y))), A([0.0]), A([1.0]))
    assert made.operation == "cbrt"


def test_only_the_gradients_asked_for_count() -> None:
    def loss(x: Any, y: Any) -> Any:
        return mg.sum(x * y) + mg.sum(mg.sqrt(y))

    assert found(loss, A([1.0]), A([0.0]), argnums=(0, 1)).argument == "y"
    assert mg.first_nonfinite(loss, A([1.0]), A([0.0]), argnums=0) is None


def test_arguments_may_be_lists_tensors_and_what_is_no_number() -> None:
    for p in ([1.0, 0.0], mg.tensor([1.0, 0.0], requires_grad=True)):
        made = found(lambda p, how, n: mg.sum(mg.log(p) / n) if how == "mean" else p, p, "mean", 3)
        assert str(made) == "forward: log(p) made -inf at [1], from p = 0 there"


def test_what_overflows_is_told_from_what_has_no_value() -> None:
    assert found(lambda x: mg.sum(mg.exp(x)), A([3e6])).advice == (
        "float64 holds numbers up to 1.798e+308: keep what goes in smaller, or compute with logarithms"
    )
    assert found(lambda x: mg.sum(mg.exp(x)), A([300], np.float32)).advice.startswith("float32 holds numbers up to")
    assert found(lambda x: mg.sum(1 / x), A([0.0])).advice == (
        "divide has no finite value at x = 0: keep x away from where it has none, with np.maximum or np.where before "
        "this step"
    )
    assert found(lambda x: mg.sum(mg.sqrt(x)), A([0.0])).advice.startswith("sqrt has no finite slope at x = 0")


# --- the branch that a where did not take -----------------------------------------------------------------

DIAGONAL = np.eye(3) == 1
X = A([[1.0, 2.0], [0.0, 0.5], [3.0, 4.0]])

WHERE: list[tuple[str, Callable[..., Any], Any, str, str]] = [
    ("own ELU", lambda w: mg.where(w > 0, w, mg.exp(w) - 1), A([800.0, -1]), "where(w > 0, w, exp(w) − 1)",
     "safe = np.where(w > 0, 1, w); np.where(w > 0, w, np.exp(safe) - 1)"),
    ("log", lambda w: mg.where(w > 0, mg.log(w), 0), A([0.0, 1]), "where(w > 0, log(w), 0)",
     "safe = np.where(w > 0, w, 1); np.where(w > 0, np.log(safe), 0)"),
    ("arctanh", lambda w: mg.where(w < 1, mg.arctanh(w), 0 * w), A([1.0, 0.5]), "where(w < 1, arctanh(w), 0 w)",
     "safe = np.where(w < 1, w, 0.5); np.where(w < 1, np.arctanh(safe), 0 * w)"),
    ("further in", lambda w: mg.where(w > 0, w, 2 * mg.exp(w) ** 2), A([800.0, -1]),
     "where(w > 0, w, 2 exp(w)²)",
     "safe = np.where(w > 0, 1, w); np.where(w > 0, w, 2 * np.exp(safe) ** 2)"),
    ("nested", lambda w: mg.where(w > 0, mg.where(w < 5, mg.log(w), 0.0), 0.0), A([0.0, 1]),
     "where(w > 0, where(w < 5, log(w), 0), 0)",
     "safe = np.where(w > 0, w, 1); np.where(w > 0, np.where(w < 5, np.log(safe), 0.0), 0.0)"),
    ("the condition computes it too", lambda w: mg.where(mg.exp(w) > 1, w, mg.exp(w)), A([800.0, -1]),
     "where(exp(w) > 1, w, exp(w))",
     "v1 = np.exp(w); safe = np.where(v1 > 1, 1, w); np.where(v1 > 1, w, np.exp(safe))"),
    ("an operation that NumPy has not", lambda w: mg.where(w > 0, mg.log(w), mg.softmax(w)), A([0.0, 1]),
     "where(w > 0, log(w), softmax(w))",
     "safe = np.where(w > 0, w, 1); np.where(w > 0, np.log(safe), mg.softmax(w, -1))"),
    ("distances", lambda w: mg.where(DIAGONAL, 0.0, mg.sqrt(mg.sum((w[:, None] - w[None]) ** 2, axis=-1))), X,
     "where(DIAGONAL, 0, √Σ(…², axis=−1))",
     "safe = np.where(DIAGONAL, 1, np.sum((w[:, None] - w[None]) ** 2, axis=-1)); "
     "np.where(DIAGONAL, 0.0, np.sqrt(safe))"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "w", "text", "advice"), [c[1:] for c in WHERE], ids=[c[0] for c in WHERE])
def test_the_where_is_named_that_did_not_take_the_branch_and_the_double_where_mends_it(
    f: Callable[..., Any], w: Any, text: str, advice: str
) -> None:
    made = found(f, w)
    assert made.where == text
    assert "0 × inf" in str(made)
    assert str(made).endswith(f"in the branch that {text} did not take")
    assert made.advice == advice
    *before, last = advice.split("; ")

    def mended(w: Any) -> Any:
        names = {"np": mg, "mg": mg, "w": w, "DIAGONAL": DIAGONAL}
        for line in before:
            exec(line, names)
        return mg.sum(eval(last, names))

    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(mended(w), mg.sum(f(w)))
    assert mg.first_nonfinite(mended, w) is None
    assert mg.gradcheck(mended, w + 0.25)  # where there is a derivative: some stand at the condition's edge


def test_a_branch_of_another_shape_is_mended_in_words() -> None:
    made = found(
        lambda x: mg.sum(mg.where(ROWS, x / mg.linalg.norm(x, axis=1, keepdims=True), 0.0)), A([[3.0, 4], [0, 0]])
    )
    assert made.where == "where(ROWS, x / norm(x, axis=1, keepdims=True), 0)"
    assert made.advice == (
        "give x / norm(x, axis=1, keepdims=True) a harmless number, such as 1, in place of "
        "norm(x, axis=1, keepdims=True), with a where of its own, "
        "wherever this one does not take it"
    )


def test_no_code_is_advised_that_has_other_values() -> None:
    taken = A([[True, True], [True, False]])  # the mean is also one of elements that the safe number would replace
    made = found(lambda w: mg.sum(mg.where(taken, w, mg.exp(mg.mean(1 / w, axis=0)))), A([[0.0, 4], [2, 3]]))
    assert (made.operation, made.where) == ("exp", "where(taken, w, exp(mean(1 / w, axis=0)))")
    assert made.advice.startswith("give 1 / w a harmless number, such as 1, in place of w")


def test_a_long_branch_is_mended_in_words() -> None:
    def loss(w: Any) -> Any:
        y = mg.log(w)
        for k in range(60):
            y = mg.sin(y * k)
        return mg.where(w > 0, y, 0)

    assert found(loss, A([0.0, 1.0])).advice.startswith("give log(w) a harmless number, such as 1, in place of w")


def test_a_where_that_took_the_branch_is_not_blamed() -> None:
    assert found(lambda x: mg.where(x > 1, x, mg.sqrt(x)), A([0.0, 4.0])).where is None


# --- laws ------------------------------------------------------------------------------------------------

UNARY = (
    mg.exp, mg.log, mg.sqrt, mg.square, mg.reciprocal, mg.softmax, mg.std, mg.cumprod, mg.floor, mg.relu,
    lambda a: mg.sum(a, axis=0), lambda a: a * 1e200, lambda a: a[::-1],
)  # fmt: skip
BINARY = (
    mg.add, mg.subtract, mg.multiply, mg.divide, mg.maximum, mg.hypot, lambda a, b: mg.where(a > b, mg.log(a), b),
    lambda a, b: mg.stack([a * b, b - a])[0],
)  # fmt: skip
NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 0.5, 3.0, 800.0, -800.0, 1e200, 1e-200])


@given(
    x=st.lists(NUMBERS, min_size=3, max_size=3),
    steps=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(UNARY), st.integers(0, 9)),
            st.tuples(st.sampled_from(BINARY), st.integers(0, 9), st.integers(0, 9)),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_there_is_a_finding_exactly_where_value_or_gradient_is_not_finite(x: list[float], steps: list[Any]) -> None:
    def program(x: Any) -> Any:
        values = [x]
        for operation, *places in steps:
            inputs = [values[i % len(values)] for i in places]
            values.append(operation(*(mg.reshape(v, (-1,)) for v in inputs)))
        return mg.sum(values[-1])

    with np.errstate(all="ignore"):
        value, gradient = mg.value_and_grad(program)(A(x))
    made = mg.first_nonfinite(program, A(x))
    assert (made is None) == bool(np.isfinite(value) and np.isfinite(gradient).all())
    if made is not None:
        assert made.direction == ("backward" if np.isfinite(value) else "forward")
        assert not np.isfinite(made.value)
        if made.direction == "forward":  # it was made of finite numbers
            assert all(np.isfinite(v) for v in made.inputs.values() if isinstance(v, float))


# --- large records, and refusals --------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["log", "sqrt"])
def test_a_deep_record_is_searched_without_recursion(start: str) -> None:
    def loss(x: Any) -> Any:
        y = getattr(mg, start)(x)
        for _ in range(5_000):
            y = y + 0.5
        return mg.sum(y)

    assert found(loss, A([1.0, 0.0])).operation == start


def test_an_element_is_found_among_many() -> None:
    x = np.ones(100_000)
    x[77_777] = 0
    made = found(lambda x: mg.sum(mg.cumsum(mg.log(x), axis=0)), x)
    assert (made.operation, made.index) == ("log", (77_777,))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mg.first_nonfinite(3, 1.0), "first_nonfinite takes a function, got int"),
        (lambda: mg.first_nonfinite(lambda x: [x], 1.0), "the function must return one array, got list"),
        (lambda: mg.first_nonfinite(lambda x: x, 1.0, argnums=1), "argnums asks for argument 1, but there are 1"),
        (lambda: mg.first_nonfinite(lambda x: x, 1, argnums=0), "argument 0 holds no real floating-point numbers"),
    ],
)
def test_what_cannot_be_searched_is_refused(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call()


def test_an_exception_in_a_vjp_names_the_operation() -> None:
    def bad(g: Any, y: Any, x: Any) -> Any:
        return g * undefined  # type: ignore[name-defined]  # noqa: F821

    doubled = mg.primitive(lambda xp, x: 2 * x, [bad], name="doubled_badly")
    with pytest.raises(NameError, match="undefined") as raised:
        mg.grad(lambda x: mg.sum(doubled(x)))(A([1.0]))
    assert raised.value.__notes__ == ["raised by a VJP of the operation 'doubled_badly'"]


def test_an_infinite_number_in_a_branch_that_was_not_taken_is_named() -> None:
    found = mg.first_nonfinite(lambda x: mg.sum(mg.where(x > 10, x * np.inf, x)), np.array([1.0, 2.0]))
    assert found is not None
    assert "as ∞ is inf, in the branch that where" in str(found)

"""What leaves the record: through every door there is either the right gradient, or a sentence that helps."""

from __future__ import annotations

import array
import asyncio
import cmath
import copy
import decimal
import math
import pickle
import random
import re
import statistics
import struct
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.explain.chain import Chain

X = np.array([1.0, 2.0, 3.0])
NUMBER = "would have no gradient. Instead of math.exp.*np.maximum\\(0, t\\).*t.item\\(\\) or t.detach\\(\\)"
ARRAY = "would lose its gradient.*np.stack.*mg.array.*t.numpy\\(\\)"
INTO = r"a plain array keeps no gradient .* let the array be a tensor: np.zeros\(shape, like=t\) .* mg.zeros\(shape\)"


def into(write: Callable[[np.ndarray, mg.Tensor], Any]) -> Callable[[mg.Tensor], Any]:
    """Make a loss of what is written into an array."""

    def loss(x: mg.Tensor) -> Any:
        out = np.zeros(3)
        write(out, x)
        return mg.sum(out * x)

    return loss


def element(out: np.ndarray, x: mg.Tensor) -> None:
    out[0] = x[0]


def added(out: np.ndarray, x: mg.Tensor) -> None:
    out[0] += x[0]


def everything(out: np.ndarray, x: mg.Tensor) -> None:
    out[:] = x


def masked(out: np.ndarray, x: mg.Tensor) -> None:
    out[out == 0] = x


def listed(out: np.ndarray, x: mg.Tensor) -> None:
    out[:2] = [x[0], x[1]]


REFUSED: dict[str, tuple[Callable[[mg.Tensor], Any], str]] = {
    "math.exp": (lambda x: x[0] * math.exp(x[0]), NUMBER),
    "math.hypot": (lambda x: x[0] * math.hypot(x[0], x[1]), NUMBER),
    "math.fsum": (lambda x: x[0] * math.fsum(x), NUMBER),
    "math.floor": (lambda x: x[0] * math.floor(x[0]), NUMBER),
    "cmath.exp": (lambda x: x[0] * cmath.exp(x[0]).real, NUMBER),
    "float": (lambda x: x[0] * float(mg.sum(x)), "grad: the Python float made of the result of sum " + NUMBER),
    "int": (lambda x: x[0] * int(x[0]), "the Python int made of the result of getitem " + NUMBER),
    "complex": (lambda x: x[0] * complex(x[0]).real, "the Python complex made of the result of getitem " + NUMBER),
    "per cent": (lambda x: x[0] * float("%f" % x[0]), NUMBER),  # noqa: UP031
    "np.float64": (lambda x: x[0] * np.float64(x[0]), r"; write x\[0\] for np.float64\(x\[0\]\)$"),
    "np.float32": (lambda x: x[0] * np.float32(x[0]), r"; write x\[0\] for np.float32\(x\[0\]\)$"),
    "np.fromiter": (lambda x: mg.sum(np.fromiter(x, float)), NUMBER),
    "np.arange": (lambda x: mg.sum(np.arange(x[0])), NUMBER),
    "out.__setitem__": (
        into(lambda out, x: out.__setitem__((slice(0, 2),), x[:2])),
        "would lose its gradient; np.<funct",
    ),
    "NumPy's random numbers": (lambda x: x[0] * np.random.default_rng(0).normal(x[0]), ARRAY),
    "fmean": (lambda x: x[0] * statistics.fmean(x), NUMBER),
    "mean of statistics": (lambda x: x[0] * statistics.mean(x), NUMBER),
    "stdev": (lambda x: x[0] * statistics.stdev(x), NUMBER),
    "array.array": (lambda x: x[0] * array.array("d", x)[0], NUMBER),
    "struct": (lambda x: x[0] * struct.unpack("d", struct.pack("d", x[0]))[0], NUMBER),
    "out[0] = t": (into(element), r"out\[i\] = t: " + INTO),
    "out[0] += t": (into(added), r"out\[i\] = t: " + INTO),
    "out[:] = t": (into(everything), r"out\[i\] = t: " + INTO),
    "out[mask] = t": (into(masked), r"out\[i\] = t: " + INTO),
    "out[:2] = [t, t]": (into(listed), r"out\[i\] = t: " + INTO),
    "out.fill": (into(lambda out, x: out.fill(x[0])), NUMBER),
    "out.flat": (into(lambda out, x: out.flat.__setitem__(0, x[0])), NUMBER),
    "np.put": (into(lambda out, x: np.put(out, 0, x[0])), "np.put: " + INTO),
    "np.copyto": (into(lambda out, x: np.copyto(out, x)), "np.copyto: " + INTO),
    "np.add.at": (into(lambda out, x: np.add.at(out, [0], x[0])), "np.add.at: " + INTO),
    "copy": (lambda x: mg.sum(copy.copy(x)), "grad: a copy of the argument 'x' has no gradient"),
    "deepcopy": (lambda x: mg.sum(copy.deepcopy(x)), "a copy of .* has no gradient"),
    "pickle": (lambda x: mg.sum(pickle.loads(pickle.dumps(x))), "a copy of .* has no gradient"),
    "decimal": (lambda x: x[0] * float(decimal.Decimal(x[0])), "conversion from Tensor to Decimal"),
    "range": (lambda x: sum(x[0] for _ in range(x[0])), "only a 0-d integer tensor can be an index"),
    "var in ddof": (lambda x: mg.var(X, ddof=x[0]), "var: ddof is not differentiated; detach"),
    "std in ddof": (lambda x: mg.std(X, ddof=x[0]), "std: ddof is not differentiated; detach"),
    "std in correction": (lambda x: mg.std(X, correction=x[0]), "std: correction is not differentiated; detach"),
    "norm in ord": (lambda x: mg.linalg.norm(X, ord=x[2]), "norm: ord is not differentiated; detach"),
}

RIGHT: dict[str, tuple[Callable[[mg.Tensor], Any], list[float]]] = {
    "sum": (lambda x: sum(x), [1.0, 1.0, 1.0]),
    "max": (lambda x: max(x[0], x[1]), [0.0, 1.0, 0.0]),
    "pow": (lambda x: pow(x[1], 2), [0.0, 4.0, 0.0]),
    "round": (lambda x: x[1] + round(x[0]), [0.0, 1.0, 0.0]),
    "random.gauss": (lambda x: random.gauss(x[0], 1), [1.0, 0.0, 0.0]),
    "an array of objects": (into(lambda out, x: np.empty(1, object).__setitem__(0, x[0])), [0.0, 0.0, 0.0]),
    "a condition": (lambda x: x[0] if x[0] > 0 and x[1] else x[1], [1.0, 0.0, 0.0]),
    "text": (lambda x: (f"{x[0]:.2f}", f"{x}", str(x), repr(x)) and x[0], [1.0, 0.0, 0.0]),
    "a list of numbers, stacked": (lambda x: mg.sum(mg.stack([mg.exp(0 * x[0]), x[1] * x[1]])), [0.0, 4.0, 0.0]),
    "item": (lambda x: x[0] * x[1].item(), [2.0, 0.0, 0.0]),
    "tolist": (lambda x: x[0] * x.tolist()[1], [2.0, 0.0, 0.0]),
    "numpy": (lambda x: mg.sum(x * x.numpy()), [1.0, 2.0, 3.0]),
    "float of a detached tensor": (lambda x: x[0] * float(x[1].detach()), [2.0, 0.0, 0.0]),
    "float of what has no gradient": (lambda x: x[0] * float(mg.floor(x[1])) * int(mg.argmax(x)), [4.0, 0.0, 0.0]),
    "float without recording": (lambda x: x[0] * mg.no_grad()(lambda: float(x[1]))(), [2.0, 0.0, 0.0]),
    "np.clip with NumPy's new names": (lambda x: mg.sum(np.clip(x, min=1.5, max=2.5)), [0.0, 1.0, 0.0]),
    "squareplus in b": (lambda x: mg.activations["squareplus"](1.0, b=x[2]), [0.0, 0.0, 0.125]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_lose_a_gradient_is_refused(case: str) -> None:
    loss, words = REFUSED[case]
    with pytest.raises(TypeError, match=words):
        mg.grad(loss)(X)


@pytest.mark.parametrize("case", RIGHT)
def test_what_keeps_the_gradient_stays_allowed(case: str) -> None:
    loss, right = RIGHT[case]
    np.testing.assert_allclose(mg.grad(loss)(X), right)


def lost(x: Any) -> Any:
    """Return x eˣ, with half of its gradient."""
    return x * math.exp(x)


HALF = mg.primitive(
    lambda xp, x: x**3, [lambda g, y, x: g * 3 * math.pow(x, 2)], name="cube_by_math"
)  # a VJP that can be taken once
BY_FLOAT = mg.primitive(lambda xp, x: 3 * x, [lambda g, y, x: np.float64(3 * float(g))], name="thrice_by_float")

OUTSIDE = mg.tensor(2.0, requires_grad=True)

DIFFERENTIATE: dict[str, Callable[[], Any]] = {
    "grad": lambda: mg.grad(lost)(1.0),
    "value_and_grad": lambda: mg.value_and_grad(lost)(1.0),
    "vjp": lambda: mg.vjp(lost, 1.0),
    "jvp": lambda: mg.jvp(lost, (1.0,), (1.0,)),
    "jacobian": lambda: mg.jacobian(lost)(1.0),
    "hessian": lambda: mg.hessian(lost)(1.0),
    "hvp": lambda: mg.hvp(lost, 1.0, 1.0),
    "compare": lambda: mg.compare(lambda x: x * float(x), lambda x: 2 * x, 1.0),
    "diagnose": lambda: mg.diagnose(lambda x: x * float(x), lambda x: 2 * x, 1.0),
    "gradcheck": lambda: mg.gradcheck(lost, 1.0),
    "the chain of diagnose": lambda: Chain.of(lost, [1.0], ["x"], [0]),
    "compile": lambda: mg.compile(lost)(1.0),
    "compile of grad": lambda: mg.compile(mg.grad(lost))(1.0),
    "grad of compile": lambda: mg.grad(mg.compile(lost))(1.0),
    "nested": lambda: mg.grad(lambda x: mg.grad(lambda y: y * math.exp(x))(1.0))(1.0),
    "a parameter from outside": lambda: mg.grad(lambda x: x * float(OUTSIDE))(1.0),
    "a thread": lambda: mg.grad(in_a_thread)(1.0),
    "a VJP, for the second derivative": lambda: mg.grad(mg.grad(HALF))(1.0),
    "a VJP, for the second derivative by jvp": lambda: mg.jvp(mg.grad(HALF), (1.0,), (1.0,)),
    "a VJP, for jvp of jvp": lambda: mg.jvp(lambda x: mg.jvp(HALF, (x,), (1.0,))[1], (1.0,), (1.0,)),
    "the cotangent in a VJP, for jvp": lambda: mg.jvp(BY_FLOAT, (1.0,), (1.0,)),
    "a VJP, for create_graph": lambda: HALF(mg.tensor(1.0, requires_grad=True)).backward(create_graph=True),
}


def in_a_thread(x: Any) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(lost(x)))
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.parametrize("case", DIFFERENTIATE)
def test_everything_that_differentiates_refuses(case: str) -> None:
    with pytest.raises(
        TypeError, match=r"float made of .* would have no gradient|float\(\) of a tensor that is being tra"
    ):
        DIFFERENTIATE[case]()


def test_a_vjp_that_can_be_taken_once_pushes_tangents() -> None:
    assert mg.jvp(HALF, (2.0,), (1.0,)) == (8.0, 12.0)


def test_so_does_a_thread_that_takes_the_context_along() -> None:
    async def elsewhere(x: Any) -> Any:
        return await asyncio.to_thread(lost, x)

    with pytest.raises(TypeError, match=r"float made of .* would have no gradient"):
        mg.grad(lambda x: asyncio.run(elsewhere(x)))(1.0)


def test_the_arguments_of_a_function_are_called_by_their_names() -> None:
    def loss(weights: Any, *others: Any) -> Any:
        return mg.sum(weights) * math.exp(others[1])

    with pytest.raises(TypeError, match=r"made of the argument 'others\[1\]' would have"):
        mg.grad(loss, (0, 2))(X, X, 1.0)
    with pytest.raises(TypeError, match=r"made of the argument 'rate' would have"):
        mg.grad(lambda rate: mg.grad(lambda y: y * float(rate))(1.0))(1.0)
    with pytest.raises(
        TypeError, match=r"argument 0, but there are 0; weights, rate given by name can't be one of them"
    ):
        mg.grad(lambda **given: given["weights"])(weights=X, rate=1.0)


@pytest.mark.parametrize("transform", [mg.gradcheck, mg.compare, mg.diagnose], ids=lambda f: f.__name__)
def test_what_calls_a_transform_speaks_in_its_own_name(transform: Any) -> None:
    manual = [] if transform is mg.gradcheck else [lambda x: x]
    with pytest.raises(TypeError, match=f"^{transform.__name__}: the Python float"):
        transform(lambda x: x * float(x), *manual, 1.0)
    with pytest.warns(
        UserWarning, match=f"^{transform.__name__}: the function returned float(64)?, which is no tensor"
    ):
        transform(lambda x: (x * x).item() if isinstance(x, mg.Tensor) else x * x, *manual, 1.0)


def test_an_activation_made_with_math_is_not_registered() -> None:
    def broken(x: Any) -> Any:
        return x * math.exp(mg.sum(0 * x))

    with pytest.raises(ValueError, match=r"'broken': calling it on a Tensor raised LostGradient: .* the result of sum"):
        mg.activation(broken)
    (only,) = mg.check_activation(broken).findings
    assert only.verdict == "wrong"
    assert "it raises LostGradient: check_activation: the Python float made of the result of sum" in only.words


@pytest.mark.parametrize(
    ("one_number", "words"),
    [
        (lambda x: 1 / (1 + math.exp(-x)), "TypeError: .*functions of math take one number, .*mg.exp, whole arrays"),
        (lambda x: x if x > 0 else 0.1 * x, r"ValueError: .*mg.where\(condition, a, b\) chooses for every element"),
    ],
    ids=["math", "if"],
)
def test_an_activation_of_one_number_is_told_of_arrays(one_number: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mg.activation(one_number, name="one_number")
    (only,) = mg.check_activation(one_number).findings
    assert re.search(f"it raises {words}", only.words)


def test_what_numpy_says_instead_does_not_hide_the_reason_but_other_errors_stay() -> None:
    def writes(x: Any) -> Any:
        out = np.zeros(3)
        out[0] = x[0]  # NumPy says "setting an array element with a sequence"
        return out

    with pytest.raises(TypeError, match=INTO) as caught:
        mg.grad(writes)(X)
    assert "writes" in [entry.name for entry in caught.traceback]

    def goes_on(x: Any) -> Any:
        try:
            float(x[0])
        except TypeError:
            raise KeyError("another") from None

    with pytest.raises(KeyError, match="another"):
        mg.grad(goes_on)(X)


# --- what a function returns ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: mg.sum(x).item(), r"returned float, .* it took \.item\(\) of the result of sum\. Return the tensor"),
        (lambda x: mg.sum(x).numpy(), r"returned ndarray, .* it took \.numpy\(\) of the result of sum\. Return"),
        (lambda x: mg.sum(x).tolist(), r"returned float, .* it took \.tolist\(\) of the result of sum\. Return"),
        (lambda x: np.sum(x.data), r"returned float64, .* it took \.data of the argument 'x'\. Return"),
        (lambda x: 3.0, r"grad: the function returned float, which is no tensor, so the gradient is zero\. Return"),
    ],
    ids=range(5),
)
def test_a_function_that_returns_no_tensor_is_told_to(f: Callable[..., Any], words: str) -> None:
    with pytest.warns(UserWarning, match=words) as caught:
        assert mg.grad(f)(X).tolist() == [0.0, 0.0, 0.0]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (lambda x: True, "bool of dtype bool"),
        (lambda x: 3, "int of dtype int64"),
        (lambda x: x[0] > 0, "a tensor of dtype bool"),
        (lambda x: mg.argmax(x), "a tensor of dtype int64"),
        (lambda x: mg.allclose(x, 1.0), "a tensor of dtype bool"),
        (lambda x: np.argmax(x.numpy()), "int64 of dtype int64"),
    ],
    ids=range(6),
)
def test_a_function_that_returns_no_real_number_is_refused(f: Callable[..., Any], what: str) -> None:
    for transform in (mg.grad, mg.jacobian, lambda f: lambda x: mg.vjp(f, x), lambda f: lambda x: mg.hvp(f, x, x)):
        with pytest.raises(TypeError, match=f"the function returned {what}, but gradients flow through real"):
            transform(f)(X)


def test_a_constant_gradient_of_an_inner_level_is_no_reason_to_warn() -> None:
    assert mg.grad(lambda x: mg.grad(lambda y: 2 * y)(x))(1.0) == 0
    assert mg.hessian(lambda x: mg.sum(3 * x))(X).tolist() == np.zeros((3, 3)).tolist()
    assert mg.grad(lambda x: mg.jvp(lambda y: 2 * y, (x,), (1.0,))[1])(1.0) == 0


# --- where people print float(loss) -----------------------------------------------------------------------


def test_backward_warns_of_a_number_that_the_output_depends_on() -> None:
    w = mg.tensor(2.0, requires_grad=True, name="w")
    loss = w * math.exp(w)
    with pytest.warns(
        UserWarning, match=r"backward: a number was made of the tensor 'w' by float\(\).*missing"
    ) as caught:
        loss.backward()
    assert caught[0].filename == __file__
    (2 * w).backward()  # it was said

    part = w * w
    loss = part + float(part)
    with pytest.warns(
        UserWarning, match=r"gradients: a number was made of the result of multiply .*\.item\(\) instead"
    ):
        mg.gradients(loss, w)


def into_an_array(w: Any) -> Any:
    out = np.zeros(3)
    out[0] = w[0]
    return mg.sum(w * out)


BESIDE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a penalty": (lambda w: mg.sum(w * w) + float(mg.sum(w**2)), "the result of sum by float"),
    "times a number": (lambda w: mg.mean(w * w) + 0.1 * float(mg.linalg.norm(w)), "the result of norm by float"),
    "a function of math's": (lambda w: mg.exp(w)[0] * math.exp(mg.sum(w)), "the result of sum by float"),
    "an element": (lambda w: mg.sum(w) * float(w[0]), "the result of getitem by float"),
    "an array that is written into": (lambda w: into_an_array(w * 1.0), "the result of getitem by float"),
}


@pytest.mark.parametrize("case", BESIDE)
def test_backward_warns_of_a_number_that_was_made_while_the_output_was_computed(case: str) -> None:
    f, words = BESIDE[case]
    w = mg.tensor(X, requires_grad=True)
    with pytest.warns(UserWarning, match=f"backward: a number was made of {words}.*missing"):
        f(w).backward()
    mg.sum(w * w).backward()  # it was said


def test_backward_does_not_warn_of_losses_that_are_logged() -> None:
    w = mg.tensor(X, requires_grad=True)

    def loss(x: Any) -> Any:
        return mg.mean((x * w - 1) ** 2)

    for _ in range(3):
        training = loss(X)
        float(training)
        training.backward()
        float(training), float(loss(2 * X)), float(w.grad[0])
        w.data -= 0.1 * w.grad
        float(mg.linalg.norm(w)), float(loss(2 * X))
    trunk = w * w
    one, other = mg.sum(trunk), mg.sum(trunk * X)
    float(one), float(other)
    one.backward(retain_graph=True)
    other.backward()
    float(w[0])
    w.backward(X)


def test_backward_does_not_warn_of_what_is_printed_by_the_right_names() -> None:
    w = mg.tensor(2.0, requires_grad=True)
    part = w * w
    part.item(), f"{part:.1f}", bool(part), part.numpy(), int(mg.floor(part))
    with mg.no_grad():
        float(part)
    loss = part + 1
    float(loss)
    loss.backward()
    float(loss), float(mg.tensor(1.0))
    mg.sum(mg.tensor([1.0, 2.0], requires_grad=True)).backward()


def test_what_was_made_a_number_is_not_kept_alive() -> None:
    from microgradnet.leaving import _taken

    before = len(_taken)
    loss = mg.tensor(2.0, requires_grad=True) * 3
    float(loss)
    assert len(_taken) == before + 1
    del loss
    assert len(_taken) == before


# --- text of what is compiled --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [str, "{}".format, "{:.2f}".format, "%s".__mod__, print], ids=range(5))
def test_text_of_a_tensor_that_is_compiled_is_refused(text: Callable[[Any], Any]) -> None:
    def f(x: Any) -> Any:
        text(x * 2)
        return x

    for compiled in (mg.compile(f, backend="numpy"), mg.compile(mg.grad(f), backend="numpy")):
        with pytest.raises(
            TypeError, match=r"compile: .*test_leaving.py:\d+: .*the text of a tensor that is being traced"
        ):
            compiled(1.0)
    with warnings.catch_warnings():
        assert mg.grad(f)(1.0) == 1


def test_the_repr_of_a_tensor_that_is_compiled_holds_no_value() -> None:
    seen = []
    mg.compile(lambda x: (seen.append(repr(x * 2)), x)[1], backend="numpy")(np.ones(3))
    assert seen == ["tensor(traced, shape=(3,), from multiply)"]


# --- plain arrays whose index is compiled --------------------------------------------------------------------

EYE = np.eye(4)
INDEXED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "rows": (lambda y: EYE[y], "write mg.tensor(EYE)[y] for EYE[y]"),
    "a number of each row": (lambda y: EYE[np.arange(2), y], "write mg.tensor(EYE)[np.arange(2), y] for EYE[np.aran"),
    "columns": (lambda y: EYE[:, y], "write mg.tensor(EYE)[:, y] for EYE[:, y]"),
    "computed": (lambda y: EYE[y % 3], "write mg.tensor(EYE)[y % 3] for EYE[y % 3]"),
    "np.take": (lambda y: np.take(EYE, y, axis=0), "; use mg.take(a, t, axis="),
}


@pytest.mark.parametrize("case", INDEXED)
def test_a_plain_array_with_a_compiled_index_says_what_to_write(case: str) -> None:
    indexed, words = INDEXED[case]
    f = mg.compile(lambda x, y: mg.sum(x) + mg.sum(indexed(y)), backend="numpy")
    with pytest.raises(TypeError, match=rf"compile: .*test_leaving.py:\d+: .*{re.escape(words)}"):
        f(X, np.array([0, 2]))


def test_a_plain_array_with_a_compiled_index_works_as_it_is_told() -> None:
    f = mg.compile(mg.grad(lambda x, y: mg.sum(mg.tensor(EYE)[y] * mg.take(EYE, y, axis=0) * x)), backend="numpy")
    for y in ([0, 2], [3, 3]):
        np.testing.assert_array_equal(f(np.ones((2, 4)), np.array(y)), EYE[y])


# --- every number that a function can be given -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, parameter)
        for name, a in mg.activations.items()
        for parameter, default in a.parameters.items()
        if type(default) is float
    ],
)
def test_activations_have_the_gradient_of_each_of_their_parameters(name: str, parameter: str) -> None:
    activation = mg.activations[name]
    x = np.array([-1.3, -0.4, 0.3, 0.7, 1.9, 2.4])
    default = activation.parameters[parameter]

    def f(p: Any) -> Any:
        return mg.sum(activation(x, **{parameter: p}) * np.arange(1, 7))

    h = 1e-6
    assert np.isclose(mg.grad(f)(default), (f(default + h) - f(default - h)) / (2 * h), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("where", ["here", "in a thread"])
def test_a_number_is_refused_after_another_transform_has_ended(where: str) -> None:
    def another() -> None:
        mg.grad(mg.sum)(X)

    def f(x: mg.Tensor) -> mg.Tensor:
        if where == "here":
            another()
        else:
            thread = threading.Thread(target=another)
            thread.start()
            thread.join()
        return x[0] * float(x[1])

    with pytest.raises(TypeError, match=NUMBER):
        mg.grad(f)(X)

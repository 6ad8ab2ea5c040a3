"""`export_activation`: every activation, for every library, run where that is installed, and what isn't written."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.nn.activate.export import TARGETS
from microgradnet.views.libraries import LIBRARIES

Array = np.ndarray[Any, np.dtype[Any]]

NAMES = tuple(mg.activations)

SHAPED = {
    "glu": r"v_{1} &= x[:, 0:n/2] \\", "reglu": r"v_{2} &= x[:, n/2:n] \\", "geglu": r"v_{2} &= x[:, n/2:n] \\",
    "swiglu": r"v_{3} &= v_{2} \, \sigma(v_{2}) \\", "maxout": r"v_{1} &= \operatorname{reshape}_{m, n/2, 2} x \\",
}  # fmt: skip
"""What is made of parts of x, whose lengths LaTeX would have to name."""


@cache
def exported(name: str, to: str) -> str:
    """Export a built-in one, once for all tests."""
    return mg.export_activation(name, to)


def run(text: str) -> dict[str, Any]:
    """Run what is exported, as a module of its own."""
    names: dict[str, Any] = {}
    exec(text, names)
    return names


def points(name: str) -> Array:
    """Return numbers away from kinks; along an axis, rows of them."""
    declared = mg.activations[name]
    if not declared.elementwise:
        return np.sin(np.arange(24.0)).reshape(2, 12) * 2
    x = np.array([-4.1, -2.3, -1.7, -0.6, -0.21, 0.13, 0.4, 0.83, 1.9, 2.6, 3.3, 5.7])
    return x[[all(abs(v - k) > 0.05 for k in declared.kinks or ()) for v in x]]


@pytest.mark.parametrize("name", NAMES)
def test_for_pytorch_it_passes_its_own_checks_of_both_orders(name: str) -> None:
    torch = pytest.importorskip("torch")
    f = run(exported(name, "torch"))[name]
    learned = [float(mg.activations[name].parameters[k]) for k in mg.activations[name].learnable]
    given = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (points(name), *learned)]
    assert torch.autograd.gradcheck(f, given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of outputs whose gradient is constant
        assert torch.autograd.gradgradcheck(f, given)


@pytest.mark.parametrize("name", NAMES)
def test_for_jax_both_modes_and_both_orders_agree(name: str) -> None:
    jax = pytest.importorskip("jax")
    f = run(exported(name, "jax"))[name]

    @jax.jit  # one program is compiled sooner than all of its operations
    def derived(x: Any) -> Any:
        return (
            (f(x), f(x)),
            (jax.jacfwd(f)(x), jax.jacrev(f)(x)),
            (jax.jacfwd(jax.jacrev(f))(x), jax.jacrev(jax.jacfwd(f))(x)),
        )

    with jax.enable_x64(True):
        for forward, reverse in derived(jax.numpy.asarray(points(name))):
            np.testing.assert_allclose(forward, reverse, atol=1e-12)


@pytest.mark.parametrize("to", ["torch", "jax", "numpy"])
@pytest.mark.parametrize("name", NAMES)
def test_the_comment_says_with_what_it_agreed(name: str, to: str) -> None:
    pytest.importorskip(to)
    lines = exported(name, to).splitlines()
    said = " ".join(line[2:] for line in lines if line.startswith("# "))
    assert f"Run with {LIBRARIES[to].title} " in said
    assert "float64 value within" in said
    assert "float32 value within" in said
    assert not any("microgradnet" in line for line in lines if not line.startswith("# "))


@pytest.mark.parametrize("name", NAMES)
def test_as_latex_it_has_the_function_and_its_derivative(name: str) -> None:
    text = mg.export_activation(name, "latex")
    assert (r"x &\in \mathbb{R}^{m \times n} \\" in text) is (name in SHAPED)
    assert SHAPED.get(name, "") in text
    assert "(1 v" not in text
    assert text.startswith("\\begin{aligned}\n")
    assert "f(x) &= " in text
    assert ("f'(x) &= " in text) or (r"\frac{\partial f}{\partial x} &= " in text) or (r"\bar{x} &= " in text)
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    latex2mathml = pytest.importorskip("latex2mathml.converter")
    assert "<math" in latex2mathml.convert(text)


def test_what_depends_on_the_shape_in_another_way_is_not_typeset() -> None:
    @mg.activation(elementwise=False, name="by_length_less_one", range=(-np.inf, np.inf), monotonic=None)
    def by_length_less_one(x: Any) -> Any:
        return x * (x.shape[-1] - 1)

    with pytest.raises(ValueError, match="'by_length_less_one' computes depends on the shape of x isn't known"):
        mg.export_activation("by_length_less_one", "latex")


# --- somebody's own --------------------------------------------------------------------------------------


def test_a_learnable_parameter_is_a_parameter_there() -> None:
    torch = pytest.importorskip("torch")

    @mg.activation(learnable="a")
    def snake(x: Any, a: float = 1.0) -> Any:
        return x + mg.square(mg.sin(a * x)) / a

    names = run(mg.export_activation("snake", "torch"))
    layer = names["Snake"]()
    x = torch.linspace(-2, 2, 7)
    layer(x).sum().backward()
    ours = mg.grad(lambda a: mg.sum(snake(x.numpy().astype(float), a)))(1.0)
    assert [name for name, _ in layer.named_parameters()] == ["a"]
    np.testing.assert_allclose(layer.a.grad.item(), ours, rtol=1e-5)
    per_channel = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64, requires_grad=True)
    rows = torch.linspace(-2, 2, 12, dtype=torch.float64).reshape(4, 3).requires_grad_()
    assert torch.autograd.gradcheck(names["snake"], (rows, per_channel))
    assert torch.autograd.gradgradcheck(names["snake"], (rows, per_channel))


NAMED = (
    "a",
    "g",
    "z",
    "d_x",
    "t_x",
    "g_x",
    "v1",
    "ctx",
    "torch",
    "jnp",
    "np",
    "training",
    "forward",
    "odd_value",
    "self",
)


@pytest.mark.parametrize(
    ("to", "name"), [*(("torch", n) for n in NAMED), ("jax", "t_x"), ("jax", "jnp"), ("numpy", "np")]
)
def test_a_learnable_parameter_is_called_as_one_likes(to: str, name: str) -> None:
    pytest.importorskip(to)
    space: dict[str, Any] = {"mg": mg}
    exec(f"def odd(x, {name}=0.75):\n    return mg.tanh({name} * x) + x * mg.sigmoid({name} * x)", space)
    mg.activation(space["odd"], learnable=name)
    names = run(mg.export_activation("odd", to))  # and compared
    if to == "torch":
        assert len(list(names["Odd"]().parameters())) == 1


@pytest.mark.parametrize("name", ["silu", "relu", "swiglu"])
def test_for_pytorch_it_goes_through_vmap(name: str) -> None:
    torch = pytest.importorskip("torch")
    f = run(exported(name, "torch"))[name]
    x = torch.linspace(-2.1, 2.2, 12, dtype=torch.float64).reshape(2, 6)
    rows = torch.func.vmap(torch.func.jacrev(f))(x)
    torch.testing.assert_close(rows, torch.stack([torch.func.jacrev(f)(row) for row in x]))


@pytest.mark.parametrize("name", ["relu", "hard_sigmoid"])
def test_nothing_passes_where_it_is_flat_not_even_an_infinite_gradient(name: str) -> None:
    torch = pytest.importorskip("torch")
    x = torch.tensor([-4.0, 2.0], requires_grad=True)
    torch.sqrt(run(exported(name, "torch"))[name](x)).sum().backward()
    assert x.grad[0] == 0
    assert x.grad[1] > 0


def test_parameters_that_are_not_learned_are_numbers() -> None:
    f = run(mg.export_activation("leaky_relu", "numpy", negative_slope=0.5))["leaky_relu"]
    assert f(np.array([-2.0, 3.0])).tolist() == [-1.0, 3.0]
    assert "With negative_slope = 0.5." in mg.export_activation("leaky_relu", "numpy", negative_slope=0.5)


RIGHT: dict[str, Callable[..., Any]] = {
    "of two pieces": lambda x: mg.where(x > 0.3, mg.sqrt(mg.abs(x) + 1), mg.arctan(x)),
    "of numbers": lambda x: mg.where(x > 0, 1 / 3, mg.where(x < -1, 2 / 3, 0 * x)) * x,
    "of bounds": lambda x: mg.minimum(mg.maximum(x, -1.5), 2.5) + mg.clip(x, -1, 3),
    "of special functions": lambda x: x * mg.erf(mg.softplus(x)) + mg.erfc(x),
    "of many": lambda x: mg.hypot(x, 1.0) + mg.logaddexp(x, 0.5) + mg.cbrt(x * x + 1) + mg.log1p(mg.exp(-mg.abs(x))),
    "of signs": lambda x: mg.sign(x) * mg.log1p(mg.abs(x)) + mg.copysign(0.5, x) * x,
    "of logic": lambda x: mg.where((x > -1) & ~(x > 2), x * x, x + 1),
    "of constants": lambda x: x * 0.0 + 2.0 + x,
}


@pytest.mark.parametrize("to", ["torch", "jax", "numpy"])
@pytest.mark.parametrize("what", RIGHT)
def test_somebody_s_own_is_written_and_agrees(what: str, to: str) -> None:
    pytest.importorskip(to)
    mg.activation(RIGHT[what], name="own")
    assert f"Run with {LIBRARIES[to].title}" in mg.export_activation("own", to)


def test_an_own_operation_is_written_as_what_it_is_made_of() -> None:
    operation = mg.primitive(
        lambda xp, x: xp.log(xp.cosh(x)), [lambda g, y, x: g * mg.tanh(x)], name="log_cosh_of_mine"
    )
    mg.activation(operation, name="mine")
    text = mg.export_activation("mine", "torch")
    assert "torch.log(torch.cosh(x))" in text
    assert "torch.tanh(x)" in text


def test_a_function_that_is_not_registered_is_checked_first() -> None:
    with pytest.raises(ValueError, match="it is not elementwise"):
        mg.export_activation(lambda x: x - mg.mean(x), "numpy")


# --- what is refused -------------------------------------------------------------------------------------


def test_what_a_library_has_no_name_for_is_refused_by_name() -> None:
    mg.activation(lambda x: x * mg.exp(-mg.gamma(mg.abs(x) + 1)), name="with_gamma")
    with pytest.raises(TypeError, match="the table of PyTorch's names has nothing for what comes from scipy"):
        mg.export_activation("with_gamma", "torch")


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (("relu", "keras"), ValueError, "no library 'keras'; there are torch, jax, numpy, latex"),
        (("sigmoyd", "torch"), KeyError, "did you mean 'sigmoid'"),
    ],
)
def test_a_target_or_a_name_that_nobody_knows(given: tuple[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        mg.export_activation(*given)


def test_parameters_are_checked() -> None:
    with pytest.raises(TypeError, match="'relu' has no parameter 'slope'; it has none"):
        mg.export_activation("relu", "numpy", slope=1)
    with pytest.raises(TypeError, match="'alpha' is learnable in 'prelu': it is a parameter of what is exported"):
        mg.export_activation("prelu", "numpy", alpha=1)


def test_what_computes_something_else_is_not_handed_out() -> None:
    square = mg.primitive(
        lambda xp, x: xp.square(x),
        [lambda g, y, x: 2 * g * x],
        name="square_told_wrong",
        source="np.square({0}) * 1.001",
    )
    mg.activation(square, name="told_wrong")
    with pytest.raises(ValueError, match=r"what was written for NumPy isn't 'told_wrong': its value at x = "):
        mg.export_activation("told_wrong", "numpy")


def test_where_a_library_is_not_installed_it_says_that_it_was_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    assert "# Not run: JAX is not installed where this was written." in mg.export_activation("silu", "jax")


def test_user_text_stays_in_comments() -> None:
    mg.activation(lambda x: mg.tanh(x), name="quoted", source='a\n"""\nimport os  # b', formula='"""; x')
    for to in TARGETS[:3]:
        text = mg.export_activation("quoted", to)
        theirs = [line for line in text.splitlines() if "import os" in line or "; x" in line]
        assert theirs
        assert all(line.startswith("# ") for line in theirs)

"""Formulas are true: read as NumPy computes, each has the value, and spread the shape, that stands for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.notation import TEXT
from microgradnet.views.derivation import Derivation
from microgradnet.views.mathematics import as_formulas
from tests.views.test_drawing import texts


class Infix:
    """A function of two that is written between them."""

    __array_ufunc__ = None

    def __init__(self, f: Callable[..., Any], *given: Any) -> None:
        self.f, self.given = f, given

    def __rmul__(self, left: Any) -> Infix:
        return Infix(self.f, left)

    def __mul__(self, right: Any) -> Any:
        return self.f(*self.given, right)


class Over:
    """A function that takes axes away, before what it is of: it binds as a power does."""

    __array_ufunc__ = None

    def __init__(self, f: Callable[..., Any], *axes: int) -> None:
        self.f, self.axes = f, axes

    def __pow__(self, of: Any) -> Any:
        return self.f(of, axis=self.axes)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("tanh", "cos", "sin", "exp", "log", "max", "mean", "var")},
    "softmax": mg.softmax, "norm": mg.linalg.norm, "SUM": np.sum, "inv": np.linalg.inv,
    "broadcast_to": np.broadcast_to, "reshape": np.reshape, "tensordot": np.tensordot,
    "slope_tanh": lambda z: 1 - np.tanh(z) ** 2,
    "right_length": lambda length, x, axis: length, "einsum": np.einsum, "sgn": np.sign,
    "slope_σ": lambda z: (s := 1 / (1 + np.exp(-z))) * (1 - s), "σ": lambda z: 1 / (1 + np.exp(-z)),
}  # fmt: skip


def closing(text: str, start: int, also: str = "") -> int:
    """Find where the bracket ends that is open at a place, or before that one of some signs at its depth."""
    depth = 0
    for k in range(start, len(text)):
        if depth == 0 and (text[k] in ")]," or any(text.startswith(sign, k) for sign in also.split("|") if sign)):
            return k
        depth += (text[k] in "([") - (text[k] in ")]")
    return len(text)


def read(formula: str, names: Mapping[str, Any]) -> Any:
    """Read a formula by the rules of NumPy."""
    values = dict(FUNCTIONS)
    text = formula
    for k, name in enumerate(sorted(names, key=len, reverse=True)):
        text = re.sub(rf"(?<![\w∂/]){re.escape(name)}(?![a-zA-Z0-9_₀-₉])", f"N{k}_", text)
        values[f"N{k}_"] = names[name]
    text = re.sub(r"(\w+)′\(", r"slope_\1(", text)
    for found in reversed([*re.finditer(r"1\[", text)]):  # Iverson's bracket
        end = closing(text, found.end())
        text = f"{text[: found.start()]}(1 * ({text[found.end() : end]})){text[end + 1 :]}"
    text = text.replace(" = ", " == ").replace("≠", "!=").replace("∨", "|").replace("⁻¹", ".I")
    text = re.sub(r"axis==", "axis=", text)
    for shape in re.findall(r"in shape ([0-9×]+)", text):
        text = text.replace(f"in shape {shape}", f"*INTO* ({shape.replace('×', ', ')},)")
    for symbol, what in re.findall(r"(Σ|max|mean|var|Π) over (\w+(?: and \w+)?) of", text):
        axes = ", ".join("01"[word == "columns"] for word in what.split(" and "))
        f = {"Σ": "SUM", "Π": "PROD"}.get(symbol, symbol)
        text = text.replace(f"{symbol} over {what} of ", f"Over({f}, {axes})**")
    while (at := text.find("Σ ")) >= 0:
        end = closing(text, at + 2, " + | − | == | != ")
        text = f"{text[:at]}SUM({text[at + 2 : end]}){text[end:]}"
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(raised)})", text.replace("Σ", "SUM"))
    text = re.sub(r"(\w+|\([^()]*\))\.I", r"inv(\1)", text.replace("ᵀ", ".T").replace("−", "-"))
    text = re.sub(r"√(\w+)", r"np.sqrt(\1)", text).replace("√(", "np.sqrt(")
    text = re.sub(r"(?<![\w.])([0-9.]+) (?=[\w(])", r"\1 * ", text)
    text = text.replace("⊙", "*").replace("·", "@").replace("⊗", "*OUTER*")
    values |= {"np": np, "Over": Over, "PROD": np.prod, "OUTER": Infix(np.outer)}
    values["INTO"] = Infix(
        lambda x, shape: np.reshape(x, shape) if np.size(x) == np.prod(shape) else np.broadcast_to(x, shape)
    )
    return eval(text, values)


def close(found: Any, wanted: Any) -> bool:
    """Whether they are the same but for numbers that are written with four digits."""
    return np.allclose(found, wanted, rtol=0, atol=1e-3 * float(np.max(np.abs(wanted), initial=1e-9)))


W, b, V, X, c = (
    np.array([[1.0, -0.5], [0.25, 2.0]]), np.array([0.5, -1.5]), np.sin(np.arange(6.0)).reshape(2, 3),
    np.cos(np.arange(6.0)).reshape(3, 2), np.array([1.0, 5.0]),
)  # fmt: skip
S = np.sin(np.arange(9.0)).reshape(3, 3)  # where rows and columns are as many, a wrong axis isn't seen by the shape
r = np.array([0.5, 1.5, -2.0])
LOSSES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "a matrix times a vector": (lambda W, b: mg.sum(mg.tanh(W @ b) ** 2), {"W": W, "b": b}),
    "a vector times a matrix": (lambda W, b: mg.sum(mg.tanh(b @ W) ** 2), {"W": W, "b": b}),
    "a system": (lambda W, b: mg.sum(mg.linalg.solve(W, b) ** 2), {"W": W, "b": b}),
    "a quadratic form": (lambda W, b: mg.sin(b @ (W @ b)), {"W": W, "b": b}),
    "a batch times a vector": (lambda B, b: mg.sum(mg.sin(B @ b)), {"B": np.arange(12.0).reshape(2, 3, 2), "b": b}),
    "a batch times a matrix": (lambda B, W: mg.sum(mg.sin(B @ W)), {"B": np.arange(12.0).reshape(2, 3, 2), "W": W}),
    "biases": (lambda X, W, b: mg.sum(mg.tanh(X @ W + b) ** 2), {"X": X, "W": W, "b": b}),
    "a product of sides": (lambda b: mg.sum(mg.sin(mg.outer(b, 2 * b))), {"b": b}),
    "maxima of rows": (lambda V, c: mg.sum(mg.max(V, axis=1) * c), {"V": V, "c": c}),
    "maxima of columns": (lambda S, r: mg.sum(mg.max(S, axis=0) * r), {"S": S, "r": r}),
    "sums of rows": (lambda S: mg.sum(mg.sin(mg.sum(mg.sin(S), axis=1))), {"S": S}),
    "means of columns": (lambda S: mg.sum(mg.sin(mg.mean(mg.sin(S), axis=0))), {"S": S}),
    "centred rows": (lambda S: mg.sum(mg.sin(S - mg.mean(mg.sin(S), axis=1, keepdims=True))), {"S": S}),
    "centred columns": (lambda S: mg.sum(mg.sin(S - mg.mean(mg.sin(S), axis=0, keepdims=True))), {"S": S}),
    "variances": (lambda S: mg.sum(mg.sin(mg.var(S, axis=1))), {"S": S}),
    "lengths": (lambda S, r: mg.sum(mg.linalg.norm(S, axis=1) * r), {"S": S, "r": r}),
    "softmax of rows": (lambda S, U: mg.sum(mg.softmax(S, axis=-1) * U), {"S": S, "U": S**2}),
    "softmax of columns": (lambda S, U: mg.sum(mg.softmax(S, axis=0) * U), {"S": S, "U": S**2}),
    "a column": (lambda S, r: mg.sum(mg.sin(mg.expand_dims(r, 1) * S)), {"S": S, "r": r}),
    "a row": (lambda S, r: mg.sum(mg.sin(mg.expand_dims(r, 0) * S)), {"S": S, "r": r}),
    "another shape": (lambda V, W: mg.sum(mg.sin(mg.reshape(V, (3, 2))) @ W), {"V": V, "W": W}),
    "in one row": (lambda V: mg.sum(mg.sin(mg.reshape(V, (-1,))) ** 2), {"V": V}),
    "a sum that is spread": (lambda b: mg.sum(mg.sin(mg.broadcast_to(b, (3, 2)))), {"b": b}),
    "a sum of all that stays a matrix": (lambda V: mg.sum(mg.sin(mg.sum(V, keepdims=True) * V)), {"V": V}),
    "an axis that goes": (lambda V: mg.sum(mg.sin(mg.squeeze(mg.sum(V, axis=1, keepdims=True)))), {"V": V}),
    "normalised rows": (lambda S: mg.sum(mg.sin(mg.layer_norm(S))), {"S": S}),
    "ones after a product": (lambda X, W: mg.sum(mg.sum(X, axis=1)) * mg.sum(X @ W), {"X": X, "W": W}),
}  # fmt: skip


@pytest.mark.parametrize("case", LOSSES)
@pytest.mark.parametrize("forward", [True, False])
def test_a_drawn_formula_has_the_value_of_its_box(case: str, forward: bool) -> None:
    loss, given = LOSSES[case]
    drawn = as_formulas(
        loss(*(mg.tensor(x, requires_grad=True, name=name) for name, x in given.items())), None, forward=forward
    )
    named = {**given, **{e.name: e.value for e in drawn.graph if e.name is not None}}
    for line in drawn.where:
        name, _, formula = line.partition(" = ")
        named[name] = read(formula, named)
    assert drawn.formulas
    for i, formula in drawn.formulas.items():
        entry = drawn.graph[i]
        found = np.broadcast_to(read(formula, named), entry.shape or ())
        assert close(found, entry.value), f"{entry.name} = {formula}"


@pytest.mark.parametrize("case", LOSSES)
def test_a_derived_formula_has_the_value_and_the_shape_of_its_step(case: str) -> None:
    loss, given = LOSSES[case]
    derivation = mg.derive(loss(*(mg.tensor(x, requires_grad=True, name=name) for name, x in given.items())))
    for step, names in quoted(derivation):
        found = read(step.formula, names)
        assert np.shape(found) == step.shape, f"{step.symbol} = {step.formula}"
        assert close(found, step.value), f"{step.symbol} = {step.formula}"


def quoted(derivation: Derivation) -> list[tuple[Any, dict[str, Any]]]:
    """List the steps with the values of what their formulas may name."""
    program = derivation._program()
    names, values = derivation._writer(program, TEXT).names, derivation.simpler.values()
    known = {names(at): values[at] for at in range(len(values)) if names(at) is not None}
    return [(step, known) for step in derivation.steps]


def test_a_product_of_vectors_is_written_as_one() -> None:
    parameters = {name: mg.tensor(x, requires_grad=True, name=name) for name, x in (("W", W), ("b", b))}
    drawn = mg.draw(mg.sum(mg.tanh(parameters["W"] @ parameters["b"]) ** 2), direction="backward")
    assert "δ₁ ⊗ b" in texts(drawn)


def test_what_a_mean_over_rows_is_of_ends_where_its_bracket_does() -> None:
    w, z = (mg.tensor(x, requires_grad=True, name=n) for n, x in (("W", W), ("z", b)))
    loss = mg.sum(mg.sin(mg.mean(w, axis=0) * mg.tensor(c, name="c") + z))
    assert "(mean over rows of W) ⊙ c + z" in as_formulas(loss, None, forward=True).formulas.values()

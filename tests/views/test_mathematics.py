"""Formulas are true: read as NumPy computes, each has the value, and spread the shape, that stands for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.notation import LATEX, TEXT
from microgradnet.passes import passes
from microgradnet.views.derivation import Derivation
from microgradnet.views.explorer.symbols import Symbols
from microgradnet.views.mathematics import as_formulas
from tests.views.formulas import read
from tests.views.test_drawing import texts


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


def test_boxes_have_the_names_that_formulas_have() -> None:
    u, v, w = (mg.tensor(x, requires_grad=True, name=name) for x, name in ((1.0, "u"), (2.0, "u"), (3.0, None)))
    loss = u * v + u * w
    drawn = as_formulas(loss, None, forward=True)
    assert {"u", "u_2", "w"} <= {e.name for e in drawn.graph if e.operation is None}
    assert "∂loss/∂u = w + u_2" in {f"{drawn.graph[i].name} = {formula}" for i, formula in drawn.formulas.items()}
    assert "u_2 scalar parameter" in mg.tree(loss)


def named_gradient() -> tuple[Any, dict[str, Any]]:
    w = mg.tensor([0.5, 1.5], requires_grad=True, name="w")
    (g,) = mg.gradients(mg.sum(mg.sin(w) * w), [w], create_graph=True)
    return mg.sum(g * g), {"w": w, "g": g}


def test_a_gradient_of_what_has_a_name_is_drawn_with_it_and_what_is_quoted_stands_below() -> None:
    loss, names = named_gradient()
    drawn = as_formulas(loss, names, forward=False)
    written = {drawn.graph[i].name: formula for i, formula in drawn.formulas.items()}
    assert written["∂loss/∂g"] == "2 g"
    assert [line.partition(" = ")[0] for line in drawn.where] == ["g"]


@pytest.mark.parametrize("name", ["loss", "output", "cost", None])
def test_a_result_has_one_name_in_every_view(name: str | None) -> None:
    w = mg.tensor([0.5, 1.5], requires_grad=True, name="w")
    with mg.scope("fit"):
        h = mg.exp(w)
        h.name = "output"
        loss = mg.sum(h * h)
    loss.name = name
    found = {mg.derive(loss).steps[-1].symbol}
    for options in ({}, {"operations": True}, {"direction": "forward", "gradients": True}):
        text = mg.draw(loss, **{"direction": "both", **options}).source
        found.update(symbol for symbol in re.findall(r"∂[\w]+/∂w", text))
    assert found == {f"∂{'loss' if name is None else 'output_2' if name == 'output' else name}/∂w"}


CLASHES = ["δ₁", "δ", "τ1", "t1", "z₁", "ε₂", "dw", "d_w", "v1", "Δw", "loss"]


@pytest.mark.parametrize("name", CLASHES)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_no_name_that_is_made_is_one_of_the_user(name: str, mode: Any) -> None:
    a, w = (mg.tensor([0.5, 1.5], requires_grad=True, name=n) for n in (name, "w"))
    loss = mg.sum(mg.sin(mg.max(mg.sin(a * w) * a) * w) ** 2 / mg.exp(a * w))
    derivation = mg.derive(loss, mode=mode)
    for style, k in ((TEXT, 1), (LATEX, 2)):
        symbols = [s[k] for s in derivation._symbols(derivation._program().lines).values()]
        assert len(symbols) == len({*symbols}), f"{style.name(name)} twice in {symbols}"
    drawn = as_formulas(loss, None, forward=True)
    names = [e.name for e in drawn.graph]
    assert sorted(names) == sorted({*names})
    tangents = mg.draw(loss, direction="tangents").source
    assert tangents.count(f"<b>{name}</b>") == 1
    page = Symbols(passes(loss, caller="explore"))
    made = {word.symbol for i, word in enumerate(page.of()) if i not in page.titles}
    assert made.isdisjoint({TEXT.name(title) for title in page.titles.values()})


@pytest.mark.parametrize("direction", ["backward", "both"])
def test_constants_without_a_name_are_told_apart(direction: str) -> None:
    w, v = (mg.tensor([1.0, 2.0], requires_grad=True, name=name) for name in "wv")
    first, second = np.array([3.0, 4.0]), np.array([5.0, 6.0])
    shown = texts(mg.draw(mg.sum((first * w + second * v) ** 2), direction=direction))
    assert {"δ₁ ⊙ c₁", "δ₁ ⊙ c₂"} <= set(shown)
    assert {"c₁", "c₂"} <= set(shown) or any("c₁ … c₂ are constants" in text for text in shown)
    one = texts(mg.draw(mg.sum((first * w + v) ** 2), direction=direction))
    assert any("(a constant) ⊙ w + v" in text for text in one)

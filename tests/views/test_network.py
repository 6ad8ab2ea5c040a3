"""A network is drawn with circles: every unit, every weight by its size and sign, from whatever people have at hand."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import microgradnet as mg
from tests.views.test_drawing import HOSTILE, texts

W1, W2 = np.array([[0.5, -1.0, 0.0], [2.0, 0.1, -0.3]]), np.array([[1.0], [-0.5], [4.0]])


def lines(drawing) -> dict[tuple[str, str], str]:
    found = re.findall(r"\t(u\d+_\d+) -> (u\d+_\d+) \[(.*)\]", drawing.source)
    return {(a, b): style for a, b, style in found}


def recorded(bias: bool = False):
    x = mg.tensor([[1.0, 2.0], [3.0, -1.0]], name="x")
    w1, w2 = (mg.tensor(w, requires_grad=True) for w in (W1, W2))
    b = mg.tensor([0.1, 0.2, 0.3], requires_grad=True)
    h = mg.tanh(x @ w1 + b) if bias else mg.tanh(x @ w1)
    return mg.sum((mg.sigmoid(h @ w2) - mg.tensor([[1.0], [0.0]])) ** 2), (w1, w2), h


@pytest.mark.parametrize(
    "weights",
    [
        (W1, W2),
        (W1.T, W2.T),  # W @ x
        (mg.tensor(W1), mg.tensor(W2)),
        ([W1, W2],),
        ({"W1": W1, "b1": np.zeros(3), "W2": W2},),
        (SimpleNamespace(x=np.ones((4, 2)), weights1=W1, weights2=W2),),
        (recorded()[0],),
        (recorded(bias=True)[0],),
    ],
    ids=["matrices", "turned", "tensors", "list", "dict", "network", "loss", "loss with a bias"],
)
def test_every_weight_is_a_line_of_its_size_and_sign(weights):
    found = lines(mg.draw_network(*weights))
    assert len(found) == W1.size + W2.size
    widths = {ends: float(re.search(r"penwidth=([\d.]+)", style)[1]) for ends, style in found.items()}
    for k, matrix in enumerate((W1, W2)):
        for (i, j), weight in np.ndenumerate(matrix):
            style = found[f"u{k}_{i}", f"u{k + 1}_{j}"]
            assert ("style=solid" in style, "style=dashed" in style, "style=dotted" in style) == (
                weight > 0, weight < 0, weight == 0,
            )  # fmt: skip
    assert max(widths, key=widths.get) == ("u1_2", "u2_0")


X, SQUARE = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])


def weight(drawing) -> dict[tuple[str, str], float]:
    return {
        ends: float(re.search(r'tooltip="\w+ (\S+)"', style)[1].replace("−", "-"))
        for ends, style in lines(drawing).items()
    }


@pytest.mark.parametrize(
    "f",
    [
        lambda w, v: X @ w @ v,
        lambda w, v: (v.T @ (w.T @ X.T)).T,
        lambda w, v: v.T @ mg.tanh(w.T @ X[0]),
        lambda w, v: np.einsum("ij,jk->ik", mg.tensordot(X, w, 1), v),
        lambda w, v: mg.tanh(X @ w) @ v + mg.sum(w * w),  # a penalty
        lambda w, v: (X + mg.tanh(X @ w)) @ v,
    ],
    ids=["rows", "columns", "a column", "other products", "a penalty", "a shortcut"],
)
def test_the_products_of_a_recorded_loss_are_its_layers(f):
    w, v = (mg.tensor(a, requires_grad=True) for a in (SQUARE, np.array([[5.0], [6.0]])))
    loss = mg.sum(mg.tanh(f(w, v)))
    assert weight(mg.draw_network(loss)) == {
        ("u0_0", "u1_0"): 1, ("u0_0", "u1_1"): 2, ("u0_1", "u1_0"): 3, ("u0_1", "u1_1"): 4, ("u1_0", "u2_0"): 5,
        ("u1_1", "u2_0"): 6,
    }  # fmt: skip
    (slopes,) = mg.gradients(loss, [v])
    shown = weight(mg.draw_network(loss, gradients=True))
    assert [shown[f"u1_{i}", "u2_0"] for i in range(2)] == pytest.approx(slopes[:, 0], rel=1e-3)


@pytest.mark.parametrize(
    ("f", "error"),
    [
        (lambda w: X * w, TypeError),
        (lambda w: X + w, TypeError),
        (lambda w: mg.linalg.solve(w, X), TypeError),
        (lambda w: w @ w.T, TypeError),
        (lambda w: mg.softmax(X @ w) @ (X @ w), ValueError),
        (lambda w: mg.tanh(X @ w) + mg.sin(X.T @ w), ValueError),
    ],
    ids=["elementwise", "a sum", "a system", "of parameters alone", "attention", "side by side"],
)
def test_what_is_no_chain_of_products_is_no_network(f, error):
    with pytest.raises(error, match="give the matrices"):
        mg.draw_network(mg.sum(f(mg.tensor(SQUARE, requires_grad=True))))


@pytest.mark.parametrize(
    ("f", "shown"),
    [
        (lambda z, b: mg.tanh(z + b), {"+0.25", "+0.75"}),
        (lambda z, b: b + z, {"+0.25", "+0.75"}),
        (lambda z, b: z * b, set()),
        (lambda z, b: (z * b) + 1, set()),
        (lambda z, b: z @ mg.stack([b, b]), set()),
    ],
)
def test_a_bias_is_a_parameter_that_is_added(f, shown):
    w, b = (mg.tensor(a, requires_grad=True) for a in (SQUARE, np.array([0.25, 0.75])))
    assert {text for text in texts(mg.draw_network(mg.sum(f(X @ w, b)))) if text[0] in "+−"} == shown


def test_the_articles_networks():
    x, y = mg.article.dataset()
    for network in (mg.article.ManualNetwork(x, y, seed=0), mg.article.AutogradNetwork(x, y, seed=0, compiled=False)):
        assert len(lines(mg.draw_network(network))) == 3 * 4 + 4


def test_values_of_one_row_stand_in_the_units():
    loss, _, h = recorded(bias=True)
    shown = texts(mg.draw_network(loss, values=True, row=1, names={"h": h}))
    assert {"x", "h", "output", "3", "−1"} <= set(shown)
    assert f"{h.numpy()[1, 0]:.2g}".replace("-", "−") in shown
    assert "+0.3" in shown  # a bias
    output = 1 / (1 + np.exp(-h.numpy()[1] @ W2))
    assert f"{output[0]:.2g}" in shown
    given = texts(mg.draw_network(W1, W2, values=[[7.0, 8.0], [0.25, 0.5, 0.75], [9.0]]))
    assert {"7", "8", "0.25", "0.75", "9"} <= set(given)


def test_gradients_in_place_of_weights():
    loss, weights, _ = recorded()
    gradients = mg.gradients(loss, list(weights))
    drawings = [mg.draw_network(loss, gradients=True), mg.draw_network(W1, W2, gradients=gradients)]
    loss.backward()
    drawings.append(mg.draw_network(*weights, gradients=True))
    drawings.append(mg.draw_network(W1.T, W2.T, gradients=[g.T for g in gradients]))
    first, *others = map(lines, drawings)
    assert first != lines(mg.draw_network(W1, W2))
    assert all(other == first for other in others)
    assert "positive gradient" in texts(drawings[0])


def test_large_layers_are_folded_and_say_how_large_they_are():
    drawing = mg.draw_network(np.ones((784, 30)), np.ones((30, 10)))
    assert len(lines(drawing)) == 7 * 7 + 7 * 7
    assert {"784 units", "30 units", "⋮"} <= set(texts(drawing))
    assert ("u0_783", "u1_29") in lines(drawing)
    assert len(lines(mg.draw_network(np.ones((784, 2)), max_units=784))) == 784 * 2


@given(arrays(np.float64, (3, 2), elements=st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -2.0, 0.5, 1e300, -1e-9])))
def test_weights_that_are_not_finite_are_told_apart_and_measure_no_others(weights):
    def colour(style: str) -> str:
        return re.search(r'color="(#\w{6})', style)[1]

    finite = np.isfinite(weights)
    found = lines(mg.draw_network(weights))
    as_without = lines(mg.draw_network(np.where(finite, weights, 0.0)))
    other = {colour(found[f"u0_{i}", f"u1_{j}"]) for i, j in np.argwhere(~finite)}
    assert len(other) <= 1
    for i, j in np.argwhere(finite):
        ends = f"u0_{i}", f"u1_{j}"
        assert found[ends] == as_without[ends]
        assert colour(found[ends]) not in other
    assert all("nan" not in style for style in found.values())


def test_weights_that_are_not_finite_are_counted_in_the_legend():
    weights = np.ones((100, 2))
    weights[50, 0], weights[60], weights[0, 0] = np.nan, np.inf, np.nan  # most of them in units that aren't drawn
    assert "2 NaN and 2 infinite" in texts(mg.draw_network(weights))
    assert not any("NaN" in text or "infinite" in text for text in texts(mg.draw_network(W1, W2)))
    shown = texts(mg.draw_network(np.full((2, 2), np.nan), np.array([np.nan, -np.inf])))
    assert "4 NaN" in shown
    assert not any("widest" in text for text in shown)  # there is none
    assert {"NaN", "−∞"} <= set(shown)  # biases, with no sign of their own


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_text(name):
    drawing = mg.draw_network(W1, W2, names=[name] * 3, title=name)
    assert "<script" not in drawing.source
    texts(drawing)


@pytest.mark.parametrize(
    ("weights", "options", "error", "words"),
    [
        ((), {}, TypeError, "give the weights"),
        ((np.ones((2, 3)), np.ones((4, 1))), {}, ValueError, "shapes 2×3, 4×1 don't follow each other"),
        ((np.ones((2, 3, 4)),), {}, TypeError, r"matrices; got one of shape \(2, 3, 4\)"),
        ((SimpleNamespace(a=1),), {}, TypeError, "has no matrices among its attributes that begin with w"),
        ((W1, W2), {"values": [[1.0, 2.0]]}, ValueError, "one array for each of 3 layers, got 1"),
        ((W1, W2), {"values": [[1.0], [2.0], [3.0]]}, ValueError, r"values\[0\] has shape \(1,\); the layer has 2"),
        ((W1, W2), {"names": ["x"]}, ValueError, "one for each of 3 layers, got 1"),
        ((W1, W2), {"gradients": [W1]}, ValueError, "one of the shape of each matrix"),
        ((W1, np.ones(4), W2), {}, ValueError, "one number for each of 3 outputs, got 4"),
        ((W1 * 1j,), {}, TypeError, "arrays of real numbers are drawn, got ndarray"),
        ((np.array([["a"]]),), {}, TypeError, "arrays of real numbers are drawn, got ndarray"),
        ((W1, W2), {"names": 3}, TypeError, "names must be a list, one for each, got int: 3"),
        ((W1, W2), {"names": [None, "h", "o"]}, TypeError, "names must be text, got NoneType: None"),
        ((W1, W2), {"values": 3}, TypeError, "values must be a list, one for each, got int: 3"),
        ((W1, W2), {"values": [W2.T, W1, W2.T], "row": "a"}, TypeError, "row must be a whole number, got str: 'a'"),
        ((W1, W2), {"gradients": 3}, TypeError, "gradients must be a list, one for each, got int: 3"),
        ((W1, W2), {"gradients": np.ones((2, 3))}, ValueError, "one of the shape of each matrix"),
        ((W1, W2), {"gradients": True}, ValueError, "that have a .grad, or a recorded loss"),
        ((W1, W2), {"max_units": "all"}, ValueError, "max_units must be at least 3, got 'all'"),
        ((W1, W2), {"theme": "blue"}, ValueError, "draw_network: theme must be one of 'light', 'dark'"),
        ((W1, W2), {"size": "poster"}, ValueError, "size must be 'slide', 'page' or"),
    ],
)
def test_what_cannot_be_drawn_is_said(weights, options, error, words):
    with pytest.raises(error, match=words):
        mg.draw_network(*weights, **options)


def test_a_matrix_that_holds_no_values_for_its_units_says_so():
    with pytest.raises(ValueError, match="values=True is for a recorded loss"):
        mg.draw_network(W1, W2, values=True)

"""Pictures go on a slide: fitted to 16:9, the smallest text is still read; and they are drawn as a teacher would."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.views.labels import _arrows, _is_crossed, _labels
from microgradnet.views.rendering import to_bytes
from tests.ops.cases import CASES
from tests.views.test_drawing import texts

Program = tuple[mg.Tensor, dict[str, Any]]

SLIDE = 13.33 * 72, 7.5 * 72  # points


def parameters(seed: int = 0) -> Callable[..., mg.Tensor]:
    random = np.random.default_rng(seed)
    return lambda name, *shape: mg.tensor(random.normal(size=shape) / 2, requires_grad=True, name=name)


def article() -> Program:
    x, y = (mg.tensor(a, name=n) for a, n in zip(mg.article.dataset(), "xy", strict=True))
    w1, w2 = mg.article.initial_weights(x.numpy(), y.numpy(), seed=0)
    weights1, weights2 = (mg.tensor(w, requires_grad=True) for w in (w1, w2))
    layer1 = mg.sigmoid(x @ weights1)
    output = mg.sigmoid(layer1 @ weights2)
    return mg.sum((y - output) ** 2), {k: v for k, v in locals().items() if k not in ("w1", "w2")}


def three_layers() -> Program:
    new = parameters()
    h = mg.tensor(np.linspace(-1, 1, 32).reshape(8, 4), name="x")
    for i, (a, b) in enumerate([(4, 16), (16, 16), (16, 3)], 1):
        with mg.scope(f"layer {i}"):
            z = h @ new(f"W{i}", a, b) + new(f"b{i}", b)
            h = mg.relu(z) if i < 3 else z
    with mg.scope("cross-entropy"):
        return -mg.mean(mg.log_softmax(h, axis=1)[np.arange(8), np.arange(8) % 3]), {}


def recurrent(scopes: bool = True) -> Program:
    new = parameters()
    wx, wh, b, wo = new("Wx", 3, 4), new("Wh", 4, 4), new("b", 4), new("Wo", 4, 1)
    h = mg.tensor(np.zeros((2, 4)), name="h0")
    for t in range(1, 6):
        x = mg.tensor(np.full((2, 3), 0.1 * t), name=f"x{t}")
        if scopes:
            with mg.scope(f"step {t}"):
                h = mg.tanh(x @ wx + h @ wh + b)
        else:
            h = mg.tanh(x @ wx + h @ wh + b)
    with mg.scope("loss"):
        return mg.mean((h @ wo - mg.tensor(np.ones((2, 1)), name="y")) ** 2), {}


def attention() -> Program:
    new = parameters()
    x = mg.tensor(np.linspace(-1, 1, 40).reshape(5, 8) ** 3, name="X")
    with mg.scope("projections"):
        q, k, v = x @ new("Wq", 8, 4), x @ new("Wk", 8, 4), x @ new("Wv", 8, 4)
    with mg.scope("attention"):
        a = mg.softmax(q @ k.T / 2.0, axis=-1)
        o = a @ v
    with mg.scope("output"):
        return mg.mean((o @ new("Wo", 4, 8) + x) ** 2), {"Q": q, "K": k, "V": v, "A": a, "O": o}


def norm(h: Any, gamma: Any, beta: Any) -> Any:
    mu = mg.mean(h, axis=0)
    return gamma * (h - mu) / mg.sqrt(mg.mean((h - mu) ** 2, axis=0) + 1e-5) + beta


def residual() -> Program:
    new = parameters()
    x = mg.tensor(np.sin(np.arange(48.0)).reshape(8, 6), name="x")
    with mg.scope("residual block"):
        h = x
        for i in (1, 2):
            with mg.scope(f"linear {i}"):
                h = h @ new(f"W{i}", 6, 6)
            with mg.scope(f"norm {i}"):
                h = norm(h, new(f"γ{i}", 6), new(f"β{i}", 6))
            if i == 1:
                with mg.scope("relu"):
                    h = mg.relu(h)
        out = mg.relu(h + x)
    with mg.scope("loss"):
        return mg.mean(out**2), {}


PROGRAMS = (article, three_layers, recurrent, attention, residual)
DIRECTIONS = ("forward", "backward", "both")


def smallest_on_a_slide(svg: bytes) -> float:
    """The size of the smallest text, in points, where the picture is as large as a slide lets it be."""
    root = ET.fromstring(svg)
    scale = min(
        most / float(root.get(k, "").removesuffix("pt")) for k, most in zip(("width", "height"), SLIDE, strict=True)
    )
    return scale * min(float(t.get("font-size", 14)) for t in root.iter("{http://www.w3.org/2000/svg}text"))


@cache
def wider_than_helvetica() -> float:
    """How many times as wide as in Helvetica text is: where that isn't there, another face is put in its place."""
    dot = f'digraph {{ n [shape=plain fontsize=10 fontname="Helvetica,Arial,sans-serif" label="{"n" * 100}"] }}'
    width = ET.fromstring(to_bytes(dot, "svg")).get("width", "")
    return max(1.0, float(width.removesuffix("pt")) / (100 * 5.56 + 8))  # 0.556 of its size, by Adobe's metrics


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_fitted_to_a_slide_the_smallest_text_is_9_points_and_no_label_is_crossed(program, direction):
    loss, names = program()
    svg = to_bytes(mg.draw(loss, names=names, direction=direction), "svg")
    assert smallest_on_a_slide(svg) >= 9 / wider_than_helvetica()
    root = ET.fromstring(svg)
    arrows = _arrows(root)
    assert len(arrows)
    assert not [name for name, _, label in _labels(root) if _is_crossed(label, arrows)]


def places(drawing: Any, words: str) -> list[tuple[float, float]]:
    """Where the texts that match stand, in the order of the numbers in them: from the left, and from the top."""
    root = ET.fromstring(to_bytes(drawing, "svg"))
    found = [t for t in root.iter("{http://www.w3.org/2000/svg}text") if re.fullmatch(words, t.text or "")]
    found.sort(key=lambda t: int(re.sub(r"\D", "", t.text or "") or 0))
    return [(float(t.get("x", 0)), float(t.get("y", 0))) for t in found]


@pytest.mark.parametrize("title", [None, "Twelve layers"])
@pytest.mark.parametrize("outer", [None, "model", "forward"])
@pytest.mark.parametrize("inner", ["layer", None])
def test_rows_are_read_from_top_to_bottom(title, outer, inner):
    new = parameters()
    h = mg.tensor(np.ones((4, 8)), name="x")
    with mg.scope(outer) if outer else nullcontext():
        for i in range(1, 13):
            with mg.scope(f"{inner} {i}") if inner else nullcontext():
                h = mg.tanh(h @ new(f"W{i}", 8, 8) + new(f"b{i}", 8))
    with mg.scope("loss") if inner else nullcontext():
        loss = mg.mean(h**2)
    found = places(mg.draw(loss, title=title), "layer [0-9]+" if inner else "W[0-9]+")
    rows = [[found[0]]]
    for before, here in itertools.pairwise(found):
        if here[0] < before[0]:
            rows.append([])
        rows[-1].append(here)
    assert len(found) == 12
    assert len(rows) == 3
    for above, below in itertools.pairwise(rows):
        assert above[0][1] < below[0][1]
        assert max(y for _, y in above) < max(y for _, y in below)


def test_no_arrow_goes_around_a_row() -> None:
    new = parameters()
    x = mg.tensor(np.linspace(-1, 1, 80).reshape(2, 5, 8), name="x")
    with mg.scope("attention"):
        q, k, v = x @ new("Wq", 8, 8), x @ new("Wk", 8, 8), x @ new("Wv", 8, 8)
        scores = mg.where(np.tri(5) > 0, q @ mg.swapaxes(k, -1, -2) / 2.828, -1e9)
        o = mg.softmax(scores, axis=-1) @ v @ new("Wo", 8, 8)
    with mg.scope("norm"):
        r = x + o
        n = (r - mg.mean(r, axis=-1, keepdims=True)) / mg.sqrt(mg.var(r, axis=-1, keepdims=True) + 1e-5)
    root = ET.fromstring(to_bytes(mg.draw(mg.mean(n**2 * x)), "svg"))
    scopes = np.array([scope for _, scope, _ in _labels(root)])
    assert _arrows(root)[:, 1].max() < scopes[:, 3].max()


@pytest.mark.parametrize("title", [None, "Both passes"])
@pytest.mark.parametrize("program", [attention, residual, three_layers])
def test_the_reverse_pass_stands_below_the_computation(program, title):
    loss, names = program()
    drawing = mg.draw(loss, names=names, direction="both", title=title)
    ((_, forward),), ((_, backward),) = places(drawing, "forward"), places(drawing, "backward")
    deltas = [y for _, y in places(drawing, "δ[₀-₉]*")]
    assert forward < min(deltas)
    assert max(deltas) < backward  # its label is at its bottom


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("direction", ["backward", "both"])
def test_a_reverse_pass_is_mathematics_unless_operations_are_asked_for(program, direction):
    loss, names = program()
    shown = " ".join(texts(mg.draw(loss, names=names, direction=direction)))
    assert not re.search("scatter_add|broadcast_to|reshape|shape=|array 8", shown)
    assert "δ" in shown or direction == "both"
    machine = " ".join(texts(mg.draw(loss, names=names, direction=direction, operations=True)))
    assert re.search("broadcast_to|nodes", machine)  # as recorded; or so much that it is folded


def test_the_articles_reverse_pass_is_the_textbooks():
    loss, names = article()
    shown = texts(mg.draw(loss, names=names, direction="backward"))
    formulas = {"−2 (y − output) ⊙ σ′(z₂)", "(δ₂ · weights2ᵀ) ⊙ σ′(z₁)", "layer1ᵀ · δ₂", "xᵀ · δ₁"}
    assert formulas <= set(shown)
    assert {"δ₂", "δ₁", "∂loss/∂weights1", "∂loss/∂weights2"} <= set(shown)
    where = "where z₁ = x · weights1,   layer1 = σ(z₁),   z₂ = layer1 · weights2,   output = σ(z₂)"
    assert where in [s.replace("\xa0", " ") for s in shown]


def test_slopes_and_sums_are_named():
    loss, names = three_layers()
    shown = set(texts(mg.draw(loss, names=names, direction="backward")))
    assert {"(δ₂ · W2ᵀ) ⊙ 1[z₁ > 0]", "Σ over rows of δ₁"} <= shown
    loss, names = recurrent()
    assert "(δ₂ · Whᵀ) ⊙ tanh′(z₁)" in texts(mg.draw(loss, names=names, direction="backward"))


def test_a_slope_is_only_named_where_it_is_one():
    """softmax has one input too, but going back through it is no product with slopes."""
    w = mg.tensor([1.0, 2.0, -1.0], requires_grad=True, name="w")
    shown = " ".join(texts(mg.draw(mg.sum(mg.softmax(w) * np.arange(3.0)), direction="backward")))
    assert "softmax′" not in shown
    z = mg.tensor([1.0, 2.0, -1.0], requires_grad=True, name="z")
    assert "σ′(z)" in " ".join(texts(mg.draw(mg.sum(mg.sigmoid(z)), direction="both")))


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_loop_without_scopes_fits_too(direction):
    loss, _ = recurrent(scopes=False)
    assert smallest_on_a_slide(to_bytes(mg.draw(loss, direction=direction), "svg")) >= 7


def test_steps_are_columns_in_their_order_and_repeat_what_they_share():
    loss, _ = recurrent()
    root = ET.fromstring(to_bytes(mg.draw(loss), "svg"))
    found = [
        (t.text, float(t.get("x", 0)), float(t.get("y", 0))) for t in root.iter("{http://www.w3.org/2000/svg}text")
    ]
    steps = sorted((x, text) for text, x, _ in found if text.startswith("step"))
    assert [text for _, text in steps] == [f"step {t}" for t in range(1, 6)]
    for name in ("Wx", "Wh", "b"):
        assert sum(text == name for text, _, _ in found) == 5
    assert len({y for text, _, y in found if text.startswith("step")}) == 1


def test_a_number_stands_in_the_operation_that_uses_it():
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True, name="x")
    shown = texts(mg.draw(mg.mean((1.0 - x / 2.0) ** 2 + 1e-5)))
    assert {"· / 2", "1 − ·", "·²", "· + 1e−05"} <= set(shown)
    assert not {"2", "1", "xʸ"} & set(shown)


def test_a_loss_without_a_name_is_not_called_like_another_value():
    loss, names = article()
    shown = texts(mg.draw(loss, names=names, gradients=True))
    assert any(text.startswith("∂loss/∂weights1") for text in shown)
    assert any(text.startswith("∂loss/∂output") for text in shown)
    assert not any(text.startswith("∂output") for text in shown)


def test_rounding_noise_is_no_gradient_of_its_own():
    h = mg.tensor(np.random.default_rng(0).normal(size=(8, 6)), requires_grad=True, name="h")
    d = h - mg.mean(h, axis=0)
    loss = mg.mean((d / mg.sqrt(mg.mean((h - mg.mean(h, axis=0)) ** 2, axis=0) + 1e-5)) ** 3)
    shown = texts(mg.draw(loss, gradients=True))
    lowest = min(
        int(e.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
        for s in shown
        for e in re.findall("10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", s)
    )
    assert lowest > -10
    tiny = mg.tensor([-50.0, -60.0], requires_grad=True)  # e⁻⁵⁰ is small, and no noise
    assert any("10⁻²" in text for text in texts(mg.draw(mg.sum(mg.sigmoid(tiny)), gradients=True)))


def test_options_for_a_slide_and_a_page():
    loss, names = three_layers()
    sizes = {}
    for size in ("slide", "page", (4.0, 3.0)):
        root = ET.fromstring(to_bytes(mg.draw(loss, names=names, size=size), "svg"))
        sizes[size] = [float(root.get(k, "").removesuffix("pt")) / 72 for k in ("width", "height")]
    for size, most in (("slide", (13.33, 7.5)), ("page", (6.3, 9.2)), ((4.0, 3.0), (4.0, 3.0))):
        assert all(got <= limit + 0.02 for got, limit in zip(sizes[size], most, strict=True))
        assert any(got >= limit - 0.05 for got, limit in zip(sizes[size], most, strict=True))
    shown = texts(mg.draw(loss, title="A <network>", legend=True, shapes=False))
    assert {"A <network>", "parameter", "operation", "input"} <= set(shown)
    assert not any("×" in text for text in shown)
    large = to_bytes(mg.draw(loss, fontsize=24), "svg")
    assert min(map(float, re.findall(rb'font-size="([\d.]+)', large))) == 24


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": "poster"}, "size must be 'slide', 'page' or"),
        ({"size": (0, 1)}, "size must be"),
        ({"fontsize": 0}, "fontsize must be at least 1"),
    ],
)
def test_unknown_sizes_are_named(options, words):
    with pytest.raises(ValueError, match=f"draw: {words}"):
        mg.draw(mg.tensor([1.0]), **options)


def test_a_notebook_shows_a_tree_with_its_lines_and_a_drawing_as_wide_as_its_cell():
    loss, _ = article()
    tree = mg.tree(loss)
    assert repr(tree) == str(tree)
    assert isinstance(tree, str)
    assert "max-width: 100%" in mg.draw(loss)._repr_mimebundle_()["image/svg+xml"]


@pytest.mark.parametrize("case", CASES[::10], ids=str)
def test_the_reverse_pass_of_every_operation_has_formulas(case):
    given = [mg.tensor(a, requires_grad=True, name=name) for a, name in zip(case.arguments(), "abcdefgh", strict=False)]
    loss = mg.sum(mg.sin(case.call(mg, *given)))
    if loss.requires_grad:
        for direction in ("backward", "both"):
            assert "∂loss/∂" in mg.draw(loss, direction=direction).source


@pytest.mark.parametrize("values", [np.ones((2, 1, 3, 3)), np.arange(18.0).reshape(2, 1, 3, 3)])
def test_what_turns_an_array_around_is_written_whatever_its_numbers_are(values) -> None:
    kernels = mg.tensor(values, requires_grad=True, name="kernels")
    images = mg.tensor(np.ones((1, 1, 6, 6)), requires_grad=True, name="images")
    loss = mg.sum(mg.conv2d(images, kernels, padding=1) ** 2)
    assert "flip(kernels, axis=(−2, −1))" in " ".join(texts(mg.draw(loss, direction="backward")))


@pytest.mark.parametrize("settings", [{"padding": 1}, {"padding": 1, "stride": 2}])
def test_a_convolution_is_a_star_above_its_settings(settings) -> None:
    images = mg.tensor(np.ones((1, 1, 6, 6)), requires_grad=True, name="images")
    shown = texts(mg.draw(mg.conv2d(images, np.ones((2, 1, 3, 3)), **settings)))
    assert "⋆" in shown
    assert {"padding=1", "stride=2, padding=1"} & set(shown)

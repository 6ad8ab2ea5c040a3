"""Gradients in pictures are those of the reverse pass, and the pass itself can be drawn."""

from __future__ import annotations

import re

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.passes import backward_graph, both_graph
from microgradnet.views.flow import flow
from tests.views.test_drawing import HOSTILE, article, texts


def deep(activation) -> mg.Tensor:
    h = mg.tensor(np.random.default_rng(0).normal(size=(16, 8)), name="x")
    for i in range(10):
        h = activation(h @ mg.tensor(np.random.default_rng(i).normal(size=(8, 8)) / 2, requires_grad=True))
    return mg.mean(h)


def colours(source: str) -> set[str]:
    return set(re.findall(r'->.*color="(#\w+)" penwidth', source))


def test_sizes_are_those_of_what_flows_through_each_use():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    h = mg.exp(x)
    loss = mg.sum(3 * h - h)
    graph, flowing = flow(loss)
    assert len(flowing.sizes) == sum(len(entry.inputs) for entry in graph)
    sizes = sorted(flowing.sizes[~np.isnan(flowing.sizes)].tolist())
    expected = [1.0, 1.0, 1.0, 3.0, float(np.sqrt(np.mean((2 * np.exp([1.0, 2.0])) ** 2)))]
    np.testing.assert_allclose(sizes, sorted(expected))
    np.testing.assert_allclose(flowing.gradients[graph.inputs[0]], mg.gradients(loss, x))


def test_a_vanishing_gradient_is_seen():
    vanishing, steady = (mg.draw(deep(f), gradients=True).source for f in (mg.sigmoid, mg.relu))
    assert len(colours(vanishing)) > len(colours(steady))


@pytest.mark.parametrize("values", ["shape", "statistics", "numbers"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_gradients_stand_beside_the_nodes(values, theme):
    names = article()
    shown = texts(mg.draw(names["loss"], names=names, gradients=True, values=values, theme=theme))
    assert any(text.startswith("∂loss/∂weights1:") for text in shown)
    assert any("gradient that flows back" in text for text in shown)


def test_zero_infinite_and_undefined_gradients_are_told_apart():
    x = mg.tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        loss = mg.sum(mg.sqrt(x) * 0.0) + mg.sum(mg.relu(x - 5.0)) + mg.sum(mg.log(x))
        shown = texts(mg.draw(loss, gradients=True))
    assert {"zero", "not finite"} <= set(shown)


@pytest.mark.parametrize("options", [{"gradients": True}, {"direction": "backward"}, {"direction": "both"}])
def test_what_has_no_gradients_is_said(options):
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"output has shape \(2,\)"):
        mg.draw(mg.exp(x), **options)
    with pytest.raises(ValueError, match="does not require gradients"):
        mg.draw(mg.tensor(1.0), **options)
    with pytest.raises(ValueError, match="for one tensor, got 2 outputs"):
        mg.draw(mg.sum(x), mg.sum(x), **options)
    with pytest.raises(TypeError, match="for one tensor, got float"):
        mg.draw(1.0, **options)
    loss = mg.sum(mg.exp(x))
    loss.backward()
    with pytest.raises(RuntimeError, match="the graph was freed"):
        mg.draw(loss, **options)


def test_the_reverse_pass_computes_the_gradients_it_is_named_for():
    names = article()
    graph = both_graph(names["loss"], names)
    for name in ("weights1", "weights2"):
        (entry,) = (e for e in graph if e.name == f"∂loss/∂{name}")
        np.testing.assert_allclose(graph.values()[entry.id], mg.gradients(names["loss"], names[name]))
        assert entry.scope[0] == "backward"
    backward = backward_graph(names["loss"], names)
    assert {"layer1", "output", "∂loss/∂loss", "y − output"} <= {e.name for e in backward}


def test_each_step_back_stands_on_the_level_of_its_operation():
    names = article()
    drawing = mg.draw(names["loss"], names=names, direction="both", operations=True)
    levels = re.findall(r"\{rank=same; (.*)\}", drawing.source)
    assert len(levels) == 7  # every operation of the network
    assert {"forward", "backward"} <= set(texts(drawing))


@pytest.mark.parametrize("direction", ["backward", "both"])
@pytest.mark.parametrize("options", [{}, {"depth": 0}, {"max_nodes": 10}, {"rankdir": "TB", "values": "numbers"}])
def test_directions_fold_and_render(direction, options):
    texts(mg.draw(deep(mg.sigmoid), direction=direction, **options))


def test_a_gradient_that_is_shared_or_the_seed_itself():
    x, y = (mg.tensor(1.0, requires_grad=True, name=n) for n in "xy")
    for loss in (x + y, x, x * 2.0):
        for direction in ("backward", "both"):
            texts(mg.draw(loss, direction=direction))
        texts(mg.draw(loss, gradients=True))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_text(name):
    x = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    with mg.scope(name):
        loss = mg.sum(mg.exp(x))
    loss.name = name
    for drawing in (mg.draw(loss, gradients=True), mg.draw(loss, direction="both")):
        assert "<script" not in drawing.source
        texts(drawing)


@pytest.mark.parametrize("graph", [backward_graph, both_graph])
def test_an_input_is_seen_where_a_gradient_needs_its_transpose(graph):
    names = article()
    entries = graph(names["loss"], names)
    (transposed,) = [e for e in entries if e.operation and e.operation.name == "transpose" and e.shape == (3, 4)]
    assert entries[transposed.inputs[0]].name == "x"

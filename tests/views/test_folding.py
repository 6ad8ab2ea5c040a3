"""Any graph gives a picture small enough to be read, which says what was folded."""

from __future__ import annotations

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.views.folding import layout
from tests.views.test_drawing import HOSTILE, texts


def layers(count: int, outer: str = "network") -> mg.Tensor:
    h = mg.tensor(np.ones((4, 2)), name="x")
    with mg.scope(outer):
        for i in range(count):
            w = mg.tensor(np.eye(2), requires_grad=True, name=f"W{i}")
            with mg.scope(f"layer {i}"):
                h = mg.tanh(h @ w + 0.1)
    return mg.sum(h)


def wild(count: int) -> mg.Tensor:
    random = np.random.default_rng(0)
    tensors = [mg.tensor(0.1, requires_grad=True) for _ in range(5)]
    for _ in range(count):
        a, b = (tensors[int(i)] for i in random.integers(max(0, len(tensors) - 50), len(tensors), 2))
        tensors.append([mg.sin(a), a + b, mg.tanh(b), a * b][int(random.integers(4))])
    return mg.sum(mg.stack(tensors[-200:]))


def test_depth_closes_scopes_with_the_shapes_that_enter_and_leave():
    found = layout(mg.Graph.of(layers(3)), depth=1)
    closed = [box for box in found.boxes if box.what == "scope"]
    assert [box.title for box in closed] == ["layer 0", "layer 1", "layer 2"]
    assert {(box.nodes, box.parameters, box.enters, box.leaves) for box in closed} == {(5, 1, ("4×2",), ("4×2",))}
    (network,) = (box for box in layout(mg.Graph.of(layers(3)), depth=0).boxes if box.what == "scope")
    assert (network.title, network.nodes) == ("network", 15)
    shown = texts(mg.draw(layers(3), depth=1))
    assert {"layer 2", "5 nodes, 1 parameter", "4×2 → 4×2"} <= set(shown)
    assert any("scopes below level 1 are closed" in text for text in shown)


def test_the_deepest_scopes_close_by_themselves():
    found = layout(mg.Graph.of(layers(30)), max_nodes=80)
    assert [box.title for box in found.boxes if box.what == "scope"] == [f"layer {i}" for i in range(30)]
    assert "to keep this readable" in found.caption[0]


def test_repeated_layers_and_unrolled_loops_fold():
    (repeated,) = (b for b in layout(mg.Graph.of(layers(500))).boxes if b.what == "repeated")
    assert (repeated.title, repeated.times, repeated.parameters) == ("layer 0 … layer 499", 500, 500)
    w, h = mg.tensor(np.eye(2), requires_grad=True, name="W"), mg.tensor(np.ones(2), name="h")
    for _ in range(100):
        h = mg.tanh(w @ h)
    found = layout(mg.Graph.of(h))
    (repeated,) = (b for b in found.boxes if b.what == "repeated")
    assert (repeated.title, repeated.times) == ("matmul → tanh", 99)
    assert any(b.entry is not None and b.entry.name == "W" for b in found.boxes)


@pytest.mark.parametrize("most", [10, 20, 80, 150])
@pytest.mark.parametrize("make", [layers, wild])
@pytest.mark.parametrize("count", [300, 3000])
def test_no_picture_has_more_boxes_than_asked_for_and_none_is_lost(most, make, count):
    graph = mg.Graph.of(make(count))
    found = layout(graph, max_nodes=most)
    assert len(found.boxes) <= most
    assert sum(box.nodes for box in found.boxes) == len(graph)
    assert found.boxes[int(found.box_of[graph.outputs[0]])].is_output
    assert found.caption


def test_what_is_summed_up_has_arrows_in_one_direction():
    found = layout(mg.Graph.of(wild(2000)))
    rest = [i for i, box in enumerate(found.boxes) if box.what == "rest" and box.title == "operations"]
    assert all(e.source < e.target for e in found.edges if e.source in rest and e.target in rest)
    texts(mg.draw(wild(2000)))


def test_a_small_graph_is_drawn_as_it_is():
    found = layout(mg.Graph.of(layers(3)))
    assert {box.what for box in found.boxes} == {"entry"}
    assert found.caption == ()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_of_what_is_folded_are_text(name):
    source = mg.draw(layers(12, name), depth=0)
    assert "<script" not in source.source
    texts(source)

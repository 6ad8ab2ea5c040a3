"""The tree shows every node once, whatever the graph's depth, sharing and names."""

from __future__ import annotations

import io

import numpy as np
import pytest

import microgradnet as mg


def test_tree_of_an_expression():
    x = mg.tensor(np.ones((4, 3)), name="x")
    w = mg.tensor(np.ones((3, 2), np.float64), requires_grad=True, name="w")
    h = mg.sigmoid(x @ w)
    h.name = "hidden"
    assert mg.tree(mg.sum(2 * h - h, axis=0)).splitlines() == [
        "Σ axis=0 2",
        "└─ − 4×2",
        "   ├─ ⊙ 4×2",
        "   │  ├─ 2",
        "   │  └─ [3] σ hidden 4×2",
        "   │     └─ @ 4×2",
        "   │        ├─ x 4×3 input",
        "   │        └─ w 3×2 parameter",
        "   └─ → [3] σ hidden",
    ]


def test_names_come_from_a_mapping():
    x = mg.tensor([1.0], requires_grad=True)
    assert "position 1 parameter" in mg.tree(mg.exp(x), names={"position": x})


def test_a_leaf_alone():
    assert mg.tree(mg.tensor([1.0, 2.0])) == "input 2"


def test_a_long_chain_is_continued_at_the_margin_and_stays_linear():
    x = mg.tensor(1.0, requires_grad=True, name="x")
    y = x
    for _ in range(20_000):
        y = mg.sin(y)
    text = mg.tree(y, max_nodes=10**6)
    assert text.count(" sin scalar") + text.startswith("sin scalar") == 20_000
    assert text.rstrip().endswith("x scalar parameter")
    assert max(map(len, text.splitlines())) < 120
    assert mg.tree(y).splitlines()[-1].startswith("… and 19,")


def test_sharing_does_not_multiply():
    y = mg.tensor(1.0, requires_grad=True, name="x")
    for _ in range(200):
        y = y + y
    assert len(mg.tree(y).splitlines()) < 500


def test_names_cannot_steer_the_terminal():
    x = mg.tensor([1.0], requires_grad=True, name="a\x1b[2J\nb\u202e")
    text = mg.tree(mg.exp(x))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_graphs_trees_and_ledgers_can_be_printed_anywhere(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    loss = mg.sum(mg.sigmoid(x) * x**2)
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr("sys.stdout", stream)
    print(mg.tree(loss), mg.Graph.of(loss), mg.derive(loss), sep="\n", file=stream, flush=True)
    printed = stream.buffer.getvalue().decode(encoding)
    assert "?" not in printed
    signs = {"└─ ⊙ 2": "`- * 2", "├─ σ": "|- sigma", "xʸ": "x^y", "∂loss/∂x = ": "dloss/dx = "}
    for sign, spelled in signs.items():
        assert (sign if encoding == "utf-8" else spelled) in printed

"""`report.draw()`: two derivations beside each other, and where they part."""

from __future__ import annotations

import re

import numpy as np
import pytest

import microgradnet as mg

from .test_listing import X, loss, right, twice_wrong

W, V = np.array([[0.2, -0.4, 0.1], [1.0, 0.3, -0.7]]), np.array([[0.3], [-0.8], [1.1]])


def compared(backprop):
    return mg.compare(loss, backprop, W, V, X, argnums=(0, 1))


def arrows(source):
    """Return the arrows of a drawing, by the first lines of the labels at their ends, and those that are red."""
    labels = {key: re.split("<br/>|</b>", label)[0].removeprefix("<b>") for key, label in NODE.findall(source)}
    found = [(labels[a], labels[b], "C40020" in style) for a, b, style in ARROW.findall(source)]
    return {(a, b) for a, b, _ in found}, {(a, b) for a, b, red in found if red}


NODE = re.compile(r"^\t\t(\w+) \[label=<(.*?)>[ \]]", re.MULTILINE)
ARROW = re.compile(r"^\t(\w+) -> (\w+)(.*)$", re.MULTILINE)


def test_a_right_derivation_parts_nowhere():
    all_of_them, red = arrows(compared(right).draw().source)
    assert red == set()
    assert all_of_them == {
        ("do", "dv"), ("do", "dh"), ("dh", "dz"), ("dz", "w"),
        ("∂L/∂o", "∂L/∂v"), ("∂L/∂o", "∂L/∂h"), ("∂L/∂h", "∂L/∂(x · w)"), ("∂L/∂(x · w)", "∂L/∂w"),
    }  # fmt: skip


def test_arrows_are_red_from_where_the_two_part():
    source = compared(twice_wrong).draw().source
    _, red = arrows(source)
    assert red == {("✗ dz", "dw"), ("∂L/∂(h · v)", "∂L/∂v"), ("∂L/∂h", "∂L/∂w")}
    assert "missing-factor" in source


def test_a_derivation_that_is_wrong_from_its_first_step_on_is_there():
    def by_hand(w):
        a = np.tanh(X @ w)
        d = 2 * a * (1 - a)
        return X.T @ d

    source = mg.compare(lambda w: mg.sum(mg.tanh(X @ w) ** 2), by_hand, W).draw().source
    _, red = arrows(source)
    assert ("✗ d", "X.T @ d") in red


def test_what_is_the_same_stands_on_one_level():
    source = compared(right).draw().source
    labels = dict(NODE.findall(source))
    levels = re.findall(r"rank=same; (\w+); (\w+)", source)
    assert {(labels[a].split("<br/>")[1], labels[b]) for a, b in levels} == {
        (name, name) for name in ("∂L/∂o", "∂L/∂v", "∂L/∂h", "∂L/∂(x · w)", "∂L/∂w")
    }


def test_sums_over_the_steps_of_a_loop_are_right_in_the_end():
    def recurrent(w, xs):
        h = np.zeros(2)
        for t in range(3):
            h = np.tanh(w @ h + xs[t])
        return np.sum(h**2)

    def by_hand(w, xs):
        hs = [np.zeros(2)]
        for t in range(3):
            hs.append(np.tanh(w @ hs[t] + xs[t]))
        dw = np.zeros_like(w)
        dh = 2 * hs[3]
        for t in reversed(range(3)):
            dz = dh * (1 - hs[t + 1] ** 2)
            dw += np.outer(dz, hs[t])
            dh = w.T @ dz
        return dw

    report = mg.compare(recurrent, by_hand, np.array([[0.5, -0.3], [0.8, 0.1]]), X, argnums=0)
    assert arrows(report.draw(theme="dark").source)[1] == set()


def test_names_in_a_picture_are_data():
    def by_hand(w, v, x):
        found = {}
        found["<b>&]"] = 2 * np.tanh(x @ w) @ v
        dh = found["<b>&]"] @ v.T * (1 - np.tanh(x @ w) ** 2)
        return x.T @ dh, np.tanh(x @ w).T @ found["<b>&]"]

    picture = compared(by_hand).draw()
    assert "&lt;b&gt;&amp;]" in picture.source
    assert picture.pipe("svg").startswith(b"<?xml")


def test_what_has_no_source_or_is_too_large_is_refused():
    dw, dv = right(W, V, X)
    with pytest.raises(ValueError, match="no source to list"):
        mg.compare(loss, (dw, dv), W, V, X, argnums=(0, 1)).draw()
    with pytest.raises(ValueError, match="'light', 'dark'"):
        compared(right).draw(theme="sepia")

    def long(w):
        for _ in range(100):
            w = np.tanh(w) * 2
        return np.sum(w)

    def by_hand(w):
        gradient = mg.grad(long)(w)
        return gradient * 1

    with pytest.raises(ValueError, match="too many for a picture"):
        mg.compare(long, by_hand, np.array([0.2, 0.1, 0.4])).draw()

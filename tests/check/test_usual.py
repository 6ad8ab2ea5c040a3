"""Usual mistakes, each in a few lines: the line, the kind, and what belongs there."""

import numpy as np
import pytest

from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

LABELS = """
def loss(W, X, y):
    s = X @ W
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])

def backprop(W, X, y):
    e = np.exp(X @ W)
    dscores = e / e.sum(axis=1, keepdims=True)
    dscores[:, y] -= 1
    return X.T @ dscores
"""

MARGINS = """
def loss(W, X, y):
    s = X @ W
    margins = np.maximum(0, s - s[np.arange(len(y)), y][:, None] + 1)
    return np.sum(margins) - len(y)

def backprop(W, X, y):
    s = X @ W
    margins = s - s[np.arange(len(y)), y][:, None] + 1
    margins[np.arange(len(y)), y] = 0
    ds = (margins > 0) * 1.0
    ds[np.arange(len(y)), y] -= 1
    return X.T @ ds
"""

GATE = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(w, x, c):
    return np.sum((sigmoid(x @ w) * c) ** 2)

def backprop(w, x, c):
    f = sigmoid(x @ w)
    df = 2 * f * c * c
    return x.T @ (df * sigmoid(f))
"""

JOINED = """
def loss(W, x, c):
    a = x @ W
    i, f, g = 1 / (1 + np.exp(-a[:2])), np.cos(a[2:4]), np.tanh(a[4:])
    return np.sum((f * c + i * g) ** 2)

def backprop(W, x, c):
    a = x @ W
    i, f, g = 1 / (1 + np.exp(-a[:2])), np.cos(a[2:4]), np.tanh(a[4:])
    d = 2 * (f * c + i * g)
    da = np.hstack((-d * c * np.sin(a[2:4]), d * g * i * (1 - i), d * i * (1 - g * g)))
    return np.outer(x, da)
"""

OUTER = """
def loss(W, V, x, y):
    return np.sum((np.tanh(x @ W) @ V - y) ** 2)

def backprop(W, V, x, y):
    h = np.tanh(x @ W)
    d = 2 * (h @ V - y)
    dV = V * d
    return np.outer(x, (V @ d) * (1 - h * h)), dV
"""

STOPPED = """
def loss(w, x):
    return sum(np.sum(np.sin(w * row)) for row in x)

def backprop(w, x):
    dw = np.zeros_like(w)
    for row in x:
        dw += row * np.cos(w * row)
        break
    return dw
"""

LABELLED = np.array([2, 0, 1, 1])

CASES = {
    "one taken off at all labels": (
        LABELS, (*normal((3, 3), (4, 3)), LABELLED), 0, "dscores[:, y] -= 1", "wrong-axis",
        "dscores[np.arange(len(y)), y] -= 1",
    ),
    "one for as many as there are": (
        MARGINS, (*normal((3, 3), (4, 3)), LABELLED), 0, "ds[np.arange(len(y)), y] -= 1", "missing-factor",
        "ds[np.arange(len(y)), y] -= ds.sum(axis=1)",
    ),
    "a sigmoid of what is one": (
        GATE, normal(3, (4, 3), 4), 0, "return x.T @ (df * sigmoid(f))", "wrong-activation", "f * (1 - f)",
    ),
    "what is joined in another order": (
        JOINED, normal((3, 6), 3, 2), 0,
        "da = np.hstack((-d * c * np.sin(a[2:4]), d * g * i * (1 - i), d * i * (1 - g * g)))", "swapped-operands",
        "np.hstack((d * g * i * (1 - i), -d * c * np.sin(a[2:4]), d * i * (1 - g * g)))",
    ),
    "a product for one of each with each": (
        OUTER, normal((3, 4), (4, 2), 3, 2), (0, 1), "dV = V * d", "wrong-point", "h[:, None] * d",
    ),
    "a loop that is left": (STOPPED, normal(3, (4, 3)), 0, "break", "missing-term", None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "kind", "meant"), CASES.values(), ids=CASES.keys()
)  # fmt: skip
def test_the_line_the_kind_and_what_belongs_there(source, arguments, argnums, line, kind, meant, tmp_path):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert (HEAD + source).splitlines()[found.line - 1].strip() == line
    assert found.kind == kind
    assert meant is None or meant in found.correction, found.correction
    assert found.patch

"""`response`: what is needed at a place, by how the gradients respond; and what is found by that in people's code."""

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.mend.response import Response
from microgradnet.check.observe import Place

from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

PLACE = Place(0, "expression", None, None, "", "")
NEAR = np.full(6, 1e-9)


def respond(now, of, true):
    """Ask what is needed at a place whose values are these, where the gradients are a function of them."""

    def run(edits):
        edit = edits[0]
        return of([np.asarray(edit(np.array(v), None, k)) for k, v in enumerate(now)])

    return Response.of(PLACE, run, true, NEAR[: true.size])


def test_where_the_gradients_are_linear_any_value_with_the_right_product_mends_them():
    a, b = normal((6, 4), (4,))
    found = respond([b], lambda at: a @ at[0], a @ (2 * b))
    assert found.mends()
    assert found.solved[1]
    assert found.fits(np.array([b, b + 1, -4 * b]), "value").tolist() == [2.0, 0.0, -0.5]
    assert found.fits(np.array([b, 2 * b]), "term").tolist() == [1.0, 0.5]


def test_where_no_value_does_that_is_said():
    a, b, c = normal((6, 4), (4,), (6,))
    assert not respond([b], lambda at: a @ at[0], c).mends()


def test_where_many_would_do_none_is_the_one():
    a, b = normal((3, 5), (5,))
    found = respond([b], lambda at: a @ at[0], a @ (-b))
    assert found.mends()
    assert not found.solved[1]
    assert found.fits(-b[None], "value").tolist() == [1.0]


def test_where_they_are_not_linear_the_value_is_solved_for():
    (b,) = normal((3,))
    found = respond([b], lambda at: np.exp(at[0]) + at[0][::-1] / 9, np.exp(0.8 * b) + 0.8 * b[::-1] / 9)
    assert np.allclose(found.solved[0], 0.8 * b)
    assert found.fits((0.8 * b)[None], "value").tolist() == [1.0]


def test_what_a_loop_makes_of_its_own_is_left_open_for_the_first_time():
    a, b = normal((6, 3), (6, 2))
    first, later = normal((3,), (2,))
    found = respond([first, later], lambda at: (a @ at[0] + b @ at[1])[:4], (a @ (2 * first) + b @ later)[:4])
    assert not found.solved[1]
    assert found.first.now.size == 3
    assert found.first.fits(first[None], "value").tolist() == [2.0]


def test_a_place_with_more_numbers_than_can_be_moved_says_nothing():
    assert respond([np.ones(401)], lambda at: at[0][:6], np.zeros(6)) is None


RECURRENT = """
def loss(W0, W1, x, t):
    h = 1 / (1 + np.exp(-(x @ W0)))
    return np.sum((1 / (1 + np.exp(-(h @ W1))) - t) ** 2)

def backprop(W0, W1, x, t):
    weights, layers = [W0, W1], [x]
    for w in weights:
        layers.append(1 / (1 + np.exp(-(layers[-1] @ w))))
    grads, errors = [None, None], 2 * (layers[-1] - t)
    for n in (1, 0):
        delta = 1 - layers[n + 1]
        grads[n] = layers[n].T @ delta
        errors = delta @ weights[n].T
    return grads
"""

NARROW = """
def loss(X, t):
    centred = X - X.mean(0)
    return np.sum((centred / np.sqrt((centred ** 2).mean(0)) - t) ** 3)

def backprop(X, t):
    n = len(X)
    centred = X - X.mean(0)
    std = np.sqrt((centred ** 2).mean(0))
    z = centred / std
    dz = 3 * (z - t) ** 2
    return (dz - dz.mean(0) - z * (dz * z).mean(0)) / X
"""

DROPPED = """
def loss(w, x):
    return np.sum(np.exp(np.tanh(x @ w)))

def backprop(w, x):
    h = x @ w
    e = np.exp(h)
    return x.T @ (e * (1 - h ** 2))
"""

BRACKETS = """
def turn(v):
    return np.concatenate([-v[2:], v[:2]])

def loss(q, c, s, t):
    return np.sum((q * c + turn(q) * s - t) ** 2)

def backprop(q, c, s, t):
    g = 2 * (q * c + turn(q) * s - t)
    return g * c - turn(g) * s
"""

RUNNING = """
def loss(w, y):
    return np.sum((np.cumsum(w) - y) ** 2)

def backprop(w, y):
    return np.cumsum(2 * (np.cumsum(w) - y))
"""

REPEATED = """
def loss(A, B, x):
    return np.sum(np.tanh(A @ x)) + np.sum((B @ x) ** 2)

def backprop(A, B, x):
    grads = [np.zeros_like(A)] * 2
    for g, d in zip(grads, (1 - np.tanh(A @ x) ** 2, 2 * (B @ x))):
        np.add(g, np.outer(d, x), out=g)
    return grads
"""

COUNTED = """
def loss(w, x, keep):
    return np.sum(np.where(keep, np.tanh(x * w), 0)) / keep.sum()

def backprop(w, x, keep):
    d = (1 - np.tanh(x * w) ** 2) * x
    d[~keep] = 0
    count = keep.shape[0]
    return d / count
"""

EXCHANGED = """
def loss(p, H, W):
    return p[0] ** 2 * (W - 1) + p[1] ** 3 * (H - 1)

def backprop(p, H, W):
    dx, dy = 2 * p[0], 3 * p[1] ** 2
    return np.stack([dx * (H - 1), dy * (W - 1)])
"""

OBJECTS = """
class Net:
    def __init__(self, A, B):
        self.W, self.dW = {"a": A, "b": B}, {"a": np.zeros_like(A), "b": np.zeros_like(B)}

    def back(self, x):
        h = self.W["a"] @ x
        self.dW["b"] += np.outer(2 * (self.W["b"] @ np.tanh(h)), np.tanh(h))
        d = self.dW["b"].T @ (2 * (self.W["b"] @ np.tanh(h)))
        self.dW["a"] += np.outer(d * (1 - np.tanh(h) ** 2), x)

def loss(A, B, x):
    return np.sum((B @ np.tanh(A @ x)) ** 2)

def backprop(A, B, x):
    net = Net(A, B)
    net.back(x)
    return net.dW["a"], net.dW["b"]
"""

TAKEN_OFF = """
def loss(w, x):
    return np.sum(np.tanh(x @ w))

def backprop(w, x):
    dw = np.zeros_like(w)
    for row in x:
        dw -= (1 - np.tanh(row @ w) ** 2) * row
    return dw
"""

NEAREST = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(w, x, a, b):
    s = np.tanh(x @ w)
    return -np.sum(np.log(1 / (1 + np.exp(-(s[a] - s[b])))))

def backprop(w, x, a, b):
    s = np.tanh(x @ w)
    weight = sigmoid(s[a] - s[b])
    d = np.zeros_like(s)
    np.add.at(d, a, -weight)
    np.add.at(d, b, weight)
    return x.T @ (d * (1 - s ** 2))
"""


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "meant"),
    [
        (RECURRENT, normal((3, 4), (4, 2), (5, 3), (5, 2)), (0, 1), "delta = 1 - layers[n + 1]", "errors"),
        (NARROW, normal((6, 3), (6, 3)), (0,), "return (dz - dz.mean(0) - z * (dz * z).mean(0)) / X", "/ std"),
        (DROPPED, normal(3, (5, 3)), (0,), "h = x @ w", "np.tanh(x @ w)"),
        (BRACKETS, normal(4, 4, 4, 4), (0,), "return g * c - turn(g) * s", "turn(g * s)"),
        (RUNNING, normal(6, 6), (0,), "return np.cumsum(2 * (np.cumsum(w) - y))", "np.flip(np.cumsum(np.flip("),
        (REPEATED, normal((3, 3), (3, 3), 3), (0, 1), "grads = [np.zeros_like(A)] * 2", "for _ in range(2)"),
        (COUNTED, (*normal(7, 7), np.arange(7) % 3 > 0), (0,), "count = keep.shape[0]", "keep.sum()"),
        (EXCHANGED, (*normal(2), 4, 7), (0,), "return np.stack([dx * (H - 1), dy * (W - 1)])", "dx * (W - 1)"),
        (OBJECTS, normal((4, 3), (2, 4), 3), (0, 1), 'd = self.dW["b"].T @ (2 * (self.W["b"] @ np.tanh(h)))', "self.W"),
        (TAKEN_OFF, normal(3, (5, 3)), (0,), "dw -= (1 - np.tanh(row @ w) ** 2) * row", "dw += "),
        (
            NEAREST, (*normal(3, (5, 3)), np.array([0, 1, 2]), np.array([3, 4, 3])), (0,),
            "weight = sigmoid(s[a] - s[b])", "s[b] - s[a]",
        ),
    ],
    ids=[
        "two factors in a loop", "another shape", "a function dropped", "brackets",
        "a running sum", "one array under two names", "the count of a mask", "two variables exchanged",
        "another dictionary", "taken off", "no helper that is what it is called",
    ],
)  # fmt: skip
def test_the_line_is_named_and_what_should_stand_there(source, arguments, argnums, line, meant, tmp_path):
    found = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert [(HEAD + source).splitlines()[d.line - 1].strip() for d in found] == [line]
    assert meant in found[0].correction, found[0].correction
    assert found[0].patch


def test_a_derivation_that_holds_near_its_arguments_alone_is_read_there(tmp_path):
    source = """
def loss(v, x, t):
    i = np.arange(6)
    weights = np.maximum(0, 1 - np.abs(x[:, None] - i))
    return np.sum((weights @ v ** 2 - t) ** 2)

def backprop(v, x, t):
    k = np.floor(x).astype(int)
    f = x - k
    e = 2 * ((1 - f) * v[k] ** 2 + f * v[k + 1] ** 2 - t)
    dv = np.zeros_like(v)
    np.add.at(dv, k, e * (1 - f) * v[k] * 2)
    np.add.at(dv, k + 1, e * f * v[k + 1])
    dx = e * (v[k + 1] ** 2 - v[k] ** 2)
    return dv, dx
"""
    v, t = normal(6, 4)
    x = np.array([0.3, 2.6, 3.4, 4.4])  # a little more, and v[k + 1] isn't there
    (found,) = diagnosed(HEAD + source, (v, x, t), (0, 1), tmp_path)
    assert (HEAD + source).splitlines()[found.line - 1].strip() == "np.add.at(dv, k + 1, e * f * v[k + 1])"
    assert found.kind == "scale"


def test_a_symmetric_matrix_stays_one_where_a_derivation_is_tried_at_other_arguments(tmp_path):
    source = """
def loss(b, F, x):
    r = b - x
    return 0.5 * r @ np.linalg.solve(F, r)

def backprop(b, F, x):
    root = np.linalg.inv(np.linalg.cholesky(F))
    return root @ root.T @ (b - x)
"""
    root, b, x = normal((3, 3), 3, 3)
    (found,) = diagnosed(HEAD + source, (b, root @ root.T + np.eye(3), x), (0,), tmp_path)
    assert "root.T @ root" in found.correction


def test_two_mistakes_on_one_way_are_found_one_after_the_other(tmp_path):
    source = """
def loss(W, x, mask, v):
    return np.sum((np.tanh(x @ W) * mask) @ v)

def dropped(d, mask):
    return d

def activated(d, h):
    return d * (1 + h ** 2)

def backprop(W, x, mask, v):
    h = np.tanh(x @ W)
    d = dropped(np.tile(v, (len(x), 1)), mask)
    return x.T @ activated(d, h)
"""
    arguments = (*normal((3, 4), (6, 3)), (np.arange(24).reshape(6, 4) % 3 > 0) * 2.0, *normal(4))
    found = diagnosed(HEAD + source, arguments, (0,), tmp_path)
    lines = {(HEAD + source).splitlines()[d.line - 1].strip() for d in found}
    assert lines == {"return d", "return d * (1 + h ** 2)"}


def test_a_right_derivation_with_such_helpers_is_called_right():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    x, w = normal((5, 3), 3)
    assert not mg.diagnose(lambda w: mg.sum(mg.sigmoid(x @ w)), lambda w: x.T @ (sigmoid(x @ w) * sigmoid(-(x @ w))), w)

"""One function of the loss and its gradients, as courses ask for it: what only the gradients come of may be wrong."""

import numpy as np
import pytest

from microgradnet.check.common import computed_by_both
from microgradnet.check.observe import Source

from .located import module
from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

LSTM = """
def sigmoid(x):
    return 1 / (1 + np.exp(-x))

class Model:
    def __init__(self, w, v):
        self.w, self.v = w, v

    def forward(self, x):
        h, caches = np.zeros((x.shape[1], self.v.shape[0])), []
        for t in range(len(x)):
            before, gate = h, sigmoid(x[t] @ self.w)
            h = gate * np.tanh(before @ self.v + x[t] @ self.w)
            caches.append((before, gate, h / gate))
        return h, caches

    def loss(self, x, y):
        h, caches = self.forward(x)
        N = len(y)
        loss = np.sum((h - y) ** 2) / N
        grads = {"w": np.zeros_like(self.w), "v": np.zeros_like(self.v)}
        dh = 2 * (h - y)
        dh /= N
        for t in reversed(range(len(x))):
            before, gate, new = caches[t]
            dgate = dh * new * gate * (1 - gate)
            dnew = dh * gate * (1 - new**2)
            grads["w"] += x[t].T @ (dgate + dnew)
            grads["v"] += before.T @ dnew
            dh = dnew @ self.v.T
        return loss, grads

def loss(w, v, x, y):
    return Model(w, v).loss(x, y)[0]

def backprop(w, v, x, y):
    return Model(w, v).loss(x, y)[1]
"""

MARGINS = """
def both(w, x, y):
    loss, dw, count = 0.0, np.zeros(w.shape), len(x)
    for i in range(count):
        scores = x[i].dot(w)
        for j in range(w.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dw[:, j] += x[i]
                dw[:, y[i]] -= x[i]
    loss /= count
    dw /= count
    loss += 0.5 * np.sum(w * w)
    dw += w
    return loss, dw

def loss(w, x, y):
    return both(w, x, y)[0]

def backprop(w, x, y):
    return both(w, x, y)[1]
"""

LAYERS = normal((3, 4), (4, 4), (3, 5, 3), (5, 4))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("dh = 2 * (h - y)", "dh = 2 * (y - h)", "sign"),
        ("dh = dnew @ self.v.T", "dh = dnew @ self.v", "transpose"),
        ("before.T @ dnew", "h.T @ dnew", "wrong-point"),
        ("* gate * (1 - new**2)", "* (1 - new**2)", "missing-factor"),
        ("for t in reversed(range(len(x)))", "for t in range(len(x))", "reversed"),
    ],
)
def test_a_mistake_is_found_where_the_loss_and_its_gradients_are_made_by_one_function(old, new, kind, tmp_path):
    source = HEAD + LSTM.replace(old, new)
    found = diagnosed(source, LAYERS, (0, 1), tmp_path)
    assert [d.kind for d in found] == [kind]
    assert found[0].line == source[: source.rindex(new.strip())].count("\n") + 1
    assert found[0].correction is not None


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("                dw[:, y[i]] -= x[i]\n", "                dw[:, y[i]] += x[i]\n", "sign"),
        ("    dw += w\n", "    dw += 0.5 * w\n", "scale"),
    ],
)
def test_so_it_is_where_both_are_added_up_in_one_loop(old, new, kind, tmp_path):
    source = HEAD + MARGINS.replace(old, new)
    found = diagnosed(source, [*normal((3, 4), (6, 3)), np.arange(6) % 4], 0, tmp_path)
    assert [(d.kind, d.line) for d in found] == [(kind, source[: source.index(new)].count("\n") + 1)]
    assert found[0].correction == old.strip()  # and not += (-x)[i]


def test_what_the_loss_comes_of_is_computed_by_both_and_nothing_else_is(tmp_path):
    names = module(HEAD + LSTM, tmp_path / "case.py")
    program, loss = Source.of(names["backprop"]), Source.of(names["loss"])
    shared = computed_by_both(program, loss, LAYERS, loss.watch(LAYERS))
    lines = [line.strip() for line in (HEAD + LSTM).split("\n")]
    in_loss = [p for p in program.places if p.function.split(".")[-1] == "loss"]
    own = {lines[p.line - 1] for p in in_loss if p.index not in shared}
    both = {lines[p.line - 1] for p in program.places if p.index in shared and p.kind == "expression"}
    assert own >= {"dh /= N", "for t in reversed(range(len(x))):", "before, gate, new = caches[t]"}
    assert both >= {"h, caches = self.forward(x)", "N = len(y)", "return 1 / (1 + np.exp(-x))"}
    assert not both & {"dh = 2 * (h - y)", "dnew = dh * gate * (1 - new**2)", 'grads["v"] += before.T @ dnew'}

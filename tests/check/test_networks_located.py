"""A mistake in somebody's class is located in that class: in the line where it was made, whatever the class is like."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import microgradnet as mg
from tests.check import networks
from tests.check.test_networks import ALIKE, LABELS, ONE, OPTIONS, RIGHT, TARGETS, X, Y

SOURCE = Path(networks.__file__).read_text()


def planted(folder, right, wrong):
    """Import the networks with one line of one class wrong; return them, and the number of that line."""
    assert SOURCE.count(right) >= 1, right
    before, _, after = SOURCE.partition(right)
    file = folder / "planted.py"
    file.write_text(before + wrong + after)
    spec = importlib.util.spec_from_file_location("planted", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["planted"] = module  # the classes are copied, and looked up then
    spec.loader.exec_module(module)
    return module, before.count("\n") + 1, file


def located(module, name, arguments, data):
    np.random.seed(0)  # noqa: NPY002 - what the article draws from
    return mg.compare_network(getattr(module, name)(*arguments), *data, **OPTIONS.get(name, {}))


MISTAKES = [
    # class, arguments, data, what is right, what is written, the kind
    ("Article", (X, Y), (), "np.dot(delta, self.weights2.T) * sigmoid_derivative(self.layer1))\n",
     "np.dot(delta, self.weights2.T))\n", "missing-factor"),
    ("Article", (X, Y), (), "delta = 2 * (self.y", "delta = 2 * (1 - self.y", None),
    ("DataByMethods", (), (X, TARGETS), "dZ1 = np.dot(dZ2, self.W2.T) * (1 - self.A1**2)",
     "dZ1 = np.dot(dZ2, self.W2.T) * (1 - self.A1)", None),
    ("DataByMethods", (), (X, TARGETS), "dZ2 = (output - y) / len(y)", "dZ2 = (y - output) / len(y)", "sign"),
    ("ParamsAndGrads", (), (X, TARGETS), '"db1": dh.sum(axis=0)', '"db1": dh.mean(axis=0)', "mean-for-sum"),
    ("LossAndGrads", (), (X, TARGETS), "2 * reg * W, ", "reg * W, ", None),
    ("ListsOfLayers", (), ONE, "delta = np.dot(w.T, delta) * sigmoid_derivative(a)", "delta = np.dot(w.T, delta)",
     "missing-factor"),
    ("LayerObjects", (), (X, LABELS), "self.dinputs = dvalues * (1 - self.output**2)",
     "self.dinputs = dvalues * (1 - self.output)", None),
    ("LayerObjects", (), (X, LABELS), "slope = slope / len(y)\n", "slope = slope / 1\n", None),
    ("WantsTheSlope", (), (X, X), "self.dbiases = np.sum(dvalues, axis=0, keepdims=True)",
     "self.dbiases = np.mean(dvalues, axis=0, keepdims=True)", "mean-for-sum"),
    ("MiniBatches", (), (ALIKE, TARGETS[:, 0]), "gradient = X_mini.T @ (2 * (out - y_mini) * (1 - out**2))",
     "gradient = X_mini.T @ (2 * (out - y_mini) * (1 - out))", None),
    ("RowByRow", (), (TARGETS[2:], Y[2:, 0]), "self.w2 -= learn_rate * slope * x[1]",
     "self.w2 -= learn_rate * slope * x[0]", None),
    ("BiasForgotten", (X, Y), (), "dw1 = self.x.T @ (delta @ self.w2.T * (1 - self.h**2))",
     "dw1 = self.x.T @ (delta @ self.w2.T * (1 + self.h**2))", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "data", "right", "wrong", "kind"), MISTAKES)
def test_the_line_is_that_of_the_class(tmp_path, name, arguments, data, right, wrong, kind):
    module, line, file = planted(tmp_path, right, wrong)
    report = located(module, name, arguments, data)
    first = report.diagnosis[0]
    assert (first.file, first.line) == (str(file), line), str(report.diagnosis)
    assert kind in (None, first.kind)
    assert {line} <= {listed.number for listed in report.listing.lines if listed.diagnoses}
    if first.patch is not None:
        subprocess.run(["patch", "-s", file, "-"], input=first.patch, text=True, check=True)
        again = planted_again(file)
        assert set(first.parameters).isdisjoint(
            p.name for p in located(again, name, arguments, data).parameters if not p.ok
        )


def planted_again(file):
    """Import the patched file anew."""
    spec = importlib.util.spec_from_file_location("planted_again", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["planted_again"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "arguments", "data"), [row[:3] for row in RIGHT])
def test_a_right_class_is_listed_in_its_own_source(name, arguments, data):
    listing = located(networks, name, arguments, data).listing
    if name in ("Estimator", "ReturnsAll"):
        assert listing.note.startswith("fit() makes its parameters anew at each call")
        return
    source = SOURCE.splitlines()
    assert all(source[line.number - 1].strip() == line.code.strip() for line in listing.lines if line.code)
    assert any("∂L/∂" in q.text for line in listing.lines for q in line.quantities), str(listing)


class InPlace:
    """Updates its weights in place, by a rate that it holds, or is called with."""

    def __init__(self):
        random = np.random.default_rng(1)
        self.W, self.V, self.lr = random.normal(size=(3, 3)), random.normal(size=(3, 2)), 0.25

    def forward(self, X):
        self.h = np.tanh(X @ self.W)
        return self.h @ self.V

    def loss(self, X, y):
        return np.sum((self.forward(X) - y) ** 2)

    def train(self, X, y):
        d = 2 * (self.forward(X) - y)
        dV = self.h.T @ d
        dW = X.T @ (d @ self.V.T * (1 - self.h**2))
        self.V -= self.lr * dV
        self.W -= self.lr * dW


class InPlaceByAnArgument(InPlace):
    """The same with another name for the rate."""

    def train(self, X, y, eta=0.01):
        d = 2 * (self.forward(X) - y)
        dV = self.h.T @ d
        dW = X.T @ (d @ self.V.T * (1 - self.h**2))
        self.V -= eta * dV
        self.W = self.W - 2 * eta * dW / 2


@pytest.mark.parametrize(
    ("kind", "told"), [(InPlace, "∂L/∂V / 4 = self.lr ⊙ ∂L/∂V"), (InPlaceByAnArgument, "∂L/∂V / 100 = eta ⊙ ∂L/∂V")]
)
def test_an_update_is_told_at_the_rate_of_the_class(kind, told):
    network = kind()
    report = mg.compare_network(network, X, TARGETS)
    assert report.ok
    assert report.listing.lines
    quantities = [q.text for line in report.listing.lines for q in line.quantities]
    assert f"subtracting {told}" in quantities
    assert not re.search(r"\d{3,}|e\+", str(quantities).replace("100", ""))  # of what the rate is made for reading it
    assert "1048576" not in report.draw().source
    assert network.lr == 0.25


def test_a_training_that_parts_says_where_the_class_is_wrong(tmp_path):
    module, line, _ = planted(tmp_path, "dZ2 = (output - y) / len(y)", "dZ2 = (output + y) / len(y)")
    report = mg.compare_training(module.DataByMethods(), data=(X, TARGETS), iterations=3)
    assert report.first_difference == 0
    assert report.gradients.diagnosis[0].line == line
    with pytest.raises(AssertionError, match=rf"{line} ✗ +dZ2 = \(output \+ y\) / len\(y\)"):
        report.raise_if_wrong()
    assert mg.compare_training(networks.DataByMethods(), data=(X, TARGETS), iterations=3).gradients is None


def test_what_the_forward_pass_computes_is_never_blamed(tmp_path):
    """Another forward pass would be another loss, whose gradient the manual one may well be."""
    module, line, _ = planted(tmp_path, "delta = 2 * (self.y_hat - y) / y.size", "delta = 2 * (self.y - y) / y.size")
    module.ParamsAndGrads.y = 0.5
    for found in located(module, "ParamsAndGrads", (), (X, TARGETS)).diagnosis:
        assert found.line in (None, line)


class Perceptron:
    """Has layers in lists and no loss: its gradients are those of mean((y - output)**2) / 2."""

    def __init__(self):
        random = np.random.default_rng(1)
        self.lr = 0.5
        self.weights = [random.normal(size=shape) for shape in [(3, 4), (4, 2)]]
        self.biases = [np.zeros((1, n)) for n in (4, 2)]

    def forward(self, x):
        self.activations = [x]
        for w, b in zip(self.weights, self.biases, strict=True):
            self.activations.append(np.tanh(self.activations[-1] @ w + b))
        return self.activations[-1]

    def train(self, x, y, epochs):
        for _ in range(epochs):
            out = self.forward(x)
            delta = (out - y) * (1 - out**2) / y.size
            for k in (1, 0):
                dw = self.activations[k].T @ delta
                db = delta.sum(axis=0, keepdims=True)
                delta = delta @ self.weights[k].T * (1 - self.activations[k] ** 2)
                self.weights[k] -= self.lr * dw
                self.biases[k] -= self.lr * db


class UpdatesTooEarly(Perceptron):
    """Changes the weights before it goes back through them, which is no multiple of the rate."""

    def train(self, x, y, epochs):
        for _ in range(epochs):
            out = self.forward(x)
            delta = (out - y) * (1 - out**2) / y.size
            for k in (1, 0):
                dw = self.activations[k].T @ delta
                db = delta.sum(axis=0, keepdims=True)
                self.weights[k] -= self.lr * dw
                delta = delta @ self.weights[k].T * (1 - self.activations[k] ** 2)
                self.biases[k] -= self.lr * db


class UpdatesTooEarlyByAnArgument(UpdatesTooEarly):
    """The same with a rate that it is called with."""

    def train(self, x, y, epochs, eta=0.25):
        self.lr = eta
        super().train(x, y, epochs)


def test_nothing_is_blamed_where_a_usual_loss_explains_all():
    report = mg.compare_network(Perceptron(), X, TARGETS)
    assert not report.ok
    assert "exactly the gradients of mean((y - output)**2) / 2: if that is the loss" in report.headline
    (found,) = report.diagnosis
    assert (found.kind, found.line, found.correction, found.patch) == ("another-loss", None, None, None)
    assert report.listing.lines
    assert not any(line.diagnoses for line in report.listing.lines)
    assert "As the gradients of mean((y - output)**2) / 2" in report.listing.note
    assert any("half of ∂L/∂weights[1]" in q.text for line in report.listing.lines for q in line.quantities)
    assert mg.compare_network(Perceptron(), X, TARGETS, loss="mean((y - output)**2) / 2").ok
    said = mg.compare_network(Perceptron(), X, TARGETS, loss="sum((y - output)**2)")
    assert said.diagnosis[0].line is not None


@pytest.mark.parametrize(
    ("kind", "rate"),
    [(UpdatesTooEarly, "rate 0.5, which is .lr"), (UpdatesTooEarlyByAnArgument, "by the rate it is called with")],
)
def test_the_rate_and_the_loss_are_read_where_some_gradients_are_wrong(kind, rate):
    report = mg.compare_network(kind(), X, TARGETS)
    notes = dict(report.notes)
    assert rate in notes["by hand"]
    assert notes["loss"].startswith("mean((y - output)**2) / 2: ASSUMED")
    assert "weights[1], biases[1] have exactly its gradient" in notes["loss"]
    assert [p.name for p in report.parameters if not p.ok] == ["weights[0]", "biases[0]"]
    assert all(0.5 < p.ratio < 2 for p in report.parameters)
    (found,) = report.diagnosis
    assert found.kind == "updated-parameter"
    assert "self.weights[k] -= self.lr * dw" in found.correction


class LayersThatLearn:
    """Each layer goes its step before it hands on what flows back."""

    def __init__(self):
        random = np.random.default_rng(0)
        self.weights = [random.normal(size=shape) for shape in ((4, 2), (3, 4))]

    def forward(self, x):
        self.outputs = [x]
        for weights in self.weights:
            self.outputs.append(np.tanh(weights @ self.outputs[-1]))
        return self.outputs[-1]

    def train(self, x, y, learning_rate=0.1):
        flows = 2 * (self.forward(x) - y)
        for k in (1, 0):
            flows = flows * (1 - self.outputs[k + 1] ** 2)
            change = flows @ self.outputs[k].T
            self.weights[k] -= learning_rate * change
            flows = self.weights[k].T @ flows


def test_what_reads_a_parameter_after_its_update_is_named_as_that():
    x, y = np.random.default_rng(1).normal(size=(2, 5)), np.random.default_rng(2).normal(size=(3, 5))
    report = mg.compare_network(LayersThatLearn(), x, y, loss="sum((y - output)**2)")
    (found,) = report.diagnosis
    assert found.kind == "updated-parameter"
    assert found.correction == "self.weights[k] -= learning_rate * change  # behind line " + str(found.line + 1)

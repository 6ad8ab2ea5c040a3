"""`compare_network`: a class with a derivation in it is compared as it is."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from tests.check import networks

X, Y = mg.article.dataset()
TARGETS = np.array([[0.1, 0.9], [0.8, 0.3], [0.4, 0.2], [0.7, 0.6]])
ALIKE = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.5], [1.0, 0.0, 1.0]])
LABELS = np.array([0, 2, 1, 1])
ONE = (np.array([[0.5], [-1.0], [2.0]]), np.array([[1.0], [0.0]]))

RIGHT = [
    ("Article", (X, Y), (), "weights1 weights2", "what backprop() adds", "sum((y - output)**2): ASSUMED"),
    ("OutputStoredByTrain", (X, Y), (), "weights1 weights2", "what backprop() adds", "ASSUMED"),
    ("DataByMethods", (), (X, TARGETS), "W1 W2 b1 b2", "divided by the rate it is called with", "compute_cost()"),
    ("ParamsAndGrads", (), (X, TARGETS), "W1 b1 W2", "grads['dW1']", "loss()"),
    ("LossAndGrads", (), (X, TARGETS), "W b", "what loss() returns", "loss()"),
    ("ListsOfLayers", (), ONE, "biases[2] weights[2]", "what backprop() returns", "cost()"),
    ("ListsOfLayers", (), ([ONE, ONE],), "biases[2] weights[2]", "what backprop() returns", "cost()"),
    ("LayerObjects", (), (X, LABELS), "layers[0].weights layers[2].biases", "layers[0].dweights", "loss.calculate()"),
    ("WantsTheSlope", (), (X, X), "layers[0].weights layers[2].biases", "left by backward()", "ASSUMED"),
    ("Estimator", (), (X, Y[:, 0]), "coef_ intercept_", "rate 0.01, which is .eta0", "sum((y"),
    ("RowByRow", (), (X[1:, 1:], Y[1:, 0]), "w1 w2 b", "rate 0.1, which is learn_rate in train()", "sum((y"),
    ("ReturnsAll", (), (X, TARGETS), "w_h w_out", "rate 0.1, which is .eta", "_compute_cost()"),
    ("ReturnsAndAdds", (X, Y), (), "weights1 weights2", "returns, the direction down the loss", "ASSUMED"),
    ("DecayInTheUpdate", (), (X, TARGETS), "W1 b1 W2", "what update() adds to them", "loss()"),
    ("RateInAnAttribute", (X, Y), (), "weights1 weights2", "rate 0.01, which is .learning_rate", "ASSUMED"),
    ("MiniBatches", (), (ALIKE, TARGETS[:, 0]), "theta", "divided by the rate it is called with", "ASSUMED"),
    ("DerivativeCalledGradient", (), (X, Y), "weights", "what train() adds to them", "ASSUMED"),
    ("PairsInTuples", (), (X, TARGETS), "params[0][0] params[1][1]", "what backward() returns", "loss()"),
    ("Momentum", (X, Y), (), "weights1 weights2", "what backprop() adds", "cost()"),
    ("Recurrent", (), (X, TARGETS), "Wx Wh", "left by backward()", "ASSUMED"),
]  # fmt: skip
OPTIONS = {"Estimator": {"loss": "log_loss"}, "Momentum": {"rate": 0.25}}


def made(name, *arguments):
    np.random.seed(0)  # noqa: NPY002 - what the article draws from
    return getattr(networks, name)(*arguments)


def compared(name, arguments, data, **options):
    return mg.compare_network(made(name, *arguments), *data, **OPTIONS.get(name, {}), **options)


@pytest.mark.parametrize(("name", "arguments", "data", "parameters", "by_hand", "loss"), RIGHT)
def test_a_right_derivation_agrees_and_the_report_says_what_was_read(name, arguments, data, parameters, by_hand, loss):
    report = compared(name, arguments, data)
    assert report.ok, report
    notes = dict(report.notes)
    assert set(parameters.split()) <= {p.name for p in report.parameters}
    assert by_hand in notes["by hand"]
    assert loss in notes["loss"] or name in OPTIONS
    assert max(map(len, str(report).splitlines())) <= 80


def test_all_parameters_are_found_and_nothing_else():
    found = {n: [p.name for p in compared(n, a, d).parameters] for n, a, d, *_ in RIGHT}
    assert found["ListsOfLayers"] == [f"{kind}[{i}]" for kind in ("biases", "weights") for i in range(3)]
    assert len(found["LayerObjects"]) == 4
    assert len(found["DataByMethods"]) == 4
    assert len(found["Momentum"]) == len(found["Article"]) == 2


@settings(max_examples=10, deadline=None)
@given(
    factor=st.sampled_from([-1.0, 0.5, 2.0, 1.01]), which=st.sampled_from(["factor1", "factor2"]),
    n=st.integers(1, 4), d=st.integers(1, 3), seed=st.integers(0, 99),
)  # fmt: skip
def test_a_factor_planted_into_one_gradient_is_never_hidden(factor, which, n, d, seed):
    random = np.random.default_rng(seed)
    network = networks.Article(random.normal(size=(n, d)), random.random((n, 1)))
    setattr(network, which, factor)
    report = mg.compare_network(network)
    wrong = [p for p in report.parameters if not p.ok]
    assert [p.name for p in wrong] == [f"weights{which[-1]}"]
    assert wrong[0].ratio * np.sign(wrong[0].cosine) == pytest.approx(factor, rel=1e-6)


def test_one_factor_in_all_gradients_is_named_and_of_which_loss_they_would_be_right():
    network = made("Article", X, Y)
    network.factor1 = network.factor2 = 0.5
    report = mg.compare_network(network)
    assert not report.ok
    assert "Every gradient by hand is 0.5 times the automatic one." in report.headline
    assert "then say rate=0.5" in report.headline
    assert "exactly the gradients of sum((y - output)**2) / 2" in report.headline
    assert mg.compare_network(network, rate=0.5).ok
    assert mg.compare_network(network, loss="sum((y - output)**2) / 2").ok


def test_a_rate_that_is_known_hides_no_factor():
    class Twice(networks.DataByMethods):
        def backward(self, X, y, output, learning_rate):
            super().backward(X, y, output, 2 * learning_rate)

    report = mg.compare_network(Twice(), X, TARGETS)
    assert [round(p.ratio, 6) for p in report.parameters] == [2.0] * 4
    assert "rate" not in report.headline


def test_a_gradient_of_the_other_sign_differs():
    network = made("Article", X, Y)
    network.factor1 = network.factor2 = -1.0
    assert "the update goes up the loss" in mg.compare_network(network).headline


def test_a_parameter_that_is_never_updated_is_named():
    report = mg.compare_network(networks.BiasForgotten(X, Y))
    assert [p.name for p in report.parameters if not p.ok] == ["b1"]
    assert "The step leaves b1 as it was" in report.headline
    assert "rate 0.1, as in 'self.w" in dict(report.notes)["by hand"]


def test_a_parameter_without_a_gradient_is_named():
    class Without(networks.ParamsAndGrads):
        def backward(self, y):
            super().backward(y)
            del self.grads["db1"]

        def update(self):
            pass

    notes = dict(mg.compare_network(Without(), X, TARGETS).notes)
    assert notes["MISSING"] == "b1: no gradient by hand was found, though the loss depends on it"


def test_what_is_wrong_is_diagnosed():
    class Forgot(networks.Article):
        def backprop(self):
            delta = 2 * (self.y - self.output)
            self.weights1 += np.dot(self.input.T, np.dot(delta, self.weights2.T) * self.layer1 * (1 - self.layer1))
            self.weights2 += np.dot(self.layer1.T, delta)

    np.random.seed(1)  # noqa: NPY002
    found = mg.compare_network(Forgot, X, Y).diagnosis
    assert found[0].kind == "missing-factor"
    assert found[0].correction.startswith("delta = 2 * (self.y - self.output) * ")


def test_the_network_the_random_numbers_and_the_output_are_left_alone(capsys):
    network = networks.DataByMethods()
    before, state = copy.deepcopy(vars(network)), np.random.get_state()[1].tolist()  # noqa: NPY002
    x, y = X.copy(), TARGETS.copy()
    mg.compare_network(network, x, y)
    assert vars(network).keys() == before.keys()
    assert all(np.array_equal(before[name], value) for name, value in vars(network).items())
    assert np.array_equal(x, X)
    assert np.array_equal(y, TARGETS)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    assert capsys.readouterr().out == ""


def test_a_class_is_made_with_what_follows_it_or_with_data_that_are_drawn():
    assert mg.compare_network(networks.Article, X, Y).ok
    report = mg.compare_network(networks.Article)
    assert report.ok
    assert "drawn at random, of shapes (5, 3) and (5, 1)" in dict(report.notes)["data"]
    assert mg.compare_network(networks.DataByMethods, X, TARGETS).ok


LOSSES = {
    "an expression": "sum((y - output)**2)",
    "a lambda of the network": lambda net: np.sum((net.y - net.output) ** 2),
    "a lambda of output and y": lambda output, y: np.sum((y - output) ** 2),
    "the other order": lambda y_true, y_pred: np.sum((y_true - y_pred) ** 2),
    "without names that say it": lambda p, q: np.sum((p - q) ** 2),
    "an attribute": "sum((net.y - net.output)**2)",
}


@pytest.mark.parametrize("form", LOSSES)
def test_every_form_of_a_loss_is_taken(form):
    report = mg.compare_network(made("Article", X, Y), loss=LOSSES[form])
    assert report.ok
    assert "ASSUMED" not in dict(report.notes)["loss"]


def test_the_calls_can_be_said():
    said = mg.compare_network(
        networks.DataByMethods(),
        X,
        forward=lambda net, x: net.forward(x),
        backward=lambda net, x: net.backward(x, TARGETS, net.forward(x), 0.5),
        loss=lambda output, y=TARGETS: np.sum((output - y) ** 2),
        rate=0.5,
    )
    assert not said.ok
    assert [p.verdict for p in said.parameters] == ["differs"] * 4
    said = mg.compare_network(
        networks.ParamsAndGrads(),
        forward=lambda net: net.forward(X),
        backward=lambda net: net.backward(TARGETS),
        loss=lambda output: np.mean((output - TARGETS) ** 2),
    )
    assert said.ok
    assert mg.compare_network(networks.ParamsAndGrads(), X, TARGETS, forward="forward", backward="backward").ok


def test_the_parameters_can_be_said():
    report = mg.compare_network(made("Article", X, Y), parameters="weights2")
    assert [p.name for p in report.parameters] == ["weights2"]
    report = mg.compare_network(networks.ParamsAndGrads(), X, TARGETS, parameters=["params['W2']", "b1"])
    assert [p.name for p in report.parameters] == ["W2", "b1"]


class NoWayBack:
    def __init__(self):
        self.w = np.ones(3)

    def forward(self, x):
        return x @ self.w


class NoGradient(NoWayBack):
    def backward(self):
        pass


class Counts(NoGradient):
    def forward(self, x):
        return (x @ self.w > 0).astype(int)


class Locked(NoGradient):
    def __init__(self):
        super().__init__()
        self.rows = (i for i in range(3))


ERRORS = [
    (
        NoWayBack(),
        (X,),
        {},
        "no method that goes back, such as backprop, backward or train; it has the methods forward",
    ),
    (NoWayBack(), (X,), {}, "backward= (in the shell --backprop)"),
    (NoGradient(), (X, X[:, 0]), {}, "backward() returns none, leaves none in attributes such as dW1 or grads"),
    (NoGradient(), (), {}, "nothing is known for x. Give the data after the network, or say the call: forward=lambda"),
    (NoGradient(), (X,), {}, "no loss was given, the class has none, and no y, the targets, was found: say loss="),
    (NoGradient(), (X, Y[:2]), {}, "they have (4,) and (2, 1)"),
    (networks.DataByMethods(), (X, np.ones((4, 3))), {}, "the loss, compute_cost(), raised ValueError: operands"),
    (
        networks.Adam(X, Y),
        (),
        {},
        "the numbers that Adam.backprop() adds are of one size, as Adam's",
    ),
    (networks.Adam(X, Y, 2), (), {}, "they tell no gradient. Say with backward= (in the shell --backprop)"),
    (Counts(), (X, Y[:, 0]), {}, "returns int64, which has no gradient"),
    (Locked(), (X,), {}, "a Locked can't be copied, and the network itself is never changed"),
    (networks.BiasForgotten, (X, Y, X), {}, "can't be made of 3 arguments"),
    (networks.DataByMethods(), (X, Y, X), {}, "after a network come x and y, got 3"),
    (networks.DataByMethods(), (X, TARGETS), {"forward": "lost"}, "has the methods backward, compute_cost, forward"),
    (networks.DataByMethods(), (X, TARGETS), {"parameters": "lost"}, "there are W1, W2, b1, b2"),
    (networks.DataByMethods(), (X, TARGETS), {"loss": "(y -"}, "neither a method nor an expression"),
    (networks.DataByMethods(), (X, TARGETS), {"loss": "lost + y"}, "name 'lost' is not defined"),
    (networks.DataByMethods(), (X, TARGETS), {"loss": 3}, "a function, a method's name or an expression"),
]


@pytest.mark.parametrize(("network", "data", "options", "words"), ERRORS)
def test_what_is_not_found_is_named_with_the_option_that_says_it(network, data, options, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        mg.compare_network(network, *data, **options)


# --- whole runs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "data", "options"),
    [
        ("Article", (X, Y), (), {}),
        ("OutputStoredByTrain", (X, Y), (), {}),
        ("ParamsAndGrads", (), (X, TARGETS), {}),
        ("DataByMethods", (), (X, TARGETS), {"rate": 0.1}),
    ],
)
def test_a_network_alone_is_trained_beside_automatic_gradients(name, arguments, data, options):
    network = made(name, *arguments)
    before = copy.deepcopy(vars(network))
    report = mg.compare_training(network, iterations=40, data=data, **options)
    assert report.ok, report
    assert len(report.relative) == 40
    assert np.any(report.absolute > 0)
    assert all(np.array_equal(value, getattr(network, name)) for name, value in before.items() if name != "params")


def test_the_first_iteration_that_parts_is_named():
    class Later(networks.Article):
        steps = 0

        def backprop(self):
            self.steps += 1
            self.factor1 = 1.5 if self.steps > 7 else 1.0
            super().backprop()

    np.random.seed(0)  # noqa: NPY002
    report = mg.compare_training(Later(X, Y), iterations=12)
    assert report.first_difference == 7


def test_a_class_alone_is_made_with_its_data():
    assert mg.compare_training(networks.Article, data=(X, Y), iterations=5).ok
    assert mg.compare_training(networks.Article, iterations=5).ok


def test_steps_may_be_functions():
    steps = iter(range(100))

    def by_hand():
        return [np.array([1.0 if next(steps) < 3 else 2.0])]

    assert mg.compare_training(lambda: [np.ones(1)], by_hand, 6).first_difference == 3


def test_training_that_begins_anew_and_steps_that_update_nothing_are_refused():
    with pytest.raises(ValueError, match=re.escape("fit() makes its parameters anew at each call")):
        mg.compare_training(networks.Estimator(), data=(X, Y[:, 0]), iterations=3)
    with pytest.raises(ValueError, match="the step updates nothing"):
        mg.compare_training(networks.LossAndGrads(), data=(X, TARGETS), iterations=3)
    with pytest.raises(TypeError, match="for one network alone"):
        mg.compare_training(networks.Article, networks.Article, 3, loss="output")


class KeptByItsLoss:
    """Its `forward` keeps nothing: what `backward` reads is left by `loss`."""

    def __init__(self):
        self.params = {"W": np.array([[0.3, -0.2], [0.1, 0.5]])}

    def forward(self, X):
        return np.tanh(np.dot(X, self.params["W"]))

    def loss(self, X, y):
        self.cache = (X, self.forward(X))
        return np.sum((self.cache[1] - y) ** 2)

    def backward(self, y):
        X, out = self.cache
        return {"W": X.T @ (2 * (out - y) * (1 - out**2))}


def test_where_going_forward_keeps_nothing_the_loss_goes_forward():
    x = np.array([[1.0, 2.0], [0.5, -1.0], [0.2, 0.1]])
    assert mg.compare_network(KeptByItsLoss(), x, 0.5 * x).ok


def test_what_going_back_lacks_is_said():
    class Bare(KeptByItsLoss):
        loss = None

    x = np.array([[1.0, 2.0], [0.5, -1.0], [0.2, 0.1]])
    with pytest.raises(
        ValueError, match=r"backward raised AttributeError: .*'cache'; say what goes forward .* forward="
    ):
        mg.compare_network(Bare(), x, 0.5 * x, loss="sum((y - output)**2)")

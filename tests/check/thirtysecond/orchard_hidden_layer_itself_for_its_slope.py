"""Orchard hidden layer itself for its slope.

expected kind: wrong-activation
wrong line: 82 or 83
correction 82: slope_hidden = 1 - np.power(hidden, 2)
correction 83: delta_hidden = dh * (1 - np.power(hidden, 2))
what: What comes back into the hidden layer is multiplied by its output and not by the derivative
source: https://github.com/NVlabs/tiny-cuda-nn/issues/465
said: a reader of the backward pass finds the activation itself where its derivative is to be multiplied in
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
DECAY = 0.07


def data(seed=0):
    r = np.random.default_rng(seed)
    # nine trees (one a column): three things measured, how sweet and how heavy the fruit is
    W1, b1 = r.normal(size=(5, 3)), 0.4 * r.normal(size=(5, 1))
    W2, b2 = r.normal(size=(2, 5)), 0.4 * r.normal(size=(2, 1))
    return W1, b1, W2, b2, r.normal(size=(3, 9)), r.uniform(size=(2, 9))


def loss(W1, b1, W2, b2, trees, fruit):
    out = 1 / (1 + np.exp(-(W2 @ np.tanh(W1 @ trees + b1) + b2)))
    fit = 0.5 * np.sum((out - fruit) ** 2) / trees.shape[1]
    return fit + 0.5 * DECAY * (np.sum(W1**2) + np.sum(W2**2))


class Network:
    """A list of layers that are trained in place; what a step took off is kept."""

    functions = {
        "tanh": (np.tanh, lambda out: 1 - out**2),
        "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda out: out * (1 - out)),
    }

    def __init__(self, layers, rate=0.1):
        self.layers = [[np.array(W), np.array(b), name] for W, b, name in layers]
        self.rate = rate

    def predict(self, x):
        self.seen = [x]
        for W, b, name in self.layers:
            self.seen.append(self.functions[name][0](W @ self.seen[-1] + b))
        return self.seen[-1]

    def train(self, x, y):
        error = (self.predict(x) - y) / x.shape[1]
        steps = []
        for k in reversed(range(len(self.layers))):
            W, b, name = self.layers[k]
            delta = error * self.functions[name][1](self.seen[k + 1])
            dW = delta @ self.seen[k].T + DECAY * W
            db = np.sum(delta, axis=1, keepdims=True)
            error = W.T @ delta
            self.layers[k][0] = W - self.rate * dW
            self.layers[k][1] = b - self.rate * db
            steps = [dW, db] + steps
        return steps


def right(W1, b1, W2, b2, trees, fruit):
    net = Network([(W1, b1, "tanh"), (W2, b2, "sigmoid")])
    return tuple(net.train(trees, fruit))


def forward_propagation(X, params):
    hidden = np.tanh(np.dot(params["W1"], X) + params["b1"])
    net_y = np.dot(params["W2"], hidden) + params["b2"]
    return hidden, 1 / (1 + np.exp(-net_y))


def backward_propagation(X, Y, hidden, out, params):
    m = X.shape[1]
    error = out - Y
    slope_out = out * (1 - out)
    delta_out = error * slope_out / m
    dh = np.dot(params["W2"].T, delta_out)
    slope_hidden = hidden
    delta_hidden = dh * slope_hidden
    grads = {
        "W2": np.dot(delta_out, hidden.T),
        "b2": np.sum(delta_out, axis=1, keepdims=True),
        "W1": np.dot(delta_hidden, X.T),
        "b1": np.sum(delta_hidden, axis=1, keepdims=True),
    }
    for key in ("W1", "W2"):
        grads[key] = grads[key] + DECAY * params[key]
    return grads


def backprop(W1, b1, W2, b2, trees, fruit):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    hidden, out = forward_propagation(trees, params)
    return backward_propagation(trees, fruit, hidden, out, params)

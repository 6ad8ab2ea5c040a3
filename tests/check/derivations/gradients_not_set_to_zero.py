"""Gradients are accumulated over two passes and never set to zero.

expected kind: repeated-term or scale
wrong line: 57 or 65 or 68
correction 57: self.grad = g.T @ self.rows
correction 65: prediction = [layer.zero_grad() for layer in layers] and layers[1](layers[0](xs))
correction 68: layers[0].zero_grad(), layers[1].zero_grad(), layers[0].backward(layers[1].backward(error[:, None]))
what: the gradients of a first pass, made to look at the loss, are still there in the second
source: https://github.com/karpathy/micrograd/pull/102
said: Since gradients are accumulated, each has to be set to zero first; calling backward twice gives a wrong
    value.
"""

import numpy as np

PARAMETERS = ["hidden", "output"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs, ys = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1, 0])
    return [xs, ys, r.normal(size=(2, 3)), r.normal(size=(1, 3))]


def loss(xs, ys, hidden, output):
    total = 0.0
    for k in range(4):
        h = 1 / (1 + np.exp(-(hidden[:, :2] @ xs[k] + hidden[:, 2])))
        o = 1 / (1 + np.exp(-(output[:, :2] @ h + output[:, 2])))
        total = total + 0.5 * np.sum((o - ys[k]) ** 2)
    return total


def right(xs, ys, hidden, output):
    X = np.c_[xs, np.ones(4)]
    H = 1 / (1 + np.exp(-X @ hidden.T))
    O = 1 / (1 + np.exp(-np.c_[H, np.ones(4)] @ output.T))
    D = (O - ys[:, None]) * O * (1 - O)
    return (D @ output[:, :2] * H * (1 - H)).T @ X, D.T @ np.c_[H, np.ones(4)]


class Layer:
    def __init__(self, weights):
        self.weights = weights
        self.grad = np.zeros_like(weights)

    def zero_grad(self):
        self.grad = np.zeros_like(self.weights)

    def __call__(self, rows):
        self.rows = np.column_stack([rows, np.ones(len(rows))])
        self.out = 1 / (1 + np.exp(-self.rows @ self.weights.T))
        return self.out

    def backward(self, g):
        g = g * self.out * (1 - self.out)
        self.grad += g.T @ self.rows
        return g @ self.weights[:, :-1]


def backprop(xs, ys, hidden, output):
    layers = [Layer(hidden), Layer(output)]
    history = []
    for _ in range(2):
        prediction = layers[1](layers[0](xs))
        error = prediction[:, 0] - ys
        history.append(0.5 * np.sum(error ** 2))
        layers[0].backward(layers[1].backward(error[:, None]))
    return layers[0].grad, layers[1].grad

"""Combined lantern logits where probabilities belong and slope of a sigmoid in the hidden layer.

expected kind: wrong-point + wrong-activation
wrong line: 100 and 104
correction 100: dlogit = ((1 - y) / (1 - p) - y / p) * p * (1 - p) / n
correction 104: da = dlogit * w2[j] * (1 - hidden[j] ** 2)
what: The cross-entropy is differentiated at the logit, which isn't a probability; the hidden layer is a tanh and gets the slope of a sigmoid
source: https://github.com/mlpack/mlpack/pull/2873
said: a review puts the sigmoid of the prediction where the backward pass of a loss with logits divides by the prediction itself; the hidden slope is the author's
"""

import numpy as np

PARAMETERS = ["W1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1 = r.normal(size=(3, 5)), 0.4 * r.normal(size=5)
    w2, b2 = r.normal(size=5), 0.4 * r.normal(size=1)
    return W1, b1, w2, b2, r.normal(size=(8, 3)), r.integers(0, 2, size=8)


def loss(W1, b1, w2, b2, nights, lit):
    hidden = np.tanh(nights @ W1 + b1)
    p = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
    return -np.mean(lit * np.log(p) + (1 - lit) * np.log(1 - p))


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW, self.db = self.x.T @ g, g.sum(axis=0)
        return g @ self.W.T


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, g):
        return g * (1 - self.out**2)


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, g):
        return g * self.out * (1 - self.out)


class CrossEntropy:
    def forward(self, p, y):
        self.p, self.y = p, y
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def backward(self):
        return (self.p - self.y) / (self.p * (1 - self.p)) / len(self.y)


def right(W1, b1, w2, b2, nights, lit):
    first, second = Affine(W1, b1), Affine(w2[:, None], b2)
    layers, criterion = [first, Tanh(), second, Sigmoid()], CrossEntropy()
    x = nights
    for layer in layers:
        x = layer.forward(x)
    criterion.forward(x, lit[:, None])
    g = criterion.backward()
    for layer in layers[::-1]:
        g = layer.backward(g)
    return first.dW, first.db, second.dW[:, 0], second.db


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def backprop(W1, b1, w2, b2, nights, lit):
    inputs, units = W1.shape
    dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
    dw2, db2 = np.zeros_like(w2), np.zeros_like(b2)
    n = len(lit)
    for x, y in zip(nights, lit):
        # forward, unit by unit
        hidden = np.zeros(units)
        for j in range(units):
            hidden[j] = np.tanh(sum(x[i] * W1[i, j] for i in range(inputs)) + b1[j])
        logit = sum(hidden[j] * w2[j] for j in range(units)) + b2[0]
        p = sigmoid(logit)
        # backward
        dlogit = ((1 - y) / (1 - logit) - y / logit) * p * (1 - p) / n
        db2[0] += dlogit
        for j in range(units):
            dw2[j] += hidden[j] * dlogit
            da = dlogit * w2[j] * hidden[j] * (1 - hidden[j])
            db1[j] += da
            for i in range(inputs):
                dW1[i, j] += x[i] * da
    return dW1, db1, dw2, db2

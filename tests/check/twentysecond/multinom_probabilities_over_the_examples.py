"""Multinom probabilities over the examples.

expected kind: wrong-axis
wrong line: 69
correction 69: given_x = softmax(pre_out, axis=1)
what: The softmax in the gradient sums to one over the examples, not over the classes
source: https://github.com/deeplearning4j/deeplearning4j/issues/345
said: where the gradient of the weights is computed, the softmax is taken along the wrong dimension of the outputs
"""

import numpy as np

PARAMETERS = ["W", "b"]
ALPHA = 0.3


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(8, 4)) * np.array([1.0, 5.0, 0.3, 2.0]) + 2.0
    return rng.normal(size=(4, 3)), rng.normal(size=3), X, np.eye(3)[rng.integers(0, 3, size=8)]


def loss(W, b, X, T):
    centred = X - np.mean(X, axis=0)
    S = centred / np.sqrt(np.mean(centred**2, axis=0))
    Z = S @ W + b
    nll = np.log(np.sum(np.exp(Z), axis=1)) - np.sum(T * Z, axis=1)
    return np.mean(nll) + 0.5 * ALPHA * np.sum(W**2)


def prepare(X):
    mean = sum(X) / len(X)
    spread = np.sqrt(sum((row - mean) ** 2 for row in X) / len(X))
    return [(row - mean) / spread for row in X]


def predict(model, row):
    z = row @ model["W"] + model["b"]
    e = np.exp(z - z.max())
    return e / e.sum()


def right(W, b, X, T):
    model = {"W": W, "b": b}
    g = {name: np.zeros_like(value) for name, value in model.items()}
    n = len(X)
    for row, t in zip(prepare(X), T):
        p = predict(model, row)
        for k in range(len(b)):
            err = (p[k] - t[k]) / n
            g["W"][:, k] += err * row
            g["b"][k] += err
    g["W"] = g["W"] + ALPHA * model["W"]
    return g


def standardise(X):
    X = X - X.mean(axis=0, keepdims=True)
    return X / X.std(axis=0, keepdims=True)


def softmax(Z, axis):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def weight_gradient(S, W, b, T):
    pre_out = np.dot(S, W) + b
    given_x = softmax(pre_out, axis=0)
    dy = (given_x - T) / S.shape[0]
    return np.dot(S.T, dy), dy


def backprop(W, b, X, T):
    S = standardise(X)
    data_part, dy = weight_gradient(S, W, b, T)
    ones = np.ones(len(S))
    dW = data_part + ALPHA * W
    db = np.dot(ones, dy)
    return dW, db

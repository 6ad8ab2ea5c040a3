"""A deep net with lists of weights and the general rule for the last layer.

expected kind: sign
wrong line: 49
correction 49: dA = (-Y / AL + (1 - Y) / (1 - AL)) / Y.size
what: d/da of -log(1 - a) is +1 / (1 - a); the minus of the whole was kept on both terms
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def run(weights, biases, X):
    activations = [X]
    for k, (W, b) in enumerate(zip(weights, biases)):
        Z = activations[-1] @ W + b
        activations.append(sigmoid(Z) if k == len(weights) - 1 else np.tanh(Z))
    return activations


def loss(W1, W2, W3, b1, b2, b3, X, Y):
    A = run([W1, W2, W3], [b1, b2, b3], X)[-1]
    return np.mean(-Y * np.log(A) - (1 - Y) * np.log(1 - A))


def right(W1, W2, W3, b1, b2, b3, X, Y):
    weights = [W1, W2, W3]
    acts = run(weights, [b1, b2, b3], X)
    AL = acts[-1]
    dA = (-Y / AL + (1 - Y) / (1 - AL)) / Y.size
    dZ = dA * AL * (1 - AL)
    dWs, dbs = [], []
    for k in (2, 1, 0):
        dWs.insert(0, acts[k].T @ dZ)
        dbs.insert(0, dZ.sum(axis=0))
        if k:
            dZ = (dZ @ weights[k].T) * (1 - acts[k] ** 2)
    return tuple(dWs + dbs)


def backprop(W1, W2, W3, b1, b2, b3, X, Y):
    weights = [W1, W2, W3]
    acts = run(weights, [b1, b2, b3], X)
    AL = acts[-1]
    dA = (-Y / AL - (1 - Y) / (1 - AL)) / Y.size
    dZ = dA * AL * (1 - AL)
    dWs, dbs = [], []
    for k in (2, 1, 0):
        dWs.insert(0, acts[k].T @ dZ)
        dbs.insert(0, dZ.sum(axis=0))
        if k:
            dZ = (dZ @ weights[k].T) * (1 - acts[k] ** 2)
    return tuple(dWs + dbs)


PARAMETERS = ["W1", "W2", "W3", "b1", "b2", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Y = r.random((7, 2)) * 0.6 + 0.2
    return *(r.normal(size=s) for s in [(3, 4), (4, 4), (4, 2), 4, 4, 2]), r.normal(size=(7, 3)), Y

"""Planar activation not squared.

expected kind: missing-factor or wrong-activation or wrong-point
wrong line: 63 or 64
correction 63: slope = 1 - hidden**2
correction 64: err1 = np.outer(err, W2[0]) * (1 - hidden**2)
what: One minus the activation for one minus its square
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(2, 7)), (r.random((1, 7)) > 0.5).astype(float)
    return r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(1, 4)), r.normal(size=(1, 1)), X, Y


def loss(W1, b1, W2, b2, X, Y):
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = 1 / (1 + np.exp(-(np.dot(W2, A1) + b2)))
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    return -np.sum(logprobs) / Y.shape[1]


def forward_propagation(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = 1 / (1 + np.exp(-Z2))
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]

    dZ2 = A2 - Y
    dW2 = 1 / m * np.dot(dZ2, A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = 1 / m * np.dot(dZ1, X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def right(W1, b1, W2, b2, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    cache = forward_propagation(X, parameters)
    return backward_propagation(parameters, cache, X, Y)


def backprop(W1, b1, W2, b2, X, Y):
    x, y = X.T, Y.ravel()
    hidden = np.tanh(x @ W1.T + b1.ravel())
    out = 1 / (1 + np.exp(-(hidden @ W2[0] + b2[0, 0])))
    err = (out - y) / len(y)
    slope = 1 - hidden
    err1 = np.outer(err, W2[0]) * slope
    gW1 = np.einsum("nh,nd->hd", err1, x)
    gb1 = err1.sum(0).reshape(-1, 1)
    gW2 = (err @ hidden).reshape(1, -1)
    gb2 = np.array([[err.sum()]])
    return gW1, gb1, gW2, gb2

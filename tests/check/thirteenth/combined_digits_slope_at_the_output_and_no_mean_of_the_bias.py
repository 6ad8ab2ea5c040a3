"""Combined digits slope at the output and no mean of the bias.

expected kind: wrong-point + sum-for-mean
wrong line: 85 or 63 and 82
correction 63: return 1 - z**2
correction 82: grads[f"b{l}"] = np.mean(dZ, axis=1, keepdims=True)
correction 85: dZ = dA * tanh_prime(cache[f"Z{l - 1}"])
what: The slope of tanh is taken at the outputs of the layer, as if they were what goes into it; and the biases are
    summed, not averaged
source: https://github.com/jorgenkg/python-neural-network/issues/2
said: what is taken for the inputs of the activations are their outputs; the mean is made up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]

lambd = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, W3, b3, X = (r.normal(size=s) for s in [(4, 3), (4, 1), (4, 4), (4, 1), (1, 4), (1, 1), (3, 5)])
    return W1, b1, W2, b2, W3, b3, X, np.array([[1, 0, 0, 1, 1]])


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    A1 = np.tanh(W1 @ X + b1)
    A2 = np.tanh(W2 @ A1 + b2)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m
    return cross_entropy + lambd / (2 * m) * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def right(W1, b1, W2, b2, W3, b3, X, Y):
    m = X.shape[1]
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = np.tanh(np.dot(W2, A1) + b2)
    A3 = 1.0 / (1.0 + np.exp(-(np.dot(W3, A2) + b3)))

    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + lambd / m * W3
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, 1 - np.power(A2, 2))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + lambd / m * W2
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + lambd / m * W1
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


def forward(params, X):
    cache = {"A0": X}
    for l in (1, 2, 3):
        cache[f"Z{l}"] = params[f"W{l}"] @ cache[f"A{l - 1}"] + params[f"b{l}"]
        cache[f"A{l}"] = np.tanh(cache[f"Z{l}"]) if l < 3 else sigmoid(cache[f"Z{l}"])
    return cache


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    cache, grads = forward(params, X), {}
    m = Y.shape[1]
    dZ = cache["A3"] - Y
    for l in (3, 2, 1):
        grads[f"W{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        grads[f"W{l}"] += lambd / m * params[f"W{l}"]
        grads[f"b{l}"] = np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = params[f"W{l}"].T @ dZ
            dZ = dA * tanh_prime(cache[f"A{l - 1}"])
    return grads

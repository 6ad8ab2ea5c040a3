"""Planar output weights updated before they are used.

expected kind: updated-parameter
wrong line: 72 or 73
correction 72: newW3 = W3 - lr * gW3
correction 73: G2 = (G3 @ (W3 + lr * gW3).T) * (1 - H2 * H2)
what: The gradient goes back through the output's weights after their update
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    p = [r.normal(size=s) for s in [(2, 3), (1, 3), (3, 3), (1, 3), (3, 2), (1, 2)]]
    return (r.normal(size=(6, 2)), r.integers(0, 2, size=6), *p)


def loss(X, y, W1, b1, W2, b2, W3, b3):
    a1 = np.tanh(X.dot(W1) + b1)
    a2 = np.tanh(a1.dot(W2) + b2)
    scores = np.exp(a2.dot(W3) + b3)
    probs = scores / np.sum(scores, axis=1, keepdims=True)
    return -np.sum(np.log(probs[np.arange(6), y])) / 6


def predict(model, x):
    z1 = x.dot(model["W1"]) + model["b1"]
    a1 = np.tanh(z1)
    z2 = a1.dot(model["W2"]) + model["b2"]
    a2 = np.tanh(z2)
    z3 = a2.dot(model["W3"]) + model["b3"]
    e = np.exp(z3)
    return z1, a1, z2, a2, e / e.sum(axis=1, keepdims=True)


def build_gradients(model, X, y):
    z1, a1, z2, a2, probs = predict(model, X)
    delta4 = probs
    delta4[range(len(X)), y] -= 1
    delta4 /= len(X)
    dW3 = a2.T.dot(delta4)
    db3 = np.sum(delta4, axis=0, keepdims=True)
    delta3 = delta4.dot(model["W3"].T) * (1 - np.tanh(z2) ** 2)
    dW2 = np.dot(a1.T, delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(model["W2"].T) * (1 - np.tanh(z1) ** 2)
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0, keepdims=True)
    return dW1, db1, dW2, db2, dW3, db3


def right(X, y, W1, b1, W2, b2, W3, b3):
    model = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    return build_gradients(model, X, y)


def backprop(X, y, W1, b1, W2, b2, W3, b3):
    lr = 0.5
    onehot = np.eye(2)[y]
    H1 = np.tanh(X @ W1 + b1)
    H2 = np.tanh(H1 @ W2 + b2)
    P = np.exp(H2 @ W3 + b3)
    P = P / P.sum(1)[:, None]

    G3 = (P - onehot) / X.shape[0]
    gW3, gb3 = H2.T @ G3, G3.sum(0)[None]
    W3 = W3 - lr * gW3
    G2 = (G3 @ W3.T) * (1 - H2 * H2)
    gW2, gb2 = H1.T @ G2, G2.sum(0)[None]
    newW2 = W2 - lr * gW2
    G1 = (G2 @ W2.T) * (1 - H1 * H1)
    gW1, gb1 = X.T @ G1, G1.sum(0)[None]
    return {"W1": gW1, "b1": gb1, "W2": gW2, "b2": gb2, "W3": gW3, "b3": gb3}

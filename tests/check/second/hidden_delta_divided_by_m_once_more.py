"""Hidden delta divided by m once more.

expected kind: mean-for-sum or repeated-factor or scale
wrong line: 45
correction 45: dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
what: dZ1 is divided by m, and dW1 and db1 are divided by m again
source: community.deeplearning.ai, thread 63071 (course 1, week 3, exercise 6)
said: Only dW1 and db1 are wrong; the question describes dZ1 as a product that is multiplied by 1/m at the end.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(1, 4)),
        r.normal(size=(1, 1)), r.normal(size=(2, 5)), r.integers(0, 2, (1, 5)),
    )


def loss(W1, b1, W2, b2, X, Y):
    A2 = 1 / (1 + np.exp(-(W2 @ np.tanh(W1 @ X + b1) + b2)))
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / X.shape[1]


def right(W1, b1, W2, b2, X, Y):
    A = np.tanh(W1 @ X + b1)
    d = (1 / (1 + np.exp(-W2 @ A - b2)) - Y) / X.shape[1]
    g = W2.T @ d * (1 - A * A)
    return g @ X.T, g.sum(1, keepdims=True), d @ A.T, d.sum(1, keepdims=True)


def backprop(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = (1 / m) * np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

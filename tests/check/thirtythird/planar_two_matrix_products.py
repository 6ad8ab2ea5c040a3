"""planar two matrix products.

expected kind: matmul-for-elementwise
wrong line: 41
correction 41: dZ1 = dA1 * (1 - np.power(A1, 2))
what: the derivative of tanh is multiplied as a matrix; with as many examples as hidden units the shapes agree
source: https://community.deeplearning.ai/t/graded-function-backward-propagation/110003
said: in dZ1 the student used the dot product for both products, of which one is elementwise
"""
import numpy as np


def forward_propagation(X, W1, b1, W2, b2):
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": 1 / (1 + np.exp(-Z2))}


def loss(X, Y, W1, b1, W2, b2):
    A2 = forward_propagation(X, W1, b1, W2, b2)["A2"]
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / Y.shape[1]


def right(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    hidden = np.tanh(W1 @ X + b1)
    d2 = (1 / (1 + np.exp(-(W2 @ hidden + b2))) - Y) / m
    d1 = W2.T * d2 / np.cosh(W1 @ X + b1) ** 2
    return {"W1": d1 @ X.T, "b1": d1.sum(1)[:, None], "W2": d2 @ hidden.T, "b2": d2.sum(1)[:, None]}


def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    cache = forward_propagation(X, W1, b1, W2, b2)
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.dot(dA1, 1 - np.power(A1, 2))
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    Y = (np.arange(4) % 2).reshape(1, -1)
    return [rng.normal(size=(2, 4)), Y, rng.normal(size=(4, 2)), rng.normal(size=(4, 1)), rng.normal(size=(1, 4)), rng.normal(size=(1, 1))]

"""Course target less output.

expected kind: sign
wrong line: 65
correction 65: delta3 = 2 * (a3 - target)
what: The error is the target less the output; the penalty is added with its right sign
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/37
said: the delta is the target less the prediction; it should be the prediction less the target, or the weights be
    changed the other way
"""

import numpy as np

PARAMETERS = ["Theta1", "Theta2"]

lambda_ = 1.5
num_labels = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    Theta1, Theta2, X = (r.normal(size=s) for s in [(4, 4), (3, 5), (6, 3)])
    return Theta1, Theta2, X, np.array([0, 2, 1, 1, 2, 0])


def loss(Theta1, Theta2, X, y):
    m = len(y)
    a2 = np.tanh(X @ Theta1[:, 1:].T + Theta1[:, 0])
    h = a2 @ Theta2[:, 1:].T + Theta2[:, 0]
    errors = h - np.eye(num_labels)[y]
    return np.sum(errors**2) / m + lambda_ / m * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))


def right(Theta1, Theta2, X, y):
    m, n = X.shape
    W1, b1 = Theta1[:, 1:], Theta1[:, :1]
    W2, b2 = Theta2[:, 1:], Theta2[:, :1]
    # examples in columns
    A1 = X.T
    A2 = np.tanh(np.dot(W1, A1) + b1)
    A3 = np.dot(W2, A2) + b2
    Y = np.eye(num_labels)[:, y]

    dZ3 = 2.0 / m * (A3 - Y)
    dW2 = np.dot(dZ3, A2.T) + 2.0 * lambda_ / m * W2
    db2 = np.sum(dZ3, axis=1, keepdims=True)
    dZ2 = np.dot(W2.T, dZ3) * (1 - np.power(A2, 2))
    dW1 = np.dot(dZ2, A1.T) + 2.0 * lambda_ / m * W1
    db1 = np.sum(dZ2, axis=1, keepdims=True)
    return np.hstack([db1, dW1]), np.hstack([db2, dW2])


def forward_one(x, Theta1, Theta2):
    a1 = np.hstack((1.0, x))
    a2 = np.hstack((1.0, np.tanh(Theta1 @ a1)))
    return a1, a2, Theta2 @ a2


def backprop(Theta1, Theta2, X, y):
    m = len(X)
    Theta1_grad, Theta2_grad = np.zeros_like(Theta1), np.zeros_like(Theta2)
    for i in range(m):
        a1, a2, a3 = forward_one(X[i], Theta1, Theta2)
        target = np.arange(num_labels) == y[i]
        delta3 = 2 * (target - a3)
        delta2 = (Theta2.T @ delta3) * (1 - a2**2)
        delta2 = delta2[1:]
        Theta2_grad += delta3[:, np.newaxis] * a2[np.newaxis, :]
        Theta1_grad += delta2[:, np.newaxis] * a1[np.newaxis, :]
    Theta1_grad /= m
    Theta2_grad /= m
    Theta1_grad[:, 1:] += 2 * (lambda_ / m) * Theta1[:, 1:]
    Theta2_grad[:, 1:] += 2 * (lambda_ / m) * Theta2[:, 1:]
    return Theta1_grad, Theta2_grad

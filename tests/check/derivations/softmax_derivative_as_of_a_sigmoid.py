"""Cross-entropy's derivative times p(1 - p).

expected kind: diagonal-jacobian
wrong line: 62
correction 62: node_values = outputs * (dcost - (dcost * outputs).sum())
what: of the softmax's Jacobian only the diagonal is used
source: https://github.com/SebLague/Neural-Network-Experiments/pull/5
said: Gradient checks failed whenever softmax was used: its derivative was programmed like that of an
    activation of one number.
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 3)), r.integers(4, size=7), r.normal(size=(3, 4)), r.normal(size=4)]


def loss(X, y, W, b):
    z = X @ W + b
    z = z - np.max(z, axis=1, keepdims=True)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(7), y]))


def right(X, y, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for xi, yi in zip(X, y):
        s = np.exp(xi @ W + b)
        s = s / s.sum()
        s[yi] -= 1
        dW += np.outer(xi, s) / len(X)
        db += s / len(X)
    return dW, db


def softmax(inputs):
    exps = [np.exp(v - max(inputs)) for v in inputs]
    return np.array([e / sum(exps) for e in exps])


def softmax_derivative(inputs, index):
    exp_sum = sum(np.exp(v) for v in inputs)
    ex = np.exp(inputs[index])
    return (ex * exp_sum - ex * ex) / (exp_sum * exp_sum)


def cross_entropy_derivative(predicted, expected):
    return -1 / predicted if expected == 1 else 0.0


def backprop(X, y, W, b):
    grad_w, grad_b = np.zeros(W.shape), np.zeros(b.shape)
    for x, label in zip(X, y):
        weighted = x @ W + b
        outputs = softmax(weighted)
        dcost = np.array([cross_entropy_derivative(o, float(k == label)) for k, o in enumerate(outputs)])
        dact = np.array([softmax_derivative(weighted, k) for k in range(len(weighted))])
        node_values = dcost * dact
        grad_w += np.outer(x, node_values)
        grad_b += node_values
    return grad_w / len(X), grad_b / len(X)

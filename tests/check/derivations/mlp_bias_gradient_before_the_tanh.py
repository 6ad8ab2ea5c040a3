"""The hidden bias takes the gradient of the activation.

expected kind: missing-factor or wrong-point
wrong line: 62
correction 62: grads["bh"] = np.sum(grad_htilde, axis=0)
what: the bias gets dh where it should get dh times the derivative of tanh
source: https://github.com/arthurdouillard/deepcourse/pull/9
said: The gradient of the hidden bias depends on that of the pre-activation, since tanh is applied to XW + b;
    the lesson used the activation's.
"""

import numpy as np

PARAMETERS = ["Wxh", "bh", "Who", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 4)), r.integers(3, size=6),
        r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3),
    ]


def loss(X, y, Wxh, bh, Who, bo):
    h = np.tanh(X @ Wxh + bh)
    scores = h @ Who + bo
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(X)), y])


def right(X, y, Wxh, bh, Who, bo):
    n = len(X)
    h = np.tanh(X @ Wxh + bh)
    e = np.exp(h @ Who + bo)
    d = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / n
    dh = d @ Who.T
    da = dh - dh * h * h
    return X.T @ da, da.sum(0), h.T @ d, d.sum(0)


def softmax(o):
    e = np.exp(o - o.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def backprop(X, y, Wxh, bh, Who, bo):
    htilde = np.dot(X, Wxh) + bh
    h = np.tanh(htilde)
    yhat = softmax(np.dot(h, Who) + bo)

    onehot = np.zeros_like(yhat)
    onehot[np.arange(y.size), y] = 1
    grad_otilde = (yhat - onehot) / y.size
    grads = {}
    grads["Who"] = np.dot(h.T, grad_otilde)
    grads["bo"] = np.sum(grad_otilde, axis=0)
    grad_h = np.dot(grad_otilde, Who.T)
    grad_htilde = grad_h * (1 - h ** 2)
    grads["Wxh"] = np.dot(X.T, grad_htilde)
    grads["bh"] = np.sum(grad_h, axis=0)
    return grads

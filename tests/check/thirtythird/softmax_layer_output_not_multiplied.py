"""A softmax layer with a temperature between two linear ones: the product of its Jacobian with a vector.

expected kind: missing-factor
wrong line: 41
correction 41: return p * (upstream - dot)
what: the bracket lacks the softmax's output in front
source: https://github.com/neuroph/neuroph/issues/37
said: The derivative of the softmax was one minus the output; the output in front of it was missing.
"""
import numpy as np

tau = 2.5


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(x, t, W, b, V):
    p = softmax((x @ W + b) / tau)
    return 0.5 * np.sum((p @ V - t) ** 2)


def softmax_backwardRight(upstream, p):
    """The Jacobian, diag(p) - p p^T, times what comes from above."""
    dot = np.sum(upstream * p, axis=1, keepdims=True)
    return p * (upstream - dot)


def right(x, t, W, b, V):
    p = softmax((x @ W + b) / tau)
    err = p @ V - t
    dz = softmax_backwardRight(err @ V.T, p) / tau
    return x.T @ dz, dz.sum(axis=0), p.T @ err


def softmax_backward(upstream, p):
    """The Jacobian, diag(p) - p p^T, times what comes from above."""
    dot = np.sum(upstream * p, axis=1, keepdims=True)
    return upstream - dot


def backprop(x, t, W, b, V):
    p = softmax((x @ W + b) / tau)
    err = p @ V - t
    dz = softmax_backward(err @ V.T, p) / tau
    return x.T @ dz, dz.sum(axis=0), p.T @ err


PARAMETERS = ["W", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(5, 2)), 2 * r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2))]

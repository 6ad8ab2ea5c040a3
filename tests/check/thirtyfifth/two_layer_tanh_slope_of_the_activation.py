"""A net of one tanh layer for regression.

expected kind: wrong-point or wrong-activation or stale-value
wrong line: 23 or 43
correction 23: t = value
correction 43: delta_h = np.dot(delta_o, W2.T) * tanh_prime(z)
what: the slope of tanh, which takes the tanh itself, is called with the activation, on which tanh has been taken
    already
source: https://github.com/infostreams/neural-network/issues/1
said: the derivative of tanh takes the tanh of its argument, although it's given the neuron's value, of which the tanh
    is taken already; 1 - value * value is proposed
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    x, target = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    return x, target, rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=(5, 2)), rng.normal(size=2)

def tanh_prime(value):
    t = np.tanh(value)
    return 1.0 - t * t

def loss(x, target, W1, b1, W2, b2):
    out = np.tanh(x @ W1 + b1) @ W2 + b2
    return 0.5 * np.sum((out - target) ** 2)

def right(x, target, W1, b1, W2, b2):
    a = np.tanh(x @ W1 + b1)
    e = a @ W2 + b2 - target
    d = (e @ W2.T) / np.cosh(x @ W1 + b1) ** 2
    return x.T @ d, d.sum(0), a.T @ e, e.sum(0)

def backprop(x, target, W1, b1, W2, b2):
    z = np.dot(x, W1) + b1
    h = np.tanh(z)
    out = np.dot(h, W2) + b2
    delta_o = out - target
    grad_W2 = np.dot(h.T, delta_o)
    grad_b2 = np.sum(delta_o, axis=0)
    delta_h = np.dot(delta_o, W2.T) * tanh_prime(h)
    grad_W1 = np.dot(x.T, delta_h)
    grad_b1 = np.sum(delta_h, axis=0)
    return grad_W1, grad_b1, grad_W2, grad_b2

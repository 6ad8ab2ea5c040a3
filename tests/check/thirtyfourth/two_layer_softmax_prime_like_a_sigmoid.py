"""two-layer ReLU net: the softmax is derived like a sigmoid.

expected kind: diagonal-jacobian or wrong-activation
wrong line: 41
correction 41: dz2 = a2 * (da2 - np.sum(da2 * a2, axis=1, keepdims=True))
what: softmax' is s(1 - s) elementwise, with the rest of its Jacobian left out
source: https://github.com/zhuozhiyongde/Fundamentals-of-Artificial-Intelligence-2024Spring-PKU/issues/1
said: a NumPy network for MNIST, in a homework, derived the softmax as softmax(x)(1 - softmax(x)), which is the sigmoid's rule; the author agreed and mended it
"""
import numpy as np

def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)

def loss(x, t, W1, b1, W2, b2):
    a1 = np.maximum(0, x @ W1 + b1)
    z = a1 @ W2 + b2
    z = z - np.max(z, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(t * logp) / len(x)

def right(x, t, W1, b1, W2, b2):
    n = len(x)
    z1 = x @ W1 + b1
    a1 = np.maximum(0, z1)
    z2 = a1 @ W2 + b2
    a2 = softmax(z2)
    da2 = -t / a2 / n
    dz2 = a2 * (da2 - np.sum(da2 * a2, axis=1, keepdims=True))
    dz1 = dz2 @ W2.T * (z1 > 0)
    return [x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0)]

def backprop(x, t, W1, b1, W2, b2):
    n = len(x)
    z1 = x @ W1 + b1
    a1 = np.maximum(0, z1)
    z2 = a1 @ W2 + b2
    a2 = softmax(z2)
    da2 = -t / a2 / n
    dz2 = da2 * a2 * (1 - a2)
    dz1 = dz2 @ W2.T * (z1 > 0)
    return [x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0)]

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    t = np.eye(3)[r.integers(3, size=6)]
    return [r.normal(size=(6, 4)), t, r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)]

"""network two layers in one derivative.

expected kind: wrong-point or stale-value
wrong line: 44
correction 44: delta = (W[l].T @ delta) * a[l] * (1 - a[l])
what: the derivative of the sigmoid has this layer's activation in one place and that of the layer below in the other
source: https://github.com/danluu/UFLDL-tutorial/pull/2
said: the derivative had the activation of one layer times one minus that of the layer below, and ran only as both had the same size
"""
import numpy as np

def sigm(z):
    return 1 / (1 + np.exp(-z))

def loss(data, labels, W1, W2, W3):
    a = data
    for w in (W1, W2, W3):
        a = sigm(w @ a)
    return np.sum((a - labels) ** 2) / (2 * data.shape[1])

def right(data, labels, W1, W2, W3):
    W = [W1, W2, W3]
    a = [data]
    for w in W:
        a.append(sigm(w @ a[-1]))
    grads = [None] * 3
    delta = (a[3] - labels) / data.shape[1] * a[3] * (1 - a[3])
    for l in (2, 1, 0):
        grads[l] = delta @ a[l].T
        if l > 0:
            delta = (W[l].T @ delta) * a[l] * (1 - a[l])
    return grads

def backprop(data, labels, W1, W2, W3):
    W = [W1, W2, W3]
    a = [data]
    for w in W:
        a.append(sigm(w @ a[-1]))
    grads = [None] * 3
    delta = (a[3] - labels) / data.shape[1] * a[3] * (1 - a[3])
    for l in (2, 1, 0):
        grads[l] = delta @ a[l].T
        if l > 0:
            delta = (W[l].T @ delta) * a[l] * (1 - a[l - 1])
    return grads

PARAMETERS = ['W1', 'W2', 'W3']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=(4, 6)), rng.uniform(size=(2, 6)), *(rng.normal(size=s) for s in [(4, 4), (4, 4), (2, 4)])

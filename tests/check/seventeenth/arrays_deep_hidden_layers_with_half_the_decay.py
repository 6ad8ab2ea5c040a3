"""Arrays deep hidden layers with half the decay.

expected kind: scale
wrong line: 82
correction 82: grads[f"W{i}"] = dw + 2 * REG * params[f"W{i}"]
given as: arrays
what: The two of the penalty is forgotten in the hidden layers
source: https://github.com/zyxue/stanford-cs229/issues/25
said: asked how the term of the regularisation comes into the gradients: λ W is added there
"""

import numpy as np

REG = 0.05
PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 6), (6,), (6, 5), (5,), (5, 3), (3,)]
    return (*[r.normal(size=s) for s in shapes], r.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2]))


def loss(W1, b1, W2, b2, W3, b3, X, y):
    h1 = np.maximum(X @ W1 + b1, 0)
    h2 = np.maximum(h1 @ W2 + b2, 0)
    scores = h2 @ W3 + b3
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    penalty = np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3)
    return -np.sum(logp[np.arange(len(y)), y]) / len(y) + REG * penalty


def right(W1, b1, W2, b2, W3, b3, X, y):
    n = len(y)
    z1 = X @ W1 + b1
    h1 = np.where(z1 > 0, z1, 0)
    z2 = h1 @ W2 + b2
    h2 = np.where(z2 > 0, z2, 0)
    e = np.exp(h2 @ W3 + b3)
    p = e / e.sum(axis=1, keepdims=True)
    onehot = np.eye(3)[y]
    d3 = (p - onehot) / n
    d2 = (d3 @ W3.T) * (z2 > 0)
    d1 = (d2 @ W2.T) * (z1 > 0)
    dW3 = h2.T @ d3 + 2 * REG * W3
    dW2 = h1.T @ d2 + 2 * REG * W2
    dW1 = X.T @ d1 + 2 * REG * W1
    return dW1, d1.sum(0), dW2, d2.sum(0), dW3, d3.sum(0)


def affine_relu_forward(x, w, b):
    a = x.dot(w) + b
    return np.maximum(0, a), (x, w, a)


def affine_relu_backward(dout, cache):
    x, w, a = cache
    da = dout * (a > 0)
    return da.dot(w.T), x.T.dot(da), da.sum(axis=0)


def softmax_loss(scores, y):
    N = scores.shape[0]
    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    return dscores


def backprop(W1, b1, W2, b2, W3, b3, X, y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    caches, out = {}, X
    for i in range(1, 3):
        out, caches[i] = affine_relu_forward(out, params[f"W{i}"], params[f"b{i}"])
    dscores = softmax_loss(out.dot(W3) + b3, y)
    grads = {"W3": out.T.dot(dscores) + 2 * REG * W3, "b3": dscores.sum(axis=0)}
    dout = dscores.dot(W3.T)
    for i in (2, 1):
        dout, dw, db = affine_relu_backward(dout, caches[i])
        grads[f"W{i}"] = dw + REG * params[f"W{i}"]
        grads[f"b{i}"] = db
    return grads

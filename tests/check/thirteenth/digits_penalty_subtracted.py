"""Digits penalty subtracted.

expected kind: sign
wrong line: 87
correction 87: grads[f"W{layer}"] = dw + reg * params[f"W{layer}"]
what: The gradient of the penalty is subtracted from that of each weight
source: https://github.com/andersbll/nnet/issues/4
said: the weight decay should be added to the gradient of the weights, not subtracted
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]

reg = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, W3, b3, X = (r.normal(size=s) for s in [(4, 5), 5, (5, 4), 4, (4, 3), 3, (6, 4)])
    return W1, b1, W2, b2, W3, b3, X, np.array([0, 2, 1, 1, 2, 0])


def loss(W1, b1, W2, b2, W3, b3, X, y):
    h1 = np.maximum(X @ W1 + b1, 0)
    h2 = np.maximum(h1 @ W2 + b2, 0)
    scores = h2 @ W3 + b3
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    penalty = np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3)
    return -np.mean(logp[np.arange(len(y)), y]) + 0.5 * reg * penalty


def probabilities(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def right(W1, b1, W2, b2, W3, b3, X, y):
    Ws, bs = [W1, W2, W3], [b1, b2, b3]
    L, N = len(Ws), X.shape[0]
    zs, activations = [], [X]
    for l in range(L):
        zs.append(activations[-1].dot(Ws[l]) + bs[l])
        activations.append(np.maximum(0, zs[-1]) if l < L - 1 else probabilities(zs[-1]))
    delta = activations[-1].copy()
    delta[range(N), y] -= 1
    delta /= N
    dWs, dbs = [None] * L, [None] * L
    for l in reversed(range(L)):
        dWs[l] = activations[l].T.dot(delta) + reg * Ws[l]
        dbs[l] = delta.sum(axis=0)
        if l > 0:
            delta = delta.dot(Ws[l].T)
            delta[zs[l - 1] <= 0] = 0
    return dWs[0], dbs[0], dWs[1], dbs[1], dWs[2], dbs[2]


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=0)


def softmax_loss(scores, y):
    shifted = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    dx = shifted / np.sum(shifted, axis=1, keepdims=True)
    dx[np.arange(len(y)), y] -= 1
    return dx / len(y)


def backprop(W1, b1, W2, b2, W3, b3, X, y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    num_layers = 3
    out, caches, masks = X, {}, {}
    for layer in range(1, num_layers + 1):
        w, b = params[f"W{layer}"], params[f"b{layer}"]
        caches[layer] = (out, w)
        out = out @ w + b
        if layer < num_layers:
            masks[layer] = out > 0
            out = out * masks[layer]
    grads = {}
    dout = softmax_loss(out, y)
    for layer in range(num_layers, 0, -1):
        if layer < num_layers:
            dout = dout * masks[layer]
        dout, dw, db = affine_backward(dout, caches[layer])
        grads[f"W{layer}"] = dw - reg * params[f"W{layer}"]
        grads[f"b{layer}"] = db
    return grads

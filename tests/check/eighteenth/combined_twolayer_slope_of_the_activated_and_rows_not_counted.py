"""Combined twolayer slope of the activated and rows not counted.

expected kind: missing-factor or wrong-activation or detached + sum-for-mean or scale
wrong line: 91 and 88 or 89
correction 88: probs[range(len(y)), y] -= 1; probs /= len(y)
correction 89: delta2 = probs / len(y)
correction 91: delta1 = delta2 @ p["W2"].T * self.act_grad(z1)
what: The mean of the loss isn't in the gradient of the scores; behind it the slope of the ReLU is forgotten
source: https://github.com/dannyneil/spiking_relu_conversion/issues/1
said: the layer with ReLU goes back as a linear one would, without the slope
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)
    return W1, b1, W2, b2, r.normal(size=(6, 3)), np.array([2, 0, 1, 1, 2, 0])


def loss(W1, b1, W2, b2, X, y):
    h = np.maximum(X @ W1 + b1, 0)
    s = h @ W2 + b2
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.sum(logp[np.arange(len(y)), y]) / len(y) + REG * (np.sum(W1**2) + np.sum(W2**2))


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


def right(W1, b1, W2, b2, X, y):
    a, fc_cache1 = affine_forward(X, W1, b1)
    h, relu_cache = relu_forward(a)
    scores, fc_cache2 = affine_forward(h, W2, b2)
    shifted = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    dscores = shifted / shifted.sum(axis=1, keepdims=True)
    for i in range(len(y)):
        dscores[i, y[i]] -= 1
    dscores /= len(y)
    dh, dW2, db2 = affine_backward(dscores, fc_cache2)
    da = relu_backward(dh, relu_cache)
    _, dW1, db1 = affine_backward(da, fc_cache1)
    dW1 += 2 * REG * W1
    dW2 += 2 * REG * W2
    return dW1, db1, dW2, db2


ACTIVATIONS = {
    "relu": (lambda z: np.maximum(0, z), lambda z: (z > 0).astype(float)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}


class TwoLayerNet:
    def __init__(self, W1, b1, W2, b2, activation="relu"):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.act, self.act_grad = ACTIVATIONS[activation]

    def gradient(self, X, y, reg):
        p = self.params
        z1 = X @ p["W1"] + p["b1"]
        a1 = self.act(z1)
        scores = a1 @ p["W2"] + p["b2"]
        scores = scores - scores.max(axis=1, keepdims=True)
        probs = np.exp(scores)
        probs /= probs.sum(axis=1, keepdims=True)
        probs[range(len(y)), y] -= 1
        delta2 = probs
        grads = {"W2": a1.T @ delta2, "b2": delta2.sum(axis=0)}
        delta1 = delta2 @ p["W2"].T
        grads["W1"] = X.T @ delta1
        grads["b1"] = delta1.sum(axis=0)
        for name in ("W1", "W2"):
            grads[name] += 2 * reg * p[name]
        return grads


def backprop(W1, b1, W2, b2, X, y):
    return TwoLayerNet(W1, b1, W2, b2, activation="relu").gradient(X, y, REG)

"""Arrays affine without the relu.

expected kind: missing-factor or wrong-mask
wrong line: 86
correction 86: dhidden = dscores.dot(W2.T) * (hidden > 0)
given as: arrays
what: The gradient doesn't go back through the ReLU
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)
    return *weights, r.normal(size=(7, 4)), np.array([0, 2, 1, 1, 0, 2, 2])


def loss(W1, b1, W2, b2, X, y):
    hidden = np.maximum(X @ W1 + b1, 0)
    scores = hidden @ W2 + b2
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    data_loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    return data_loss + 0.5 * REG * (np.sum(W1**2) + np.sum(W2**2))


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    x = cache
    dx = np.where(x > 0, dout, 0)
    return dx


def softmax_gradient(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    dx = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    dx[np.arange(x.shape[0]), y] -= 1
    return dx / x.shape[0]


def right(W1, b1, W2, b2, X, y):
    a, fc_cache = affine_forward(X, W1, b1)
    h, relu_cache = relu_forward(a)
    scores, out_cache = affine_forward(h, W2, b2)
    dscores = softmax_gradient(scores, y)
    dh, dW2, db2 = affine_backward(dscores, out_cache)
    da = relu_backward(dh, relu_cache)
    _, dW1, db1 = affine_backward(da, fc_cache)
    return dW1 + REG * W1, db1, dW2 + REG * W2, db2


class TwoLayerNet:
    def __init__(self, **params):
        self.params = params

    def grads(self, X, y, reg):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N = X.shape[0]
        hidden = np.maximum(0, X.dot(W1) + b1)
        exp_scores = np.exp(hidden.dot(W2) + b2)
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads = {}
        grads["W2"] = hidden.T.dot(dscores)
        grads["b2"] = np.sum(dscores, axis=0)
        dhidden = dscores.dot(W2.T)
        grads["W1"] = X.T.dot(dhidden)
        grads["b1"] = np.sum(dhidden, axis=0)
        grads["W2"] += reg * W2
        grads["W1"] += reg * W1
        return grads


def backprop(W1, b1, W2, b2, X, y):
    return TwoLayerNet(W1=W1, b1=b1, W2=W2, b2=b2).grads(X, y, REG)

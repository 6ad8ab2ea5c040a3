"""two-layer ReLU net: the gradient of w2 is sent back for w2.

expected kind: wrong-parameter
wrong line: 46
correction 46: grad_h_relu = grad_scores.dot(w2.T)
what: grad_h is multiplied by the gradient of the second weights instead of by the weights
source: https://github.com/jcjohnson/pytorch-examples/issues/28
said: someone took it that the step back to the hidden layer of a two-layer example should use the gradient of w2; no, said the author, it is w2 that is transposed there
"""
import numpy as np

reg = 1e-2

def loss(w1, w2, x, y):
    s = np.maximum(x @ w1, 0) @ w2
    s = s - np.max(s, axis=1, keepdims=True)
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.sum(logp[np.arange(len(y)), y]) + reg * (np.sum(w1 ** 2) + np.sum(w2 ** 2))

def right(w1, w2, x, y):
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    scores = h_relu.dot(w2)
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)

    grad_scores = probs
    grad_scores[np.arange(len(y)), y] -= 1
    grad_w2 = h_relu.T.dot(grad_scores)
    grad_h_relu = grad_scores.dot(w2.T)
    grad_h = grad_h_relu.copy()
    grad_h[h < 0] = 0
    grad_w1 = x.T.dot(grad_h)
    return {"w1": grad_w1 + 2 * reg * w1, "w2": grad_w2 + 2 * reg * w2}

def backprop(w1, w2, x, y):
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    scores = h_relu.dot(w2)
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)

    grad_scores = probs
    grad_scores[np.arange(len(y)), y] -= 1
    grad_w2 = h_relu.T.dot(grad_scores)
    grad_h_relu = grad_scores.dot(grad_w2.T)
    grad_h = grad_h_relu.copy()
    grad_h[h < 0] = 0
    grad_w1 = x.T.dot(grad_h)
    return {"w1": grad_w1 + 2 * reg * w1, "w2": grad_w2 + 2 * reg * w2}

PARAMETERS = ["w1", "w2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 6)), r.normal(size=(6, 3)), r.normal(size=(7, 4)), r.integers(3, size=7)]

"""two layer relu mask of the gradient.

expected kind: wrong-mask or wrong-point
wrong line: 49
correction 49: dhidden[hidden <= 0] = 0
what: what is set to zero is where the gradient isn't positive, not where the hidden unit isn't
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def loss(W1, b1, W2, b2, X, y):
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    logp = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(y)), y].mean()


def right(W1, b1, W2, b2, X, y):
    num = X.shape[0]
    hidden = np.maximum(0, X.dot(W1) + b1)
    exp_scores = np.exp(hidden.dot(W2) + b2)
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    grads = {}
    probs[np.arange(num), y] -= 1
    probs /= num
    grads["W2"] = hidden.T.dot(probs)
    grads["b2"] = probs.sum(axis=0)
    dhidden = probs.dot(W2.T)
    dhidden[hidden <= 0] = 0
    grads["W1"] = X.T.dot(dhidden)
    grads["b1"] = dhidden.sum(axis=0)
    return grads


def backprop(W1, b1, W2, b2, X, y):
    num = X.shape[0]
    hidden = np.maximum(0, X.dot(W1) + b1)
    exp_scores = np.exp(hidden.dot(W2) + b2)
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    grads = {}
    probs[np.arange(num), y] -= 1
    probs /= num
    grads["W2"] = hidden.T.dot(probs)
    grads["b2"] = probs.sum(axis=0)
    dhidden = probs.dot(W2.T)
    dhidden[dhidden <= 0] = 0
    grads["W1"] = X.T.dot(dhidden)
    grads["b1"] = dhidden.sum(axis=0)
    return grads


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=s) for s in [(3, 6), 6, (6, 4), 4]]
    return [*weights, rng.normal(size=(7, 3)), rng.integers(4, size=7)]

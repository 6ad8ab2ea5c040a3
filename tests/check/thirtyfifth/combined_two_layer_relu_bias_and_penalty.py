"""A two-layer ReLU net with softmax and L2 on the weights.

expected kind: scale + missing-factor or missing-factor + missing-factor or missing-term + missing-factor or scale +
    wrong-mask or missing-factor + wrong-mask or missing-term + wrong-mask or scale + stale-value or missing-factor +
    stale-value or missing-term + stale-value
wrong line: 56 and 59
correction 56: grads['W2'] = h.T.dot(dscores) + 2 * reg * W2
correction 59: grads['b1'] = np.sum(dhidden * (h > 0), axis=0)
what: the first bias' gradient is summed before the mask of the ReLU, and the penalty of the second weights lacks its
    2
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
reg = 0.25

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(8, 4)), rng.integers(3, size=8), rng.normal(size=(4, 6)), rng.normal(size=6), rng.normal(size=(6, 3)), rng.normal(size=3)

def loss(X, y, W1, b1, W2, b2):
    scores = np.maximum(0, X @ W1 + b1) @ W2 + b2
    logsum = np.log(np.exp(scores).sum(axis=1))
    return np.mean(logsum - scores[np.arange(len(y)), y]) + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

def right(X, y, W1, b1, W2, b2):
    N = X.shape[0]
    h = np.maximum(0, X.dot(W1) + b1)
    scores = h.dot(W2) + b2
    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    dscores = probs
    dscores[range(N), y] -= 1
    dscores /= N
    grads = {}
    grads['W2'] = h.T.dot(dscores) + 2 * reg * W2
    grads['b2'] = np.sum(dscores, axis=0)
    dhidden = dscores.dot(W2.T)
    grads['b1'] = np.sum(dhidden * (h > 0), axis=0)
    dhidden[h <= 0] = 0
    grads['W1'] = X.T.dot(dhidden) + 2 * reg * W1
    return grads

def backprop(X, y, W1, b1, W2, b2):
    N = X.shape[0]
    h = np.maximum(0, X.dot(W1) + b1)
    scores = h.dot(W2) + b2
    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    dscores = probs
    dscores[range(N), y] -= 1
    dscores /= N
    grads = {}
    grads['W2'] = h.T.dot(dscores) + reg * W2
    grads['b2'] = np.sum(dscores, axis=0)
    dhidden = dscores.dot(W2.T)
    grads['b1'] = np.sum(dhidden, axis=0)
    dhidden[h <= 0] = 0
    grads['W1'] = X.T.dot(dhidden) + 2 * reg * W1
    return grads

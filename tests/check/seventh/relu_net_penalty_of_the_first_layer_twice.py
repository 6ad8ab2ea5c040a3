"""Relu net penalty of the first layer twice.

expected kind: wrong-parameter
wrong line: 56
correction 56: grads["W2"] += reg * params["W2"]
what: The penalty on the second matrix is that of the first
source: https://github.com/lightaime/cs231n/pull/2
said: the weights of the first layer stand in the regularisation twice, those of the last never
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(7, 4)), r.integers(4, size=7)
    return X, y, r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(4, 4)), r.normal(size=4), 0.3


def loss(X, y, W1, b1, W2, b2, reg):
    scores = np.maximum(0, X @ W1 + b1) @ W2 + b2
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    data_loss = -np.mean(logp[np.arange(len(y)), y])
    return data_loss + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))


def right(X, y, W1, b1, W2, b2, reg):
    z = X @ W1 + b1
    s = z.clip(0) @ W2 + b2
    e = np.exp(s - s.max(1)[:, None])
    g = (e / e.sum(1)[:, None] - np.eye(4)[y]) / len(y)
    k = np.where(z > 0, g @ W2.T, 0)
    return X.T @ k + reg * W1, k.sum(0), z.clip(0).T @ g + reg * W2, g.sum(0)


def backprop(X, y, W1, b1, W2, b2, reg):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {}
    num_examples = X.shape[0]
    hidden_layer = np.maximum(0, np.dot(X, params["W1"]) + params["b1"])
    scores = np.dot(hidden_layer, params["W2"]) + params["b2"]
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    dscores = probs
    dscores[range(num_examples), y] -= 1
    dscores /= num_examples
    grads["W2"] = np.dot(hidden_layer.T, dscores)
    grads["b2"] = np.sum(dscores, axis=0)
    dhidden = np.dot(dscores, params["W2"].T)
    dhidden[hidden_layer <= 0] = 0
    grads["W1"] = np.dot(X.T, dhidden)
    grads["b1"] = np.sum(dhidden, axis=0)
    grads["W2"] += reg * params["W1"]
    grads["W1"] += reg * params["W1"]
    return grads

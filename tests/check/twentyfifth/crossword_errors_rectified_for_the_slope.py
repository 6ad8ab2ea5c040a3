"""Crossword errors rectified for the slope.

expected kind: wrong-mask or wrong-point
wrong line: 91
correction 91: delta = (O @ error) * (Z > 0)
what: The errors that go back are rectified themselves; where the sums are positive isn't asked
source: https://community.deeplearning.ai/t/how-does-relu-appears-in-first-layer-gradient-of-backpropagation/346031
said: the gradient of the first weights has the rectifier of the errors, where the general formula has the errors where the sums are positive
"""

import numpy as np

PARAMETERS = ["E", "W", "b", "O", "o"]


def data(seed=0):
    r = np.random.default_rng(seed)
    E, W, b = r.normal(size=(7, 4)), r.normal(size=(4, 4)), 0.3 * r.normal(size=4)
    around = np.array([[0, 2, 3], [1, 1, 5], [6, 4, 0], [3, 5, 2], [4, 6, 6]])
    return E, W, b, r.normal(size=(4, 7)), 0.3 * r.normal(size=7), around, np.array([1, 4, 2, 6, 0])


def loss(E, W, b, O, o, around, missing):
    h = np.mean(E[around], axis=1)
    a = np.maximum(h @ W + b, 0)
    s = a @ O + o
    s = s - np.max(s, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(missing)), missing])


def guess(scores):
    top = max(scores)
    e = [np.exp(s - top) for s in scores]
    return np.array(e) / sum(e)


def average(table, words):
    total = 0 * table[0]
    for w in words:
        total = total + table[w]
    return total / len(words)


def right(E, W, b, O, o, around, missing):
    params = {"E": E, "W": W, "b": b, "O": O, "o": o}
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    n = len(missing)
    for words, word in zip(around, missing):
        h = average(E, words)
        z = h @ W + b
        a = z * (z > 0)
        error = guess(a @ O + o)
        error[word] -= 1
        # the output layer
        grads["O"] += np.outer(a, error) / n
        grads["o"] += error / n
        # the hidden layer
        delta = (O @ error) * (z > 0)
        grads["W"] += np.outer(h, delta) / n
        grads["b"] += delta / n
        # the words
        share = W @ delta / len(words) / n
        for w in words:
            grads["E"][w] += share
    return grads


def get_batch(around, missing, size):
    """Columns: how much of each word stands around, and the word that is missing."""
    X, Y = np.zeros((size, len(missing))), np.zeros((size, len(missing)))
    for k, (words, word) in enumerate(zip(around, missing)):
        for w in words:
            X[w, k] += 1 / len(words)
        Y[word, k] = 1
    return X, Y


def forward_prop(X, E, W, b, O, o):
    H = E.T @ X
    Z = W.T @ H + b[:, np.newaxis]
    A = np.maximum(Z, 0)
    S = O.T @ A + o[:, np.newaxis]
    P = np.exp(S - S.max(axis=0))
    return H, Z, A, P / P.sum(axis=0)


def back_prop(X, Y, H, Z, A, P, W, O):
    error = (P - Y) / X.shape[1]
    grad_O = A @ error.T
    grad_o = error.sum(axis=1)
    delta = np.maximum(O @ error, 0)
    grad_W = H @ delta.T
    grad_b = delta.sum(axis=1)
    grad_E = X @ (W @ delta).T
    return grad_E, grad_W, grad_b, grad_O, grad_o


def backprop(E, W, b, O, o, around, missing):
    X, Y = get_batch(around, missing, len(E))
    H, Z, A, P = forward_prop(X, E, W, b, O, o)
    return back_prop(X, Y, H, Z, A, P, W, O)

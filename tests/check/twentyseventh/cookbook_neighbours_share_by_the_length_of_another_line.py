"""Cookbook neighbours share by the length of another line.

expected kind: stale-value or wrong-point
wrong line: 82
correction 82: dV[w] += dh / size[i]
what: What the neighbours get is divided by the number of neighbours of another word: the index of the neighbour stands for that of the word
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["V", "U", "c"]
LAM = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    words = 8
    # each row: the neighbours of a word, of which the first are there
    around = np.array([r.permutation(words)[:4] for _ in range(6)])
    there = np.arange(4) < np.array([4, 2, 3, 1, 4, 2])[:, None]
    V, U, c = r.normal(size=(words, 3)), r.normal(size=(words, 3)), 0.5 * r.normal(size=words)
    return V, U, c, around, there * 1.0, r.integers(0, words, size=6)


def loss(V, U, c, around, there, word):
    n = around.shape[0]
    size = np.sum(there, axis=1, keepdims=True)
    h = np.sum(V[around] * there[:, :, None], axis=1) / size
    logits = h @ U.T + c
    logits = logits - np.max(logits, axis=1, keepdims=True)
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.sum(logp[np.arange(n), word]) / n + 0.5 * LAM * np.sum(V**2)


def bag(around, there, words):
    """A matrix that averages the vectors of the neighbours."""
    M = np.zeros((len(around), words))
    np.add.at(M, (np.arange(len(around))[:, None], around), there)
    return M / M.sum(axis=1, keepdims=True)


def right(V, U, c, around, there, word):
    M = bag(around, there, len(V))
    h = M @ V
    logits = h @ U.T + c
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    target = np.zeros_like(probs)
    target[np.arange(len(word)), word] = 1
    delta = (probs - target) / len(word)
    grads = {"U": delta.T @ h, "c": delta.sum(axis=0)}
    dh = delta @ U
    grads["V"] = M.T @ dh + LAM * V
    return grads


def guess(U, c, h):
    z = [float(u @ h) + ci for u, ci in zip(U, c)]
    top = max(z)
    e = [np.exp(v - top) for v in z]
    return np.array(e) / sum(e)


def backprop(V, U, c, around, there, word):
    n = len(word)
    size = there.sum(axis=1)
    dV, dU, dc = LAM * V, np.zeros_like(U), np.zeros_like(c)
    for i in range(n):
        context = [around[i, j] for j in range(around.shape[1]) if there[i, j]]
        h = sum(V[w] for w in context) / size[i]
        error = guess(U, c, h)
        error[word[i]] -= 1.0
        error /= n
        dc += error
        dh = np.zeros_like(h)
        for w in range(len(U)):
            dU[w] += error[w] * h
            dh += error[w] * U[w]
        for j, w in enumerate(context):
            dV[w] += dh / size[j]
    return dV, dU, dc

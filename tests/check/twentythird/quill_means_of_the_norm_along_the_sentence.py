"""Quill means of the norm along the sentence.

expected kind: wrong-axis
wrong line: 85
correction 85: average = lambda a: a.mean(axis=-1, keepdims=True)
what: The two means in the backward pass of the norm are taken over the words, not over the features
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "gamma", "beta", "W1", "b1", "W2", "V"]
EPS = 1e-4


def data(seed=0):
    r = np.random.default_rng(seed)
    E, gamma, beta = 1.4 * r.normal(size=(5, 4)), r.uniform(0.6, 1.6, size=4), 0.3 * r.normal(size=4)
    W1, b1, W2, V = r.normal(size=(4, 5)), 0.3 * r.normal(size=5), r.normal(size=(5, 4)), r.normal(size=(4, 3))
    return E, gamma, beta, W1, b1, W2, V, np.array([[0, 2, 2], [4, 1, 0], [3, 2, 1], [1, 1, 4]]), np.array([0, 2, 1, 2])


def loss(E, gamma, beta, W1, b1, W2, V, tokens, kinds):
    x = E[tokens]
    centred = x - np.mean(x, axis=-1, keepdims=True)
    n = centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + EPS)
    hidden = np.maximum((gamma * n + beta) @ W1 + b1, 0)
    sentence = np.mean(x + hidden @ W2, axis=1)
    logits = sentence @ V
    wanted = np.sum(logits * np.eye(3)[kinds], axis=1)
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - wanted)


BLOCK = 2  # so many features are read at once


def statistics(row):
    mean = sum(row[s : s + BLOCK].sum() for s in range(0, len(row), BLOCK)) / len(row)
    square = sum(((row[s : s + BLOCK] - mean) ** 2).sum() for s in range(0, len(row), BLOCK)) / len(row)
    return mean, 1 / np.sqrt(square + EPS)


def norm_row_backward(dy, unit, rstd, gamma):
    D, first, second = len(dy), 0.0, 0.0
    for s in range(0, D, BLOCK):
        at = slice(s, s + BLOCK)
        first += np.sum(dy[at] * gamma[at])
        second += np.sum(dy[at] * gamma[at] * unit[at])
    return rstd * (dy * gamma - first / D - unit * second / D)


def right(E, gamma, beta, W1, b1, W2, V, tokens, kinds):
    dE, dgamma, dbeta = np.zeros(E.shape), np.zeros(gamma.shape), np.zeros(beta.shape)
    dW1, db1, dW2, dV = np.zeros(W1.shape), np.zeros(b1.shape), np.zeros(W2.shape), np.zeros(V.shape)
    B, T = tokens.shape
    for words, kind in zip(tokens, kinds):
        kept, sentence = [], 0
        for word in words:
            mean, rstd = statistics(E[word])
            unit = (E[word] - mean) * rstd
            y = gamma * unit + beta
            hidden = np.maximum(y @ W1 + b1, 0)
            kept.append((word, rstd, unit, y, hidden))
            sentence = sentence + (E[word] + hidden @ W2) / T
        p = np.exp(sentence @ V)
        p = p / p.sum()
        p[kind] -= 1
        dV += np.outer(sentence, p) / B
        dout = V @ p / B / T
        for word, rstd, unit, y, hidden in kept:
            dW2 += np.outer(hidden, dout)
            dpre = W2 @ dout
            dpre[hidden == 0] = 0
            dW1 += np.outer(y, dpre)
            db1 += dpre
            dy = W1 @ dpre
            dgamma += dy * unit
            dbeta += dy
            dE[word] += dout + norm_row_backward(dy, unit, rstd, gamma)
    return dE, dgamma, dbeta, dW1, db1, dW2, dV


def backprop(E, gamma, beta, W1, b1, W2, V, tokens, kinds):
    average = lambda a: a.mean(axis=1, keepdims=True)
    x = E[tokens]
    inv = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + EPS)
    n = (x - x.mean(axis=-1, keepdims=True)) * inv
    y = gamma * n + beta
    pre = np.einsum("btd,df->btf", y, W1) + b1
    hidden = np.where(pre > 0, pre, 0)
    sentence = (x + np.einsum("btf,fd->btd", hidden, W2)).mean(axis=1)
    q = np.exp(sentence @ V)
    q /= q.sum(axis=1, keepdims=True)

    g = {}
    dlogits = (q - np.eye(V.shape[1])[kinds]) / len(kinds)
    g["V"] = np.einsum("bd,bk->dk", sentence, dlogits)
    dout = np.repeat((dlogits @ V.T)[:, None] / tokens.shape[1], tokens.shape[1], axis=1)
    g["W2"] = np.einsum("btf,btd->fd", hidden, dout)
    dpre = np.einsum("btd,fd->btf", dout, W2) * (pre > 0)
    g["W1"] = np.einsum("btd,btf->df", y, dpre)
    g["b1"] = np.einsum("btf->f", dpre)
    dy = np.einsum("btf,df->btd", dpre, W1)
    g["gamma"] = np.einsum("btd,btd->d", dy, n)
    g["beta"] = np.einsum("btd->d", dy)
    dn = dy * gamma
    dx = dout + inv * (dn - average(dn) - n * average(dn * n))
    g["E"] = np.zeros_like(E)
    np.add.at(g["E"], tokens, dx)
    return g

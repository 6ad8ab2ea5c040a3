"""Combined words window and words twice.

expected kind: sum-for-mean or missing-factor or scale + missing-term or missing-sum or detached
wrong line: 65 or 60 or 68 and 63
correction 65: d_context = np.repeat(d_hidden[:, None, :], window, axis=1) / window
correction 60: d_hidden = np.einsum("nk,nkd->nd", g, vectors) / window
correction 68: dC[context[n, k]] += d_context[n, k] / window
correction 63: np.add.at(dO, samples, d_vectors)
what: Every word of the window gets all of the gradient; sampled words that come twice are written over
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["C", "O"]


def data(seed=0):
    r = np.random.default_rng(seed)
    C, O = r.normal(size=(6, 3)), r.normal(size=(6, 3))
    context = np.array([[0, 2, 3, 5], [1, 1, 4, 0], [2, 5, 5, 3]])
    return C, O, context, np.array([1, 2, 4]), np.array([[3, 5, 3], [0, 4, 5], [1, 0, 0]])


def loss(C, O, context, target, negative):
    h = np.mean(C[context], axis=1)
    positive = np.sum(h * O[target], axis=1)
    others = np.sum(h[:, None, :] * O[negative], axis=2)
    return np.sum(np.log(1 + np.exp(-positive))) + np.sum(np.log(1 + np.exp(others)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def right(C, O, context, target, negative):
    dC, dO = np.zeros_like(C), np.zeros_like(O)
    for words, word, sampled in zip(context, target, negative):
        h = C[words].mean(axis=0)
        dh = (sigmoid(O[word] @ h) - 1) * O[word]
        dO[word] += (sigmoid(O[word] @ h) - 1) * h
        for k in sampled:
            score = sigmoid(-O[k] @ h)
            dO[k] += (1 - score) * h
            dh = dh + (1 - score) * O[k]
        for w in words:
            dC[w] += dh / len(words)
    return dC, dO


def backprop(C, O, context, target, negative):
    N, window = context.shape
    hidden = C[context].sum(axis=1) / window
    samples = np.hstack([target[:, None], negative])
    labels = np.zeros(samples.shape)
    labels[:, 0] = 1
    vectors = O[samples]
    g = 1 / (1 + np.exp(-np.einsum("nd,nkd->nk", hidden, vectors))) - labels
    d_hidden = np.einsum("nk,nkd->nd", g, vectors)
    d_vectors = g[:, :, None] * hidden[:, None, :]
    dO = np.zeros_like(O)
    dO[samples] = d_vectors
    dC = np.zeros_like(C)
    d_context = np.repeat(d_hidden[:, None, :], window, axis=1)
    for n in range(N):
        for k in range(window):
            dC[context[n, k]] += d_context[n, k]
    return {"C": dC, "O": dO}

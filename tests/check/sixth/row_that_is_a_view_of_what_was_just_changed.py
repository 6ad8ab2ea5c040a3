"""Row that is a view of what was just changed.

expected kind: updated-parameter or stale-value
wrong line: 44 or 48
correction 44: l2 = new1[target].copy()
correction 48: neu1e += g * syn1[target]
what: The output vector is a view, so the centre word is led back through the vector as it is after its own step
source: https://github.com/piskvorky/gensim/issues/287
said: the error for the input should be saved before the output vectors are updated, if what is read is a reference to
    them
"""

import numpy as np

PARAMETERS = ["syn0", "syn1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)), r.normal(size=(8, 4)), int(r.integers(0, 6)), r.permutation(8)[:4]


def loss(syn0, syn1, word, targets):
    s = syn1[targets] @ syn0[word]
    return np.log(1 + np.exp(-s[0])) + np.sum(np.log(1 + np.exp(s[1:])))


def right(syn0, syn1, word, targets):
    d0, d1 = np.zeros_like(syn0), np.zeros_like(syn1)
    f = 1 / (1 + np.exp(-syn1[targets] @ syn0[word]))
    f[0] -= 1
    d1[targets] = np.outer(f, syn0[word])
    d0[word] = f @ syn1[targets]
    return d0, d1


def backprop(syn0, syn1, word, targets):
    # one step of training with a rate of one: the gradient is what has changed
    new0, new1 = syn0.copy(), syn1.copy()
    l1 = syn0[word]
    neu1e = np.zeros(len(l1))
    for d, target in enumerate(targets):
        label = 1.0 if d == 0 else 0.0
        l2 = new1[target]
        f = 1.0 / (1.0 + np.exp(-np.dot(l1, l2)))
        g = label - f
        new1[target] += g * l1
        neu1e += g * l2
    new0[word] += neu1e
    return syn0 - new0, syn1 - new1
